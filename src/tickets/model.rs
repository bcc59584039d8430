//! What the API shows of a ticket.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{contacts::model::ContactRef, officers::model::OfficerRef};

/// A ticket's number as people write it.
#[must_use]
pub fn number(number: i64) -> String {
    format!("K-{number:04}")
}

/// What a ticket is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// Something went wrong.
    Complaint,
    /// Something is wanted.
    Request,
    /// Something is to be known.
    Question,
}

/// A ticket in short.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TicketRef {
    /// Which one.
    pub id: Uuid,
    /// As people write it.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// What it is.
    pub kind: TicketKind,
    /// What exactly is the matter.
    pub description: String,
    /// `open` or `solved`.
    pub status: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was solved.
    pub solved_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Who sees to it.
    pub owner: Option<OfficerRef>,
    /// Whose it is.
    pub contact: ContactRef,
}

/// A conversation of a ticket.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct TicketConversation {
    /// Which one.
    pub id: Uuid,
    /// Its number.
    pub number: i64,
    /// Its subject.
    pub subject: Option<String>,
    /// The last thing said.
    pub preview: String,
    /// Where it stands.
    pub status: String,
    /// The kind of its channel.
    pub channel_kind: String,
    /// When anything was last said.
    pub last_message_at: Timestamp,
}

/// One ticket.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Ticket {
    /// In short.
    #[serde(flatten)]
    pub ticket: TicketRef,
    /// The message it was opened from.
    pub message_id: Option<Uuid>,
    /// Its conversations.
    pub conversations: Vec<TicketConversation>,
    /// Rises with each change.
    pub version: i64,
}
