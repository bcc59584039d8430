//! Drafts: kept on the server, one per officer and conversation, and never deleted by anybody else's action.

use sapa_channel::{ChannelId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// What an officer has begun to write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// `reply` or `note`.
    pub kind: String,
    /// The text.
    pub text: String,
    /// The chosen channel.
    pub channel_id: Option<ChannelId>,
    /// The subject.
    pub subject: Option<String>,
    /// Copies.
    pub cc: Vec<String>,
    /// Blind copies.
    pub bcc: Vec<String>,
    /// Uploads.
    pub files: Vec<Uuid>,
}

#[derive(Serialize, Deserialize)]
struct Rest {
    channel_id: Option<ChannelId>,
    subject: Option<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    files: Vec<Uuid>,
}

/// A draft and where it is.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct DraftRef {
    /// Of which conversation.
    pub conversation_id: Uuid,
    /// With whom.
    pub contact_name: String,
    /// What was begun.
    pub text: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Keeps a draft.
pub async fn keep(
    tx: &mut Tx,
    officer_id: Uuid,
    conversation_id: Uuid,
    draft: &Draft,
    now: Timestamp,
) -> DbResult<()> {
    let rest = Rest {
        channel_id: draft.channel_id,
        subject: draft.subject.clone(),
        cc: draft.cc.clone(),
        bcc: draft.bcc.clone(),
        files: draft.files.clone(),
    };
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO drafts (officer_id, conversation_id, kind, text, details, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (officer_id, conversation_id) DO UPDATE
             SET kind = excluded.kind, text = excluded.text, details = excluded.details,
                 updated_at = excluded.updated_at"
    )
    .bind(officer_id)
    .bind(conversation_id)
    .bind(&draft.kind)
    .bind(&draft.text)
    .bind(Json(rest))
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// An officer's draft.
pub async fn find(tx: &mut Tx, officer_id: Uuid, conversation_id: Uuid) -> DbResult<Option<Draft>> {
    let row: Option<(String, String, Json<Rest>)> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT kind, text, details FROM drafts WHERE officer_id = $1 AND conversation_id = $2"
    )
    .bind(officer_id)
    .bind(conversation_id)
    .fetch_optional(conn)
    .await?);
    Ok(row.map(|(kind, text, Json(rest))| Draft {
        kind,
        text,
        channel_id: rest.channel_id,
        subject: rest.subject,
        cc: rest.cc,
        bcc: rest.bcc,
        files: rest.files,
    }))
}

/// Forgets an officer's draft.
pub async fn forget(tx: &mut Tx, officer_id: Uuid, conversation_id: Uuid) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "DELETE FROM drafts WHERE officer_id = $1 AND conversation_id = $2"
    )
    .bind(officer_id)
    .bind(conversation_id)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Makes the text of an answer that was taken back the draft again, before what has been begun since.
pub async fn put_back(
    tx: &mut Tx,
    officer_id: Uuid,
    conversation_id: Uuid,
    text: &str,
    now: Timestamp,
) -> DbResult<()> {
    let mut draft = find(tx, officer_id, conversation_id)
        .await?
        .unwrap_or_else(|| Draft { kind: "reply".to_owned(), ..Draft::default() });
    draft.text = if draft.text.trim().is_empty() {
        text.to_owned()
    } else {
        format!("{text}\n\n{}", draft.text)
    };
    keep(tx, officer_id, conversation_id, &draft, now).await
}

/// All drafts of an officer, the newest first.
pub async fn of_officer(tx: &mut Tx, officer_id: Uuid) -> DbResult<Vec<DraftRef>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT d.conversation_id, k.name AS contact_name, d.text, d.updated_at
         FROM drafts d JOIN conversations c ON c.id = d.conversation_id JOIN contacts k ON k.id = c.contact_id
         WHERE d.officer_id = $1 ORDER BY d.updated_at DESC LIMIT 100"
    )
    .bind(officer_id)
    .fetch_all(conn)
    .await?
    }))
}
