//! What the API shows of a message.

use sapa_channel::{ChannelId, Place, Timestamp};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::Details;
use crate::{channels::model::ChannelRef, files::model::FileRef};

/// Who said or did something.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Author {
    /// `contact`, `officer`, `bot` or `system`.
    pub kind: String,
    /// Which one.
    pub id: Option<Uuid>,
    /// His name then.
    pub name: String,
}

/// An answer to choose.
#[derive(Clone, Debug, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ButtonRef {
    /// What the customer sees, and says by pressing it.
    pub label: String,
}

/// What a message said before it was changed.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Version {
    /// Which message.
    #[serde(skip)]
    #[schema(ignore)]
    pub message_id: Uuid,
    /// What it said.
    pub text: String,
    /// Until when.
    pub at: Timestamp,
}

/// What became of a message on its way out.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DeliveryRef {
    /// `held` (can be taken back), `queued`, `sending`, `sent`, `delivered`, `read`, `retrying`, `failed`,
    /// `unknown` (perhaps sent), `cancelled`.
    pub state: String,
    /// Why it failed or waits, in plain words.
    pub reason: Option<String>,
    /// When it is tried next.
    pub next_try_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
    /// Until when it can be taken back.
    pub undo_until: Option<Timestamp>,
    /// Since when the state is so.
    pub at: Timestamp,
}

/// One thing said.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MessageView {
    /// Which one.
    pub id: Uuid,
    /// In which conversation.
    pub conversation_id: Uuid,
    /// Its number.
    pub conversation_number: i64,
    /// `in`, `out` or `note`.
    pub direction: String,
    /// Who said it.
    pub author: Author,
    /// By which channel; none for a note.
    pub channel: Option<ChannelRef>,
    /// When.
    pub at: Timestamp,
    /// Its subject.
    pub subject: Option<String>,
    /// What is new in it.
    pub text: String,
    /// What it quotes.
    pub quoted: Option<String>,
    /// Whether there is a formatted form.
    pub has_html: bool,
    /// The formatted form: a document for a frame without scripts.
    pub html_url: Option<String>,
    /// As it came, for download.
    pub original_url: Option<String>,
    /// What is attached.
    pub files: Vec<FileRef>,
    /// A place that was shared.
    pub place: Option<Place>,
    /// Answers to choose from.
    pub buttons: Vec<ButtonRef>,
    /// The address it came from or went to.
    pub address: Option<String>,
    /// Other addresses that were on it.
    pub also_to: Vec<String>,
    /// Copies.
    pub cc: Vec<String>,
    /// Blind copies.
    pub bcc: Vec<String>,
    /// Where on the web site it was written.
    pub page: Option<String>,
    /// What to beware of.
    pub warnings: Vec<String>,
    /// When its author changed it.
    pub edited_at: Option<Timestamp>,
    /// What it said before.
    pub versions: Vec<Version>,
    /// When it was taken back.
    pub retracted_at: Option<Timestamp>,
    /// Officers who are called.
    pub mentions: Vec<Uuid>,
    /// Its way out.
    pub delivery: Option<DeliveryRef>,
    /// Written by a program.
    pub automatic: bool,
}

/// The row behind a [`MessageView`].
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns, named as what they become in MessageView")]
pub struct MessageRow {
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub conversation_number: i64,
    pub contact_id: Uuid,
    pub direction: String,
    pub author_kind: String,
    pub author_id: Option<Uuid>,
    pub author_name: String,
    pub channel_id: Option<ChannelId>,
    pub channel_kind: Option<String>,
    pub channel_name: Option<String>,
    pub identity_id: Option<Uuid>,
    pub shown: Option<String>,
    pub subject: Option<String>,
    pub text: String,
    pub quoted: Option<String>,
    pub has_html: bool,
    pub original_id: Option<Uuid>,
    pub details: Json<Details>,
    pub file_count: i64,
    pub automatic: bool,
    pub at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub retracted_at: Option<Timestamp>,
    pub state: Option<String>,
    pub attempts: Option<i64>,
    pub run_at: Option<Timestamp>,
    pub undo_until: Option<Timestamp>,
    pub reason: Option<String>,
    pub updated_at: Option<Timestamp>,
}

impl MessageRow {
    fn delivery(&self, now: Timestamp) -> Option<DeliveryRef> {
        let undo_until = self.undo_until.filter(|until| *until > now);
        let state = match self.state.as_deref()? {
            "queued" if undo_until.is_some() => "held",
            "leased" | "dispatching" => "sending",
            other => other,
        };
        Some(DeliveryRef {
            state: state.to_owned(),
            reason: self.reason.clone(),
            next_try_at: self.run_at.filter(|_| matches!(state, "retrying" | "queued" | "held")),
            attempts: self.attempts.unwrap_or(0),
            undo_until,
            at: self.updated_at.unwrap_or(self.at),
        })
    }

    /// With its files and earlier versions, as the API shows it.
    #[must_use]
    pub fn shown(self, files: Vec<FileRef>, versions: Vec<Version>, now: Timestamp) -> MessageView {
        let delivery = self.delivery(now);
        let details = self.details.0;
        let channel = match (self.channel_id, self.channel_kind, self.channel_name) {
            (Some(id), Some(kind), Some(name)) => Some(ChannelRef { id, kind, name }),
            _ => None,
        };
        let id = self.id;
        MessageView {
            id,
            conversation_id: self.conversation_id,
            conversation_number: self.conversation_number,
            direction: self.direction,
            author: Author { kind: self.author_kind, id: self.author_id, name: self.author_name },
            channel,
            at: self.at,
            subject: self.subject,
            text: self.text,
            quoted: self.quoted,
            has_html: self.has_html,
            html_url: self.has_html.then(|| format!("/api/v1/messages/{id}/html")),
            original_url: self.original_id.map(|_| format!("/api/v1/messages/{id}/original")),
            files,
            place: details.place,
            buttons: details.buttons.into_iter().map(|label| ButtonRef { label }).collect(),
            address: self.shown,
            also_to: details.also_to,
            cc: details.cc,
            bcc: details.bcc,
            page: details.page,
            warnings: details.warnings,
            edited_at: self.edited_at,
            versions,
            retracted_at: self.retracted_at,
            mentions: details.mentions,
            delivery,
            automatic: self.automatic,
        }
    }
}
