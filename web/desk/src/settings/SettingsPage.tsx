import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, type ComponentType } from 'react';
import { may, type Area } from '../app/permissions';
import { useMe } from '../app/session';
import { useT, type Key } from '../i18n';
import { Empty } from '../ui/Empty';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import type { IconName } from '../ui/Sprite';
import { reachable } from '../ui/reachable';

interface Part {
  section: string;
  title: Key;
  icon: IconName;
  area?: Area;
  page: ComponentType;
}

const groups: { title: Key; parts: Part[] }[] = [
  {
    title: 'settings.mine',
    parts: [
      {
        section: 'profile',
        title: 'settings.profile',
        icon: 'user',
        page: lazy(() => import('./ProfilePart').then((m) => ({ default: m.ProfilePart }))),
      },
      {
        section: 'notices',
        title: 'settings.notices',
        icon: 'bell',
        page: lazy(() => import('./NoticesPart').then((m) => ({ default: m.NoticesPart }))),
      },
      {
        section: 'keys',
        title: 'settings.keys',
        icon: 'keyb',
        page: lazy(() => import('./KeysPart').then((m) => ({ default: m.KeysPart }))),
      },
      {
        section: 'sessions',
        title: 'settings.sessions',
        icon: 'lock',
        page: lazy(() => import('./SessionsPart').then((m) => ({ default: m.SessionsPart }))),
      },
    ],
  },
  {
    title: 'settings.house',
    parts: [
      {
        section: 'canned',
        title: 'settings.canned',
        icon: 'canned',
        page: lazy(() => import('./CannedPart').then((m) => ({ default: m.CannedPart }))),
      },
      {
        section: 'channels',
        title: 'settings.channels',
        icon: 'inbox',
        area: 'channels',
        page: lazy(() => import('./ChannelsPart').then((m) => ({ default: m.ChannelsPart }))),
      },
      {
        section: 'bots',
        title: 'settings.bots',
        icon: 'bot',
        area: 'bots',
        page: lazy(() => import('./BotsPart').then((m) => ({ default: m.BotsPart }))),
      },
      {
        section: 'officers',
        title: 'settings.officers',
        icon: 'users',
        area: 'officers',
        page: lazy(() => import('./OfficersPart').then((m) => ({ default: m.OfficersPart }))),
      },
      {
        section: 'teams',
        title: 'settings.teams',
        icon: 'users',
        area: 'officers',
        page: lazy(() => import('./TeamsPart').then((m) => ({ default: m.TeamsPart }))),
      },
      {
        section: 'roles',
        title: 'settings.roles',
        icon: 'shield',
        area: 'officers',
        page: lazy(() => import('./RolesPart').then((m) => ({ default: m.RolesPart }))),
      },
    ],
  },
  {
    title: 'settings.machine',
    parts: [
      {
        section: 'tokens',
        title: 'settings.tokens',
        icon: 'key',
        area: 'tokens',
        page: lazy(() => import('./TokensPart').then((m) => ({ default: m.TokensPart }))),
      },
      {
        section: 'webhooks',
        title: 'settings.webhooks',
        icon: 'hook',
        area: 'webhooks',
        page: lazy(() => import('./WebhooksPart').then((m) => ({ default: m.WebhooksPart }))),
      },
      {
        section: 'audit',
        title: 'settings.audit',
        icon: 'eye',
        area: 'audit',
        page: lazy(() => import('./AuditPart').then((m) => ({ default: m.AuditPart }))),
      },
      {
        section: 'quarantine',
        title: 'settings.quarantine',
        icon: 'quarantine',
        area: 'quarantine',
        page: lazy(() => import('./QuarantinePart').then((m) => ({ default: m.QuarantinePart }))),
      },
      {
        section: 'mail-folder',
        title: 'settings.mail_folder',
        icon: 'mail',
        page: lazy(() => import('./MailFolderPart').then((m) => ({ default: m.MailFolderPart }))),
      },
    ],
  },
];

/** Settings: one's own first, then the house's. */
export function SettingsPage() {
  const t = useT();
  const me = useMe();
  const { section } = useParams({ from: '/desk/settings/$section' });
  const open = (part: Part) =>
    (part.area === undefined || may(me, part.area)) && (part.section !== 'mail-folder' || me.demo);
  const part = groups.flatMap((group) => group.parts).find((one) => one.section === section && open(one));
  const title = t(part?.title ?? 'nav.settings');
  useEffect(() => {
    document.title = `${title} · Sapa`;
  }, [title]);
  const Body = part?.page;
  return (
    <main className="pane main settings">
      <aside className="pane folders settings-nav">
        <div className="bar">
          <h1>{t('nav.settings')}</h1>
        </div>
        <nav className="scroll nav" aria-label={t('nav.settings')}>
          {groups.map((group) => {
            const shown = group.parts.filter(open);
            if (shown.length === 0) return null;
            return (
              <div key={group.title}>
                <h3>{t(group.title)}</h3>
                {shown.map((one) => (
                  <Link
                    key={one.section}
                    to="/settings/$section"
                    params={{ section: one.section }}
                    className={one.section === section ? 'on' : undefined}
                    aria-current={one.section === section ? 'page' : undefined}
                  >
                    <Icon name={one.icon} />
                    {t(one.title)}
                  </Link>
                ))}
              </div>
            );
          })}
        </nav>
      </aside>
      <div className="scroll" ref={reachable}>
        <div className="sheet">
          {Body ? (
            <Suspense fallback={<LineSkeletons count={6} />}>
              <Body />
            </Suspense>
          ) : (
            <Empty icon="lock" title={t('error.forbidden')} />
          )}
        </div>
      </div>
    </main>
  );
}
