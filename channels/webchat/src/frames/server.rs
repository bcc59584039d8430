//! Frames to the widget.

use sapa_channel::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::Push;

/// A frame to the widget.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerFrame<'a> {
    /// All that was missed has been sent.
    Ready {
        /// Where to go on from.
        seq: i64,
        /// Whether the shop vouches for the visitor.
        identified: bool,
        /// Whether an officer is there.
        online: bool,
    },
    /// What was said is durable.
    Ack {
        /// The widget's id of it.
        id: Uuid,
        /// Its place in the log; `0` for what is kept for an officer to look at.
        seq: i64,
        /// When it was said.
        at: Timestamp,
    },
    /// What was said was not taken.
    Nack {
        /// The widget's id of it.
        id: Uuid,
        /// Why.
        code: Nack,
        /// In words, for the shop's developer.
        detail: &'a str,
    },
    /// Somebody said something.
    Message(&'a ServerMessage),
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
        text: &'a str,
        /// When.
        at: Timestamp,
    },
    /// An officer is writing, or stopped.
    Typing {
        /// Whether he is.
        on: bool,
        /// His name.
        name: &'a str,
    },
    /// Up to where officers got what the visitor said.
    State {
        /// It is with us.
        delivered: i64,
        /// An officer has read it.
        read: i64,
    },
    /// Whether an officer is there, since it changed.
    Online {
        /// Whether.
        on: bool,
    },
    /// Earlier messages, the oldest first.
    History {
        /// The messages.
        messages: &'a [ServerMessage],
        /// Whether there are earlier ones still.
        more: bool,
        /// Too much was missed: these take the place of all the widget has.
        #[serde(skip_serializing_if = "is_false")]
        reset: bool,
    },
    /// Yes.
    Pong {},
    /// The socket is about to be closed.
    Error {
        /// Why: `bad_frame`, `bad_visitor`, `bad_token`, `signed_out`, `too_many`, `unavailable`.
        code: &'a str,
        /// In words, for the shop's developer.
        detail: &'a str,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_false(value: &bool) -> bool {
    !value
}

impl ServerFrame<'_> {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("frames have string keys and finite numbers")
    }
}

impl<'a> From<&'a Push> for ServerFrame<'a> {
    fn from(push: &'a Push) -> Self {
        match push {
            Push::Message(message) => Self::Message(message),
            Push::Retract { seq, id } => Self::Retract { seq: *seq, id: *id },
            Push::Edit { seq, id, text, at } => Self::Edit { seq: *seq, id: *id, text, at: *at },
            Push::Typing { on, name } => Self::Typing { on: *on, name },
            Push::State(marks) => Self::State { delivered: marks.delivered, read: marks.read },
            Push::Online(on) => Self::Online { on: *on },
            Push::SignedOut => {
                Self::Error { code: "signed_out", detail: "the shop signed this visitor out" }
            }
        }
    }
}

/// Why something said was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nack {
    /// More than [`crate::MAX_TEXT`] or [`crate::MAX_FILES`]. For good.
    TooLong,
    /// It says nothing, or a file that it names is not there. For good.
    Invalid,
    /// The id was used for something else. For good.
    Conflict,
    /// Too much in a minute. Later.
    Rate,
    /// The hub cannot take it now. Later.
    Unavailable,
    /// No room on the disk. Later.
    Full,
}

/// A message as a visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerMessage {
    /// Its place in the log.
    pub seq: i64,
    /// Its id.
    pub id: Uuid,
    /// The widget's id of it, if a visitor said it.
    pub client_id: Option<Uuid>,
    /// Who said it.
    pub from: Author,
    /// The name of an officer or a bot.
    pub name: Option<String>,
    /// The words, as plain text.
    pub text: String,
    /// What is attached.
    pub files: Vec<SentFile>,
    /// Answers to choose from.
    pub buttons: Vec<ChosenAnswer>,
    /// When.
    pub at: Timestamp,
    /// Whether it was changed since.
    #[serde(skip_serializing_if = "is_false")]
    pub edited: bool,
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The visitor, or the customer in whose place he is, by whichever channel.
    Visitor,
    /// An officer.
    Officer,
    /// A program.
    Bot,
}

/// A file as a visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SentFile {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its sniffed type.
    pub media_type: String,
    /// Its bytes.
    pub size: u64,
    /// Where it is for a while (`R3`), from the root of the hub: `/chat/files/…?e=…&s=…`.
    pub url: String,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChosenAnswer {
    /// What the visitor sees, and says by pressing it.
    pub label: String,
}
