import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useCounts } from '../api/queries';
import { translate, useTexts } from '../i18n';
import { actionIds, keysOf, specOf } from '../keys/actions';
import { useActions } from '../keys/ActionsProvider';
import { useDebounced } from '../lib/useDebounced';
import type { IconName } from '../ui/Sprite';

export interface PaletteItem {
  key: string;
  group: string;
  icon: IconName;
  name: string;
  /** The same in the other language, or an address. */
  aside?: string;
  person?: string;
  keys?: string;
  run: () => void;
}

/** Every action with its key, then customers and tickets, then places; the conversation's actions first. */
export function usePaletteItems(q: string, open: boolean): PaletteItem[] {
  const { t, language } = useTexts();
  const { registry, choice } = useActions();
  const navigate = useNavigate();
  const counts = useCounts().data;
  const words = useDebounced(q.trim(), 180);
  const found = useQuery({
    queryKey: keys.search(words, 'palette'),
    queryFn: () => ok(api.GET('/search', { params: { query: { q: words, type: 'all', limit: 5 } } })),
    enabled: open && words.length > 1,
    placeholderData: (before) => before,
  });
  if (!open) return [];
  const other = language === 'id' ? 'en' : 'id';
  const asked = q.trim().toLowerCase();
  const hit = (...texts: string[]) => !asked || texts.some((text) => text.toLowerCase().includes(asked));
  const items: PaletteItem[] = [];
  for (const id of actionIds) {
    const spec = specOf(id);
    if (!registry.can(id) || id === 'palette') continue;
    const name = t(spec.title);
    const aside = translate(other, spec.title);
    if (!hit(name, aside)) continue;
    const group =
      spec.group === 'conversation' && registry.can('reply')
        ? t('palette.conversation')
        : spec.group === 'go'
          ? t('palette.go')
          : t('palette.actions');
    items.push({
      key: id,
      group,
      icon: spec.icon,
      name,
      aside,
      keys: keysOf(id, choice),
      run: () => registry.run(id),
    });
  }
  for (const team of counts?.teams ?? []) {
    if (!hit(team.name)) continue;
    const run = () => void navigate({ to: '/inbox/$folder', params: { folder: `team-${team.id}` } });
    items.push({ key: team.id, group: t('palette.go'), icon: 'users', name: team.name, run });
  }
  if (words.length > 1 && asked) {
    for (const one of found.data?.contacts ?? []) {
      const run = () => void navigate({ to: '/contacts/$contactId', params: { contactId: one.id } });
      items.push({
        key: `c${one.id}`,
        group: t('palette.customers'),
        icon: 'user',
        name: one.name,
        person: one.name,
        aside: one.addresses[0],
        run,
      });
    }
    for (const one of found.data?.tickets ?? []) {
      const run = () => void navigate({ to: '/tickets/$ticketId', params: { ticketId: one.id } });
      items.push({
        key: `t${one.id}`,
        group: t('palette.tickets'),
        icon: 'ticket',
        name: `${one.number} ${one.title}`,
        aside: one.contact.name,
        run,
      });
    }
    const run = () => void navigate({ to: '/search', search: { q: q.trim() } });
    items.push({
      key: 'search-all',
      group: t('palette.go'),
      icon: 'search',
      name: t('palette.search', { q: q.trim() }),
      run,
    });
  }
  const order = [
    t('palette.conversation'),
    t('palette.customers'),
    t('palette.tickets'),
    t('palette.actions'),
    t('palette.go'),
  ];
  return items.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}
