/** A small hub in memory, which speaks the widget's protocol: the peer of its tests, and something to develop against.
 * Run by itself it answers like an officer would, at http://127.0.0.1:8090/demo */

import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { WebSocketServer, type WebSocket } from 'ws';

import type { ClientFrame, Looks, Message, ServerFrame } from '../src/types.ts';

const root = new URL('../../', import.meta.url);
const KEY = 'the shop and the hub share it';
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'";

const files: Record<string, [string, string]> = {
  '/widget.js': ['widget/dist/widget.js', 'text/javascript'],
  '/widget-panel.js': ['widget/dist/widget-panel.js', 'text/javascript'],
  '/demo': ['shop/index.html', 'text/html; charset=utf-8'],
  '/demo/telco': ['shop/telco.html', 'text/html; charset=utf-8'],
  '/demo/shop.css': ['shop/shop.css', 'text/css'],
  '/demo/shop.js': ['shop/shop.js', 'text/javascript'],
  '/demo/seruni.svg': ['shop/seruni.svg', 'image/svg+xml'],
  '/demo/nusa.svg': ['shop/nusa.svg', 'image/svg+xml'],
};

export const looks: Record<string, Looks> = {
  seruni: {
    title: 'Kopi Seruni',
    greeting: '',
    language: 'id',
    accent: '',
    quick_replies: ['Di mana pesanan saya?', 'Pilih kopi', 'Ada masalah'],
    reply_time: 5,
  },
  nusa: {
    title: 'Nusa Seluler',
    greeting: 'Hai, ada kendala dengan kartu atau paketnya?',
    language: 'id',
    accent: '#0b6e8f',
    quick_replies: ['Pulsa belum masuk', 'Paket data hilang', 'Kartu terblokir'],
    reply_time: null,
  },
};

const customers: Record<string, { name: string; email: string }> = {
  rina: { name: 'Rina Wulandari', email: 'rina.wulandari@surat.example' },
  siahaan: { name: 'Hendrik Siahaan', email: 'hendrik.siahaan@kantor.example' },
};

const sign = (text: string) => createHmac('sha256', KEY).update(text).digest('base64url');

export function token(customer: string, seconds = 3600): string {
  const payload = { sub: customer, ...customers[customer], exp: Math.floor(Date.now() / 1000) + seconds };
  const first = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${first}.${sign(first)}`;
}

interface Upload {
  name: string;
  media_type: string;
  bytes: Buffer;
}

export class FakeHub {
  log: { to: string; frame: ServerFrame & { seq: number } }[] = [];
  /** Frames as they came, with the address that said them. */
  heard: { from: string; frame: ClientFrame; raw: string }[] = [];
  online = true;
  /** What a say is answered with: nothing and it is stored. */
  refuse: 'rate' | 'unavailable' | 'conflict' | 'too_long' | null = null;
  /** Stores what is said and loses the connection before it could say so. */
  hangUpAfterStoring = 0;
  /** Refuses everybody, as a hub that is being restarted. */
  down = false;
  requests: string[] = [];
  onSay: (from: string, text: string) => void = () => {};

  #seq = 0;
  #stored = new Map<string, { raw: string; seq: number; at: string }>();
  #sockets = new Map<WebSocket, string>();
  #uploads = new Map<string, Upload>();
  #read = new Map<string, number>();
  #server: Server = createServer((request, response) => void this.#http(request, response));

  async listen(port = 0): Promise<string> {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'sapa.chat.v1' });
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.down) return socket.destroy();
      sockets.handleUpgrade(request, socket, head, (upgraded) => this.#socket(upgraded));
    });
    await new Promise<void>((listening) => this.#server.listen(port, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.cut();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** All connections are lost. */
  cut(): void {
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  get addresses(): string[] {
    return [...this.#sockets.values()];
  }

  say(to: string, text: string, more: Partial<Message> = {}): Message {
    const message: Message = {
      seq: ++this.#seq,
      id: randomUUID(),
      client_id: null,
      from: 'officer',
      name: 'Dimas Prasetyo',
      text,
      files: [],
      buttons: [],
      at: new Date().toISOString(),
      ...more,
    };
    this.#append(to, { t: 'message', ...message });
    return message;
  }

  retract(to: string, id: string): void {
    this.#append(to, { t: 'retract', seq: ++this.#seq, id });
  }

  edit(to: string, id: string, text: string): void {
    this.#append(to, { t: 'edit', seq: ++this.#seq, id, text, at: new Date().toISOString() });
  }

  readAll(to: string): void {
    this.#read.set(to, this.#seq);
    this.push(to, { t: 'state', delivered: this.#seq, read: this.#seq });
  }

  push(to: string, frame: ServerFrame): void {
    for (const [socket, address] of this.#sockets) if (address === to) socket.send(JSON.stringify(frame));
  }

  #append(to: string, frame: ServerFrame & { seq: number }): void {
    this.log.push({ to, frame });
    this.push(to, frame);
  }

  #messages(of: string): Message[] {
    const messages: Message[] = [];
    for (const { to, frame } of this.log) {
      if (to !== of) continue;
      if (frame.t === 'message') {
        const { t, ...message } = frame;
        messages.push(message);
      }
      const at = messages.findIndex((message) => 'id' in frame && message.id === frame.id);
      if (frame.t === 'retract') messages.splice(at, 1);
      if (frame.t === 'edit')
        messages.splice(at, 1, { ...(messages[at] as Message), text: frame.text, edited: true });
    }
    return messages;
  }

  #socket(socket: WebSocket): void {
    const tell = (frame: ServerFrame) => socket.send(JSON.stringify(frame));
    const end = (code: number, word: string) => {
      tell({ t: 'error', code: word, detail: '' });
      socket.close(code, word);
    };
    let me = '';
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('message', (data) => {
      const raw = String(data);
      const frame = JSON.parse(raw) as ClientFrame;
      if (frame.t === 'hello') {
        const visitor = this.#visitor(frame.visitor);
        if (!visitor) return end(4401, 'bad_visitor');
        const customer = frame.token ? this.#customer(frame.token) : null;
        if (frame.token && !customer) return end(4401, 'bad_token');
        me = customer ? `c:${customer}` : visitor;
        // What a stranger began is the customer's now.
        if (customer) for (const entry of this.log) if (entry.to === visitor) entry.to = me;
        const missed = this.log.filter(({ to, frame: { seq } }) => to === me && seq > (frame.since ?? 0));
        if (frame.since === null) tell({ t: 'history', ...this.#page(me, Infinity), reset: true });
        else for (const entry of missed) tell(entry.frame);
        tell({ t: 'state', delivered: this.#seq, read: this.#read.get(me) ?? 0 });
        tell({ t: 'ready', seq: this.#seq, identified: customer !== null, online: this.online });
        this.#sockets.set(socket, me);
      }
      this.heard.push({ from: me, frame, raw });
      if (frame.t === 'ping') tell({ t: 'pong' });
      if (frame.t === 'history') tell({ t: 'history', ...this.#page(me, frame.before) });
      if (frame.t === 'say') this.#say(me, frame, raw, socket, tell);
    });
  }

  #say(
    me: string,
    frame: Extract<ClientFrame, { t: 'say' }>,
    raw: string,
    socket: WebSocket,
    tell: (frame: ServerFrame) => void,
  ): void {
    const { id, text } = frame;
    if (this.refuse) return tell({ t: 'nack', id, code: this.refuse, detail: '' });
    const known = this.#stored.get(id);
    if (known && known.raw !== raw) return tell({ t: 'nack', id, code: 'conflict', detail: '' });
    const stored = known ?? { raw, seq: this.#seq + 1, at: new Date().toISOString() };
    if (!known) {
      this.#stored.set(id, stored);
      const files = frame.files.flatMap((file) => {
        const upload = this.#uploads.get(file);
        const { name = '', media_type = '', bytes } = upload ?? {};
        return bytes
          ? [{ id: file, name, media_type, size: bytes.length, url: `/chat/files/${file}?e=1&s=x` }]
          : [];
      });
      this.say(me, text, { client_id: id, from: 'visitor', name: null, files, at: stored.at });
    }
    if (this.hangUpAfterStoring > 0) {
      this.hangUpAfterStoring--;
      return socket.terminate();
    }
    tell({ t: 'ack', id, seq: stored.seq, at: stored.at });
    if (!known) this.onSay(me, text);
  }

  #page(me: string, before: number): { messages: Message[]; more: boolean } {
    const messages = this.#messages(me).filter((message) => message.seq < before);
    return { messages: messages.slice(-30), more: messages.length > 30 };
  }

  #visitor(secret: string): string | null {
    const [version, id, mac] = secret.split('.');
    return version === 'v1' && id && mac === sign(id) ? `v:${id}` : null;
  }

  #customer(signed: string): string | null {
    const [first = '', mac] = signed.split('.');
    if (mac !== sign(first)) return null;
    const { sub, exp } = JSON.parse(Buffer.from(first, 'base64url').toString()) as {
      sub: string;
      exp: number;
    };
    return exp * 1000 > Date.now() ? sub : null;
  }

  async #http(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://hub');
    this.requests.push(`${request.method ?? ''} ${pathname}`);
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    const file = files[pathname];
    if (file) {
      const text = readFileSync(fileURLToPath(new URL(file[0], root)), 'utf8');
      const key = pathname === '/demo/telco' ? 'nusa' : 'seruni';
      response.writeHead(200, {
        'Content-Type': file[1],
        'Content-Security-Policy': CSP,
        'X-Content-Type-Options': 'nosniff',
      });
      return void response.end(text.replaceAll('{{site_key}}', key));
    }
    const body = await read(request);
    const [, chat, site = '', action] = pathname.split('/');
    if (this.down) return void response.destroy();
    if (pathname === '/demo/token') {
      const { customer } = JSON.parse(body.toString()) as { customer: string };
      return customer in customers ? answer(200, { token: token(customer) }) : answer(404, {});
    }
    if (chat !== 'chat') return answer(404, {});
    if (site === 'files') {
      const upload = this.#uploads.get(action ?? '');
      response.writeHead(upload ? 200 : 404, { 'Content-Type': upload?.media_type ?? 'text/plain' });
      return void response.end(upload?.bytes);
    }
    if (!looks[site]) return answer(404, {});
    if (action === 'session') {
      const asked = JSON.parse(body.toString()) as { visitor: string | null; token: string | null };
      const id = randomUUID();
      const known = asked.visitor && this.#visitor(asked.visitor);
      const identified = asked.token ? this.#customer(asked.token) !== null : false;
      return answer(200, {
        visitor: known ? asked.visitor : `v1.${id}.${sign(id)}`,
        site: looks[site],
        identified,
        ...(asked.token && !identified ? { token_refused: 'the token has expired' } : {}),
        max_text: 8000,
        max_file: 10 * 1024 * 1024,
      });
    }
    if (action === 'files') {
      if (!this.#visitor((request.headers.authorization ?? '').replace('Bearer ', '')))
        return answer(401, {});
      const upload = part(body);
      const id = randomUUID();
      this.#uploads.set(id, upload);
      return answer(201, { id, name: upload.name, size: upload.bytes.length, media_type: upload.media_type });
    }
    answer(404, {});
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The one part of a form. */
function part(body: Buffer): Upload {
  const text = body.toString('latin1');
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  const boundary = head.slice(0, head.indexOf('\r\n'));
  const name = /filename="([^"]*)"/.exec(head)?.[1] ?? 'file';
  const media_type = /content-type: (\S+)/i.exec(head)?.[1] ?? 'application/octet-stream';
  const bytes = body.subarray(head.length + 4, text.lastIndexOf(`\r\n${boundary}`));
  return { name: Buffer.from(name, 'latin1').toString(), media_type, bytes: Buffer.from(bytes) };
}

/** An officer who answers a little later. */
export function attend(hub: FakeHub): void {
  hub.onSay = (from, text) => {
    const name = 'Dimas Prasetyo';
    setTimeout(() => hub.readAll(from), 800);
    setTimeout(() => hub.push(from, { t: 'typing', on: true, name }), 1200);
    setTimeout(() => hub.say(from, `Baik, saya cek dulu ya. Tentang: ${text.slice(0, 40)}`), 3000);
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const hub = new FakeHub();
  attend(hub);
  console.log(`${await hub.listen(8090)}/demo`);
}
