//! From the bytes of a mail to what the hub understands.

mod automatic;
mod body;
mod files;
mod headers;
mod limits;
mod origin;
mod quote;

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::LazyLock,
};

use data_encoding::HEXLOWER;
use mail_parser::{MessageParser, PartType};
use sapa_channel::{Inbound, Message, Thread, Timestamp, Unreadable};
use sha2::{Digest, Sha256};

use crate::address::{normalise, reply_token, split_tag, unsubscribe_token};
use headers::Headers;

/// What is known of a mail from its way here, and what of its addresses is ours.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    /// The sender of the SMTP dialogue: `Some("")` for the null sender, `None` when it is no longer known, as
    /// when a stored mail is read again.
    pub sender: Option<&'a str>,
    /// The address it was delivered to, with its tag.
    pub recipient: &'a str,
    /// Whether a normalised address without tag is one of ours.
    pub ours: &'a dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Envelope")
            .field("sender", &self.sender)
            .field("recipient", &self.recipient)
            .finish_non_exhaustive()
    }
}

/// The parser reads the MIME headers; all others stay as they are until they are asked for, so that a hostile
/// header costs nothing.
static PARSER: LazyLock<MessageParser> =
    LazyLock::new(|| MessageParser::new().with_mime_headers().default_header_raw());

/// Understands a mail. It is always an [`Inbound::Message`].
///
/// It does not panic, and trusts nothing that the mail says of itself: not its `Authentication-Results` and
/// no header of our own (`R21`). No text has NUL in it, HTML is [sanitised](crate::sanitise), and what is over
/// a limit of size or shape is [`Unreadable`] (`R22`).
///
/// The time it takes grows with the size of the mail; for more than some tens of kilobytes it belongs on a
/// thread of its own.
pub fn parse(bytes: &[u8], envelope: &Envelope<'_>) -> Result<Inbound, Unreadable> {
    limits::before(bytes)?;
    catch_unwind(AssertUnwindSafe(|| understand(bytes, envelope)))
        .unwrap_or_else(|_| {
            Err(Unreadable("the mail is broken in a way that is not understood".into()))
        })
        .map(|message| Inbound::Message(Box::new(message)))
}

/// A parsed mail that is taken apart without recursion: mails nested a thousandfold would else overflow the
/// stack when they are dropped.
struct Parsed<'a>(mail_parser::Message<'a>);

impl Drop for Parsed<'_> {
    fn drop(&mut self) {
        let mut rest = mem::take(&mut self.0.parts);
        while let Some(mut part) = rest.pop() {
            if let PartType::Message(inner) = &mut part.body {
                rest.append(&mut inner.parts);
            }
        }
    }
}

fn understand(bytes: &[u8], envelope: &Envelope<'_>) -> Result<Message, Unreadable> {
    let parsed = Parsed(
        PARSER.parse(bytes).ok_or_else(|| Unreadable("it has no headers of a mail".into()))?,
    );
    limits::after(&parsed.0)?;
    let headers = Headers::new(&parsed.0);
    if headers.count("Received") > limits::MAX_HOPS {
        return Err(Unreadable(format!(
            "it went through more than {} servers: it runs in a circle",
            limits::MAX_HOPS
        )));
    }
    let mut warnings = Vec::new();
    let sender = origin::sender(&headers, envelope, &mut warnings)?;
    // A mail of ours that came back: no answer by a program, or it runs in a circle (mail 22).
    let from_us = (envelope.ours)(&split_tag(&sender.address.value).0);
    if from_us {
        warnings.push("it says that it comes from an address of ours".into());
    }
    let external_id = headers.ids("Message-ID").into_iter().next();
    let body = body::read(&parsed.0, &mut warnings);
    let logical_key = external_id.as_deref().map(|id| logical_key(id, &headers, &body.whole));
    Ok(Message {
        sender,
        external_id,
        logical_key,
        thread: thread(&headers, envelope),
        subject: headers.text("Subject").filter(|subject| !subject.is_empty()),
        text: body.text,
        quoted: body.quoted,
        html: body.html,
        files: files::read(&parsed.0),
        place: None,
        sent_at: headers.date("Date").map(Timestamp::from_seconds),
        automatic: from_us || automatic::is_automatic(&headers, envelope.sender),
        sent_to: normalise(envelope.recipient),
        also_to: also_to(&headers, envelope),
        warnings,
        page: None,
        unsubscribe: own_token(&headers, envelope, unsubscribe_token),
    })
}

/// The same mail by another way has the same key; another mail under the same id has not (`D3`).
fn logical_key(id: &str, headers: &Headers<'_>, text: &str) -> String {
    let mut hash = Sha256::new();
    for name in ["From", "Date", "Subject"] {
        hash.update(headers.raw(name).unwrap_or_default().trim_ascii());
        hash.update([0]);
    }
    hash.update(text);
    format!("{id} {}", HEXLOWER.encode(&hash.finalize()))
}

/// Our token if the mail bears one, and the mails that it answers, the nearest first.
fn thread(headers: &Headers<'_>, envelope: &Envelope<'_>) -> Thread {
    let token = own_token(headers, envelope, reply_token);
    let mut answers: Vec<String> = Vec::new();
    let references = headers.ids("References").into_iter().rev();
    for id in headers.ids("In-Reply-To").into_iter().chain(references) {
        if answers.len() < limits::MAX_REFERENCES && !answers.contains(&id) {
            answers.push(id);
        }
    }
    Thread { token, answers }
}

/// A token in one of our own addresses that the mail went to.
fn own_token(
    headers: &Headers<'_>,
    envelope: &Envelope<'_>,
    token: fn(&str) -> Option<String>,
) -> Option<String> {
    token(envelope.recipient).or_else(|| {
        ["To", "Cc", "Delivered-To", "X-Original-To"]
            .into_iter()
            .flat_map(|name| headers.addresses(name))
            .filter_map(|addr| normalise(&addr.address))
            .filter(|address| (envelope.ours)(&split_tag(address).0))
            .find_map(|address| token(&address))
    })
}

/// Everybody else it was addressed to.
fn also_to(headers: &Headers<'_>, envelope: &Envelope<'_>) -> Vec<String> {
    let mut others = Vec::new();
    for addr in ["To", "Cc"].into_iter().flat_map(|name| headers.addresses(name)) {
        let Some(address) = normalise(&addr.address) else { continue };
        let ours = (envelope.ours)(&split_tag(&address).0);
        if !ours && !others.contains(&address) && others.len() < limits::MAX_ALSO_TO {
            others.push(address);
        }
    }
    others
}

#[cfg(test)]
mod tests;
