import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useT, type Key } from '../i18n';
import { inOrder, type Term } from '../lib/terms';
import { Button, IconButton } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import type { IconName } from '../ui/Sprite';
import { Listing } from './Listing';
import { Part } from './Part';

interface Props<T extends Term> {
  title: Key;
  text: Key;
  add: Key;
  empty: Key;
  icon: IconName;
  query: Pick<UseQueryResult<T[]>, 'data' | 'error' | 'refetch'>;
  /** Further cells of a row, and their heads. */
  heads: Key[];
  cells: (term: T) => ReactNode;
  dialog: (term: T | undefined, parent: string | null, close: () => void) => ReactNode;
  busy: boolean;
  archive: (term: T, archived: boolean) => void;
  remove: (term: T, done: () => void) => void;
}

/** A tree that is kept: entries below one another, archived ones out of sight. */
export function TreePart<T extends Term>(props: Props<T>) {
  const t = useT();
  const [edited, setEdited] = useState<{ term?: T; parent: string | null } | null>(null);
  const [gone, setGone] = useState<T | null>(null);
  const [old, setOld] = useState(false);
  const archived = (props.query.data ?? []).filter((one) => one.archived).length;
  return (
    <Part
      title={t(props.title)}
      text={t(props.text)}
      act={
        <Button look="primary" icon="plus" onClick={() => setEdited({ parent: null })}>
          {t(props.add)}
        </Button>
      }
    >
      <Listing query={props.query} icon={props.icon} empty={t(props.empty)}>
        {(all) => (
          <table className="tree-table">
            <thead>
              <tr>
                <th>{t('tree.name')}</th>
                {props.heads.map((head) => (
                  <th key={head} className="wide">
                    {t(head)}
                  </th>
                ))}
                <th />
              </tr>
            </thead>
            <tbody>
              {inOrder(all, old).map(({ term, depth }) => (
                <tr key={term.id} className={term.archived ? 't3' : undefined}>
                  <td>
                    <span className="tree-name" style={{ paddingInlineStart: depth * 20 }}>
                      {depth > 0 && <span className="tree-mark" aria-hidden="true" />}
                      {term.name}
                      {term.archived && <span className="chip">{t('tree.archived')}</span>}
                    </span>
                  </td>
                  {props.cells(term)}
                  <td className="r nowrap">
                    <span className="row acts-row">
                      {!term.archived && (
                        <>
                          <IconButton
                            icon="plus"
                            label={t('tree.add_below', { name: term.name })}
                            onClick={() => setEdited({ parent: term.id })}
                          />
                          <IconButton
                            icon="edit"
                            label={`${t('edit')}: ${term.name}`}
                            onClick={() => setEdited({ term, parent: term.parent_id })}
                          />
                        </>
                      )}
                      <IconButton
                        icon={term.archived ? 'reopen' : 'box'}
                        label={t(term.archived ? 'tree.restore' : 'tree.archive', { name: term.name })}
                        disabled={props.busy}
                        onClick={() => props.archive(term, !term.archived)}
                      />
                      <IconButton
                        icon="trash"
                        label={`${t('delete')}: ${term.name}`}
                        onClick={() => setGone(term)}
                      />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {archived > 0 && (
        <button type="button" className="link sm below-card" onClick={() => setOld(!old)}>
          {old ? t('tree.hide_archived') : t('tree.show_archived', { n: archived })}
        </button>
      )}
      {edited && props.dialog(edited.term, edited.parent, () => setEdited(null))}
      {gone && (
        <Confirm
          title={t('tree.delete', { name: gone.name })}
          text={t('tree.delete_text')}
          act={t('delete')}
          busy={props.busy}
          onYes={() => props.remove(gone, () => setGone(null))}
          onClose={() => setGone(null)}
        />
      )}
    </Part>
  );
}
