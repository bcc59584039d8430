import { NativeSelect, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Suppression } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { useDebounced } from '../lib/useDebounced';
import { useAct } from '../settings/useAct';
import { Button, IconButton } from '../ui/Button';
import { ChannelIcon, useKindName } from '../ui/ChannelIcon';
import { Confirm, Dialog } from '../ui/Dialog';
import { Empty } from '../ui/Empty';
import { Failed, fieldError, FormError } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { When } from '../ui/When';
import { MarketingTabs } from './MarketingTabs';

/** Addresses that get no mailing, whoever owns them. */
export function SuppressionsPage() {
  const t = useT();
  const me = useMe();
  const may = can(me, 'segments:write');
  const [words, setWords] = useState('');
  const [adding, setAdding] = useState(false);
  const [gone, setGone] = useState<Suppression | null>(null);
  const q = useDebounced(words.trim(), 220);
  const act = useAct(keys.suppressions, ['contact']);
  const list = useInfiniteQuery({
    queryKey: [...keys.suppressions, q],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/suppressions', { params: { query: { q: q || undefined, cursor: pageParam, limit: 50 } } }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const release = (one: Suppression) =>
    act.mutate(async () => {
      await ok(
        api.DELETE('/suppressions/{kind}/{value}', {
          params: { path: { kind: one.kind, value: one.value } },
        }),
      );
      setGone(null);
    });
  return (
    <Page
      title={t('suppress.title')}
      wide
      acts={
        may && (
          <Button small look="primary" icon="plus" onClick={() => setAdding(true)}>
            {t('suppress.add')}
          </Button>
        )
      }
    >
      <MarketingTabs />
      <p className="t2">{t('suppress.text')}</p>
      <div className="filters top2">
        <TextInput
          className="grow"
          leftSection={<Icon name="search" size="s" />}
          placeholder={t('suppress.find')}
          aria-label={t('suppress.find')}
          value={words}
          maxLength={320}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      {list.isPending && <LineSkeletons count={5} />}
      {list.error && rows.length === 0 && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && (
        <div className="card">
          <Empty
            icon="shield"
            title={t(q ? 'suppress.nothing' : 'suppress.none')}
            text={q ? undefined : t('suppress.none_text')}
          />
        </div>
      )}
      {rows.length > 0 && (
        <div className="card scroll-x">
          <table>
            <thead>
              <tr>
                <th>{t('suppress.address')}</th>
                <th>{t('suppress.reason')}</th>
                <th className="wide">{t('import.who')}</th>
                <th className="r wide">{t('suppress.since')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => (
                <tr key={`${one.kind} ${one.value}`}>
                  <td>
                    <span className="row gap1 start">
                      <ChannelIcon kind={one.kind} said />
                      <span className="breaks">{one.value}</span>
                    </span>
                  </td>
                  <td>
                    {t(`kept.${one.reason}`)}
                    {one.note && <div className="t3 sm">{one.note}</div>}
                  </td>
                  <td className="t2 wide">{one.source}</td>
                  <td className="r t3 wide">
                    <When at={one.at} />
                  </td>
                  <td className="r">
                    {may && (
                      <IconButton
                        icon="x"
                        label={t('suppress.remove')}
                        className="tight"
                        onClick={() => setGone(one)}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <Button
          className="center-btn"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
      {adding && <AddDialog onClose={() => setAdding(false)} />}
      {gone && (
        <Confirm
          title={t('suppress.remove')}
          text={t('suppress.remove_text', { value: gone.value })}
          act={t('suppress.remove')}
          busy={act.isPending}
          onYes={() => release(gone)}
          onClose={() => setGone(null)}
        />
      )}
    </Page>
  );
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const kindName = useKindName();
  const act = useAct(keys.suppressions, ['contact']);
  const [kind, setKind] = useState('email');
  const [value, setValue] = useState('');
  const [note, setNote] = useState('');
  const save = () =>
    act.mutate(
      () => ok(api.POST('/suppressions', { body: { kind, value: value.trim(), note: note.trim() } })),
      {
        onSuccess: onClose,
      },
    );
  return (
    <Dialog
      title={t('suppress.add')}
      onClose={onClose}
      onSubmit={save}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!value.trim() || !note.trim()}>
            {t('add')}
          </Button>
        </>
      }
    >
      <NativeSelect
        label={t('suppress.kind')}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value)}
        data={['email', 'telegram', 'phone'].map((one) => ({ value: one, label: kindName(one) }))}
      />
      <TextInput
        label={t('suppress.address')}
        maxLength={320}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={fieldError(act.error, 'value', t)}
        data-autofocus
      />
      <TextInput
        label={t('suppress.note')}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        error={fieldError(act.error, 'note', t)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
