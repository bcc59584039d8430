//! E-mail for the hub: a listener for SMTP and LMTP, the parser of mails, the composer, the way out.
//!
//! - [`Server`] listens for all mailboxes of the hub, and acknowledges a mail when the hub has it.
//! - [`parse`] turns the bytes of a mail into an [`Inbound`](sapa_channel::Inbound).
//! - [`EmailChannel`] composes and sends the hub's own mails, through a relay or into a folder.
//! - [`normalise`] is the one spelling of an address, for identity and for routing alike (`R20`).

use sapa_channel::Kind;

mod address;
mod compose;
mod html;
mod parse;
mod send;
mod server;

pub use address::{REPLY_TAG, UNSUBSCRIBE_TAG, normalise, split_tag};
pub use compose::{DkimError, DkimKey, MailboxSettings};
pub use html::{QUOTED_CLASS, sanitise, text_of};
pub use parse::{Envelope, parse};
pub use send::{EmailChannel, Limits, Relay, SetUpError, Tls, Way};
pub use server::{
    Certificate, CertificateError, Mailboxes, Protocol, Server, ServerConfig, dialogue, read_again,
};

/// The kind of this channel and of its addresses.
pub const KIND: Kind = Kind::new("email");
