/** The languages, and the few words that are needed before the chat is open. */

export type Language = 'id' | 'en';

const id = {
  open: 'Buka obrolan',
  close: 'Tutup obrolan',
  dismiss: 'Tutup',
  somebody: 'Petugas',
  answered: (name: string) => `${name} menjawab`,
  unread: (count: number) => `${count} pesan belum dibaca`,
};

const en: typeof id = {
  open: 'Open chat',
  close: 'Close chat',
  dismiss: 'Close',
  somebody: 'An officer',
  answered: (name) => `${name} answered`,
  unread: (count) => (count === 1 ? '1 unread message' : `${count} unread messages`),
};

export const launcherWords: Record<Language, typeof id> = { id, en };

export function languageOf(...wanted: (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const short = tag?.slice(0, 2).toLowerCase();
    if (short === 'id' || short === 'en') return short;
  }
  return 'id';
}
