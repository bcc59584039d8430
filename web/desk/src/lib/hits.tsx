import { Fragment } from 'react';

/** Splits a search hit at its marks (U+0002 … U+0003); every second part is a match. */
export function hitParts(hit: string): string[] {
  return hit.replaceAll('\u0003', '\u0002').split('\u0002');
}

/** A hit with its matches marked. */
export function Hit({ text }: { text: string }) {
  return hitParts(text).map((part, at) =>
    at % 2 ? <mark key={at}>{part}</mark> : <Fragment key={at}>{part}</Fragment>,
  );
}
