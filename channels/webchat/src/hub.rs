//! What the hub does for web chat.

use std::sync::Arc;

use async_trait::async_trait;
use sapa_channel::{File, Timestamp};
use uuid::Uuid;

use crate::{Caller, Pushes, ServerMessage, Site};

/// The hub, as web chat needs it.
///
/// What is shown to a [`Caller`] belongs to his [`Caller::addresses`]: to a browser, what was said from it
/// and answered to it, even if its contact has become known since; to a customer whom the shop vouches
/// for, his own and what he began in this browser (`R8`). Every call ends within a bounded time.
#[async_trait]
pub trait ChatHub: Send + Sync {
    /// The site of this key, if it is there and in operation.
    async fn site(&self, key: &str) -> Option<Arc<Site>>;

    /// The newest `limit` messages, or those before a place in the log.
    async fn history(
        &self,
        who: &Caller,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Page, HubError>;

    /// What happened after a place in the log, in order: at most `limit`, or [`Missed::TooMuch`], which is
    /// also the answer to a place that the log has not reached.
    async fn since(&self, who: &Caller, seq: i64, limit: usize) -> Result<Missed, HubError>;

    /// Up to where officers got what this caller said.
    async fn marks(&self, who: &Caller) -> Result<Marks, HubError>;

    /// What happens from now on at any of his addresses, in the order of the log: see
    /// [`crate::Rooms::subscribe_caller`].
    fn subscribe(&self, who: &Caller) -> Pushes;

    /// The caller has everything up to this place on his device or, with `read`, before his eyes.
    async fn seen(&self, who: &Caller, seq: i64, read: bool) -> Result<(), HubError>;

    /// The caller is writing, or stopped. Best effort.
    fn typing(&self, who: &Caller, on: bool);

    /// Whether an officer is there for this site.
    fn online(&self, site: &Site) -> bool;

    /// The place of a message in the log.
    async fn seq_of(&self, message: Uuid) -> Result<i64, HubError>;

    /// Keeps a file that was uploaded for a message to come. It may be dropped when none came for a day.
    async fn upload(&self, who: &Caller, file: File) -> Result<Uuid, HubError>;

    /// The uploads of a message, in the order of `ids`. [`HubError::NotFound`] if one is not there or was
    /// uploaded from another browser ([`Caller::visitor`]). They must be there for the same message again.
    async fn uploads(&self, who: &Caller, ids: &[Uuid]) -> Result<Vec<File>, HubError>;
}

/// Why the hub cannot do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// Now; later perhaps.
    #[error("not available for the moment")]
    Unavailable,
    /// No room on the disk.
    #[error("no room on the disk")]
    Full,
    /// It is not there, or not the caller's.
    #[error("not found")]
    NotFound,
}

/// Some messages, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The messages.
    pub messages: Vec<ServerMessage>,
    /// Whether there are earlier ones.
    pub more: bool,
    /// How far the log had come when they were read: where to go on from.
    pub seq: i64,
}

/// What a caller missed while he was away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// All of it.
    All {
        /// Messages, edits and retractions, in order.
        pushes: Vec<Push>,
        /// How far the log had come: where to go on from.
        seq: i64,
    },
    /// More than can be told: begin anew with this.
    TooMuch(Page),
}

/// Up to where officers got what a caller said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// It is with us.
    pub delivered: i64,
    /// An officer has read it.
    pub read: i64,
}

/// Something that a caller is told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// Somebody said something: an officer, a bot, or the caller himself in another tab.
    Message(ServerMessage),
    /// A message was taken back.
    Retract {
        /// The place in the log of its being taken back.
        seq: i64,
        /// The message.
        id: Uuid,
    },
    /// A message was changed.
    Edit {
        /// The place in the log of the change.
        seq: i64,
        /// The message.
        id: Uuid,
        /// What it says now.
        text: String,
        /// When.
        at: Timestamp,
    },
    /// An officer is writing, or stopped.
    Typing {
        /// Whether he is.
        on: bool,
        /// His name.
        name: String,
    },
    /// Officers got or read more of what the caller said.
    State(Marks),
    /// An officer came, or the last one left.
    Online(bool),
    /// The shop or an administrator ended this caller's session: his sockets are closed.
    SignedOut,
}
