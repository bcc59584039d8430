import type { MailingProgress } from '../api/types';
import { useTexts } from '../i18n';
import { clock, fullWhen } from '../lib/time';
import { chartOf } from './chart';

const W = 480;
const H = 80;

/** How many left, over time: one line. */
export function RateChart({ progress }: { progress: MailingProgress }) {
  const { t, locale } = useTexts();
  const chart = chartOf(progress, W, H);
  if (!chart) return <p className="pad t3">{t('mailing.no_rate')}</p>;
  const day = chart.to - chart.from > 24 * 3_600_000;
  const label = (at: number) => (day ? fullWhen(at, Date.now(), locale) : clock(at, locale));
  return (
    <svg
      viewBox="0 0 512 128"
      className="chart"
      role="img"
      aria-label={t('mailing.rate_chart', { at: label(chart.from) })}
    >
      <path d={`M0 16.5H${W}M0 56.5H${W}M0 96.5H${W}`} stroke="var(--line)" />
      <path
        d={chart.path}
        transform="translate(0 16)"
        fill="none"
        stroke="var(--accent)"
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      <circle cx={chart.last[0]} cy={chart.last[1] + 16} r="3.5" fill="var(--accent)" />
      <g className="chart-text">
        <text x="486" y="20">
          {chart.top.toLocaleString(locale)}
        </text>
        <text x="486" y="60">
          {(chart.top / 2).toLocaleString(locale)}
        </text>
        <text x="486" y="100">
          0
        </text>
        <text x="0" y="116">
          {label(chart.from)}
        </text>
        <text x={W} y="116" textAnchor="end">
          {label(chart.to)}
        </text>
      </g>
    </svg>
  );
}
