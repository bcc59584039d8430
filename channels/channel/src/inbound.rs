//! What comes in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{ChannelId, Kind, Timestamp};

/// Something that arrived, as it came and as the adapter understood it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The channel it came by.
    pub channel: ChannelId,
    /// The same for an exact redelivery, different for anything else on this channel (`D3`, first level).
    pub transport_key: String,
    /// As it came, before anything was read from it (`D4`).
    pub original: Original,
    /// When it came.
    pub received_at: Timestamp,
    /// What it says; or why it cannot be understood, and then it is kept in quarantine.
    pub content: Result<Inbound, Unreadable>,
}

/// The bytes of an arrival.
#[derive(Clone, Debug)]
pub struct Original {
    /// `message/rfc822`, `application/json` …
    pub media_type: &'static str,
    /// Unchanged.
    pub bytes: Bytes,
    /// What came beside the bytes and is needed to read them again, in the adapter's own words.
    pub envelope: Option<String>,
}

/// Why an arrival cannot be understood, in words for an officer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// What an arrival says.
#[derive(Clone, Debug)]
pub enum Inbound {
    /// Somebody said something.
    Message(Box<Message>),
    /// Somebody changed what he had said: a version of a message that is known by its external id.
    Edit(Edit),
    /// What became of a message of ours.
    Receipt(Receipt),
    /// Nothing the hub has to know; stored and acknowledged.
    Nothing,
}

/// One thing said by a customer.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Who says it.
    pub sender: Sender,
    /// The channel's own id of it, by which replies and edits refer to it: a Message-ID, `chat:message`.
    pub external_id: Option<String>,
    /// The same for the same message by another way (`D3`, second level); without one the transport key decides.
    pub logical_key: Option<String>,
    /// What it answers.
    pub thread: Thread,
    /// On channels that have one.
    pub subject: Option<String>,
    /// What is new in it, as plain text. Never NUL.
    pub text: String,
    /// What it quotes of earlier messages, as plain text, for folding away.
    pub quoted: Option<String>,
    /// The whole as sanitised HTML, if it was HTML.
    pub html: Option<String>,
    /// What is attached, pictures in the text included.
    pub files: Vec<File>,
    /// A place that was shared.
    pub place: Option<Place>,
    /// When the sender's side says it was written.
    pub sent_at: Option<Timestamp>,
    /// Written by a program: it gets no automatic answer (`R11`).
    pub automatic: bool,
    /// The address of ours that it was sent to, with its tag, on channels where that is more than the channel says.
    pub sent_to: Option<String>,
    /// Addresses that were also on it (To, Cc), shown and never answered by themselves (`R9`).
    pub also_to: Vec<String>,
    /// Warnings for the officer in plain words, as "the name shows another address than the sender's".
    pub warnings: Vec<String>,
    /// Where on the web site it was written.
    pub page: Option<String>,
    /// The token of a mailing that the sender does not want more of: the address that it was sent to says so.
    pub unsubscribe: Option<String>,
}

/// Who says something: an address on a kind of channel, and what is known of its owner by this arrival alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The address.
    pub address: Address,
    /// The name the channel gives.
    pub name: Option<String>,
    /// How the address is written for people, if otherwise than its value: `@rinawln`.
    pub shown: Option<String>,
    /// The language that the channel says, as `id` or `en`.
    pub language: Option<String>,
    /// That this address is the sender's own, if it was proved on this arrival.
    pub proof: Option<Proof>,
    /// Other addresses that the sender says are his.
    pub claims: Vec<Claim>,
}

impl Default for Sender {
    fn default() -> Self {
        Self {
            address: Address { kind: Kind::new(""), value: String::new() },
            name: None,
            shown: None,
            language: None,
            proof: None,
            claims: Vec::new(),
        }
    }
}

/// An address on a kind of channel, in the one spelling that the adapter chose for comparing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    /// The kind: `email`, `telegram`, `webchat`, `phone`, `customer`.
    pub kind: Kind,
    /// The address: `rina@surat.example`, `48213377`, …
    pub value: String,
}

/// Another address that a sender says is his.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The address.
    pub address: Address,
    /// That it is; without proof it is a hint for an officer and joins nothing (`R8`, H3).
    pub proof: Option<Proof>,
}

/// Why an address is known to belong to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "hub",
    derive(sqlx::Type, utoipa::ToSchema),
    sqlx(type_name = "text", rename_all = "snake_case")
)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The shop signed it (a widget token).
    ShopSignature,
    /// A mail came back from the mailbox with the token of a mail that was sent there.
    MailReply,
    /// A link with a one-time token, sent to one address, was opened from another.
    DeepLink,
    /// The channel vouches for it: a Telegram user id, a phone number shared by its own contact card.
    Channel,
    /// An officer says so.
    Officer,
}

/// What a message answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// A token of ours that came back: in the address a mail was answered to, in a deep link.
    pub token: Option<String>,
    /// The external ids of what it answers, the nearest first.
    pub answers: Vec<String>,
}

/// Something attached.
#[derive(Clone, Debug)]
pub struct File {
    /// The name given by the sender; a label and never a path (`R24`).
    pub name: String,
    /// The type declared by the sender; what is served is sniffed again.
    pub media_type: String,
    /// Unchanged.
    pub bytes: Bytes,
    /// The Content-ID by which the HTML refers to it, without angle brackets.
    pub content_id: Option<String>,
}

/// A place on earth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(utoipa::ToSchema))]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What it is called.
    pub title: Option<String>,
}

/// A changed message.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Who changed it; nobody else's message is changed.
    pub sender: Address,
    /// The message, by the channel's own id.
    pub external_id: String,
    /// What it says now.
    pub text: String,
    /// When it was changed.
    pub edited_at: Timestamp,
}

/// What became of messages of ours.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// By whom.
    pub sender: Address,
    /// The message, by the channel's own id; for [`ReceiptState::Delivered`] and [`ReceiptState::Read`] all
    /// earlier ones to the same address too.
    pub external_id: String,
    /// What became of it.
    pub state: ReceiptState,
}

/// What became of a message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptState {
    /// It is on the customer's device.
    Delivered,
    /// The customer has seen it.
    Read,
}
