import { describe, expect, it } from 'vitest';

import { delayBefore } from './link';

describe('the waiting before a connection', () => {
  it('doubles up to half a minute, half of it by chance', () => {
    expect(delayBefore(0, 0, 0)).toBe(250);
    expect(delayBefore(0, 0, 1)).toBe(500);
    expect(delayBefore(3, 0, 1)).toBe(4_000);
    expect(delayBefore(50, 0, 1)).toBe(30_000);
    expect(delayBefore(0, 30_000, 0)).toBe(30_000);
  });
});
