/** What the open chat itself says, in both languages. */

import type { Chat } from './chat';
import type { Language } from './language';

const id = {
  dialog: (title: string) => `Obrolan dengan ${title}`,
  close: 'Tutup obrolan',
  options: 'Pilihan',
  other_language: 'Use English',
  forget: 'Hapus obrolan dari peramban ini',
  from: (name: string, title: string) => `${name} dari ${title}`,
  replies_in: (minutes: number) =>
    minutes >= 60
      ? `Biasanya menjawab dalam ${Math.round(minutes / 60)} jam`
      : `Biasanya menjawab dalam ${minutes} menit`,
  here: 'Siap membantu',
  away: 'Sedang tidak di tempat',
  away_note: 'Kami sedang tidak di tempat. Tulis saja sekarang; jawaban datang ke sini.',
  reconnecting: 'Menyambung lagi',
  lost_note: 'Sambungan terputus. Pesan terkirim begitu tersambung.',
  greeting: 'Halo, ada yang bisa kami bantu?',
  privacy: 'Kami menyimpan obrolan ini supaya Anda tidak perlu bercerita dua kali.',
  write: 'Tulis pesan',
  attach: 'Lampirkan berkas',
  emoji: 'Emoji',
  send: 'Kirim',
  remove: 'Hapus',
  again: 'Kirim lagi',
  officer: (name: string) => `${name}, petugas`,
  bot: (name: string) => `${name}, asisten otomatis`,
  an_officer: 'Petugas',
  a_bot: 'Asisten',
  typing: (name: string) => `${name} sedang mengetik`,
  read_at: (time: string) => `Dibaca ${time}`,
  got_at: (time: string) => `Diterima ${time}`,
  sending: 'Mengirim',
  waiting: 'Menunggu sambungan',
  later: 'Terlalu cepat. Dikirim sebentar lagi',
  not_sent: 'Tidak terkirim',
  too_long: 'Tidak terkirim: terlalu panjang',
  retracted: 'Pesan ini ditarik kembali',
  edited: 'diubah',
  today: 'Hari ini',
  yesterday: 'Kemarin',
  fresh: 'Pesan baru',
  earlier: 'Memuat pesan sebelumnya',
  file_too_large: (name: string, mega: number) => `${name} lebih besar dari ${mega} MB`,
  file_failed: (name: string) => `${name} gagal diunggah`,
  too_many_files: (most: number) => `Paling banyak ${most} berkas`,
  by: 'Obrolan oleh',
};

const en: typeof id = {
  dialog: (title) => `Chat with ${title}`,
  close: 'Close chat',
  options: 'Options',
  other_language: 'Pakai Bahasa Indonesia',
  forget: 'Remove this chat from this browser',
  from: (name, title) => `${name} from ${title}`,
  replies_in: (minutes) =>
    minutes >= 60
      ? `Usually replies within ${Math.round(minutes / 60)} h`
      : `Usually replies within ${minutes} minutes`,
  here: 'Ready to help',
  away: 'Away for the moment',
  away_note: 'Nobody is here right now. Write all the same; the answer comes here.',
  reconnecting: 'Connecting again',
  lost_note: 'The connection is lost. Messages are sent as soon as it is back.',
  greeting: 'Hello, how can we help?',
  privacy: 'We keep this chat so that you never have to explain twice.',
  write: 'Write a message',
  attach: 'Attach a file',
  emoji: 'Emoji',
  send: 'Send',
  remove: 'Remove',
  again: 'Send again',
  officer: (name) => `${name}, officer`,
  bot: (name) => `${name}, automatic assistant`,
  an_officer: 'Officer',
  a_bot: 'Assistant',
  typing: (name) => `${name} is typing`,
  read_at: (time) => `Read ${time}`,
  got_at: (time) => `Received ${time}`,
  sending: 'Sending',
  waiting: 'Waiting for a connection',
  later: 'Too fast. It will be sent shortly',
  not_sent: 'Not sent',
  too_long: 'Not sent: too long',
  retracted: 'This message was taken back',
  edited: 'edited',
  today: 'Today',
  yesterday: 'Yesterday',
  fresh: 'New message',
  earlier: 'Loading earlier messages',
  file_too_large: (name, mega) => `${name} is larger than ${mega} MB`,
  file_failed: (name) => `${name} could not be uploaded`,
  too_many_files: (most) => `At most ${most} files`,
  by: 'Chat by',
};

export type Words = typeof id;
const words: Record<Language, Words> = { id, en };

export function wordsOf(chat: Chat): Words {
  return words[chat.state.language];
}
