//! Invitations: the link by which an officer chooses his first password, or a new one.

use std::time::Duration;

use sapa_channel::Timestamp;
use uuid::Uuid;

use super::{model::OfficerRow, queries};
use crate::{
    app::App,
    db::{DbResult, Tx},
    keys::{random_token, token_hash},
    on_db,
};

/// How long an invitation is good.
pub const GOOD_FOR: Duration = Duration::from_secs(72 * 3600);

/// Makes an invitation; the officer's earlier ones are worth nothing from here. Only its hash is kept (R13).
pub async fn make(tx: &mut Tx, officer_id: Uuid, now: Timestamp) -> DbResult<String> {
    let token = random_token();
    withdraw(tx, officer_id).await?;
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO invitations (token_hash, officer_id, expires_at) VALUES ($1, $2, $3)"
    )
    .bind(token_hash(&token))
    .bind(officer_id)
    .bind(now.after(GOOD_FOR))
    .execute(conn)
    .await
    .map(drop)?);
    Ok(token)
}

/// The link of an invitation. It is made from the configured address and never from a request (R13); the
/// token stands behind the `#`, where no server and no proxy's log sees it.
#[must_use]
pub fn link(app: &App, token: &str) -> String {
    format!("{}/invitation#{token}", app.config().server.public_url)
}

/// Whom an invitation invites, if it is good.
pub async fn invited(tx: &mut Tx, token: &str, now: Timestamp) -> DbResult<Option<OfficerRow>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(concat!(
        queries::select!(),
        " JOIN invitations i ON i.officer_id = o.id
         WHERE i.token_hash = $1 AND i.expires_at > $2 AND o.active"
    ))
    .bind(token_hash(token))
    .bind(now)
    .fetch_optional(conn)
    .await?))
}

/// Uses an invitation up. Tells whether it was good: of two who come at once one is too late.
pub async fn use_up(tx: &mut Tx, token: &str, now: Timestamp) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query(
        "DELETE FROM invitations WHERE token_hash = $1 AND expires_at > $2"
    )
    .bind(token_hash(token))
    .bind(now)
    .execute(conn)
    .await?
    .rows_affected()
        == 1))
}

/// Makes an officer's invitations worth nothing.
pub async fn withdraw(tx: &mut Tx, officer_id: Uuid) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("DELETE FROM invitations WHERE officer_id = $1")
        .bind(officer_id)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}
