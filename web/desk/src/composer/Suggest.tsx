import { useEffect, useRef } from 'react';
import { useT } from '../i18n';

export interface Choice {
  key: string;
  name: string;
  text: string;
  pick: () => void;
}

/** What can be put in at the caret: canned answers, colleagues. The text field keeps the focus. */
export function Suggest({
  id,
  title,
  choices,
  at,
}: {
  id: string;
  title: string;
  choices: Choice[];
  at: number;
}) {
  const t = useT();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <div className="menu canned-menu">
      <div className="hd">
        <span>{title}</span>
        <span className="wide">{t('suggest.hint')}</span>
      </div>
      <div role="listbox" id={id} aria-label={title} ref={list} className="menu-scroll">
        {choices.map((choice, index) => (
          <div
            key={choice.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className={index === at ? 'it on' : 'it'}
            onMouseDown={(event) => {
              event.preventDefault();
              choice.pick();
            }}
          >
            <b className="m cut">{choice.name}</b>
            <span className="cut">{choice.text}</span>
            {index === at ? <kbd>↵</kbd> : <span />}
          </div>
        ))}
      </div>
    </div>
  );
}
