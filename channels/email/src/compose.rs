//! From a message of ours to the bytes of a mail.
//!
//! The same message gives the same bytes, however often it is composed: what is sent again after an unknown
//! outcome is the same mail.

mod dkim;
mod fields;
mod mime;
mod words;

use sapa_channel::{Bulk, Outbound};

pub use dkim::{DkimError, DkimKey};

use crate::address::{REPLY_TAG, UNSUBSCRIBE_TAG, normalise, split_tag};

/// Whose mail it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxSettings {
    /// The address of the mailbox, without tag.
    pub address: String,
    /// The name of the shop; mails are from "author, name".
    pub name: String,
    /// What stands below each mail, as plain text; empty for nothing.
    pub signature: String,
}

/// A mail ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Composed {
    /// The sender of the SMTP dialogue; `None` is the null sender, for what programs write (RFC 3834).
    pub(crate) sender: Option<String>,
    /// All recipients, blind ones included.
    pub(crate) recipients: Vec<String>,
    /// The mail.
    pub(crate) bytes: Vec<u8>,
}

/// Why a message cannot become a mail. It never will.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ComposeError {
    #[error("{field} holds a line end or another control character")]
    Injection { field: &'static str },
    #[error("not a plain mail address: {0}")]
    Address(String),
    #[error("the message has no usable id for a mail: {0}")]
    Id(String),
    #[error("not an address by which mailings can be ended: {0}")]
    Unsubscribe(String),
    #[error("the signature of the domain (DKIM) could not be made")]
    Signature(#[from] DkimError),
}

/// Composes a mail.
pub(crate) fn compose(
    message: &Outbound,
    settings: &MailboxSettings,
    dkim: Option<&DkimKey>,
) -> Result<Composed, ComposeError> {
    let mut fields = fields::Fields::default();
    let own = deliverable(&settings.address)?;
    let author = from_name(&message.author, &settings.name);
    fields.raw("Date", &words::date(message.written_at));
    fields.mailboxes("From", &[(own.clone(), Some(author))])?;
    if let Some(token) = &message.reply_token {
        let address = tagged(&own, REPLY_TAG, token)?;
        let name = (!settings.name.is_empty()).then(|| settings.name.clone());
        fields.mailboxes("Reply-To", &[(address, name)])?;
    }
    let mut recipients = Vec::new();
    for (header, list) in [("To", std::slice::from_ref(&message.to)), ("Cc", &message.cc)] {
        let mut named = Vec::new();
        for mailbox in list {
            let address = deliverable(&mailbox.address)?;
            recipients.push(address.clone());
            // An automatic answer sends nothing on that a stranger wrote, and a name is (R12).
            named.push((address, mailbox.name.clone().filter(|_| !message.automatic)));
        }
        if !named.is_empty() {
            fields.mailboxes(header, &named)?;
        }
    }
    // Blind copies are for the dialogue alone (mail 5).
    for mailbox in &message.bcc {
        recipients.push(deliverable(&mailbox.address)?);
    }
    let mut seen = Vec::new();
    recipients.retain(|address| {
        !seen.contains(address) && {
            seen.push(address.clone());
            true
        }
    });
    fields.text("Subject", message.subject.as_deref().unwrap_or_default())?;
    fields.raw("Message-ID", &format!("<{}>", message_id(&message.external_id)?));
    if let Some(parent) = &message.parent {
        fields.ancestors(parent);
    }
    let language = if message.language == "id" { "id" } else { "en" };
    fields.raw("Content-Language", language);
    if message.automatic {
        let kind = if message.parent.is_some() { "auto-replied" } else { "auto-generated" };
        fields.raw("Auto-Submitted", kind);
        fields.raw("X-Auto-Response-Suppress", "All");
    }
    if let Some(bulk) = &message.bulk {
        bulk_fields(&mut fields, bulk, &own, &settings.name)?;
    }
    fields.raw("MIME-Version", "1.0");
    let part = mime::part(message, settings, language)?;
    let mut bytes = Vec::with_capacity(part.len() + 2048);
    if let Some(key) = dkim {
        let body = body_of(&part);
        bytes.extend_from_slice(key.sign(fields.list(), body, message.written_at)?.as_bytes());
    }
    fields.write(&mut bytes);
    bytes.extend_from_slice(&part);
    let sender = (!message.automatic).then_some(own);
    Ok(Composed { sender, recipients, bytes })
}

/// What comes after the headers.
fn body_of(part: &[u8]) -> &[u8] {
    let end = part.windows(4).position(|at| at == b"\r\n\r\n");
    end.map_or(&[], |end| &part[end + 4..])
}

fn from_name(author: &str, shop: &str) -> String {
    match (author.trim(), shop.trim()) {
        ("", shop) => shop.to_owned(),
        (author, "") => author.to_owned(),
        (author, shop) if author == shop => shop.to_owned(),
        (author, shop) => format!("{author}, {shop}"),
    }
}

/// An address to send to: the local part as it is, the domain as A-labels (mail 9).
fn deliverable(address: &str) -> Result<String, ComposeError> {
    let refused = || ComposeError::Address(address.escape_debug().to_string());
    let normal = normalise(address).ok_or_else(refused)?;
    let (local, _) = address.trim().split_once('@').ok_or_else(refused)?;
    let (_, domain) = normal.split_once('@').ok_or_else(refused)?;
    Ok(format!("{local}@{domain}"))
}

/// What a mail to many bears (mail 17, 19; RFC 8058, RFC 2369, RFC 2919). No address is folded inside (mail 13).
fn bulk_fields(
    fields: &mut fields::Fields,
    bulk: &Bulk,
    own: &str,
    name: &str,
) -> Result<(), ComposeError> {
    let url = &bulk.unsubscribe_url;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || !words::is_id(url) || url.contains(',') {
        return Err(ComposeError::Unsubscribe(url.escape_debug().to_string()));
    }
    let mail = tagged(own, UNSUBSCRIBE_TAG, &bulk.unsubscribe_token)?;
    fields.raw("List-Unsubscribe", &format!("<{url}>,\r\n <mailto:{mail}?subject=unsubscribe>"));
    fields.raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let list: String = bulk.list.chars().filter(|c| plain(*c)).take(60).collect();
    let domain = own.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let named = (!name.is_empty()).then(|| name.to_owned());
    fields.mailboxes(
        "List-Id",
        &[(format!("{list}.{domain}"), named.or_else(|| Some(list.clone())))],
    )?;
    fields.raw("Precedence", "bulk");
    fields.raw("X-Auto-Response-Suppress", "OOF, AutoReply");
    let sender: String = domain.chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    fields.raw("Feedback-ID", &format!("{list}:mailing:sapa:{sender}"));
    Ok(())
}

fn tagged(own: &str, tag: &str, token: &str) -> Result<String, ComposeError> {
    let (bare, _) = split_tag(own);
    let tagged =
        bare.split_once('@').map(|(local, domain)| format!("{local}+{tag}{token}@{domain}"));
    tagged
        .filter(|address| normalise(address).is_some())
        .ok_or_else(|| ComposeError::Address(format!("{bare} with the tag {tag:?} and a token")))
}

fn message_id(id: &str) -> Result<&str, ComposeError> {
    let holds = words::is_id(id) && id.contains('@');
    holds.then_some(id).ok_or_else(|| ComposeError::Id(id.escape_debug().to_string()))
}

#[cfg(test)]
mod tests;
