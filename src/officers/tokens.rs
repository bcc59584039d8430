//! API tokens: for programs, with scopes, shown once and kept as a hash.

use sapa_channel::{Timestamp, new_id};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    caller::Caller,
    policy::{Permission, Role},
    sessions::NOTED_EVERY,
};
use crate::{
    app::App,
    db::{DbResult, Tx},
    http::AppError,
    keys::{random_token, token_hash},
    on_db,
};

/// What a token begins with, so that people and scanners know one when they see it.
const PREFIX: &str = "sapa_";

/// A token, without what it says.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = ApiToken)]
pub struct TokenView {
    /// Which one.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    #[schema(value_type = Vec<Permission>)]
    pub scopes: Json<Vec<Permission>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; none: when it is revoked.
    pub expires_at: Option<Timestamp>,
    /// Its last call, to a minute.
    pub last_used_at: Option<Timestamp>,
}

/// A token that was just made: the one time that it is shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = NewApiToken)]
pub struct MadeToken {
    /// What is kept of it.
    #[serde(flatten)]
    pub view: TokenView,
    /// The token itself.
    pub token: String,
}

/// Makes a token.
pub async fn make(
    tx: &mut Tx,
    officer_id: Uuid,
    name: &str,
    scopes: Vec<Permission>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> DbResult<MadeToken> {
    let token = format!("{PREFIX}{}", random_token());
    let view = on_db!(tx, |conn| {
        sqlx::query_as(
        "INSERT INTO api_tokens (id, name, token_hash, scopes, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         RETURNING id, name, scopes, created_at, expires_at, last_used_at"
    )
    .bind(new_id())
    .bind(name)
    .bind(token_hash(&token))
    .bind(Json(scopes))
    .bind(officer_id)
    .bind(now)
    .bind(expires_at)
    .fetch_one(conn)
    .await?
    });
    Ok(MadeToken { view, token })
}

/// The tokens that are not revoked, the newest first.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<TokenView>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT id, name, scopes, created_at, expires_at, last_used_at FROM api_tokens
         WHERE revoked_at IS NULL ORDER BY created_at DESC, id DESC"
    )
    .fetch_all(conn)
    .await?))
}

/// Revokes a token. Tells its name, if it was good until now.
pub async fn revoke(tx: &mut Tx, id: Uuid, now: Timestamp) -> DbResult<Option<String>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING name"
    )
    .bind(id)
    .bind(now)
    .fetch_optional(conn)
    .await?))
}

/// Who calls with a token: a good one, of an officer who is still active. He can do what both his role and
/// the token's scopes allow.
pub async fn caller(app: &App, token: &str, address: String) -> Result<Option<Caller>, AppError> {
    type Row = (Uuid, String, Json<Vec<Permission>>, Option<Timestamp>, Uuid, Role);
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let now = app.now();
    let mut tx = app.db().read().await?;
    let row: Option<Row> = on_db!(&mut tx, |conn| {
        sqlx::query_as(
        "SELECT t.id, t.name, t.scopes, t.last_used_at, o.id, o.role
         FROM api_tokens t JOIN officers o ON o.id = t.created_by
         WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2) AND o.active"
    )
    .bind(token_hash(token))
    .bind(now)
    .fetch_optional(conn)
    .await?
    });
    drop(tx);
    let Some((id, name, Json(scopes), last_used_at, officer_id, role)) = row else {
        return Ok(None);
    };
    if last_used_at.is_none_or(|last| now.since(last) >= NOTED_EVERY)
        && let Err(error) = note_call(app, id, now).await
    {
        tracing::warn!(%error, "the call of a token was not noted");
    }
    Ok(Some(Caller { officer_id, name, role, session_id: None, scopes: Some(scopes), address }))
}

async fn note_call(app: &App, id: Uuid, now: Timestamp) -> DbResult<()> {
    let mut tx = app.db().write().await?;
    on_db!(&mut tx, |conn| sqlx::query("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)?);
    tx.commit().await
}
