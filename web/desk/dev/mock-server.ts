/**
 * A hub in memory for work on the desk: the same API, believable data, live events.
 * MOCK_ROWS=100000 a list without end; MOCK_EMPTY=1 the first day; MOCK_SETUP=1, MOCK_SIGNED_OUT=1
 * the pages before the desk; MOCK_LANGUAGE=en. POST /mock/say?text=… lets Rina write,
 * /mock/drop cuts the live connections.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Refusal, receive, rinaTalk } from './mock/inbox';
import { dropAll, listen } from './mock/live';
import { routes } from './mock/routes';
import { db, newId } from './mock/store';
import { seed } from './mock/seed';

const picture = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 232 174" width="928" height="696"><rect width="232" height="174" fill="#e9e9ee"/><path d="m44 66-18-16 72-20 18 14-72 22ZM188 66l18-16-72-20-18 14 72 22Z" fill="#d8b88f"/><path d="M44 66 116 44l72 22-72 18-72-18Z" fill="#8f6d4c"/><path d="M94 42h36v50H94z" fill="#38424d"/><path d="m44 66 72 18v74l-72-20V66Z" fill="#b8916a"/><path d="m116 84 72-18v72l-72 20V84Z" fill="#a67f59"/></svg>',
);
const letter =
  '<!doctype html><meta charset="utf-8"><style>body{font:14px/1.5 system-ui;margin:12px;color:#222}table{border-collapse:collapse}td{border:1px solid #ddd;padding:6px 10px}</style><p>Halo Kopi Seruni,</p><p>paket saya baru sampai pagi ini, tetapi isinya <b>hanya satu</b> bungkus Gayo Natural 500 g. Di nota tertulis dua. Mohon dicek ya.</p><table><tr><td>KS-20931</td><td>2 × Gayo Natural 500 g</td><td>Rp 344.000</td></tr></table><p>Terima kasih,<br>Rina</p>';

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function send(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  const none = body === undefined;
  response.writeHead(none ? 204 : status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(
    none ? undefined : Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body),
  );
}

function upload(bytes: Buffer): unknown {
  const head = bytes.subarray(0, 600).toString('latin1');
  const name = Buffer.from(/filename="([^"]*)"/.exec(head)?.[1] ?? 'file', 'latin1').toString();
  const media_type = /content-type: ([^\r\n]+)/i.exec(head)?.[1] ?? 'application/octet-stream';
  const id = newId();
  const shown = media_type.startsWith('image/') ? `/api/v1/files/${id}/preview` : null;
  const ref = {
    id,
    name,
    media_type,
    size: bytes.length,
    url: `/api/v1/files/${id}`,
    preview_url: shown,
    content_id: null,
  };
  db.files.set(id, { ref, bytes });
  return ref;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock');
  const path = url.pathname;
  if (path === '/mock/say')
    return send(response, 200, {
      done: receive(rinaTalk(), url.searchParams.get('text') ?? 'Halo?') ?? true,
    });
  if (path === '/mock/drop') return send(response, 200, { done: dropAll() ?? true });
  if (/^\/api\/v1\/files\/[^/]+(\/preview)?$/.test(path))
    return send(response, 200, picture, 'image/svg+xml');
  if (path.endsWith('/html')) return send(response, 200, letter, 'text/html; charset=utf-8');
  if (path.endsWith('/original')) return send(response, 200, 'From: rina\r\n\r\nHalo', 'message/rfc822');
  const bytes = await bytesOf(request);
  if (path === '/api/v1/files') return send(response, 201, upload(bytes));
  for (const [method, pattern, handler] of routes) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (!match) continue;
    const body: unknown = bytes.length ? JSON.parse(bytes.toString()) : {};
    const done = handler(match.slice(1).map(decodeURIComponent), url.searchParams, body);
    return send(response, 200, done);
  }
  send(response, 404, { code: 'not_found', status: 404, title: 'Not found' }, 'application/problem+json');
}

seed();
const server = createServer((request, response) => {
  const delay = Number(process.env.MOCK_DELAY ?? 40);
  setTimeout(() => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof Refusal)
        return send(response, error.status, error.body, 'application/problem+json');
      process.stderr.write(`${String(error)}\n`);
      send(
        response,
        500,
        { code: 'internal', status: 500, title: 'Internal', request_id: newId().slice(0, 9) },
        'application/problem+json',
      );
    });
  }, delay);
});
listen(server);
const port = Number(process.env.MOCK_PORT ?? 3000);
server.listen(port, '127.0.0.1', () => process.stdout.write(`mock hub on http://127.0.0.1:${port}\n`));
