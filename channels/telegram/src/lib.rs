//! The Telegram channel: the private chats of one bot, by polling or by webhook.
//!
//! Requests and types are teloxide's. The transport is a thin one of our own, because delivery must tell
//! "surely not sent" from "perhaps sent", and because the original of each update is kept (`D4`), also
//! of kinds that are newer than the types.
//!
//! A provider of cryptography must be installed for rustls before a [`TelegramChannel`] is made.

mod api;
mod backoff;
mod channel;
mod fault;
mod fetch;
mod link;
mod poll;
mod receive;
mod send;
mod settings;
mod update;
mod webhook;

#[cfg(feature = "stub")]
pub mod stub;

pub use channel::TelegramChannel;
pub use link::{InvalidLink, deep_link};
pub use settings::{Bot, Mode, Settings, SettingsError, Timing, get_me};
pub use update::read;
pub use webhook::{MAX_WEBHOOK_BODY, WebhookAnswer};

use sapa_channel::Kind;

/// The kind of this channel and of its addresses, whose values are Telegram's user ids.
pub const TELEGRAM: Kind = Kind::new("telegram");
