//! The SQL of channels.

use sapa_channel::{ChannelId, Timestamp};
use sqlx::types::Json;

use super::model::{ChannelRow, Settings};
use crate::{
    db::{DbResult, Tx},
    on_db,
};

macro_rules! select {
    () => {
        "SELECT id, kind, name, address, settings, secret, enabled, created_at, last_message_at, last_good_at, error,
                error_at FROM channels"
    };
}

/// All channels, by name.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<ChannelRow>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(concat!(select!(), " ORDER BY name, id"))
        .fetch_all(conn)
        .await?))
}

/// One channel.
pub async fn find(tx: &mut Tx, id: ChannelId) -> DbResult<Option<ChannelRow>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(concat!(select!(), " WHERE id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// Stores a new channel. A [`Conflict`](crate::db::DbError::Conflict) says that its address is taken.
pub async fn insert(tx: &mut Tx, row: &ChannelRow) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO channels (id, kind, name, address, settings, secret, enabled, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(row.id)
    .bind(&row.kind)
    .bind(&row.name)
    .bind(&row.address)
    .bind(&row.settings)
    .bind(&row.secret)
    .bind(row.enabled)
    .bind(row.created_at)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Changes a channel.
pub async fn update(
    tx: &mut Tx,
    id: ChannelId,
    name: &str,
    settings: &Settings,
    secret: Option<&str>,
    enabled: bool,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE channels SET name = $2, settings = $3, secret = COALESCE($4, secret), enabled = $5 WHERE id = $1"
    )
    .bind(id)
    .bind(name)
    .bind(Json(settings))
    .bind(secret)
    .bind(enabled)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Whether anything was ever said on a channel.
pub async fn is_used(tx: &mut Tx, id: ChannelId) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM conversations WHERE channel_id = $1)
             OR EXISTS (SELECT 1 FROM originals WHERE channel_id = $1)"
    )
    .bind(id)
    .fetch_one(conn)
    .await?))
}

/// Removes a channel that was never used.
pub async fn delete(tx: &mut Tx, id: ChannelId) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("DELETE FROM channels WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Notes what is wrong with a channel.
pub async fn note_error(tx: &mut Tx, id: ChannelId, why: &str, at: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("UPDATE channels SET error = $2, error_at = $3 WHERE id = $1")
        .bind(id)
        .bind(why)
        .bind(at)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}
