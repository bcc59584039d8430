//! The SQL of segments.

use sapa_channel::Timestamp;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::{Condition, model::Segment, sql::push_where};
use crate::{
    db::{DbResult, Tx},
    http::Cursor,
    on_db,
};

/// How many segments there may be.
pub const MOST: usize = 500;

/// All segments by name.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<Segment>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT s.id, s.name, s.condition, o.name AS created_by, s.created_at, s.updated_at, s.version
         FROM segments s LEFT JOIN officers o ON o.id = s.created_by ORDER BY s.name"
    )
    .fetch_all(conn)
    .await?
    }))
}

/// One segment.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Segment>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT s.id, s.name, s.condition, o.name AS created_by, s.created_at, s.updated_at, s.version
         FROM segments s LEFT JOIN officers o ON o.id = s.created_by WHERE s.id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    }))
}

/// Adds a segment. A taken name is a [`Conflict`](crate::db::DbError::Conflict).
pub async fn add(
    tx: &mut Tx,
    id: Uuid,
    name: &str,
    condition: &Condition,
    by: Option<Uuid>,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO segments (id, name, condition, created_by, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $5, 1)"
    )
    .bind(id)
    .bind(name)
    .bind(Json(condition))
    .bind(by)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Writes a segment anew.
pub async fn update(
    tx: &mut Tx,
    id: Uuid,
    name: &str,
    condition: &Condition,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE segments SET name = $2, condition = $3, updated_at = $4, version = version + 1 WHERE id = $1"
    )
    .bind(id)
    .bind(name)
    .bind(Json(condition))
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Removes a segment. Tells its name; none if there is no such one.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<Option<String>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("DELETE FROM segments WHERE id = $1 RETURNING name")
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// The contacts of a segment after a cursor, the newest first: one more than `limit`, if there are so many.
pub async fn members(
    tx: &mut Tx,
    condition: &Condition,
    cursor: Option<Cursor>,
    limit: usize,
    now: Timestamp,
) -> DbResult<Vec<Uuid>> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    Ok(on_db!(tx, |conn| {
        let mut query =
            QueryBuilder::new("SELECT k.id FROM contacts k WHERE k.merged_into IS NULL AND ");
        push_where(&mut query, condition, now);
        if let Some(cursor) = cursor {
            query.push(" AND k.id < ").push_bind(cursor.id);
        }
        query.push(" ORDER BY k.id DESC LIMIT 0 + ").push_bind(most);
        query.build_query_scalar().persistent(false).fetch_all(conn).await?
    }))
}

/// The tags that contacts have, and the names of their fields: what an editor offers. So many of each at most.
pub async fn words(tx: &mut Tx, most: i64) -> DbResult<(Vec<String>, Vec<String>)> {
    let (tags, fields) = if tx.is_sqlite() {
        (
            "SELECT DISTINCT t.value FROM contacts k, json_each(k.tags) t WHERE k.merged_into IS NULL
             ORDER BY 1 LIMIT 0 + $1",
            "SELECT DISTINCT f.key FROM contacts k, json_each(k.fields) f WHERE k.merged_into IS NULL
             ORDER BY 1 LIMIT 0 + $1",
        )
    } else {
        (
            "SELECT DISTINCT t.value FROM contacts k, jsonb_array_elements_text(k.tags) AS t (value)
             WHERE k.merged_into IS NULL ORDER BY 1 LIMIT 0 + $1",
            "SELECT DISTINCT f.key FROM contacts k, jsonb_object_keys(k.fields) AS f (key)
             WHERE k.merged_into IS NULL ORDER BY 1 LIMIT 0 + $1",
        )
    };
    Ok(on_db!(tx, |conn| (
        sqlx::query_scalar(tags).bind(most).fetch_all(&mut *conn).await?,
        sqlx::query_scalar(fields).bind(most).fetch_all(&mut *conn).await?,
    )))
}
