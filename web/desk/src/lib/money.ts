/** An amount in the smallest unit of its currency, as the hub keeps it. */
export interface Amount {
  minor: number;
  currency: string;
}

/** Currencies whose smallest unit is not a hundredth. Browsers disagree on some, so it is not asked of them. */
const WHOLE = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const THOUSANDTHS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

/** How many digits the smallest unit has by ISO 4217: 2 for rupiah and euro, none for yen. */
export function digitsOf(currency: string): number {
  return WHOLE.has(currency) ? 0 : THOUSANDTHS.has(currency) ? 3 : 2;
}

/** Rp 21.000, €12.50; without the digits that are nought. */
export function moneyWords({ minor, currency }: Amount, locale: string): string {
  const amount = minor / 10 ** digitsOf(currency);
  try {
    const digits = Number.isInteger(amount) ? 0 : digitsOf(currency);
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(amount);
  } catch {
    return `${currency} ${amount}`;
  }
}

/** What was typed as an amount, in the smallest unit; null for nothing, undefined for what is no amount. */
export function minorOf(amount: number | string, currency: string): number | null | undefined {
  if (amount === '') return null;
  const value = Number(amount);
  if (!Number.isFinite(value) || value < 0) return undefined;
  return Math.round(value * 10 ** digitsOf(currency));
}
