//! The SQL of canned answers.

use sapa_channel::Timestamp;
use uuid::Uuid;

use super::model::Canned;
use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// All canned answers by shortcut.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<Canned>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT id, shortcut, title, text, team_id, language FROM canned ORDER BY shortcut"
    )
    .fetch_all(conn)
    .await?))
}

/// One canned answer.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Canned>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT id, shortcut, title, text, team_id, language FROM canned WHERE id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?))
}

/// Adds a canned answer. A taken shortcut is a [`Conflict`](crate::db::DbError::Conflict).
pub async fn add(tx: &mut Tx, canned: &Canned, now: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO canned (id, shortcut, title, text, team_id, language, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(canned.id)
    .bind(&canned.shortcut)
    .bind(&canned.title)
    .bind(&canned.text)
    .bind(canned.team_id)
    .bind(canned.language)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Writes a canned answer anew.
pub async fn update(tx: &mut Tx, canned: &Canned) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE canned SET shortcut = $2, title = $3, text = $4, team_id = $5, language = $6 WHERE id = $1"
    )
    .bind(canned.id)
    .bind(&canned.shortcut)
    .bind(&canned.title)
    .bind(&canned.text)
    .bind(canned.team_id)
    .bind(canned.language)
    .execute(conn)
    .await?;
    });
    Ok(())
}

/// Removes a canned answer. Tells whether there was one.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query("DELETE FROM canned WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await?
        .rows_affected()
        == 1))
}
