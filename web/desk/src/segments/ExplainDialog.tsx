import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import { SegmentTree } from './SegmentTree';
import { asSent, type Condition } from './tree';

/** Why one customer is in a segment or not: what each condition saw. */
export function ExplainDialog({ condition, onClose }: { condition: Condition; onClose: () => void }) {
  const t = useT();
  const [words, setWords] = useState('');
  const [who, setWho] = useState<string | null>(null);
  const q = useDebounced(words.trim(), 200);
  const found = useQuery({
    queryKey: [...keys.contacts, 'pick', q],
    queryFn: () => ok(api.GET('/contacts', { params: { query: { q: q || undefined, limit: 10 } } })),
    placeholderData: (before) => before,
  });
  const explained = useQuery({
    enabled: who !== null,
    queryKey: ['segment-explain', who, JSON.stringify(condition)],
    queryFn: () =>
      ok(api.POST('/segments/explain', { body: { condition: asSent(condition), contact_id: who ?? '' } })),
    retry: false,
  });
  const options = (found.data?.items ?? []).map((one) => ({
    value: one.id,
    label: [one.name, one.addresses[0]].filter(Boolean).join(' · '),
  }));
  const result = explained.data;
  return (
    <Dialog
      title={t('segments.explain')}
      onClose={onClose}
      size={720}
      foot={
        <Button look="quiet" onClick={onClose}>
          {t('close')}
        </Button>
      }
    >
      <Select
        label={t('segments.explain_for')}
        placeholder={t('segments.explain_pick')}
        searchable
        searchValue={words}
        onSearchChange={setWords}
        filter={({ options: all }) => all}
        data={options}
        value={who}
        onChange={setWho}
        data-autofocus
      />
      {explained.error && <Failed error={explained.error} retry={() => void explained.refetch()} />}
      {who && explained.isPending && <LineSkeletons count={3} />}
      {result && (
        <>
          <p className={result.holds ? 'row m ok' : 'row m'} role="status">
            <Icon name={result.holds ? 'check' : 'x'} size="s" />
            {t(result.holds ? 'segments.in' : 'segments.out', { name: result.contact.name })}
          </p>
          <div className="card">
            <SegmentTree condition={condition} explained={result.nodes} />
          </div>
        </>
      )}
    </Dialog>
  );
}
