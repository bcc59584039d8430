//! How big and how deep a mail may be (`R22`). Beyond it is kept as it came, for an officer to see.

use mail_parser::{Message, PartType};
use memchr::memmem;
use sapa_channel::Unreadable;

/// The most bytes of a mail; the listener's own limit is usually lower.
pub(super) const MAX_SIZE: usize = 64 << 20;
/// The most `Received` headers (mail 22).
pub(super) const MAX_HOPS: usize = 50;
/// The most ids of earlier mails that are looked at.
pub(super) const MAX_REFERENCES: usize = 50;
/// The most other recipients that are told.
pub(super) const MAX_ALSO_TO: usize = 200;
/// The most characters of a subject, a name, an id.
pub(super) const MAX_HEADER_TEXT: usize = 998;
/// The most HTML that is made harmless and shown; beyond, the text is shown alone.
pub(super) const MAX_HTML: usize = 1 << 20;
/// The most text that is shown.
pub(super) const MAX_TEXT: usize = 1 << 20;

const MAX_HEADERS: usize = 1000;
const MAX_HEADER_BYTES: u32 = 512 << 10;
const MAX_HEADER_LINE: u32 = 128 << 10;
const MAX_PARTS: usize = 1000;
const MAX_DEPTH: usize = 30;

/// What may become a boundary or a header, in a whole mail. The parser's time and memory grow with them.
const MAX_DASHES: usize = 100_000;
const MAX_FIELDS: usize = 500_000;
/// What declares a boundary, in any case of its letters; its last letter is the rarest.
const BOUNDARY: &[u8] = b"boundary";
/// The most bytes that a search for boundaries may have to go through.
const MAX_SEARCH: usize = 1 << 30;

fn too(what: impl Into<String>) -> Unreadable {
    Unreadable(what.into())
}

/// What can be told without parsing, and would make parsing itself too dear.
pub(super) fn before(bytes: &[u8]) -> Result<(), Unreadable> {
    if bytes.len() > MAX_SIZE {
        return Err(too(format!("it is larger than {} MiB", MAX_SIZE >> 20)));
    }
    let (mut dashes, mut from) = (0, 0);
    let two = memmem::Finder::new("--");
    while let Some(at) = two.find(&bytes[from..]) {
        let run = bytes[from + at..].iter().take_while(|byte| **byte == b'-').count();
        dashes += run - 1;
        from += at + run;
    }
    // Lines with a colon.
    let (mut fields, mut from) = (0, 0);
    while let Some(colon) = memchr::memchr(b':', &bytes[from..]) {
        fields += 1;
        from += colon;
        let Some(end) = memchr::memchr(b'\n', &bytes[from..]) else { break };
        from += end;
    }
    let boundaries = memchr::memchr2_iter(b'y', b'Y', bytes)
        .filter(|end| {
            let word = end.checked_sub(BOUNDARY.len() - 1).and_then(|at| bytes.get(at..=*end));
            word.is_some_and(|word| word.eq_ignore_ascii_case(BOUNDARY))
        })
        .count();
    if dashes > MAX_DASHES || boundaries.saturating_mul(bytes.len()) > MAX_SEARCH {
        return Err(too("it has too many parts"));
    }
    if fields > MAX_FIELDS {
        return Err(too("it has too many headers"));
    }
    Ok(())
}

/// What can be told once it is parsed.
pub(super) fn after(message: &Message<'_>) -> Result<(), Unreadable> {
    let Some(root) = message.parts.first() else { return Err(too("it is empty")) };
    if root.headers.len() > MAX_HEADERS
        || root.offset_body.saturating_sub(root.offset_header) > MAX_HEADER_BYTES
    {
        return Err(too("it has too many headers"));
    }
    if root.headers.iter().any(|header| header.offset_end - header.offset_start > MAX_HEADER_LINE) {
        return Err(too("one of its headers is too long"));
    }
    let mut parts = 0;
    let mut rest = vec![(message, 0)];
    while let Some((message, depth)) = rest.pop() {
        parts += message.parts.len();
        if parts > MAX_PARTS {
            return Err(too(format!("it has more than {MAX_PARTS} parts")));
        }
        if depth + multiparts_deep(message) > MAX_DEPTH {
            return Err(too(format!("its parts are nested more than {MAX_DEPTH} deep")));
        }
        rest.extend(message.parts.iter().filter_map(|part| match &part.body {
            PartType::Message(inner) => Some((inner, depth + 1)),
            _ => None,
        }));
    }
    Ok(())
}

/// How deep the multiparts of one message are in one another. A part comes after the one it is in.
fn multiparts_deep(message: &Message<'_>) -> usize {
    let mut depths = vec![0_usize; message.parts.len()];
    for (at, part) in message.parts.iter().enumerate() {
        let PartType::Multipart(inner) = &part.body else { continue };
        let depth = depths[at] + 1;
        for id in inner {
            let later = usize::try_from(*id).ok().filter(|id| *id > at);
            if let Some(slot) = later.and_then(|id| depths.get_mut(id)) {
                *slot = depth;
            }
        }
    }
    depths.into_iter().max().unwrap_or(0)
}
