//! What the API shows of a ticket.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::causes::SameCause;
use crate::{
    contacts::model::ContactRef, conversations::model::TeamRef, officers::model::OfficerRef,
};

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

/// How bad it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It can wait.
    Low,
    /// As most are.
    #[default]
    Normal,
    /// It comes before others.
    High,
    /// Everything else waits.
    Critical,
}

/// A category or a cause, by its name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TermRef {
    /// Which one.
    pub id: Uuid,
    /// Its own name, without those above it.
    pub name: String,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Money {
    /// How much, in the smallest unit of ISO 4217: cents, sen.
    pub minor: i64,
    /// Of which currency, by ISO 4217.
    pub currency: String,
}

/// Another ticket, by its number.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OtherTicket {
    /// Which one.
    pub id: Uuid,
    /// As people write it.
    pub number: String,
}

/// That a complaint has come before.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Recurrence {
    /// How often within the days before it was opened, itself included.
    pub times: i64,
    /// Within how many days, as its category says.
    pub days: i64,
    /// The earlier ones, the oldest first; the last ten at most.
    pub earlier: Vec<EarlierTicket>,
}

/// An earlier complaint about the same.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct EarlierTicket {
    /// Which one.
    pub id: Uuid,
    /// As people write it.
    pub number: String,
    /// What it was about.
    pub title: String,
    /// `open` or `solved`.
    pub status: String,
    /// What was done for the customer.
    pub remedy: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
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
    /// Where it belongs.
    pub category: Option<TermRef>,
    /// How bad it is.
    pub severity: Severity,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when it is to be solved.
    pub due_at: Option<Timestamp>,
    /// When it was solved.
    pub solved_at: Option<Timestamp>,
    /// Who solved it.
    pub solved_by: Option<OfficerRef>,
    /// Why it happened.
    pub cause: Option<TermRef>,
    /// What was done for the customer: how it ended.
    pub remedy: Option<String>,
    /// What the remedy cost.
    pub remedy_cost: Option<Money>,
    /// Who sees to it.
    pub owner: Option<OfficerRef>,
    /// Which team sees to it.
    pub team: Option<TeamRef>,
    /// Whose it is.
    pub contact: ContactRef,
    /// The solved ticket that it goes on from.
    pub follows: Option<OtherTicket>,
    /// How often the same has come; none if it is the first.
    pub recurrence: Option<Recurrence>,
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
    /// Who serves it.
    pub assignee_name: Option<String>,
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
    /// How many messages belong to it.
    pub message_count: i64,
    /// How far its cause reaches.
    pub same_cause: Option<SameCause>,
    /// Tickets that go on from it.
    pub followed_by: Vec<OtherTicket>,
    /// Rises with each change.
    pub version: i64,
}

/// A conversation that may be about a ticket, for an officer to decide.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Offer {
    /// Which offer.
    pub id: Uuid,
    /// The ticket.
    pub ticket: TicketRef,
    /// From which message on; from the beginning if none is given.
    pub message_id: Option<Uuid>,
    /// Since when.
    pub created_at: Timestamp,
}

/// How many tickets there are.
#[derive(Clone, Debug, Default, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct TicketCounts {
    /// Open.
    pub open: i64,
    /// Open and the caller's.
    pub mine: i64,
    /// Open and nobody's.
    pub unowned: i64,
    /// Open and past their time.
    pub overdue: i64,
    /// Open, and three quarters of their time are over, or less than half an hour is left.
    pub due_soon: i64,
    /// Open, and not the first of their matter.
    pub recurrent: i64,
}
