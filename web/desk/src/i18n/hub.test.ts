import { describe, expect, it } from 'vitest';
import { textsOf } from '.';
import { hubWords } from './hub';

const { t } = textsOf('id');

describe('hubWords', () => {
  it('says_what_the_hub_says_in_the_readers_language', () => {
    expect(hubWords('the customer has blocked the bot', t)).toBe('Pelanggan memblokir bot.');
    expect(hubWords('is the token of @KopiSeruniBot', t)).toBe('Ini token milik @KopiSeruniBot.');
  });

  it('keeps_the_words_of_the_other_server', () => {
    const said = 'the mailbox is full for a@b.example (mx.b.example said: 452 4.2.2 quota)';
    expect(hubWords(said, t)).toBe('Kotak suratnya penuh (mx.b.example: 452 4.2.2 quota).');
  });

  it('says_a_reason_within_a_reason', () => {
    const said = 'perhaps it arrived, so it may come twice: Telegram asks us to slow down';
    expect(hubWords(said, t)).toBe(
      'Mungkin sudah sampai, jadi bisa datang dua kali. Telegram meminta kita lebih pelan.',
    );
  });

  it('says_what_went_wrong_with_a_bot', () => {
    expect(hubWords('answered with status 503', t)).toBe('Bot menjawab dengan status 503.');
    expect(hubWords('60 messages are the most within an hour', t)).toBe(
      'Terlalu banyak bicara: paling banyak 60 pesan.',
    );
  });

  it('shows_what_it_does_not_know_as_a_sentence', () => {
    expect(hubWords('the moon is in the way', t)).toBe('The moon is in the way.');
  });
});
