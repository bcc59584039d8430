//! Sessions of officers: begun by a password, kept by a cookie, ended by the officer, by time or by a change
//! of his rights (R13).

use std::time::Duration;

use sapa_channel::{Timestamp, new_id};
use serde::Serialize;
use uuid::Uuid;

use super::{caller::Caller, policy::Role};
use crate::{
    app::App,
    db::{DbResult, Tx},
    http::AppError,
    keys::{random_token, token_hash},
    on_db,
};

/// A session ends after so long without a call.
pub const GOOD_FOR: Duration = Duration::from_secs(14 * 24 * 3600);

/// A call is noted at most this often, so that reading does not write every time.
pub const NOTED_EVERY: Duration = Duration::from_secs(60);

/// How much of a browser's name is kept.
const MOST_AGENT: usize = 200;

/// A session, as its officer sees it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Which one.
    pub id: Uuid,
    /// Since when.
    pub created_at: Timestamp,
    /// Its last call, to a minute.
    pub last_seen_at: Timestamp,
    /// The network address it was begun from.
    pub address: String,
    /// The browser it was begun by.
    pub agent: String,
    /// Whether it makes this call.
    #[sqlx(skip)]
    pub current: bool,
}

/// Begins a session. Tells its token; only the token's hash is kept.
pub async fn begin(
    tx: &mut Tx,
    officer_id: Uuid,
    address: &str,
    agent: &str,
    now: Timestamp,
) -> DbResult<String> {
    let token = random_token();
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(MOST_AGENT).collect();
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO sessions (id, officer_id, token_hash, created_at, last_seen_at, expires_at, address, agent)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
        )
        .bind(new_id())
        .bind(officer_id)
        .bind(token_hash(&token))
        .bind(now)
        .bind(now.after(GOOD_FOR))
        .bind(address)
        .bind(agent)
        .execute(&mut *conn)
        .await?;
        sqlx::query("UPDATE officers SET last_seen_at = $2 WHERE id = $1")
            .bind(officer_id)
            .bind(now)
            .execute(&mut *conn)
            .await?;
    });
    Ok(token)
}

/// Who calls with a session's token: an active officer with a session that has not ended.
pub async fn caller(app: &App, token: &str, address: String) -> Result<Option<Caller>, AppError> {
    type Row = (Uuid, Uuid, Timestamp, String, Role);
    let now = app.now();
    let mut tx = app.db().read().await?;
    let row: Option<Row> = on_db!(&mut tx, |conn| sqlx::query_as(
        "SELECT s.id, s.officer_id, s.last_seen_at, o.name, o.role
         FROM sessions s JOIN officers o ON o.id = s.officer_id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND o.active"
    )
    .bind(token_hash(token))
    .bind(now)
    .fetch_optional(conn)
    .await?);
    drop(tx);
    let Some((id, officer_id, last_seen_at, name, role)) = row else { return Ok(None) };
    if now.since(last_seen_at) >= NOTED_EVERY
        && let Err(error) = note_call(app, id, officer_id, now).await
    {
        // With a full disk he can read all the same.
        tracing::warn!(%error, "the call of a session was not noted");
    }
    Ok(Some(Caller { officer_id, name, role, session_id: Some(id), scopes: None, address }))
}

async fn note_call(app: &App, id: Uuid, officer_id: Uuid, now: Timestamp) -> DbResult<()> {
    let mut tx = app.db().write().await?;
    on_db!(&mut tx, |conn| {
        sqlx::query("UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1")
            .bind(id)
            .bind(now)
            .bind(now.after(GOOD_FOR))
            .execute(&mut *conn)
            .await?;
        sqlx::query("UPDATE officers SET last_seen_at = $2 WHERE id = $1")
            .bind(officer_id)
            .bind(now)
            .execute(&mut *conn)
            .await?;
    });
    tx.commit().await
}

/// The sessions of an officer, the one heard last first.
pub async fn list(
    tx: &mut Tx,
    officer_id: Uuid,
    current: Option<Uuid>,
    now: Timestamp,
) -> DbResult<Vec<SessionView>> {
    let mut sessions: Vec<SessionView> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT id, created_at, last_seen_at, address, agent FROM sessions
         WHERE officer_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC"
    )
    .bind(officer_id)
    .bind(now)
    .fetch_all(conn)
    .await?);
    for session in &mut sessions {
        session.current = current == Some(session.id);
    }
    Ok(sessions)
}

/// Ends one session of an officer. Tells whether he had it.
pub async fn end(tx: &mut Tx, officer_id: Uuid, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query("DELETE FROM sessions WHERE id = $1 AND officer_id = $2")
        .bind(id)
        .bind(officer_id)
        .execute(conn)
        .await?
        .rows_affected()
        == 1))
}

/// Ends all sessions of an officer but one. Tells which: after the commit their sockets must be closed (R6).
pub async fn end_all(tx: &mut Tx, officer_id: Uuid, but: Option<Uuid>) -> DbResult<Vec<Uuid>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "DELETE FROM sessions WHERE officer_id = $1 AND id <> $2 RETURNING id"
    )
    .bind(officer_id)
    .bind(but.unwrap_or_default())
    .fetch_all(conn)
    .await?))
}
