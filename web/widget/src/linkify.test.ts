import { describe, expect, it } from 'vitest';

import { linkify } from './linkify';

const hrefs = (text: string) => linkify(text).flatMap((piece) => piece.href ?? []);

describe('linkify', () => {
  it('loses no character', () => {
    for (const text of [
      '',
      'Halo',
      'Lihat https://jne.example/a?b=c#d, ya.',
      '(www.kopi.example)',
      'a\nb https://x.example',
    ]) {
      expect(
        linkify(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }
  });

  it('finds addresses without the punctuation around them', () => {
    expect(hrefs('Lihat https://jne.example/lacak?no=1.')).toEqual(['https://jne.example/lacak?no=1']);
    expect(hrefs('(lihat www.kopi.example/a_(b))')).toEqual(['https://www.kopi.example/a_(b)']);
    expect(hrefs('HTTPS://A.example dan http://b.example')).toEqual([
      'https://a.example/',
      'http://b.example/',
    ]);
  });

  it('r1: makes nothing else a link', () => {
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'JaVaScRiPt://a.example/%0aalert(1)',
      'https://',
      'https://localhost',
      'https://bank.example@evil.example/',
      'https://a:b@evil.example',
      'vbscript:x file:///etc/passwd',
    ]) {
      expect(hrefs(text), text).toEqual([]);
    }
    expect(linkify('https://a.example/"onmouseover="x')[0]?.href).toBe('https://a.example/');
  });
});
