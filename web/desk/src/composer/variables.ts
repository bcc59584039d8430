import type { Key } from '../i18n';

export interface Values {
  name: string;
  officer: string;
  number: number;
}

/** The words in braces that stand for something, in both languages. */
const words: Record<string, (values: Values) => string> = {
  nama: (values) => values.name,
  name: (values) => values.name,
  petugas: (values) => values.officer,
  officer: (values) => values.officer,
  nomor: (values) => String(values.number),
  number: (values) => String(values.number),
};

export const offered: { title: Key; of: (values: Values) => string }[] = [
  { title: 'variable.name', of: (values) => values.name },
  { title: 'variable.officer', of: (values) => values.officer },
  { title: 'variable.number', of: (values) => String(values.number) },
];

/** A canned text with its variables filled in; unknown ones stay, so that they are seen. */
export function fillIn(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, word: string) => words[word.toLowerCase()]?.(values) ?? whole);
}
