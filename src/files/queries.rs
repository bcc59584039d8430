//! The SQL of files.

use std::collections::HashMap;

use sapa_channel::Timestamp;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{hash, inline, model};
use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// A file with its content.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Content {
    /// Which one.
    pub id: Uuid,
    /// The message that it is attached to.
    pub message_id: Option<Uuid>,
    /// Who uploaded it.
    pub uploaded_by: Option<String>,
    /// Its name.
    pub name: String,
    /// Its sniffed type.
    pub media_type: String,
    /// Its hash.
    pub digest: Vec<u8>,
    /// Its bytes, if they lie in the database.
    pub body: Option<Vec<u8>>,
}

/// Stores an upload that is not attached to a message yet. Bytes that are too many for the database must
/// be in the [`Store`](super::Store) already.
pub async fn upload(
    tx: &mut Tx,
    id: Uuid,
    by: &str,
    name: &str,
    declared: &str,
    bytes: &[u8],
    at: Timestamp,
) -> DbResult<model::FileRow> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "INSERT INTO files (id, uploaded_by, name, media_type, size, digest, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         RETURNING id, message_id, name, media_type, size, content_id"
    )
    .bind(id)
    .bind(by)
    .bind(model::clean_name(name))
    .bind(model::sniff(bytes, declared))
    .bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
    .bind(hash(bytes).to_vec())
    .bind(inline(bytes))
    .bind(at)
    .fetch_one(conn)
    .await?))
}

/// Attaches uploads to a message; only those of the same uploader that are not attached yet. Tells how many.
pub async fn attach(tx: &mut Tx, ids: &[Uuid], by: &str, message_id: Uuid) -> DbResult<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("UPDATE files SET message_id = ");
        query
            .push_bind(message_id)
            .push(" WHERE message_id IS NULL AND uploaded_by = ")
            .push_bind(by)
            .push(" AND id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build().persistent(false).execute(conn).await?.rows_affected()
    }))
}

/// Makes the files of a message uploads again, as new as if they had come just now. Tells which.
pub async fn detach(
    tx: &mut Tx,
    message_id: Uuid,
    by: &str,
    now: Timestamp,
) -> DbResult<Vec<Uuid>> {
    let mut files: Vec<Uuid> = on_db!(tx, |conn| {
        sqlx::query_scalar(
        "UPDATE files SET message_id = NULL, uploaded_by = $2, created_at = $3 WHERE message_id = $1 RETURNING id"
    )
    .bind(message_id)
    .bind(by)
    .bind(now)
    .fetch_all(conn)
    .await?
    });
    files.sort_unstable();
    Ok(files)
}

/// The uploads of one uploader that are not attached yet, with their content.
pub async fn uploads(tx: &mut Tx, ids: &[Uuid], by: &str) -> DbResult<Vec<Content>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT id, message_id, uploaded_by, name, media_type, digest, body FROM files WHERE message_id IS NULL AND uploaded_by = ",
        );
        query.push_bind(by).push(" AND id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY id");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    }))
}

/// A file with its content.
pub async fn content(tx: &mut Tx, id: Uuid) -> DbResult<Option<Content>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as("SELECT id, message_id, uploaded_by, name, media_type, digest, body FROM files WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?
    }))
}

/// Whether a file is part of a message that stands, and was not taken back.
pub async fn is_shown(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM files f JOIN messages m ON m.id = f.message_id
                        WHERE f.id = $1 AND m.retracted_at IS NULL)"
    )
    .bind(id)
    .fetch_one(conn)
    .await?))
}

/// The contents of all files of a message, in order.
pub async fn contents_of(tx: &mut Tx, message_id: Uuid) -> DbResult<Vec<Content>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT id, message_id, uploaded_by, name, media_type, digest, body FROM files WHERE message_id = $1 ORDER BY id"
    )
    .bind(message_id)
    .fetch_all(conn)
    .await?
    }))
}

/// The files of many messages, by message.
pub async fn of_messages(
    tx: &mut Tx,
    messages: &[Uuid],
) -> DbResult<HashMap<Uuid, Vec<model::FileRow>>> {
    let mut by_message: HashMap<Uuid, Vec<model::FileRow>> = HashMap::new();
    if messages.is_empty() {
        return Ok(by_message);
    }
    let rows: Vec<model::FileRow> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT id, message_id, name, media_type, size, content_id FROM files WHERE message_id IN (",
        );
        let mut list = query.separated(", ");
        for id in messages {
            list.push_bind(*id);
        }
        query.push(") ORDER BY id");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    for row in rows {
        if let Some(message_id) = row.message_id {
            by_message.entry(message_id).or_default().push(row);
        }
    }
    Ok(by_message)
}

/// Forgets uploads that were never sent. Tells how many.
pub async fn forget_uploads(tx: &mut Tx, before: Timestamp) -> DbResult<u64> {
    Ok(on_db!(tx, |conn| sqlx::query(
        "DELETE FROM files WHERE message_id IS NULL AND created_at < $1"
    )
    .bind(before)
    .execute(conn)
    .await?
    .rows_affected()))
}
