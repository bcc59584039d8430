/** The icons: 16 px, one stroke. */

const paths = {
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 2.75V8l2.25 1.5',
  check: 'm3 8.5 3.25 3.25L13 4.75',
  checks: 'm1.5 8.5 3 3 6-6.5M7.5 11l.7.6 6-6.6',
  down: 'm4.5 6.25 3.5 3.5 3.5-3.5',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  clip: 'm13 7.5-5.3 5.2a3.2 3.2 0 0 1-4.5-4.5L8.7 2.9a2.1 2.1 0 0 1 3 3L6.4 11.1a1 1 0 0 1-1.5-1.5L9.7 5',
  smile:
    'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM5.5 9.5c.6.9 1.5 1.4 2.5 1.4s1.9-.5 2.5-1.4M6 6.25h.01M10 6.25h.01',
  refresh: 'M13.25 8a5.25 5.25 0 1 1-1.6-3.75L13.25 5.7M13.25 2.75v3h-3',
  x: 'm4 4 8 8M12 4l-8 8',
  bot: 'M5 5.5h6a2 2 0 0 1 2 2V11a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7.5a2 2 0 0 1 2-2ZM8 5.5V3M6 9v.5M10 9v.5M1.5 8.5v2M14.5 8.5v2',
  send: 'M8 13V3m0 0L4 7m4-4 4 4',
  file: 'M9 2H5a1.5 1.5 0 0 0-1.5 1.5v9A1.5 1.5 0 0 0 5 14h6a1.5 1.5 0 0 0 1.5-1.5v-7L9 2Zm0 0v3.5h3.5',
  alert: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 3v3.5M8 11h.01',
};

export type IconName = keyof typeof paths;

export function Icon({ name, small }: { name: IconName; small?: boolean }) {
  return (
    <svg class={`i i-${name}${small ? ' s' : ''}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

export function Wordmark() {
  return (
    <svg class="wordmark" viewBox="0 0 66 28" role="img" aria-label="Sapa">
      <path d="M14.6 8.3C13.9 6.1 12 5 9.2 5 6 5 4 6.6 4 9c0 5.4 11 2.4 11 7.7 0 2.5-2.2 4.3-5.7 4.3-3 0-5.2-1.3-5.8-3.7M30.5 10v11M36 10v16.5M61.5 10v11" />
      <circle cx="25" cy="15.5" r="5.5" />
      <circle cx="41.5" cy="15.5" r="5.5" />
      <circle cx="56" cy="15.5" r="5.5" />
    </svg>
  );
}
