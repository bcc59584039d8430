import type { Language } from '../api/types';

/** The language before anyone is signed in: the last one used here, else the browser's. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem('sapa.language');
  if (kept === 'id' || kept === 'en') return kept;
  return navigator.languages.some((name) => name.startsWith('id')) || !navigator.language.startsWith('en')
    ? 'id'
    : 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem('sapa.language', language);
}
