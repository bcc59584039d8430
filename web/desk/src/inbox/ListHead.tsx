import { useNavigate } from '@tanstack/react-router';
import { useCounts } from '../api/queries';
import { isKey, useT } from '../i18n';
import { IconButton } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import type { InboxPlace } from './place';

/** What a folder is called. */
export function useFolderName(folder: string): string {
  const t = useT();
  const counts = useCounts().data;
  const key = `folder.${folder}`;
  if (isKey(key)) return t(key);
  const id = folder.replace(/^\w+-/, '');
  if (folder.startsWith('label-')) return id;
  return [...(counts?.teams ?? []), ...(counts?.channels ?? [])].find((one) => one.id === id)?.name ?? '';
}

const sorts = ['newest', 'oldest', 'waiting'] as const;

export function ListHead({ place, onFolders }: { place: InboxPlace; onFolders: () => void }) {
  const t = useT();
  const navigate = useNavigate({ from: '/inbox/$folder' });
  const name = useFolderName(place.folder);
  const counts = useCounts().data;
  const { search } = place;
  const set = (some: Partial<typeof search>) =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...some }), replace: true });
  const filtered = Boolean(search.channel ?? search.label);
  return (
    <div className="bar">
      <IconButton icon="menu" label={t('nav.folders')} className="folders-button" onClick={onFolders} />
      <h2 className="cut grow">{name}</h2>
      <Pick target={<IconButton icon="filter" label={t('list.filter')} on={filtered} />}>
        <Pick.Label>{t('folder.channels')}</Pick.Label>
        <Pick.Item
          onClick={() => set({ channel: undefined })}
          rightSection={!search.channel && <Icon name="check" size="s" />}
        >
          {t('all')}
        </Pick.Item>
        {counts?.channels.map((channel) => (
          <Pick.Item
            key={channel.id}
            leftSection={<ChannelIcon kind={channel.kind} />}
            rightSection={search.channel === channel.id && <Icon name="check" size="s" />}
            onClick={() => set({ channel: channel.id })}
          >
            {channel.name}
          </Pick.Item>
        ))}
        {search.label && (
          <>
            <Pick.Line />
            <Pick.Item
              leftSection={<Icon name="tag" />}
              rightSection={<Icon name="x" size="s" />}
              onClick={() => set({ label: undefined })}
            >
              {search.label}
            </Pick.Item>
          </>
        )}
      </Pick>
      <Pick target={<IconButton icon="sort" label={t(`sort.${place.filter.sort}`)} />}>
        {sorts.map((sort) => (
          <Pick.Item
            key={sort}
            rightSection={place.filter.sort === sort && <Icon name="check" size="s" />}
            onClick={() => set({ sort: sort === 'newest' ? undefined : sort })}
          >
            {t(`sort.${sort}`)}
          </Pick.Item>
        ))}
      </Pick>
    </div>
  );
}
