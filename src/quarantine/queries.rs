//! The SQL of the quarantine.

use sapa_channel::{ChannelId, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    channels::model::ChannelRef,
    db::{DbResult, Tx},
    http::Cursor,
    on_db,
};

/// Something that was quarantined.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct QuarantineEntry {
    /// Which one.
    pub id: Uuid,
    /// The channel it came by.
    pub channel: ChannelRef,
    /// When it came.
    pub at: Timestamp,
    /// Why it could not be taken.
    pub reason: String,
    /// Its size in bytes.
    pub size: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// Where to download it as it came.
    pub original_url: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    channel_id: ChannelId,
    channel_kind: String,
    channel_name: String,
    received_at: Timestamp,
    reason: Option<String>,
    size: i64,
    attempts: i64,
}

impl Row {
    fn shown(self) -> QuarantineEntry {
        QuarantineEntry {
            id: self.id,
            channel: ChannelRef {
                id: self.channel_id,
                kind: self.channel_kind,
                name: self.channel_name,
            },
            at: self.received_at,
            reason: self.reason.unwrap_or_default(),
            size: self.size,
            attempts: self.attempts,
            original_url: format!("/api/v1/quarantine/{}/original", self.id),
        }
    }
}

/// What is in quarantine before a place in its list, the newest first.
pub async fn list(
    tx: &mut Tx,
    before: Option<Cursor>,
    limit: i64,
) -> DbResult<Vec<QuarantineEntry>> {
    let before = before.unwrap_or(Cursor { at: i64::MAX, id: Uuid::max() });
    let rows: Vec<Row> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT o.id, o.channel_id, c.kind AS channel_kind, c.name AS channel_name, o.received_at, o.reason, o.size,
                o.attempts
         FROM originals o JOIN channels c ON c.id = o.channel_id
         WHERE o.state = 'quarantined' AND (o.received_at, o.id) < ($1, $2)
         ORDER BY o.received_at DESC, o.id DESC LIMIT 0 + $3"
    )
    .bind(before.at)
    .bind(before.id)
    .bind(limit)
    .fetch_all(conn)
    .await?
    });
    Ok(rows.into_iter().map(Row::shown).collect())
}

/// Something quarantined as it came: its media type, its hash, and its bytes if they lie in the database.
pub async fn original(
    tx: &mut Tx,
    id: Uuid,
) -> DbResult<Option<(String, Vec<u8>, Option<Vec<u8>>)>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT media_type, digest, body FROM originals WHERE id = $1 AND state = 'quarantined'"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?))
}

/// Takes something out of the list without having taken it in. It stays stored. Tells whether it was there.
pub async fn dismiss(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query(
        "UPDATE originals SET state = 'dismissed' WHERE id = $1 AND state = 'quarantined'"
    )
    .bind(id)
    .execute(conn)
    .await?
    .rows_affected()
        == 1))
}
