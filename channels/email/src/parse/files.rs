//! What is attached to a mail.

use bytes::Bytes;
use mail_parser::{ContentType, Encoding, Message, MessagePart, MimeHeaders, PartType};
use sapa_channel::File;

use super::{
    body::{recovered, transfer_decoded},
    headers::one_line,
};

const MAX_NAME: usize = 150;

/// All attachments in their order, pictures in the text included.
pub(super) fn read(message: &Message<'_>) -> Vec<File> {
    let shown = recovered(message).map(|part| part.id);
    message
        .attachments
        .iter()
        .filter(|id| Some(**id) != shown)
        .filter_map(|id| message.part(*id))
        .filter(|part| !matches!(part.body, PartType::Multipart(_)))
        .map(|part| file(message, part))
        .collect()
}

fn file(message: &Message<'_>, part: &MessagePart<'_>) -> File {
    let media_type = media_type(part);
    let bytes = match &part.body {
        PartType::Message(inner) if part.encoding != Encoding::None => {
            Bytes::copy_from_slice(&inner.raw_message)
        }
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Bytes::copy_from_slice(bytes),
        _ => Bytes::from(transfer_decoded(message, part).into_owned()),
    };
    let name = match given_name(part).map(label).filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => unnamed(part, &media_type),
    };
    File { name, media_type, bytes, content_id: part.content_id().map(content_id) }
}

/// The name given; of two spellings the second, which is the one of RFC 2231 with all letters.
fn given_name<'a>(part: &'a MessagePart<'_>) -> Option<&'a str> {
    let last = |kind: Option<&'a ContentType<'_>>, wanted: &str| {
        let named = kind?.attributes()?.iter().rev().find(|attribute| attribute.name == wanted)?;
        Some(&*named.value)
    };
    last(part.content_disposition(), "filename").or_else(|| last(part.content_type(), "name"))
}

fn media_type(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else {
        return if part.is_message() { "message/rfc822" } else { "text/plain" }.to_owned();
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
    let (main, sub) = (kind.ctype(), kind.subtype().unwrap_or("octet-stream"));
    if main.is_empty() || !main.chars().all(plain) || !sub.chars().all(plain) {
        return "application/octet-stream".to_owned();
    }
    format!("{main}/{sub}").to_ascii_lowercase()
}

/// A name as a label: one line, no path, not too long (`R24`).
fn label(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = one_line(name);
    let name = name.trim_start_matches('.');
    if name.chars().count() <= MAX_NAME {
        return name.to_owned();
    }
    // The end tells what it is, so the middle goes.
    let (stem, end) =
        name.rsplit_once('.').filter(|(_, end)| end.len() <= 10).unwrap_or((name, ""));
    let stem: String = stem.chars().take(MAX_NAME).collect();
    if end.is_empty() { stem } else { format!("{stem}.{end}") }
}

fn unnamed(part: &MessagePart<'_>, media_type: &str) -> String {
    if let PartType::Message(inner) = &part.body {
        let subject = super::Headers::new(inner).text("Subject").unwrap_or_default();
        let subject = label(&subject.replace(['/', '\\', ':'], "-"));
        return if subject.is_empty() { "mail.eml".to_owned() } else { format!("{subject}.eml") };
    }
    match media_type {
        "message/rfc822" | "message/global" => "mail.eml",
        "message/delivery-status" | "message/disposition-notification" => "report.txt",
        "text/rfc822-headers" => "headers.txt",
        "text/calendar" => "invitation.ics",
        "text/vcard" | "text/x-vcard" => "contact.vcf",
        "text/html" => "text.html",
        "text/plain" => "text.txt",
        "image/png" => "image.png",
        "image/jpeg" | "image/jpg" => "image.jpg",
        "image/gif" => "image.gif",
        "image/webp" => "image.webp",
        "application/pdf" => "document.pdf",
        "application/ms-tnef" | "application/vnd.ms-tnef" => "winmail.dat",
        "application/pgp-signature" => "signature.asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "smime.p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "smime.p7m",
        _ => "attachment",
    }
    .to_owned()
}

fn content_id(id: &str) -> String {
    id.trim_matches(['<', '>', ' ']).chars().filter(|c| !c.is_control()).collect()
}
