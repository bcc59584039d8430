import type { ReactNode } from 'react';
import { useTexts } from '../i18n';

const CLOSE = 0.85;

/** How much room is left, once that matters; before, whatever else there is to say. */
export function Limit({ length, most, children }: { length: number; most: number; children: ReactNode }) {
  const { t, locale } = useTexts();
  if (length < most * CLOSE) return <span className="wide">{children}</span>;
  const figures = new Intl.NumberFormat(locale);
  const left = most - length;
  return left < 0 ? (
    <span className="bad">{t('limit.over', { n: figures.format(-left) })}</span>
  ) : (
    <span className="soon">{t('limit.left', { n: figures.format(left) })}</span>
  );
}
