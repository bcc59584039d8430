/** 640 B, 12 kB, 3.4 MB in the reader's figures. */
export function byteWords(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  const figures = new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 && at > 0 ? 1 : 0 });
  return `${figures.format(value)} ${units[at]}`;
}
