import type { ConversationChange, ConversationRow } from '../api/types';
import { useT } from '../i18n';
import { IconButton } from '../ui/Button';
import { AssignMenu } from './AssignMenu';
import { LabelMenu } from './LabelMenu';
import { SnoozeMenu } from './SnoozeMenu';
import { useBulk, useChange } from './useChange';

interface Props {
  picked: ReadonlySet<string>;
  rows: ConversationRow[];
  onDone: () => void;
  onAll: (picked: ReadonlySet<string>) => void;
}

const MOST = 200;

/** What to do with all that are picked; in the place of the list's head. */
export function BulkBar({ picked, rows, onDone, onAll }: Props) {
  const t = useT();
  const bulk = useBulk();
  const change = useChange();
  const some = rows.filter((row) => picked.has(row.id));
  const run = (what: ConversationChange) => {
    const one = some.length === 1 ? some[0] : undefined;
    if (one) change(one, what);
    else bulk.mutate({ ids: [...picked].slice(0, MOST), change: what });
    onDone();
  };
  const shared = some.length
    ? (some[0]?.labels ?? []).filter((label) => some.every((row) => row.labels.includes(label)))
    : [];
  return (
    <div className="bar bulk" role="toolbar" aria-label={t('bulk.title')}>
      <input
        type="checkbox"
        checked={some.length === rows.length}
        aria-label={t('bulk.all')}
        onChange={(event) =>
          onAll(event.currentTarget.checked ? new Set(rows.slice(0, MOST).map((row) => row.id)) : new Set())
        }
      />
      <b className="num grow cut">{t('bulk.picked', { n: picked.size })}</b>
      <AssignMenu onAssign={(assignee_id) => run({ assignee_id })} onTeam={(team_id) => run({ team_id })}>
        <IconButton icon="user" label={t('act.assign')} />
      </AssignMenu>
      <LabelMenu labels={shared} onChange={(labels) => run({ labels })}>
        <IconButton icon="tag" label={t('act.label')} />
      </LabelMenu>
      <SnoozeMenu onSnooze={(snoozed_until) => run({ status: 'snoozed', snoozed_until })}>
        <IconButton icon="snooze" label={t('act.snooze')} />
      </SnoozeMenu>
      <IconButton icon="check" label={t('thread.solve')} onClick={() => run({ status: 'solved' })} />
      <IconButton icon="x" label={t('close')} onClick={onDone} />
    </div>
  );
}
