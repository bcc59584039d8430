//! The headers of a mail, read one by one when they are asked for.

use std::borrow::Cow;

use mail_parser::{
    Address, HeaderValue, Message, decoders::charsets::map::charset_decoder, parsers::MessageStream,
};

use super::limits::MAX_HEADER_TEXT;

/// The headers of the mail itself, not those of its parts.
pub(super) struct Headers<'a> {
    fields: Vec<(&'a str, &'a [u8])>,
}

/// An address of a header, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addr {
    pub(super) name: Option<String>,
    pub(super) address: String,
}

impl<'a> Headers<'a> {
    pub(super) fn new(message: &'a Message<'_>) -> Self {
        let headers = message.parts.first().map(|root| root.headers.as_slice()).unwrap_or_default();
        let fields = headers
            .iter()
            .filter_map(|header| {
                let (from, to) = (header.offset_start as usize, header.offset_end as usize);
                Some((header.name(), message.raw_message.get(from..to)?))
            })
            .collect();
        Self { fields }
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// How often a header is there.
    pub(super) fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }

    /// The first of a name, as it came.
    pub(super) fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The names of all headers.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|(name, _)| *name)
    }

    /// As text, encoded words decoded, on one line and without control characters.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = repaired(self.raw(name)?);
        let HeaderValue::Text(text) = MessageStream::new(&value).parse_unstructured() else {
            return None;
        };
        Some(one_line(&text))
    }

    /// All addresses of all headers of a name, groups opened.
    pub(super) fn addresses(&self, name: &str) -> Vec<Addr> {
        self.all(name).flat_map(|value| addresses(&repaired(value))).collect()
    }

    /// The ids in all headers of a name, without angle brackets.
    pub(super) fn ids(&self, name: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for value in self.all(name) {
            match MessageStream::new(&repaired(value)).parse_id() {
                HeaderValue::Text(id) => ids.push(id.into_owned()),
                HeaderValue::TextList(list) => ids.extend(list.into_iter().map(Cow::into_owned)),
                _ => {}
            }
        }
        // Folded ids are put together again; an id is no place for what cannot be seen.
        for id in &mut ids {
            id.retain(|c| !c.is_whitespace() && !c.is_control());
        }
        ids.retain(|id| !id.is_empty() && id.len() <= MAX_HEADER_TEXT);
        ids
    }

    /// Seconds since 1970, if it is a date that can be.
    pub(super) fn date(&self, name: &str) -> Option<i64> {
        match MessageStream::new(self.raw(name)?).parse_date() {
            HeaderValue::DateTime(date) if date.is_valid() => Some(date.to_timestamp()),
            _ => None,
        }
    }
}

fn addresses(value: &[u8]) -> Vec<Addr> {
    let HeaderValue::Address(address) = MessageStream::new(value).parse_address() else {
        return Vec::new();
    };
    let list: Vec<_> = match address {
        Address::List(list) => list,
        Address::Group(groups) => groups.into_iter().flat_map(|group| group.addresses).collect(),
    };
    list.into_iter()
        .filter_map(|addr| {
            Some(Addr {
                name: addr.name.map(|name| one_line(&name)).filter(|name| !name.is_empty()),
                address: addr.address?.into_owned(),
            })
        })
        .collect()
}

/// Headers as they should have come (mail 33): raw 8-bit ones, which are not allowed and not rare, are UTF-8 or
/// else windows-1252; encoded words in base64 get the padding they lack.
fn repaired(value: &[u8]) -> Cow<'_, [u8]> {
    let decoder = charset_decoder(b"windows-1252");
    let value = match (std::str::from_utf8(value), decoder) {
        (Err(_), Some(decode)) => Cow::Owned(decode(value).into_bytes()),
        _ => Cow::Borrowed(value),
    };
    padded(&value).map_or(value, Cow::Owned)
}

fn padded(value: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut done = 0;
    let starts = value.windows(3).enumerate().filter(|(_, at)| at.eq_ignore_ascii_case(b"?b?"));
    for (start, _) in starts.filter(|(start, _)| follows_charset(&value[..*start])) {
        let from = start + 3;
        let Some(length) = value[from..].iter().position(|byte| *byte == b'?') else { break };
        let letters = value[from..from + length].iter().filter(|byte| **byte != b'=').count();
        if from >= done && length % 4 != 0 && letters % 4 > 1 {
            let missing = (4 - letters % 4).saturating_sub(length - letters);
            out.extend_from_slice(&value[done..from + length]);
            out.extend(std::iter::repeat_n(b'=', missing));
            done = from + length;
        }
    }
    if done == 0 {
        return None;
    }
    out.extend_from_slice(&value[done..]);
    Some(out)
}

/// Whether it ends as an encoded word begins: `=?` and a charset. All else is text, and left as it is.
fn follows_charset(before: &[u8]) -> bool {
    const LONGEST: usize = 40;
    let charset = before
        .iter()
        .rev()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_graphic() && **byte != b'?');
    let charset = charset.count();
    charset > 0 && before[..before.len() - charset].ends_with(b"=?")
}

/// On one line, without control characters and marks that turn the reading direction, and not too long.
pub(super) fn one_line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len().min(MAX_HEADER_TEXT));
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word: String = word.chars().filter(|c| !turns(*c)).collect();
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&word);
        }
    }
    if out.chars().count() > MAX_HEADER_TEXT {
        out = out.chars().take(MAX_HEADER_TEXT - 1).chain(['\u{2026}']).collect();
    }
    out
}
