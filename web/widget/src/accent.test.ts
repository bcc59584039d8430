import { describe, expect, it } from 'vitest';

import { contrast, shades } from './accent';

describe('a shop’s colour', () => {
  it('can be read in light and dark, whatever it is', () => {
    for (const accent of ['#4a50d2', '#ffd400', '#000000', '#ffffff', '#0b6e8f', '#ff5a5f', '#7f7f7f']) {
      for (const dark of [false, true]) {
        const shade = shades(accent, dark);
        expect(contrast(shade['--accent'] ?? '', shade['--on-accent'] ?? ''), accent).toBeGreaterThan(4.2);
        expect(contrast(shade['--accent-text'] ?? '', shade['--accent-soft'] ?? ''), accent).toBeGreaterThan(
          4.5,
        );
        expect(contrast(shade['--accent-text'] ?? '', dark ? '#16171b' : '#ffffff'), accent).toBeGreaterThan(
          4.5,
        );
      }
    }
  });

  it('is left out if it is none', () => {
    for (const odd of ['', 'red', '#fff', '#12345g', 'url(x)']) expect(shades(odd, false)).toEqual({});
  });
});
