import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { InvitationPage } from '../auth/InvitationPage';
import { SetUpPage } from '../auth/SetUpPage';
import { SignInPage } from '../auth/SignInPage';
import { InboxPage } from '../inbox/InboxPage';
import { DeskLayout } from '../shell/DeskLayout';
import type { TicketsSearch } from '../tickets/TicketsPage';
import { Broken } from '../shell/Broken';
import { NotFound } from '../shell/NotFound';
import { readSearch, writeSearch } from './address';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search): { then?: string; ended?: boolean } => ({
    then: text(search.then),
    // As it is given, and as it stands in the address.
    ended: search.ended === true || search.ended === 'true' || undefined,
  }),
});
const setUp = createRoute({ getParentRoute: () => root, path: '/set-up', component: SetUpPage });
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: InvitationPage,
  validateSearch: (search): { token?: string } => ({ token: text(search.token) }),
});

const desk = createRoute({ getParentRoute: () => root, id: 'desk', component: DeskLayout });
const home = createRoute({
  getParentRoute: () => desk,
  path: '/',
  component: () => <Navigate to="/inbox/$folder" params={{ folder: 'mine' }} replace />,
});

export interface InboxSearch {
  tab?: 'mine' | 'unassigned';
  sort?: 'newest' | 'oldest' | 'waiting';
  channel?: string;
  label?: string;
  message?: string;
}
export interface MailingSearch {
  tab?: 'content' | 'recipients' | 'answers';
  state?: string;
  exclusion?: string;
  who?: 'answered' | 'unsubscribed';
}
const inboxSearch = (search: Record<string, unknown>): InboxSearch => ({
  tab: search.tab === 'mine' || search.tab === 'unassigned' ? search.tab : undefined,
  sort: search.sort === 'oldest' || search.sort === 'waiting' ? search.sort : undefined,
  channel: text(search.channel),
  label: text(search.label),
  message: text(search.message),
});
const inbox = createRoute({
  getParentRoute: () => desk,
  path: '/inbox/$folder',
  component: InboxPage,
  validateSearch: inboxSearch,
});
const thread = createRoute({ getParentRoute: () => inbox, path: '/$conversationId' });

const tickets = createRoute({
  getParentRoute: () => desk,
  path: '/tickets',
  component: lazyRouteComponent(() => import('../tickets/TicketsPage'), 'TicketsPage'),
  validateSearch: (search): TicketsSearch => ({
    kind: text(search.kind),
    owner: text(search.owner),
    team: text(search.team),
    category: text(search.category),
    severity: text(search.severity),
    view: text(search.view),
    sort: text(search.sort),
    q: text(search.q),
  }),
});
const ticket = createRoute({
  getParentRoute: () => desk,
  path: '/tickets/$ticketId',
  component: lazyRouteComponent(() => import('../tickets/TicketPage'), 'TicketPage'),
});
const contacts = createRoute({
  getParentRoute: () => desk,
  path: '/contacts',
  component: lazyRouteComponent(() => import('../contacts/ContactsPage'), 'ContactsPage'),
  validateSearch: (search): { q?: string } => ({ q: text(search.q) }),
});
const contact = createRoute({
  getParentRoute: () => desk,
  path: '/contacts/$contactId',
  component: lazyRouteComponent(() => import('../contacts/ContactPage'), 'ContactPage'),
});
const mailings = createRoute({
  getParentRoute: () => desk,
  path: '/mailings',
  component: lazyRouteComponent(() => import('../mailings/MailingsPage'), 'MailingsPage'),
});
const templates = createRoute({
  getParentRoute: () => desk,
  path: '/mailings/templates',
  component: lazyRouteComponent(() => import('../mailings/TemplatesPage'), 'TemplatesPage'),
});
const template = createRoute({
  getParentRoute: () => desk,
  path: '/mailings/templates/$templateId',
  component: lazyRouteComponent(() => import('../mailings/TemplatePage'), 'TemplatePage'),
  validateSearch: (search): { starter?: string } => ({ starter: text(search.starter) }),
});
const mailing = createRoute({
  getParentRoute: () => desk,
  path: '/mailings/$mailingId',
  component: lazyRouteComponent(() => import('../mailings/MailingPage'), 'MailingPage'),
  validateSearch: (search): MailingSearch => ({
    tab:
      search.tab === 'content' || search.tab === 'recipients' || search.tab === 'answers'
        ? search.tab
        : undefined,
    state: text(search.state),
    exclusion: text(search.exclusion),
    who: search.who === 'answered' || search.who === 'unsubscribed' ? search.who : undefined,
  }),
});
const imports = createRoute({
  getParentRoute: () => desk,
  path: '/contacts/import',
  component: lazyRouteComponent(() => import('../imports/ImportsPage'), 'ImportsPage'),
});
const oneImport = createRoute({
  getParentRoute: () => desk,
  path: '/contacts/import/$importId',
  component: lazyRouteComponent(() => import('../imports/ImportPage'), 'ImportPage'),
});
const segments = createRoute({
  getParentRoute: () => desk,
  path: '/segments',
  component: lazyRouteComponent(() => import('../segments/SegmentsPage'), 'SegmentsPage'),
});
const segment = createRoute({
  getParentRoute: () => desk,
  path: '/segments/$segmentId',
  component: lazyRouteComponent(() => import('../segments/SegmentPage'), 'SegmentPage'),
});
const suppressions = createRoute({
  getParentRoute: () => desk,
  path: '/suppressions',
  component: lazyRouteComponent(() => import('../segments/SuppressionsPage'), 'SuppressionsPage'),
});
const search = createRoute({
  getParentRoute: () => desk,
  path: '/search',
  component: lazyRouteComponent(() => import('../search/SearchPage'), 'SearchPage'),
  validateSearch: (query): { q?: string; type?: string } => ({ q: text(query.q), type: text(query.type) }),
});
const settingsHome = createRoute({
  getParentRoute: () => desk,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$section', params: { section: 'profile' } });
  },
});
const settings = createRoute({
  getParentRoute: () => desk,
  path: '/settings/$section',
  component: lazyRouteComponent(() => import('../settings/SettingsPage'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setUp,
    invitation,
    desk.addChildren([
      home,
      inbox.addChildren([thread]),
      tickets,
      ticket,
      contacts,
      contact,
      mailings,
      templates,
      template,
      mailing,
      imports,
      oneImport,
      segments,
      segment,
      suppressions,
      search,
      settingsHome,
      settings,
    ]),
  ]),
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultPreload: false,
  defaultErrorComponent: ({ error, reset }) => <Broken error={error} reset={reset} />,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
