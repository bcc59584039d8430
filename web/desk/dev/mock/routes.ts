/** Which function answers which request. */
import type * as T from '../../src/api/types';
import * as desk from './desk';
import * as inbox from './inbox';
import { emit } from './live';
import { db, newId, now, ticketTalk } from './store';

// Bodies are as the desk's own types say: the mock trusts them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;
type Handler = (p: string[], q: URLSearchParams, body: Body) => unknown;
const list = (items: unknown[]) => ({ items, next: null });

function person(id = ''): T.Contact {
  const found = db.contacts.get(id);
  if (!found) throw new inbox.Refusal(404, 'not_found');
  return found;
}

export const routes: [string, RegExp, Handler][] = (
  [
    [
      'POST /session',
      (_p, _q, b) => {
        if (b.password === 'salah') throw new inbox.Refusal(401, 'invalid_credentials');
        db.signedIn = true;
        return db.me;
      },
    ],
    [
      'DELETE /session',
      () => {
        db.signedIn = false;
      },
    ],
    [
      'GET /me',
      () => {
        if (!db.signedIn) throw new inbox.Refusal(401, 'unauthenticated');
        return db.me;
      },
    ],
    [
      'PATCH /me',
      (_p, _q, b) => {
        if (b.password?.old === 'salah')
          throw new inbox.Refusal(422, 'invalid', { fields: { 'password.old': 'wrong' } });
        return Object.assign(db.me, { ...b, password: undefined });
      },
    ],
    ['GET /me/sessions', () => db.sessions],
    [
      'DELETE /me/sessions/:',
      ([id]) => {
        db.sessions = db.sessions.filter((one) => one.id !== id);
      },
    ],
    ['GET /setup', () => ({ needed: db.setup })],
    [
      'POST /setup',
      () => {
        db.setup = false;
        db.signedIn = true;
        return db.me;
      },
    ],
    [
      'POST /invitations/accept',
      () => {
        db.signedIn = true;
        return db.me;
      },
    ],
    ['GET /inbox/counts', () => inbox.counts()],
    ['GET /conversations', (_p, q) => inbox.list(q)],
    ['POST /conversations', () => inbox.conversation(inbox.rinaTalk())],
    [
      'POST /conversations/bulk',
      (_p, _q, b) => {
        b.ids.forEach((id: string) => inbox.change(id, b.change));
        return { changed: b.ids.length, failed: [] };
      },
    ],
    ['GET /conversations/:', ([id = '']) => inbox.conversation(id)],
    ['PATCH /conversations/:', ([id = ''], _q, b) => inbox.change(id, b)],
    ['POST /conversations/:/messages', ([id = ''], _q, b) => inbox.send(id, b)],
    [
      'GET /conversations/:/draft',
      ([id = ''], q) => {
        const begun = db.drafts.get(id);
        return begun && (q.get('kind') ?? begun.kind) === begun.kind ? begun : null;
      },
    ],
    [
      'PUT /conversations/:/draft',
      ([id = ''], _q, b) => {
        db.drafts.set(id, b);
      },
    ],
    [
      'DELETE /conversations/:/draft',
      ([id = '']) => {
        db.drafts.delete(id);
      },
    ],
    [
      'POST /conversations/:/read',
      ([id = '']) => {
        const one = inbox.need(id);
        if (one.unread) {
          one.unread = false;
          emit('conversation.read', { conversation_id: id, contact_id: one.contact_id });
        }
      },
    ],
    [
      'POST /conversations/:/unread',
      ([id = '']) => {
        inbox.need(id).unread = true;
        emit('conversation.read', { conversation_id: id });
      },
    ],
    ['DELETE /messages/:', ([id = '']) => inbox.takeBack(id)],
    [
      'POST /messages/:/retry',
      ([id = ''], _q, b) => {
        const message = db.messages.get(id);
        if (!message?.delivery) throw new inbox.Refusal(404, 'not_found');
        const channel = db.channels.find((one) => one.id === b.channel_id);
        if (channel) message.channel = { id: channel.id, kind: channel.kind, name: channel.name };
        Object.assign(message.delivery, { state: 'delivered', reason: null, at: now() });
        emit('delivery.changed', { conversation_id: message.conversation_id, message_id: id });
        return message;
      },
    ],
    ['GET /canned', () => list(db.canned)],
    [
      'POST /canned',
      (_p, _q, b) => {
        const made = { id: newId(), ...b };
        db.canned.push(made);
        return made;
      },
    ],
    ['PATCH /canned/:', ([id], _q, b) => Object.assign(db.canned.find((one) => one.id === id) ?? {}, b)],
    [
      'DELETE /canned/:',
      ([id]) => {
        db.canned = db.canned.filter((one) => one.id !== id);
      },
    ],
    ['GET /contacts', (_p, q) => desk.contacts(q)],
    ['POST /contacts', () => desk.contact([...db.contacts.keys()][0] ?? '')],
    ['GET /contacts/:', ([id = '']) => desk.contact(id)],
    [
      'PATCH /contacts/:',
      ([id = ''], _q, b) => {
        Object.assign(person(id), b);
        return desk.changed(id);
      },
    ],
    ['GET /contacts/:/timeline', ([id = ''], q) => desk.timeline(id, q)],
    [
      'POST /contacts/:/identities',
      ([id = ''], _q, b) => {
        person(id).identities.push({
          id: newId(),
          ...b,
          shown: b.value,
          proof: null,
          verified_at: null,
          first_seen_at: now(),
          last_seen_at: now(),
        });
        return desk.changed(id);
      },
    ],
    [
      'DELETE /contacts/:/identities/:',
      ([id = '', other]) => {
        const one = person(id);
        one.identities = one.identities.filter((known) => known.id !== other);
        return desk.changed(id);
      },
    ],
    [
      'POST /contacts/:/identities/:/verify',
      ([id = '', other]) => {
        const known = person(id).identities.find((one) => one.id === other);
        if (known) Object.assign(known, { proof: 'officer', verified_at: now() });
        return desk.changed(id);
      },
    ],
    ['POST /contacts/:/merge', ([id = '']) => desk.changed(id)],
    ['POST /contacts/:/links', () => ({ url: 'https://t.me/KopiSeruniBot?start=v1_8fQ2x' })],
    ['POST /suggestions/:/merge', ([id]) => settle(id ?? '', true)],
    ['POST /suggestions/:/refuse', ([id]) => settle(id ?? '', false)],
    [
      'POST /merges/:/undo',
      ([id]) => {
        const one = [...db.contacts.values()].find((known) => known.merges.some((merge) => merge.id === id));
        if (!one) throw new inbox.Refusal(404, 'not_found');
        one.merges = one.merges.filter((merge) => merge.id !== id);
        return desk.changed(one.id);
      },
    ],
    ['GET /tickets', (_p, q) => desk.tickets(q)],
    ['POST /tickets', (_p, _q, b) => desk.openTicket(b)],
    ['GET /tickets/:', ([id = '']) => desk.ticket(id)],
    [
      'PATCH /tickets/:',
      ([id = ''], _q, b) => {
        const one = desk.ticket(id);
        const owner = db.officers.find((known) => known.id === b.owner_id);
        Object.assign(
          one,
          b,
          'owner_id' in b ? { owner: owner ? { id: owner.id, name: owner.name } : null } : {},
        );
        desk.note(one, 'ticket.changed');
        return one;
      },
    ],
    [
      'POST /tickets/:/conversations',
      ([id = ''], _q, b) => {
        const one = desk.ticket(id);
        const talk = inbox.need(b.conversation_id);
        talk.tickets.push(id);
        one.conversations.push(ticketTalk(talk));
        desk.note(one, 'ticket.attached');
        return one;
      },
    ],
    [
      'DELETE /tickets/:/conversations/:',
      ([id = '', other]) => {
        const one = desk.ticket(id);
        one.conversations = one.conversations.filter((known) => known.id !== other);
        return one;
      },
    ],
    [
      'POST /tickets/:/solve',
      ([id = ''], _q, b) => {
        const one = Object.assign(desk.ticket(id), {
          status: 'solved',
          outcome: b.outcome,
          solved_at: now(),
        });
        desk.note(one, 'ticket.solved', { outcome: b.outcome });
        return one;
      },
    ],
    [
      'POST /tickets/:/reopen',
      ([id = '']) => {
        const one = Object.assign(desk.ticket(id), { status: 'open', solved_at: null });
        desk.note(one, 'ticket.reopened');
        return one;
      },
    ],
    ['GET /search', (_p, q) => desk.search(q.get('q') ?? '')],
    ['GET /officers', () => list(db.officers)],
    [
      'POST /officers',
      (_p, _q, b) => {
        const officer = { id: newId(), active: true, invited: true, last_seen_at: null, ...b };
        db.officers.push(officer);
        return { officer, invitation_url: 'http://127.0.0.1:3000/invitation?token=inv_92kd8s' };
      },
    ],
    ['PATCH /officers/:', ([id], _q, b) => Object.assign(db.officers.find((one) => one.id === id) ?? {}, b)],
    [
      'POST /officers/:/invitation',
      () => ({ invitation_url: 'http://127.0.0.1:3000/invitation?token=inv_new' }),
    ],
    ['DELETE /officers/:/sessions', () => undefined],
    ['GET /teams', () => list(db.teams)],
    [
      'POST /teams',
      (_p, _q, b) => {
        const made = { id: newId(), ...b };
        db.teams.push(made);
        return made;
      },
    ],
    ['PATCH /teams/:', ([id], _q, b) => Object.assign(db.teams.find((one) => one.id === id) ?? {}, b)],
    [
      'DELETE /teams/:',
      ([id]) => {
        db.teams = db.teams.filter((one) => one.id !== id);
      },
    ],
    ['GET /channels', () => list(db.channels)],
    [
      'POST /channels',
      (_p, _q, b) => {
        const made: T.Channel = {
          id: newId(),
          address: b.address ?? 'ks_new1',
          enabled: true,
          health: { state: 'quiet', last_message_at: null, last_good_at: null, error: null, error_at: null },
          ...b,
          settings: b.settings,
        };
        db.channels.push(made);
        return b.kind === 'webchat' ? { ...made, signing_key: 'C6XtNl5e1mMAcueGh9QrXSOCVNWO1' } : made;
      },
    ],
    ['PATCH /channels/:', ([id], _q, b) => Object.assign(db.channels.find((one) => one.id === id) ?? {}, b)],
    [
      'DELETE /channels/:',
      ([id]) => {
        db.channels = db.channels.filter((one) => one.id !== id);
      },
    ],
    [
      'POST /channels/:/check',
      ([id]) => {
        const bad = db.channels.find((one) => one.id === id)?.health.state === 'bad';
        return {
          ok: !bad,
          detail: bad ? 'connection refused by imap.kopiseruni.example:993' : 'signed in, 0 new messages',
        };
      },
    ],
    ['GET /tokens', () => list(db.tokens)],
    [
      'POST /tokens',
      (_p, _q, b) => {
        const made = { id: newId(), created_at: now(), expires_at: null, last_used_at: null, ...b };
        db.tokens.push(made);
        return { ...made, token: 'sapa_5hT93kdlQwe82jsnM' };
      },
    ],
    [
      'DELETE /tokens/:',
      ([id]) => {
        db.tokens = db.tokens.filter((one) => one.id !== id);
      },
    ],
    [
      'GET /permissions',
      () => ({
        roles: {
          administrator: ['conversations', 'contacts', 'tickets', 'channels', 'officers', 'audit'],
          supervisor: ['conversations', 'contacts', 'tickets', 'audit'],
          officer: ['conversations', 'contacts', 'tickets'],
          marketer: ['contacts'],
          analyst: [],
        },
        scopes: ['messages:read', 'messages:write', 'contacts:read', 'contacts:write', 'tickets:write'],
      }),
    ],
    ['GET /audit', () => list(db.audit)],
    ['GET /webhooks', () => list(db.webhooks)],
    [
      'POST /webhooks',
      (_p, _q, b) => {
        const made = { id: newId(), enabled: true, ...b };
        db.webhooks.push(made);
        return { ...made, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
      },
    ],
    ['PATCH /webhooks/:', ([id], _q, b) => Object.assign(db.webhooks.find((one) => one.id === id) ?? {}, b)],
    [
      'DELETE /webhooks/:',
      ([id]) => {
        db.webhooks = db.webhooks.filter((one) => one.id !== id);
      },
    ],
    [
      'GET /webhooks/:/deliveries',
      () =>
        list([
          {
            id: newId(),
            at: now(),
            event: 'message.received',
            status: 200,
            error: null,
            attempts: 1,
            next_try_at: null,
          },
          {
            id: newId(),
            at: now(),
            event: 'ticket.opened',
            status: 503,
            error: 'Service Unavailable',
            attempts: 3,
            next_try_at: now(),
          },
        ]),
    ],
    ['POST /webhooks/:/test', () => undefined],
    ['GET /quarantine', () => list(db.quarantine)],
    [
      'POST /quarantine/:/retry',
      () => {
        throw new inbox.Refusal(422, 'invalid', { detail: 'header section is larger than 256 kB' });
      },
    ],
    [
      'DELETE /quarantine/:',
      ([id]) => {
        db.quarantine = db.quarantine.filter((one) => one.id !== id);
      },
    ],
    [
      'GET /mail-folder',
      () =>
        list(
          db.empty
            ? []
            : [
                {
                  name: '0001.eml',
                  to: 'rina.wulandari@surat.example',
                  subject: 'Re: Pesanan KS-20931',
                  at: now(),
                },
              ],
        ),
    ],
    [
      'GET /mail-folder/:',
      () => ({
        raw: 'From: halo@kopiseruni.example\r\nTo: rina.wulandari@surat.example\r\nSubject: Re: Pesanan KS-20931\r\n\r\nHalo Bu Rina,',
        headers: [
          ['From', 'halo@kopiseruni.example'],
          ['To', 'rina.wulandari@surat.example'],
          ['Subject', 'Re: Pesanan KS-20931'],
        ],
        text: 'Halo Bu Rina, bungkus kedua kami kirim sore ini.',
        html_url: null,
      }),
    ],
  ] as [string, Handler][]
).map(([route, handler]) => {
  const [method = '', path = ''] = route.split(' ');
  return [method, new RegExp(`^/api/v1${path.replaceAll('/:', '/([^/]+)')}$`), handler];
});

function settle(id: string, merge: boolean): T.Contact {
  const one = [...db.contacts.values()].find((known) => known.suggestions.some((made) => made.id === id));
  if (!one) throw new inbox.Refusal(404, 'not_found');
  const made = one.suggestions.find((known) => known.id === id);
  one.suggestions = one.suggestions.filter((known) => known.id !== id);
  if (merge && made)
    one.merges.unshift({
      id: newId(),
      name: made.other.name,
      at: now(),
      by: { kind: 'officer', id: db.me.id, name: db.me.name },
      evidence: made.evidence,
    });
  return desk.changed(one.id);
}
