//! What was said, and what came of it.

use serde::Deserialize;

use crate::tickets::model::TicketKind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    pub number: i64,
    pub contact: String,
    pub team: Option<String>,
    pub assignee: Option<String>,
    pub status: Status,
    pub subject: Option<String>,
    #[serde(default)]
    pub labels: Vec<String>,
    pub ticket: Option<Ticket>,
    /// After the demonstration's moment.
    pub snoozed_for: Option<String>,
    pub draft: Option<Draft>,
    pub messages: Vec<Message>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Snoozed,
    Solved,
}

impl Status {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Solved => "solved",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    pub key: String,
    pub kind: TicketKind,
    pub title: String,
    pub description: String,
    pub status: Status,
    pub remedy: Option<String>,
    pub owner: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    pub from: String,
    pub channel: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// `contact`, an officer, or `system`.
    pub from: String,
    pub channel: String,
    /// Before the demonstration's moment.
    pub ago: String,
    pub text: String,
    #[serde(default)]
    pub note: bool,
    #[serde(default)]
    pub read: bool,
    pub subject: Option<String>,
    pub quoted: Option<String>,
    pub html: Option<String>,
    pub page: Option<String>,
    /// The kind of the address, if it is not the channel's own.
    pub identity: Option<String>,
    pub delivery: Option<Delivery>,
    #[serde(default)]
    pub files: Vec<Attached>,
}

/// What became of an answer that did not arrive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    pub state: String,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    pub name: String,
    pub media_type: String,
    /// What to make: see [`paper`](crate::demo::paper).
    pub generate: String,
}
