import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import type { ReplyChannel } from '../api/types';
import { useT } from '../i18n';
import { Icon } from '../ui/Icon';
import type { Writing } from './writing';

interface Props {
  writing: Writing;
  to: ReplyChannel;
  /** Who stood in copy of the last mail. */
  before: string[];
  onChange: (some: Partial<Writing>) => void;
}

/** To, subject, copies; and a word when someone of the last mail would be left out. */
export function MailFields({ writing, to, before, onChange }: Props) {
  const t = useT();
  const [copies, setCopies] = useState(writing.cc.length + writing.bcc.length > 0);
  const known = new Set([...writing.cc, ...writing.bcc].map((one) => one.toLowerCase()));
  const left = before.filter(
    (one) => !known.has(one.toLowerCase()) && one.toLowerCase() !== to.identity.value.toLowerCase(),
  );
  const domain = to.identity.value.split('@')[1];
  const added = [...writing.cc, ...writing.bcc].filter(
    (one) => !before.includes(one) && one.split('@')[1] !== domain,
  );
  return (
    <div className="mail-fields">
      <div className="field-row">
        <span className="t3">{t('composer.to')}</span>
        <span className="cut">{to.identity.shown}</span>
        {!copies && (
          <button type="button" className="link end" onClick={() => setCopies(true)}>
            Cc, Bcc
          </button>
        )}
      </div>
      {copies &&
        (['cc', 'bcc'] as const).map((field) => (
          <div key={field} className="field-row">
            <span className="t3">{field === 'cc' ? 'Cc' : 'Bcc'}</span>
            <TagsInput
              variant="unstyled"
              size="xs"
              className="grow"
              aria-label={field === 'cc' ? 'Cc' : 'Bcc'}
              splitChars={[',', ' ', ';']}
              value={writing[field]}
              onChange={(value) => onChange({ [field]: value.filter((one) => one.includes('@')) })}
            />
          </div>
        ))}
      <label className="field-row">
        <span className="t3">{t('composer.subject')}</span>
        <input
          className="plain grow"
          value={writing.subject}
          placeholder={t('composer.same_subject')}
          onChange={(event) => onChange({ subject: event.currentTarget.value })}
        />
      </label>
      {left.length > 0 && (
        <div className="recipients">
          <Icon name="users" size="s" />
          <span>{t('composer.left_out', { who: left.join(', ') })}</span>
          <button
            type="button"
            className="link"
            onClick={() => {
              setCopies(true);
              onChange({ cc: [...writing.cc, ...left] });
            }}
          >
            {t('add')}
          </button>
        </div>
      )}
      {added.length > 0 && (
        <div className="recipients soon">
          <Icon name="warn" size="s" />
          <span>{t('composer.outsiders', { who: added.join(', ') })}</span>
        </div>
      )}
    </div>
  );
}
