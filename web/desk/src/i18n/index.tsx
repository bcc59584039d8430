import { createContext, Fragment, useContext, useMemo, type ReactNode } from 'react';
import type { Language } from '../api/types';
import { en, type Key } from './en';
import { id } from './id';

export type { Key };
type Values = Record<string, string | number>;
const words: Record<Language, Record<Key, string>> = { en, id };

/** The text of a key with its values put in; `n: 1` takes the `_one` form where there is one. */
export function translate(language: Language, key: Key, values?: Values): string {
  const table = words[language];
  const one = `${key}_one` as Key;
  const text = values?.n === 1 && table[one] ? table[one] : table[key];
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export type Translate = (key: Key, values?: Values) => string;

interface Texts {
  language: Language;
  /** For `Intl`. */
  locale: string;
  t: Translate;
}

export function textsOf(language: Language): Texts {
  return {
    language,
    locale: language === 'id' ? 'id-ID' : 'en-GB',
    t: (key, values) => translate(language, key, values),
  };
}

const Context = createContext<Texts>(textsOf('id'));

export function LanguageProvider({ language, children }: { language: Language; children: ReactNode }) {
  const texts = useMemo(() => textsOf(language), [language]);
  return <Context.Provider value={texts}>{children}</Context.Provider>;
}

export function useTexts(): Texts {
  return useContext(Context);
}

export function useT(): Translate {
  return useContext(Context).t;
}

/** A text whose values are elements: `<Tx k="…" values={{ who: <b>Ayu</b> }} />`. */
export function Tx({ k, values }: { k: Key; values: Record<string, ReactNode> }) {
  const parts = useT()(k).split(/\{(\w+)\}/);
  return parts.map((part, at) => <Fragment key={at}>{at % 2 ? values[part] : part}</Fragment>);
}

/** Whether a name made at run time, such as an error's code, is a key. */
export function isKey(name: string): name is Key {
  return name in en;
}
