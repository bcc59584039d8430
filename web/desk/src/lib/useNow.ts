import { useSyncExternalStore } from 'react';

/** One clock that ticks every so many milliseconds while anyone listens. */
class Ticker {
  now = Date.now();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly every: number) {}

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => this.tick(), this.every);
    if (Date.now() - this.now > this.every) this.tick();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  };
  readonly read = () => this.now;

  private tick(): void {
    this.now = Date.now();
    this.listeners.forEach((tell) => tell());
  }
}

const tickers = new Map<number, Ticker>();

/** The time, renewed every so many milliseconds; all who ask share one timer. */
export function useNow(every = 20_000): number {
  let ticker = tickers.get(every);
  if (!ticker) tickers.set(every, (ticker = new Ticker(every)));
  return useSyncExternalStore(ticker.subscribe, ticker.read);
}
