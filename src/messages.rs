//! Messages: what was said, in, out or as a private note.

use sapa_channel::{ChannelId, Edit, new_id};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
};

pub mod http;
pub mod model;
pub mod queries;
pub mod retry;
pub mod send;
pub mod speaker;
pub mod undo;

/// What only some messages have; kept as JSON beside the columns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// A place that was shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<sapa_channel::Place>,
    /// Where on the web site it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Other addresses that were on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_to: Vec<String>,
    /// Copies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// Blind copies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<String>,
    /// What an officer should beware of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Answers to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
    /// What a bot is told when one of them is chosen, by place; never shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payloads: Vec<String>,
    /// Officers who are called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Uuid>,
    /// The ids of the message's ancestors, the oldest first, for answers to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// When it was to leave, if that was later than it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_at: Option<sapa_channel::Timestamp>,
}

impl Details {
    /// Those of a message that came in.
    #[must_use]
    pub fn of(message: &sapa_channel::Message) -> Self {
        Self {
            place: message.place.clone(),
            page: message.page.clone(),
            also_to: message.also_to.clone(),
            warnings: message.warnings.clone(),
            references: message.thread.answers.iter().rev().take(30).cloned().collect(),
            ..Self::default()
        }
    }
}

/// Changes a message that its author changed, and keeps what it said before. A message of somebody else is
/// left alone. Tells what to log.
pub async fn edit(tx: &mut Tx, channel: ChannelId, edit: &Edit) -> DbResult<Option<NewEvent>> {
    let row: Option<(Uuid, Uuid, Uuid, String, String, Option<Uuid>)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "SELECT m.id, m.conversation_id, m.contact_id, m.author_name, m.text, m.identity_id
         FROM messages m JOIN identities i ON i.id = m.identity_id
         WHERE m.channel_id = $1 AND m.external_id = $2 AND m.direction = 'in' AND i.kind = $3 AND i.value = $4"
    )
    .bind(channel)
    .bind(&edit.external_id)
    .bind(edit.sender.kind.as_str())
    .bind(&edit.sender.value)
    .fetch_optional(conn)
    .await?
    });
    let Some((id, conversation_id, contact_id, author, before, identity_id)) = row else {
        return Ok(None);
    };
    if before == edit.text {
        return Ok(None);
    }
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO message_versions (id, message_id, text, at) VALUES ($1, $2, $3, $4)",
        )
        .bind(new_id())
        .bind(id)
        .bind(before)
        .bind(edit.edited_at)
        .execute(&mut *conn)
        .await?;
        sqlx::query("UPDATE messages SET text = $2, edited_at = $3 WHERE id = $1")
            .bind(id)
            .bind(&edit.text)
            .bind(edit.edited_at)
            .execute(&mut *conn)
            .await?;
    });
    let actor = Actor { kind: "contact", id: Some(contact_id), name: author };
    Ok(Some(
        NewEvent::new("message.edited", edit.edited_at, actor)
            .conversation(conversation_id, contact_id)
            .message(id, identity_id),
    ))
}
