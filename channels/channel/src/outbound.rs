//! What goes out, and what became of it.

use std::time::Duration;

use bytes::Bytes;
use uuid::Uuid;

use crate::Timestamp;

/// A message on its way out, complete: an adapter asks nobody for more.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// The message.
    pub message_id: Uuid,
    /// How often it was tried, this time included; above one it may be doubled.
    pub attempt: u32,
    /// The id it shall have on the channel, made once and kept over all tries: a Message-ID without
    /// angle brackets. Channels that give ids themselves ignore it.
    pub external_id: String,
    /// To whom: an address of the channel's kind.
    pub to: Mailbox,
    /// Copies, on channels that have them.
    pub cc: Vec<Mailbox>,
    /// Blind copies, on channels that have them.
    pub bcc: Vec<Mailbox>,
    /// On channels that have one.
    pub subject: Option<String>,
    /// As plain text.
    pub text: String,
    /// As HTML, if the officer formatted it. The adapter may take it as safe.
    pub html: Option<String>,
    /// What is attached.
    pub files: Vec<OutFile>,
    /// Answers to choose from.
    pub buttons: Vec<Button>,
    /// What it answers.
    pub parent: Option<Parent>,
    /// The token that brings the answer back to its conversation, ready for use in an address (letters,
    /// digits and `-` only, case-insensitive).
    pub reply_token: Option<String>,
    /// The name to show as the author's.
    pub author: String,
    /// The language of the customer, as `id` or `en`.
    pub language: String,
    /// Written by a program (RFC 3834).
    pub automatic: bool,
    /// When it was written.
    pub written_at: Timestamp,
    /// One of many to as many customers.
    pub bulk: Option<Bulk>,
}

/// What a message to many needs beside: a way out for who does not want the next one (RFC 8058, RFC 2369).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// Where a POST ends it at once.
    pub unsubscribe_url: String,
    /// The token that ends it by a mail, ready for use in an address like a reply token.
    pub unsubscribe_token: String,
    /// A name of letters, digits and `-` that all messages of this mailing share.
    pub list: String,
}

/// An address and the name of its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The address.
    pub address: String,
    /// The owner's name.
    pub name: Option<String>,
}

/// Something attached to a message of ours.
#[derive(Clone, Debug)]
pub struct OutFile {
    /// The name to show.
    pub name: String,
    /// Its sniffed type.
    pub media_type: String,
    /// Unchanged.
    pub bytes: Bytes,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What the customer sees, and says by pressing it.
    pub label: String,
}

/// The message that is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parent {
    /// Its id on the channel.
    pub external_id: String,
    /// The ids of its own ancestors, the oldest first (RFC 5322, 3.6.4).
    pub references: Vec<String>,
    /// Who wrote it, for "On Monday Rina wrote:".
    pub author: String,
    /// What it said.
    pub text: String,
    /// When.
    pub written_at: Timestamp,
}

/// What became of one try. See `UNKNOWN` in the table of ways out: it is never sent again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The channel took it, and gave it this id if it gives ids.
    Sent {
        /// The channel's own id.
        external_id: Option<String>,
    },
    /// Surely not sent.
    NotSent {
        /// Why, in words for an officer.
        reason: String,
        /// Whether to try again.
        retry: Retry,
    },
    /// Perhaps sent: the connection was lost after the point of no return.
    Unknown {
        /// Why, in words for an officer.
        reason: String,
    },
}

/// Whether to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Later, by the usual steps.
    Later,
    /// Not before this while is over.
    After(Duration),
    /// Never: the same message would fail again.
    Never,
}

/// What a channel can do, so that the screen and delivery need not know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent abilities")]
pub struct Capabilities {
    /// Customers fetch their messages themselves: nothing is pushed by delivery.
    pub pull: bool,
    /// [`Channel::run`](crate::Channel::run) may go on in one place alone, as a bot's polling: of many nodes one does it.
    pub alone: bool,
    /// Messages have subjects, copies and formatted text.
    pub letters: bool,
    /// A sent message can be taken back.
    pub retract: bool,
    /// Answers to choose from are shown as buttons.
    pub buttons: bool,
    /// The most characters of text (UTF-16 units) in one message.
    pub max_text: usize,
    /// The most bytes of one file.
    pub max_file: usize,
}
