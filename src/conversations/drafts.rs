//! Drafts: kept on the server, an answer and a note per officer and conversation, and never deleted by anybody
//! else's action.

use std::collections::HashSet;

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
    /// The labels of answers to choose from.
    pub buttons: Vec<String>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Rest {
    channel_id: Option<ChannelId>,
    subject: Option<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    files: Vec<Uuid>,
    buttons: Vec<String>,
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
        buttons: draft.buttons.clone(),
    };
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO drafts (officer_id, conversation_id, kind, text, details, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (officer_id, conversation_id, kind) DO UPDATE
             SET text = excluded.text, details = excluded.details,
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

/// An officer's draft of a kind; without one, what he worked on last.
pub async fn find(
    tx: &mut Tx,
    officer_id: Uuid,
    conversation_id: Uuid,
    kind: Option<&str>,
) -> DbResult<Option<Draft>> {
    let row: Option<(String, String, Json<Rest>)> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT kind, text, details FROM drafts
         WHERE officer_id = $1 AND conversation_id = $2 AND kind = COALESCE($3, kind)
         ORDER BY updated_at DESC LIMIT 1"
    )
    .bind(officer_id)
    .bind(conversation_id)
    .bind(kind)
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
        buttons: rest.buttons,
    }))
}

/// Forgets an officer's draft of a kind, or whatever he has begun.
pub async fn forget(
    tx: &mut Tx,
    officer_id: Uuid,
    conversation_id: Uuid,
    kind: Option<&str>,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "DELETE FROM drafts WHERE officer_id = $1 AND conversation_id = $2 AND kind = COALESCE($3, kind)"
    )
    .bind(officer_id)
    .bind(conversation_id)
    .bind(kind)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Makes an answer that was taken back the draft again, before what has been begun since.
pub async fn put_back(
    tx: &mut Tx,
    officer_id: Uuid,
    conversation_id: Uuid,
    taken: Draft,
    now: Timestamp,
) -> DbResult<()> {
    let begun = find(tx, officer_id, conversation_id, Some(&taken.kind)).await?;
    let draft = match begun {
        Some(begun) => taken.before(begun),
        None => taken,
    };
    keep(tx, officer_id, conversation_id, &draft, now).await
}

impl Draft {
    /// Both in one, this one's text first. Where only one choice can stand, it is the one made last.
    fn before(self, later: Self) -> Self {
        let both = |mut first: Vec<String>, then: Vec<String>| {
            first.extend(then);
            let mut seen = HashSet::new();
            first.retain(|one| seen.insert(one.clone()));
            first
        };
        let text = if later.text.trim().is_empty() {
            self.text
        } else {
            format!("{}\n\n{}", self.text, later.text)
        };
        let mut files = self.files;
        files.extend(
            later.files.into_iter().filter(|file| !files.contains(file)).collect::<Vec<_>>(),
        );
        Self {
            kind: self.kind,
            text,
            channel_id: later.channel_id.or(self.channel_id),
            subject: later.subject.or(self.subject),
            cc: both(self.cc, later.cc),
            bcc: both(self.bcc, later.bcc),
            files,
            buttons: both(self.buttons, later.buttons),
        }
    }
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
