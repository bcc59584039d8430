//! What HTML is too costly to make harmless (`R22`).
//!
//! A standard HTML parser takes time that grows with the square of the depth, and formatting elements that are
//! never closed are made anew in each paragraph. What is nested beyond all use is found beforehand, by counting.

use std::collections::HashMap;

const MAX_OPEN: usize = 256;
const MAX_TAGS: usize = 100_000;
/// Characters that break a text into pieces, which are put together one by one.
const MAX_PIECES: usize = 20_000;

/// Elements that have no end tag, or whose end is implied by the next of their kind.
const SELF_CLOSING: [&str; 36] = [
    "area",
    "base",
    "body",
    "br",
    "col",
    "colgroup",
    "dd",
    "dt",
    "embed",
    "head",
    "hr",
    "html",
    "img",
    "input",
    "li",
    "link",
    "meta",
    "optgroup",
    "option",
    "p",
    "param",
    "rb",
    "rp",
    "rt",
    "source",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "track",
    "wbr",
    "o:p",
    "v:fill",
    "v:imagedata",
];

/// Whether it can be parsed in a time that grows with its size alone.
pub(super) fn is_reasonable(html: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut total, mut tags) = (0_usize, 0_usize);
    let mut pieces = html.bytes().filter(|byte| matches!(byte, b'&' | b'\r' | b'\0')).count();
    for piece in html.split('<').skip(1) {
        let (closing, piece) =
            piece.strip_prefix('/').map_or((false, piece), |piece| (true, piece));
        if !piece.starts_with(|c: char| c.is_ascii_alphabetic()) {
            pieces += 1;
            continue;
        }
        tags += 1;
        let end = piece.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
        let name = &piece[..end.unwrap_or(piece.len())];
        if name.len() > 20 {
            total += 1;
        } else {
            let name = name.to_ascii_lowercase();
            if !SELF_CLOSING.contains(&name.as_str()) {
                let count = open.entry(name).or_default();
                if !closing {
                    *count += 1;
                    total += 1;
                } else if *count > 0 {
                    *count -= 1;
                    total -= 1;
                }
            }
        }
        if total > MAX_OPEN || tags > MAX_TAGS {
            return false;
        }
    }
    pieces <= MAX_PIECES
}

/// The text between the tags, for what is not parsed.
pub(crate) fn strip(html: &str) -> String {
    let mut out = String::new();
    for (number, piece) in html.split('<').enumerate() {
        let text =
            if number == 0 { Some(piece) } else { piece.split_once('>').map(|(_, text)| text) };
        let text = text.unwrap_or_default().trim();
        if !text.is_empty() {
            out.push_str(text);
            out.push('\n');
        }
    }
    super::text::unescape(out.trim_end())
}
