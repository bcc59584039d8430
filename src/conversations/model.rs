//! What the API shows of a conversation.

use sapa_channel::{ChannelId, Timestamp};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::charge::InCharge;
use crate::{
    channels::model::ChannelRef,
    contacts::model::{ContactRef, Identity},
    messages::Details,
    officers::model::OfficerRef,
    tickets::model::{Offer, Severity, TicketKind, TicketRef},
};

/// A team, by its name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TeamRef {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// The open ticket of a conversation, for the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RowTicket {
    /// The newest one.
    pub id: Uuid,
    /// As people write it.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// What it is.
    pub kind: TicketKind,
    /// How bad it is.
    pub severity: Severity,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when it is to be solved.
    pub due_at: Option<Timestamp>,
    /// How often this complaint has come within its category's days; 1 is the first time.
    pub times: i64,
    /// How many are open.
    pub count_open: i64,
}

/// The mailing that a conversation answers.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RowMailing {
    /// Which one.
    pub id: Uuid,
    /// As people write it.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// A row of the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ConversationRow {
    /// Which one.
    pub id: Uuid,
    /// As people name it.
    pub number: i64,
    /// With whom.
    pub contact: ContactRef,
    /// Where it was last.
    pub channel: ChannelRef,
    /// `open`, `snoozed` or `solved`.
    pub status: String,
    /// Its subject.
    pub subject: Option<String>,
    /// The last thing said, in one line.
    pub preview: String,
    /// `in`, `out` or `note`.
    pub preview_kind: String,
    /// Who said it, if one of ours.
    pub preview_author: Option<String>,
    /// Whether the last message has files.
    pub has_files: bool,
    /// Who serves it.
    pub assignee: Option<OfficerRef>,
    /// Which team serves it.
    pub team: Option<TeamRef>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Whether the caller has not seen the customer's last word.
    pub unread: bool,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// When anything was last said.
    pub last_message_at: Timestamp,
    /// When it comes back.
    pub snoozed_until: Option<Timestamp>,
    /// The beginning of the caller's own draft.
    pub draft: Option<String>,
    /// Its open ticket.
    pub ticket: Option<RowTicket>,
    /// The mailing that it answers.
    pub mailing: Option<RowMailing>,
    /// Rises with each change.
    pub version: i64,
    /// The bot that is in charge; none: people.
    pub bot: Option<InCharge>,
    /// When a bot gave it to people, as long as nobody has taken it.
    pub handed_over_at: Option<Timestamp>,
}

/// A way to answer.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent abilities")]
pub struct ReplyChannel {
    /// By which channel.
    pub channel: ChannelRef,
    /// To which address.
    pub identity: Identity,
    /// Whether it works now.
    pub reachable: bool,
    /// Why not.
    pub why_not: Option<String>,
    /// The most characters of a text.
    pub max_text: usize,
    /// The most bytes of a file.
    pub max_file: usize,
    /// Whether there are subjects and copies.
    pub letters: bool,
    /// Whether answers to choose from are shown as buttons.
    pub buttons: bool,
    /// Whether a message that has left can be taken back.
    pub retract: bool,
}

/// Another conversation that may be about the same.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Related {
    /// Which one.
    pub id: Uuid,
    /// Its number.
    pub number: i64,
    /// With whom.
    pub contact_name: String,
}

/// One conversation.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Conversation {
    /// As in the list.
    #[serde(flatten)]
    pub row: ConversationRow,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was solved.
    pub solved_at: Option<Timestamp>,
    /// How it can be answered, the customer's last way first.
    pub reply_channels: Vec<ReplyChannel>,
    /// Its tickets.
    pub tickets: Vec<TicketRef>,
    /// Open tickets that it may be about, for an officer to decide.
    pub offers: Vec<Offer>,
    /// What it may belong to, without proof.
    pub related: Vec<Related>,
    /// The bot of its channel, which could be put in charge.
    pub channel_bot: Option<InCharge>,
    /// The newest event: give it back as `seen_seq` when answering.
    pub last_seq: i64,
}

/// What abilities need to know of a conversation.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns")]
pub struct Core {
    pub id: Uuid,
    pub number: i64,
    pub contact_id: Uuid,
    pub identity_id: Option<Uuid>,
    pub channel_id: ChannelId,
    pub status: String,
    pub subject: Option<String>,
    pub assignee_id: Option<Uuid>,
    pub team_id: Option<Uuid>,
    pub related_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub solved_at: Option<Timestamp>,
    pub version: i64,
    pub bot_id: Option<Uuid>,
    pub bot_name: Option<String>,
}

/// The last letter of a conversation, for the answer's headers.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns")]
pub struct Letter {
    pub external_id: Option<String>,
    pub subject: Option<String>,
    pub author_name: String,
    pub text: String,
    pub at: Timestamp,
    pub details: Json<Details>,
    pub automatic: bool,
}
