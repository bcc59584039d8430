/** The connection to the hub: it is made again whenever it is lost, later and later, never all at once. */

import type { ClientFrame, ServerFrame } from './types';

export type LinkState = 'off' | 'connecting' | 'ready' | 'lost';

export interface LinkOwner {
  /** Before each try: gets what a hello needs. Throws when it cannot be had now. */
  prepare(): Promise<void>;
  hello(): ClientFrame;
  frame(frame: ServerFrame): void;
  state(state: LinkState): void;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const PING_EVERY = 40_000;
const PONG_WITHIN = 10_000;

/** How long to wait before a try: it doubles, and half of it is chance, so that not all come back at once. */
export function delayBefore(attempt: number, least: number, chance: number): number {
  const full = Math.min(LONGEST_DELAY, Math.max(least, FIRST_DELAY * 2 ** attempt));
  return Math.max(least, full / 2 + (full / 2) * chance);
}

export class Link {
  #socket: WebSocket | null = null;
  #attempt = 0;
  #least = 0;
  #timer = 0;
  #ping = 0;
  #pong = 0;
  #on = false;
  #trying = false;
  #ready = false;

  constructor(
    private readonly url: string,
    private readonly owner: LinkOwner,
  ) {
    addEventListener('online', () => this.#now());
    addEventListener('offline', () => this.#socket?.close());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      if (this.#ready) this.#check();
      else this.#now();
    });
  }

  start(): void {
    if (this.#on) return;
    this.#on = true;
    void this.#connect();
  }

  /** Ends it, until it is started again. */
  stop(): void {
    this.#on = false;
    this.#attempt = 0;
    this.#least = 0;
    clearTimeout(this.#timer);
    this.#drop();
    this.owner.state('off');
  }

  /** Begins anew, as somebody else or after an error that asks for patience. */
  restart(least = 0): void {
    if (!this.#on) return;
    this.#drop();
    this.#least = least;
    if (least) this.#later();
    else void this.#connect();
  }

  /** Sends a frame; `false` when there is no connection. */
  send(frame: ClientFrame | string): boolean {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    return true;
  }

  #now(): void {
    if (!this.#on || this.#socket || this.#trying) return;
    this.#attempt = 0;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#trying) return;
    this.#trying = true;
    this.owner.state(this.#attempt ? 'lost' : 'connecting');
    try {
      await this.owner.prepare();
    } catch {
      this.#trying = false;
      if (this.#on) this.#later();
      return;
    }
    this.#trying = false;
    if (!this.#on || this.#socket) return;
    const socket = new WebSocket(this.url, 'sapa.chat.v1');
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.owner.hello()));
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#pong);
      this.#pong = 0;
      const frame = JSON.parse(String(event.data)) as ServerFrame;
      if (frame.t === 'ready') {
        this.#ready = true;
        this.#attempt = 0;
        this.#least = 0;
        this.#ping = setInterval(() => document.hidden || this.#check(), PING_EVERY) as unknown as number;
        this.owner.state('ready');
      }
      this.owner.frame(frame);
    };
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      this.#drop();
      if (this.#on) this.#later();
    };
  }

  /** Asks whether anybody is there; no answer is a lost connection. */
  #check(): void {
    if (!this.#pong && this.send({ t: 'ping' }))
      this.#pong = setTimeout(() => {
        this.#drop();
        void this.#connect();
      }, PONG_WITHIN) as unknown as number;
  }

  #later(): void {
    this.owner.state('lost');
    clearTimeout(this.#timer);
    const delay = delayBefore(this.#attempt++, this.#least, Math.random());
    this.#timer = setTimeout(() => void this.#connect(), delay) as unknown as number;
  }

  #drop(): void {
    clearInterval(this.#ping);
    clearTimeout(this.#pong);
    this.#pong = 0;
    this.#ready = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
