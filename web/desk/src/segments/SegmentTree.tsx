import { useT, useTexts } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import type { Explained } from '../api/types';
import { LeafEditor } from './LeafEditor';
import { useSaw } from './saw';
import {
  added,
  DEPTH,
  fresh,
  isComplete,
  isGroup,
  NODES,
  pruned,
  replaced,
  size,
  type Condition,
  type Group,
  type Leaf,
  type Path,
} from './tree';
import { iconOf, kinds, useLeafTokens } from './words';

interface TreeProps {
  condition: Condition;
  /** Without it, the tree is only read. */
  onChange?: (condition: Condition) => void;
  /** How many customers meet each condition, in the hub's order; while they are counted, the former ones. */
  counts?: number[];
  /** How many customers there are in all. */
  everybody?: number;
  /** What each condition saw of one customer, in the hub's order. */
  explained?: Explained[];
}

interface Shared extends TreeProps {
  tree: Condition;
  numbers: Map<string, number>;
}

/** A segment's conditions, with how many customers meet each: to be edited, or to be read. */
export function SegmentTree(props: TreeProps) {
  const { numbers } = pruned(props.condition);
  const shared: Shared = { ...props, tree: props.condition, numbers };
  return (
    <div className="tree">
      <Node condition={props.condition} path={[]} shared={shared} />
    </div>
  );
}

function Node({ condition, path, shared }: { condition: Condition; path: Path; shared: Shared }) {
  return isGroup(condition) ? (
    <GroupNode group={condition} path={path} shared={shared} />
  ) : (
    <LeafNode leaf={condition} path={path} shared={shared} />
  );
}

function GroupNode({ group, path, shared }: { group: Group; path: Path; shared: Shared }) {
  const t = useT();
  const { tree, onChange } = shared;
  const change = (by: Condition | null) => onChange?.(replaced(tree, path, by));
  const full = size(tree) >= NODES;
  return (
    <div className="grp" role="group" aria-label={t(`tree.${group.type}`)}>
      <div className="join">
        {onChange ? (
          <Pick
            position="bottom-start"
            target={
              <button type="button" className="tok join-op" aria-label={t('tree.group_kind')}>
                {t(`tree.${group.type}`)} <Icon name="down" size="xs" />
              </button>
            }
          >
            {(['all', 'any', 'none'] as const).map((type) => (
              <Pick.Item key={type} onClick={() => change({ ...group, type })}>
                {t(`tree.${type}`)} <span className="t3 sm">{t(`tree.${type}_hint`)}</span>
              </Pick.Item>
            ))}
          </Pick>
        ) : (
          <span className="tok join-op">{t(`tree.${group.type}`)}</span>
        )}
        <Told path={path} group={group} shared={shared} />
        {onChange && path.length > 0 && (
          <IconButton
            icon="x"
            label={t('tree.remove_group')}
            className="tight"
            onClick={() => change(null)}
          />
        )}
      </div>
      <div className="kids">
        {group.of.map((child, place) => (
          <Node key={place} condition={child} path={[...path, place]} shared={shared} />
        ))}
        {group.of.length === 0 && !onChange && (
          <div className="leaf t3">{t(group.type === 'any' ? 'tree.empty_any' : 'tree.empty_all')}</div>
        )}
        {onChange && (
          <div className="leaf adds">
            <Pick
              position="bottom-start"
              target={
                <Button small look="quiet" icon="plus" disabled={full}>
                  {t('tree.condition')}
                </Button>
              }
            >
              {kinds.map(({ kind, label }) => (
                <Pick.Item
                  key={kind}
                  leftSection={<Icon name={iconOf(fresh[kind] as Leaf)} />}
                  onClick={() => onChange(added(tree, path, fresh[kind] as Leaf))}
                >
                  {t(label)}
                </Pick.Item>
              ))}
            </Pick>
            {path.length + 1 < DEPTH && (
              <Button
                small
                look="quiet"
                icon="plus"
                disabled={full}
                onClick={() =>
                  onChange(added(tree, path, { type: group.type === 'any' ? 'all' : 'any', of: [] }))
                }
              >
                {t('tree.group')}
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

function LeafNode({ leaf, path, shared }: { leaf: Leaf; path: Path; shared: Shared }) {
  const t = useT();
  const tokens = useLeafTokens();
  const { tree, onChange } = shared;
  const change = (by: Condition | null) => onChange?.(replaced(tree, path, by));
  const label = kinds.find(({ kind }) => kind === (leaf.type === 'profile' ? leaf.field : leaf.type))?.label;
  const name = label ? t(label) : leaf.type;
  return (
    <div className={isComplete(leaf) ? 'leaf' : 'leaf lacking'} role="group" aria-label={name}>
      <span className="tok">
        <Icon name={iconOf(leaf)} size="s" />
        {name}
      </span>
      {onChange ? (
        <LeafEditor leaf={leaf} onChange={change} />
      ) : (
        tokens(leaf).map((token, place) => (
          <span key={place} className={token.op ? 'tok op' : 'tok'}>
            {token.text}
          </span>
        ))
      )}
      <Told path={path} shared={shared} />
      {onChange && (
        <IconButton icon="x" label={t('tree.remove')} className="tight" onClick={() => change(null)} />
      )}
    </div>
  );
}

/** Beside a condition: how many meet it, or whether one customer does and what was seen of them. */
function Told({ path, group, shared }: { path: Path; group?: Group; shared: Shared }) {
  const { t, locale } = useTexts();
  const saw = useSaw();
  const number = shared.numbers.get(path.join('.'));
  if (number === undefined) return null;
  const explained = shared.explained?.[number];
  if (shared.explained) {
    if (!explained) return null;
    return (
      <span className={explained.holds ? 'told ok' : 'told t2'}>
        <Icon
          name={explained.holds ? 'check' : 'x'}
          size="s"
          label={t(explained.holds ? 'explain.yes' : 'explain.no')}
        />
        {saw(explained.saw)}
      </span>
    );
  }
  const count = shared.counts?.[number];
  if (count === undefined) return null;
  const shown = (n: number) => n.toLocaleString(locale);
  const out = group?.type === 'none' && shared.everybody !== undefined && path.length > 0;
  const text = out ? t('tree.out', { n: shown((shared.everybody ?? 0) - count) }) : shown(count);
  return (
    <span className={path.length === 0 ? 'n root' : 'n'} title={t('tree.count', { n: shown(count) })}>
      {text}
    </span>
  );
}
