/** Starts the program under test, on a free port and with a database of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '../..');
const results = join(root, 'test-results/browser');
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
const program = process.env.SAPA_PROGRAM ?? join(target, 'debug/sapa');
const telegramStub = join(target, 'debug/examples/stub');

/** What a Sapa begins with. */
export type Beginning = 'demo' | 'empty';

/** The one place that knows the command line. */
function commandLine(beginning: Beginning, data: string, port: number): string[] {
  if (beginning === 'empty') return ['serve'];
  return ['demo', '--data', data, '--listen', `127.0.0.1:${port}`, '--smtp-port', '0'];
}

/** The settings of one that begins with nothing; a demonstration has its own. */
function settings(
  beginning: Beginning,
  data: string,
  url: string,
  smtp: number,
  more: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  if (beginning === 'demo') return {};
  return {
    SAPA__DATABASE__URL: `sqlite:${join(data, 'sapa.db')}`,
    SAPA__FILES__FOLDER: join(data, 'files'),
    SAPA__SERVER__LISTEN: new URL(url).host,
    SAPA__SERVER__PUBLIC_URL: url,
    SAPA__SMTP__LISTEN: `127.0.0.1:${smtp}`,
    ...more,
  };
}

/** A running Sapa, filled with the demonstration's firms. */
export interface Sapa {
  /** Where it answers, as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** The port at which it takes mail. */
  smtpPort(): number;
  /** What it has logged up to now. */
  log(): string;
  /** Ends it, and removes its database. */
  stop(): Promise<void>;
}

/**
 * Starts a Sapa and waits until it is ready; one that begins with nothing takes `more` settings by their
 * names in the environment. Its log is kept as `test-results/browser/<name>.log`.
 */
export async function startSapa(
  name = 'server',
  beginning: Beginning = 'demo',
  more: NodeJS.ProcessEnv = {},
): Promise<Sapa> {
  const data = mkdtempSync(join(tmpdir(), 'sapa-browser-'));
  const port = await freePort();
  const smtp = beginning === 'empty' ? await freePort() : 0;
  const url = `http://127.0.0.1:${port}`;
  const logPath = join(results, `${name}.log`);

  mkdirSync(results, { recursive: true });
  const output = openSync(logPath, 'w');
  const child = spawn(program, commandLine(beginning, data, port), {
    cwd: data,
    env: { ...process.env, ...settings(beginning, data, url, smtp, more) },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const failure = new Promise<string>((done) => child.once('error', (error) => done(error.message)));

  const sapa: Sapa = {
    url,
    smtpPort() {
      if (smtp) return smtp;
      const port = /SMTP at 127\.0\.0\.1:(\d+)/.exec(sapa.log())?.[1];
      if (!port) throw new Error('it takes no mail');
      return Number(port);
    },
    log: () => readFileSync(logPath, 'utf8'),
    async stop() {
      await end(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
  const problem = await Promise.race([ready(url, child), failure]);
  if (problem !== null) {
    await sapa.stop();
    throw new Error(`${program}: ${problem}\n${sapa.log()}`);
  }
  return sapa;
}

/** Waits for `/readyz`; tells what went wrong, or null. */
async function ready(url: string, child: ChildProcess): Promise<string | null> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50)) {
    if (child.exitCode !== null) return `ended with ${child.exitCode} instead of serving`;
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer?.ok) return null;
  }
  return 'was not ready within a minute';
}

/** What a message of the bot's was, as its customer has it. */
export interface TelegramSent {
  chat: number;
  text: string;
  buttons: string[][];
  message: number;
  file: { name: string; picture: boolean } | null;
}

/** A stand-in for Telegram's servers with one bot, whose customers say what one tells them to. */
export interface Telegram {
  readonly url: string;
  readonly token: string;
  /** A customer does something: `say`, `photo`, `press` …; tells the number of the message. */
  customer(action: string, what: { from: number; name: string } & Record<string, unknown>): Promise<number>;
  /** How it treats what the bot sends, or another method, from now on. */
  behave(how: Record<string, unknown>): Promise<void>;
  /** What the bot sent, the oldest first. */
  sent(): Promise<TelegramSent[]>;
  stop(): Promise<void>;
}

/** Starts the stand-in for Telegram that the channel's own tests use. */
export async function startTelegram(): Promise<Telegram> {
  const child = spawn(telegramStub, [String(await freePort())], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url = '', token = ''] = await new Promise<string[]>((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`${telegramStub}: ended with ${code}`)));
    child.stdout.once('data', (line: Buffer) => done(line.toString().trim().split(' token ')));
  });
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const headers = { 'Content-Type': 'application/json' };
    const post = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${url}/control/${path}`, post);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    url,
    token,
    customer: async (action, what) => ((await call(action, what)) as { message: number }).message,
    behave: async (how) => void (await call('behave', how)),
    sent: async () => (await call('sent')) as TelegramSent[],
    stop: () => end(child),
  };
}

/** Asks it to end, and insists after ten seconds. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(insist);
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? done(address.port) : failed(new Error('no port')),
      );
    });
  });
}
