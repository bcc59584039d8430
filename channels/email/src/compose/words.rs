//! Words, dates and ids as headers have them.

use data_encoding::BASE64;
use sapa_channel::Timestamp;

/// As encoded words in base64 (RFC 2047), one on a line, none longer than 75 and none split inside a character.
pub(super) fn encode_words(text: &str) -> String {
    const BYTES: usize = 45;
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if word.len() + c.len_utf8() > BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words: Vec<_> = words
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| format!("=?utf-8?B?{}?=", BASE64.encode(word.as_bytes())))
        .collect();
    words.join("\r\n ")
}

/// Broken at single spaces, so that lines are not longer than 76 where that can be.
pub(super) fn fold(text: &str, before: usize) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut column = before;
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            // A line of white space alone is no continuation.
            let can_break = !word.is_empty() && !out.ends_with(' ') && !out.is_empty();
            if can_break && column + 1 + word.len() > 76 {
                out.push_str("\r\n");
                column = 0;
            }
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.len();
    }
    out
}

/// Whether it can stand between the angle brackets of a message id.
pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 900
        && id.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'))
}

/// As RFC 5322 writes it, with a numeric zone (mail 4).
pub(super) fn date(at: Timestamp) -> String {
    civil(at).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// As people write it, in their language.
pub(super) fn spoken_date(at: Timestamp, language: &str) -> String {
    const MONTHS: [&str; 12] = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ];
    let at = civil(at);
    if language != "id" {
        return at.strftime("%-d %B %Y at %H:%M UTC").to_string();
    }
    let month = usize::try_from(at.month() - 1).ok().and_then(|month| MONTHS.get(month));
    format!(
        "{} {} {} pukul {:02}.{:02} UTC",
        at.day(),
        month.copied().unwrap_or_default(),
        at.year(),
        at.hour(),
        at.minute()
    )
}

fn civil(at: Timestamp) -> jiff::civil::DateTime {
    // Beyond these years there is no date that a mail could bear.
    let seconds = at.seconds().clamp(-2_208_988_800, 253_402_300_799);
    let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    jiff::tz::Offset::UTC.to_datetime(at)
}
