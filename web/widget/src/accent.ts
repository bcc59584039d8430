/** The shop's colour, in shades that can be read. */

type Rgb = [number, number, number];

function parse(hex: string): Rgb | null {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  return found ? ([1, 2, 3].map((part) => parseInt(found[part] ?? '0', 16)) as Rgb) : null;
}

const hex = (rgb: Rgb) => '#' + rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('');
const mix = (a: Rgb, b: Rgb, share: number) => a.map((part, i) => part + ((b[i] ?? 0) - part) * share) as Rgb;

/** WCAG 2.2, relative luminance. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)].map((rgb) => (rgb ? luminance(rgb) : 0)) as [number, number];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The custom properties of an accent on a light or dark panel; none if it is not a colour. */
export function shades(accent: string, dark: boolean): Record<string, string> {
  const own = parse(accent);
  if (!own) return {};
  const panel: Rgb = dark ? [22, 23, 27] : [255, 255, 255];
  const far: Rgb = dark ? [255, 255, 255] : [0, 0, 0];
  const soft = hex(mix(panel, own, dark ? 0.18 : 0.09));
  let text = own;
  const readable = () => contrast(hex(text), hex(panel)) >= 4.6 && contrast(hex(text), soft) >= 4.6;
  for (let step = 0; step < 20 && !readable(); step++) text = mix(text, far, 0.1);
  const on = contrast(accent, '#ffffff') >= contrast(accent, '#1a1b20') ? '#ffffff' : '#1a1b20';
  return {
    '--accent': accent,
    '--accent-hover': hex(mix(own, on === '#ffffff' ? [0, 0, 0] : [255, 255, 255], 0.14)),
    '--on-accent': on,
    '--accent-text': hex(text),
    '--accent-soft': soft,
    '--accent-line': hex(mix(panel, own, dark ? 0.45 : 0.3)),
    '--ring-color': hex(text),
    '--av-a-bg': soft,
    '--av-a-text': hex(text),
  };
}
