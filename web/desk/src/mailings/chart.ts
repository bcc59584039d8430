import type { MailingProgress } from '../api/types';

export interface Chart {
  path: string;
  last: [number, number];
  /** The value at the upper line, a minute. */
  top: number;
  from: number;
  to: number;
}

/** A round number that is not less. */
export function roundUp(n: number): number {
  if (n <= 2) return 2;
  const step = 10 ** Math.floor(Math.log10(n));
  const lead = [1, 2, 4, 6, 10].find((one) => one * step >= n) ?? 10;
  return lead * step;
}

/** The line of how many left a minute; spans in which none left are zero. */
export function chartOf(progress: MailingProgress, width: number, height: number): Chart | null {
  const { rate, span_seconds } = progress;
  const first = rate[0];
  const newest = rate.at(-1);
  if (!first || !newest) return null;
  const span = span_seconds * 1000;
  const from = new Date(first.at).getTime();
  const spans = Math.round((new Date(newest.at).getTime() - from) / span) + 1;
  const values = new Array<number>(spans).fill(0);
  for (const one of rate) {
    const at = Math.round((new Date(one.at).getTime() - from) / span);
    values[at] = (one.count * 60) / span_seconds;
  }
  const top = roundUp(Math.max(...values));
  const x = (at: number) => (spans === 1 ? width : (at * width) / (spans - 1));
  const y = (value: number) => height - (value * height) / top;
  const points = values.map((value, at): [number, number] => [x(at), y(value)]);
  const rounded = (n: number) => Math.round(n * 10) / 10;
  const path = points.map(([px, py], at) => `${at ? 'L' : 'M'}${rounded(px)} ${rounded(py)}`).join('');
  return { path, last: points.at(-1) ?? [0, height], top, from, to: from + spans * span };
}
