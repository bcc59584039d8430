import type { Said } from './frames';

interface Handlers {
  opened: () => void;
  closed: () => void;
  text: (text: string) => void;
  signedOut: () => void;
}

const PING = 25_000;
const SILENCE = 40_000;

/** One WebSocket that comes back by itself: sooner at first, later when the hub stays away. */
export class LiveSocket {
  private socket: WebSocket | null = null;
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private ended = false;

  constructor(
    private readonly url: string,
    private readonly on: Handlers,
  ) {
    window.addEventListener('online', this.hurry);
    document.addEventListener('visibilitychange', this.hurry);
    this.connect();
  }

  say(what: Said): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(what));
  }

  end(): void {
    this.ended = true;
    window.removeEventListener('online', this.hurry);
    document.removeEventListener('visibilitychange', this.hurry);
    clearTimeout(this.retry);
    clearInterval(this.beat);
    this.socket?.close();
  }

  private connect(): void {
    clearTimeout(this.retry);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.heardAt = Date.now();
      this.on.opened();
      this.beat = setInterval(() => this.pulse(), PING);
    };
    socket.onmessage = (event) => {
      this.tries = 0;
      this.heardAt = Date.now();
      if (typeof event.data === 'string') this.on.text(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code);
    };
  }

  private pulse(): void {
    if (Date.now() - this.heardAt > SILENCE) this.socket?.close();
    else this.say({ type: 'ping' });
  }

  private lost(code: number): void {
    clearInterval(this.beat);
    this.socket = null;
    if (this.ended) return;
    this.on.closed();
    if (code === 4401) return this.on.signedOut();
    this.tries += 1;
    const wait = Math.min(15_000, 400 * 2 ** this.tries) * (0.5 + Math.random() / 2);
    this.retry = setTimeout(() => this.connect(), wait);
  }

  private readonly hurry = (): void => {
    if (!this.ended && !this.socket && document.visibilityState === 'visible') this.connect();
  };
}
