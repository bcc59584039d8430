/** The live connection: events with a sequence, replay, presence, typing. */
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { LiveEvent } from '../../src/api/types';
import { db, now, officerRef } from './store';

const log: LiveEvent[] = [];
const clients = new Set<WebSocket>();

function all(frame: unknown): void {
  for (const client of clients) client.send(JSON.stringify(frame));
}

export function emit(kind: string, what: Partial<LiveEvent>, byMe = true): number {
  db.seq += 1;
  const event: LiveEvent = {
    seq: db.seq,
    kind,
    at: now(),
    actor: byMe ? { kind: 'officer', id: db.me.id, name: db.me.name } : null,
    contact_id: null,
    conversation_id: null,
    message_id: null,
    ticket_id: null,
    data: {},
    ...what,
  };
  log.push(event);
  if (event.conversation_id) {
    const conversation = db.conversations.get(event.conversation_id);
    if (conversation) conversation.last_seq = event.seq;
  }
  all({ type: 'event', event });
  return event.seq;
}

export function customerTyping(conversation_id: string, on: boolean): void {
  all({ type: 'customer_typing', conversation_id, on });
}

export function presence(conversation_id: string, typing: boolean, on = true): void {
  const officers = on ? [{ ...officerRef('Ayu'), typing }] : [];
  all({ type: 'presence', conversation_id, officers });
}

export function dropAll(): void {
  for (const client of clients) client.terminate();
}

export function listen(server: Server): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (!request.url?.startsWith('/api/v1/live')) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => {
      clients.add(client);
      client.on('close', () => clients.delete(client));
      client.on('message', (raw) => answer(client, JSON.parse(String(raw)) as Record<string, unknown>));
    });
  });
}

function answer(client: WebSocket, frame: Record<string, unknown>): void {
  const say = (what: unknown) => client.send(JSON.stringify(what));
  if (frame.type === 'ping') say({ type: 'pong' });
  if (frame.type === 'hello') {
    if (typeof frame.since === 'number') {
      for (const event of log.filter((one) => one.seq > Number(frame.since))) say({ type: 'event', event });
    }
    setTimeout(() => {
      say({ type: 'ready', seq: db.seq });
      say({ type: 'online', count: db.empty ? 1 : 4 });
    }, 300);
  }
  if (frame.type === 'viewing' && typeof frame.conversation_id === 'string' && db.officers.length > 1) {
    const id = frame.conversation_id;
    if (db.conversations.get(id)?.contact.name.startsWith('Rina')) presence(id, false);
  }
}
