//! What a mail says: its text, what is quoted in it, its HTML.

use std::borrow::Cow;

use mail_parser::{
    Encoding, Message, MessagePart, MimeHeaders, PartType,
    decoders::{
        base64::base64_decode, charsets::map::charset_decoder,
        quoted_printable::quoted_printable_decode,
    },
};

use super::{
    limits::{MAX_HTML, MAX_TEXT},
    quote,
};
use crate::html;

/// The readable part of a mail.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// What is new.
    pub(super) text: String,
    /// What is quoted, and the signature.
    pub(super) quoted: Option<String>,
    /// The whole, sanitised.
    pub(super) html: Option<String>,
    /// The whole text, before anything was split off.
    pub(super) whole: String,
}

pub(super) fn read(message: &Message<'_>, warnings: &mut Vec<String>) -> Body {
    let mut html = html(message, warnings);
    let mut whole = plain_text(message);
    if html.is_none()
        && whole.trim().is_empty()
        && let Some(part) = recovered(message)
    {
        let text = text_of(&part.bytes);
        if part.is_html && text.len() <= MAX_HTML {
            html = Some(html::sanitise(&text)).filter(|html| !html.trim().is_empty());
        } else {
            whole = html::lines(&text);
        }
    }
    if html.is_none() && whole.trim().is_empty() {
        whole = bare_text(message);
    }
    let mut from_html = html::Plain::default();
    if whole.trim().is_empty()
        && let Some(html) = &html
    {
        from_html = html::to_text(html);
        whole.clone_from(&from_html.text);
    }
    if whole.len() > MAX_TEXT {
        whole.truncate(whole.floor_char_boundary(MAX_TEXT));
        warnings.push("its text is very long; only the beginning is shown".into());
    }
    let split = quote::split(&whole);
    let mut quoted = split.quoted;
    if !from_html.quoted.is_empty() {
        if !quoted.is_empty() {
            quoted.push_str("\n\n");
        }
        quoted.push_str(&from_html.quoted);
        whole.push_str(&from_html.quoted);
    }
    let quoted = (!quoted.is_empty()).then_some(quoted);
    Body { text: split.text, quoted, html, whole }
}

/// The text of a mail that was cut off or lost the end of its parts.
pub(super) struct Recovered {
    /// Which part it is.
    pub(super) id: u32,
    bytes: Vec<u8>,
    is_html: bool,
}

/// The first text of a mail in which no part is whole.
pub(super) fn recovered(message: &Message<'_>) -> Option<Recovered> {
    if !message.text_body.is_empty() || !message.html_body.is_empty() {
        return None;
    }
    message.attachments.iter().copied().find_map(|id| {
        let part = message.part(id)?;
        let kind = part.content_type();
        // A multipart without a usable boundary is one part, and mostly text.
        let multipart = kind.is_some_and(|kind| kind.ctype() == "multipart");
        let is_text = multipart || kind.is_none_or(|kind| kind.ctype() == "text");
        let attached = part.content_disposition().is_some_and(|it| it.ctype() == "attachment");
        let unspecific = kind.is_some_and(|kind| kind.subtype().is_none());
        let broken = multipart || (part.is_text() && (part.is_encoding_problem || unspecific));
        if !broken || !is_text || attached || part.is_multipart() {
            return None;
        }
        let raw = transfer_decoded(message, part);
        let encoding = part.content_transfer_encoding().unwrap_or("").to_ascii_lowercase();
        let bytes = match encoding.as_str() {
            "base64" => base64_decode(&raw),
            "quoted-printable" => quoted_printable_decode(&raw),
            _ => None,
        };
        let bytes = bytes.unwrap_or_else(|| raw.into_owned());
        Some(Recovered { id, bytes, is_html: kind.is_some_and(|it| it.subtype() == Some("html")) })
    })
}

/// UTF-8 if it is that, else windows-1252.
fn text_of(bytes: &[u8]) -> String {
    match (std::str::from_utf8(bytes), charset_decoder(b"windows-1252")) {
        (Err(_), Some(decode)) => decode(bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn parts<'a, 'x>(
    message: &'a Message<'x>,
    ids: &'a [u32],
) -> impl Iterator<Item = &'a MessagePart<'x>> {
    ids.iter().filter_map(|id| message.part(*id))
}

/// The text parts, one below the other.
fn plain_text(message: &Message<'_>) -> String {
    let mut texts = Vec::new();
    for part in parts(message, &message.text_body) {
        if let PartType::Text(_) = &part.body {
            let text = html::lines(&decoded(message, part));
            texts.push(if is_flowed(part) { unflow(&text) } else { text });
        }
    }
    texts.join("\n")
}

/// What stands between the tags, when the HTML is too long to be parsed.
fn bare_text(message: &Message<'_>) -> String {
    let html =
        parts(message, &message.html_body).filter(|part| matches!(part.body, PartType::Html(_)));
    let texts: Vec<_> =
        html.map(|part| html::strip(&decoded(message, part)).replace('\0', "")).collect();
    texts.join("\n")
}

/// The HTML parts sanitised, with the text parts between them.
fn html(message: &Message<'_>, warnings: &mut Vec<String>) -> Option<String> {
    let is_html = |part: &MessagePart<'_>| matches!(part.body, PartType::Html(_));
    if !parts(message, &message.html_body).any(is_html) {
        return None;
    }
    let mut out = String::new();
    for part in parts(message, &message.html_body) {
        match &part.body {
            PartType::Html(_) => {
                out.push_str(&decoded(message, part));
            }
            PartType::Text(_) => {
                out.push_str(&html::preformatted(&decoded(message, part)));
            }
            _ => {}
        }
        if out.len() > MAX_HTML {
            warnings.push("its formatted text is too long to be shown".into());
            return None;
        }
    }
    Some(html::sanitise(&out)).filter(|html| !html.trim().is_empty())
}

/// The text of a part by its declared charset, or by what it looks like when that is missing, unknown or
/// cannot be true (mail 33).
fn decoded<'a>(message: &'a Message<'_>, part: &'a MessagePart<'_>) -> Cow<'a, str> {
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return Cow::default() };
    if text.is_ascii() && !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let declared = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or("");
    let declared = declared.trim().to_ascii_lowercase();
    let unsure = matches!(
        declared.as_str(),
        "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "utf-8" | "utf8"
    ) || charset_decoder(declared.as_bytes()).is_none();
    if !unsure {
        return Cow::Borrowed(text);
    }
    let bytes = transfer_decoded(message, part);
    match (std::str::from_utf8(&bytes), charset_decoder(b"windows-1252")) {
        (Ok(utf8), _) => Cow::Owned(utf8.to_owned()),
        // Some broken characters in what is else UTF-8 are no reason to take it for something else.
        (Err(_), _) if declared.starts_with("utf") && mostly_utf8(&bytes) => Cow::Borrowed(text),
        (Err(_), Some(decode)) => Cow::Owned(decode(&bytes)),
        (Err(_), None) => Cow::Borrowed(text),
    }
}

fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// The bytes of a part without its transfer encoding, and not converted.
pub(super) fn transfer_decoded<'a>(
    message: &'a Message<'_>,
    part: &'a MessagePart<'_>,
) -> Cow<'a, [u8]> {
    let range = part.offset_body as usize..part.offset_end as usize;
    let raw = message.raw_message.get(range).unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => None,
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
    };
    decoded.map_or(Cow::Borrowed(raw), Cow::Owned)
}

fn is_flowed(part: &MessagePart<'_>) -> bool {
    part.content_type()
        .and_then(|kind| kind.attribute("format"))
        .is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
}

/// Puts the lines together that were only broken to be short (RFC 3676).
fn unflow(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    // The depth of the line that goes on, if one does.
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        match (open == Some(depth) && !signature, out.last_mut()) {
            (true, Some(last)) => last.push_str(content),
            _ if depth > 0 => out.push(format!("{} {content}", ">".repeat(depth))),
            _ => out.push(content.to_owned()),
        }
        open = (content.ends_with(' ') && !signature).then_some(depth);
    }
    out.join("\n")
}
