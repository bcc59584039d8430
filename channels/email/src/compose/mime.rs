//! The body: text, HTML and what is attached.

mod html;

use std::fmt::Write;

use lettre::message::{
    Body, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
};
use sapa_channel::Outbound;

use super::{ComposeError, MailboxSettings, fields::refuse_injection, words::spoken_date};

/// The most that is quoted of the message that is answered; the customer has it all.
const MAX_QUOTE: usize = 10_000;
/// The most characters of a file's name; encoded it has to fit in one line.
const MAX_NAME: usize = 70;

/// Text and HTML side by side, with what is attached behind (mail 10): headers of its own and body.
pub(super) fn part(
    message: &Outbound,
    settings: &MailboxSettings,
    language: &str,
) -> Result<Vec<u8>, ComposeError> {
    let text = text(message, settings, language);
    let html = html::page(message, settings, language);
    // It cannot be guessed by whoever writes the content, and is the same each time.
    let boundary = |level: u8| format!("=_sapa_{}_{level}", message.message_id.simple());
    let alternative = MultiPart::alternative()
        .boundary(boundary(1))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(encoded(text)))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(encoded(html)));
    if message.files.is_empty() {
        return Ok(alternative.formatted());
    }
    let mut mixed = MultiPart::mixed().boundary(boundary(0)).multipart(alternative);
    for file in &message.files {
        refuse_injection("the name of a file", &file.name)?;
        let unknown =
            || ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN);
        let kind = ContentType::parse(&file.media_type).ok();
        // A mail or a multipart must not be encoded, and then might not arrive as it is.
        let kind = kind.filter(|_| !is_composite(&file.media_type));
        let body = Body::new_with_encoding(file.bytes.to_vec(), ContentTransferEncoding::Base64);
        let body = body.unwrap_or_else(Body::new);
        mixed = mixed.singlepart(
            SinglePart::builder()
                .header(kind.unwrap_or_else(unknown))
                .header(AttachmentName(file.name.clone()))
                .body(body),
        );
    }
    Ok(mixed.formatted())
}

fn is_composite(media_type: &str) -> bool {
    media_type.starts_with("message/") || media_type.starts_with("multipart/")
}

/// In 7 bits, whatever it takes (mail 16). Lines that servers and mailboxes like to alter are hidden in base64.
fn encoded(text: String) -> Body {
    let alterable = |line: &str| line.starts_with("From ") || line.starts_with('.');
    if text.lines().any(alterable) {
        let body = Body::new_with_encoding(text.clone(), ContentTransferEncoding::Base64);
        return body.unwrap_or_else(|_| Body::new(text));
    }
    Body::new(text)
}

/// `Content-Disposition` with the name twice: for programs that know RFC 2231, and for others (mail 12).
#[derive(Clone)]
struct AttachmentName(String);

impl Header for AttachmentName {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Disposition")
    }

    fn parse(value: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(value.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        let name = shortened(&self.0);
        let plain = |c: char| c.is_ascii_alphanumeric() || " !#$&+-^_`{}~().,@".contains(c);
        let fallback: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
        let mut value = format!("attachment;\r\n filename=\"{fallback}\"");
        if fallback != name {
            value.push_str(";\r\n filename*=UTF-8''");
            for byte in name.bytes() {
                if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                    value.push(char::from(byte));
                } else {
                    let _ = write!(value, "%{byte:02X}");
                }
            }
        }
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), value)
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= MAX_NAME {
        return name.to_owned();
    }
    let (stem, end) = name.rsplit_once('.').filter(|(_, end)| end.len() <= 8).unwrap_or((name, ""));
    let stem: String = stem.chars().take(MAX_NAME - 9).collect();
    if end.is_empty() { stem } else { format!("{stem}.{end}") }
}

fn text(message: &Outbound, settings: &MailboxSettings, language: &str) -> String {
    let mut out = clean(&message.text);
    for (number, button) in message.buttons.iter().enumerate() {
        out.push_str(if number == 0 { "\n\n" } else { "\n" });
        let _ = write!(out, "{}. {}", number + 1, clean(&button.label));
    }
    // A mailing says all that it says by itself.
    if !settings.signature.trim().is_empty() && message.bulk.is_none() {
        out.push_str("\n\n-- \n");
        out.push_str(&clean(&settings.signature));
    }
    if let Some(quote) = Quote::of(message, language) {
        out.push_str("\n\n");
        out.push_str(&quote.header);
        for line in quote.text.lines() {
            out.push_str(if line.is_empty() || line.starts_with('>') { "\n>" } else { "\n> " });
            out.push_str(line);
        }
    }
    out.push('\n');
    out
}

/// What is quoted of the message that is answered.
struct Quote {
    header: String,
    text: String,
}

impl Quote {
    /// Who gets an automatic answer may never have written what it answers: there nothing is quoted (R12).
    fn of(message: &Outbound, language: &str) -> Option<Self> {
        let parent = message.parent.as_ref().filter(|_| !message.automatic)?;
        let mut text = clean(&parent.text);
        if text.is_empty() {
            return None;
        }
        if text.len() > MAX_QUOTE {
            text.truncate(text.floor_char_boundary(MAX_QUOTE));
            text.push('\u{2026}');
        }
        let author = parent.author.split_whitespace().collect::<Vec<_>>().join(" ");
        let date = spoken_date(parent.written_at, language);
        let header = match language {
            "id" => format!("Pada {date}, {author} menulis:"),
            _ => format!("On {date}, {author} wrote:"),
        };
        Some(Self { header, text })
    }
}

/// Without what text cannot have, and with plain line ends.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    text.trim_end().trim_start_matches('\n').to_owned()
}
