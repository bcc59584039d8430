import { Autocomplete, NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { useKindName } from '../ui/ChannelIcon';
import type { Leaf, TextOp, When } from './tree';

const ADDRESSES = ['email', 'telegram', 'webchat', 'phone'];
const TEXT_OPS: TextOp[] = ['is', 'is_not', 'contains', 'begins_with', 'one_of', 'is_set', 'is_not_set'];

/** The tags and names of fields that customers have. */
function useKnownWords() {
  const query = useQuery({
    queryKey: keys.segmentWords,
    queryFn: () => ok(api.GET('/segments/words')),
    staleTime: 60_000,
  });
  return query.data ?? { tags: [], fields: [] };
}

/** The controls of one condition, in a row. */
export function LeafEditor({ leaf, onChange }: { leaf: Leaf; onChange: (leaf: Leaf) => void }) {
  switch (leaf.type) {
    case 'profile':
      return <TextLeaf leaf={leaf} onChange={onChange} />;
    case 'field':
      return <FieldLeaf leaf={leaf} onChange={onChange} />;
    case 'tag':
      return <TagLeaf leaf={leaf} onChange={onChange} />;
    case 'consent':
      return <ConsentLeaf leaf={leaf} onChange={onChange} />;
    case 'reachable':
      return <ReachableLeaf leaf={leaf} onChange={onChange} />;
    case 'first_seen':
      return <WhenFields when={leaf.when} onChange={(when) => onChange({ ...leaf, when })} />;
    case 'last_contact':
      return <LastContactLeaf leaf={leaf} onChange={onChange} />;
    case 'tickets':
      return <TicketsLeaf leaf={leaf} onChange={onChange} />;
    case 'open_conversation':
      return <OpenLeaf leaf={leaf} onChange={onChange} />;
  }
}

type Of<Type extends Leaf['type']> = Extract<Leaf, { type: Type }>;
interface LeafProps<Type extends Leaf['type']> {
  leaf: Of<Type>;
  onChange: (leaf: Leaf) => void;
}

/** A choice in the shape of a token. */
function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <NativeSelect
      className="tok-field"
      aria-label={label}
      data={options}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as T)}
    />
  );
}

function TextLeaf({ leaf, onChange }: { leaf: Of<'profile'> | Of<'field'>; onChange: (leaf: Leaf) => void }) {
  const t = useT();
  const values = leaf.values ?? [];
  const setOp = (op: TextOp) => {
    const none = op === 'is_set' || op === 'is_not_set';
    onChange({ ...leaf, op, values: none ? [] : op === 'one_of' ? values : values.slice(0, 1) });
  };
  return (
    <>
      <Choice
        label={t('op.how')}
        value={leaf.op}
        options={TEXT_OPS.map((op) => ({ value: op, label: t(`op.${op}`) }))}
        onChange={setOp}
      />
      {leaf.op === 'one_of' && (
        <TagsInput
          className="tok-field long"
          aria-label={t('op.values')}
          value={values}
          maxTags={100}
          onChange={(some) => onChange({ ...leaf, values: some })}
        />
      )}
      {leaf.op !== 'one_of' && leaf.op !== 'is_set' && leaf.op !== 'is_not_set' && (
        <TextInput
          className="tok-field"
          aria-label={t('op.value')}
          maxLength={200}
          value={values[0] ?? ''}
          onChange={(event) => {
            const value = event.currentTarget.value;
            onChange({ ...leaf, values: value ? [value] : [] });
          }}
        />
      )}
    </>
  );
}

function FieldLeaf({ leaf, onChange }: LeafProps<'field'>) {
  const t = useT();
  const { fields } = useKnownWords();
  return (
    <>
      <Autocomplete
        className="tok-field"
        aria-label={t('op.field')}
        placeholder={t('op.field')}
        data={fields}
        maxLength={60}
        value={leaf.key}
        onChange={(key) => onChange({ ...leaf, key })}
      />
      <TextLeaf leaf={leaf} onChange={onChange} />
    </>
  );
}

function TagLeaf({ leaf, onChange }: LeafProps<'tag'>) {
  const t = useT();
  const { tags } = useKnownWords();
  return (
    <>
      <Choice
        label={t('op.how')}
        value={leaf.has ? 'has' : 'has_not'}
        options={[
          { value: 'has', label: t('op.has') },
          { value: 'has_not', label: t('op.has_not') },
        ]}
        onChange={(has) => onChange({ ...leaf, has: has === 'has' })}
      />
      <Autocomplete
        className="tok-field"
        aria-label={t('cond.tag')}
        data={tags}
        maxLength={40}
        value={leaf.tag}
        onChange={(tag) => onChange({ ...leaf, tag })}
      />
    </>
  );
}

function KindChoice({ kind, onChange }: { kind: string; onChange: (kind: string) => void }) {
  const t = useT();
  const kindName = useKindName();
  return (
    <Choice
      label={t('op.channel')}
      value={kind}
      options={ADDRESSES.map((one) => ({ value: one, label: kindName(one) }))}
      onChange={onChange}
    />
  );
}

function ConsentLeaf({ leaf, onChange }: LeafProps<'consent'>) {
  const t = useT();
  const states = ['granted', 'withdrawn', 'never'] as const;
  return (
    <>
      <KindChoice kind={leaf.kind} onChange={(kind) => onChange({ ...leaf, kind })} />
      <Choice
        label={t('op.how')}
        value={leaf.state}
        options={states.map((state) => ({ value: state, label: t(`agreed.${state}`) }))}
        onChange={(state) => onChange({ ...leaf, state })}
      />
    </>
  );
}

function ReachableLeaf({ leaf, onChange }: LeafProps<'reachable'>) {
  const t = useT();
  return (
    <>
      <KindChoice kind={leaf.kind} onChange={(kind) => onChange({ ...leaf, kind })} />
      <Choice
        label={t('op.how')}
        value={leaf.verified ? 'verified' : 'any'}
        options={[
          { value: 'any', label: t('reach.any') },
          { value: 'verified', label: t('reach.verified') },
        ]}
        onChange={(how) => onChange({ ...leaf, verified: how === 'verified' })}
      />
    </>
  );
}

function WhenFields({
  when,
  never,
  onChange,
}: {
  when: When;
  never?: boolean;
  onChange: (when: When) => void;
}) {
  const t = useT();
  const ops = [
    'within_days',
    'more_than_days',
    'before',
    'after',
    ...(never ? ['never' as const] : []),
  ] as const;
  const setOp = (op: When['op']) => {
    if (op === 'never') return onChange({ op });
    if (op === 'before' || op === 'after') return onChange({ op, at: 'at' in when ? when.at : '' });
    onChange({ op, days: 'days' in when ? when.days : 30 });
  };
  return (
    <>
      <Choice
        label={t('op.how')}
        value={when.op}
        options={ops.map((op) => ({ value: op, label: t(`op.${op}`) }))}
        onChange={setOp}
      />
      {'days' in when && (
        <>
          <Days days={when.days} onChange={(days) => onChange({ ...when, days })} />
          <span className="tok op">{t(when.op === 'within_days' ? 'op.days' : 'op.days_ago')}</span>
        </>
      )}
      {'at' in when && (
        <TextInput
          className="tok-field"
          type="date"
          aria-label={t('op.date')}
          value={when.at ? dayOf(when.at) : ''}
          onChange={(event) => {
            const day = event.currentTarget.value;
            // The day begins where the officer is; the hub knows instants.
            const begins = day ? new Date(`${day}T00:00:00`) : null;
            onChange({ ...when, at: begins && !Number.isNaN(+begins) ? begins.toISOString() : '' });
          }}
        />
      )}
    </>
  );
}

function dayOf(at: string): string {
  const moment = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

function Days({ days, onChange }: { days: number; onChange: (days: number) => void }) {
  const t = useT();
  return (
    <NumberInput
      className="tok-field short"
      aria-label={t('op.number')}
      hideControls
      allowDecimal={false}
      allowNegative={false}
      min={1}
      max={36_500}
      value={days || ''}
      onChange={(value) => onChange(Number(value) || 0)}
    />
  );
}

function LastContactLeaf({ leaf, onChange }: LeafProps<'last_contact'>) {
  const t = useT();
  const directions = ['any', 'inbound', 'outbound'] as const;
  return (
    <>
      <Choice
        label={t('cond.last_contact')}
        value={leaf.direction}
        options={directions.map((one) => ({ value: one, label: t(`direction.${one}`) }))}
        onChange={(direction) => onChange({ ...leaf, direction })}
      />
      <WhenFields when={leaf.when} never onChange={(when) => onChange({ ...leaf, when })} />
    </>
  );
}

function TicketsLeaf({ leaf, onChange }: LeafProps<'tickets'>) {
  const t = useT();
  const within = leaf.within_days;
  return (
    <>
      <span className="tok op">{t('op.at_least')}</span>
      <Days days={leaf.at_least} onChange={(at_least) => onChange({ ...leaf, at_least })} />
      <Choice
        label={t('status')}
        value={leaf.status ?? 'any_status'}
        options={(['any_status', 'open', 'solved'] as const).map((one) => ({
          value: one,
          label: t(`tix.${one}`),
        }))}
        onChange={(one) => onChange({ ...leaf, status: one === 'any_status' ? undefined : one })}
      />
      <Choice
        label={t('ticket.kind')}
        value={leaf.kind ?? 'any_kind'}
        options={(['any_kind', 'complaint', 'request', 'question'] as const).map((one) => ({
          value: one,
          label: t(`tix.${one}`),
        }))}
        onChange={(one) => onChange({ ...leaf, kind: one === 'any_kind' ? undefined : one })}
      />
      <Choice
        label={t('op.date')}
        value={within == null ? 'ever' : 'within'}
        options={(['ever', 'within'] as const).map((one) => ({ value: one, label: t(`tix.${one}`) }))}
        onChange={(one) => onChange({ ...leaf, within_days: one === 'ever' ? undefined : 30 })}
      />
      {within != null && <Days days={within} onChange={(days) => onChange({ ...leaf, within_days: days })} />}
    </>
  );
}

function OpenLeaf({ leaf, onChange }: LeafProps<'open_conversation'>) {
  const t = useT();
  return (
    <Choice
      label={t('op.how')}
      value={leaf.has ? 'open' : 'none'}
      options={(['open', 'none'] as const).map((one) => ({ value: one, label: t(`talk.${one}`) }))}
      onChange={(one) => onChange({ ...leaf, has: one === 'open' })}
    />
  );
}
