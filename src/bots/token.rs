//! The token by which a bot answers later: it opens that one door and no other (R31).

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use uuid::Uuid;

use crate::{
    app::App,
    http::AppError,
    keys::{random_token, token_hash},
    on_db,
};

/// What a token begins with. An officer's token begins otherwise, so that neither is ever looked up as the other.
const PREFIX: &str = "sapabot_";

/// A bot that calls, as the gate before the route found out.
#[derive(Clone, Debug)]
pub struct CallingBot {
    /// Which one.
    pub id: Uuid,
}

impl<S: Send + Sync> FromRequestParts<S> for CallingBot {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(AppError::Unauthenticated)
    }
}

/// A new token.
#[must_use]
pub fn new_token() -> String {
    format!("{PREFIX}{}", random_token())
}

/// The token of a call, if it is one of a bot's.
#[must_use]
pub fn of_call(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").filter(|token| token.starts_with(PREFIX))
}

/// The bot whose token this is, if it is switched on.
pub async fn bot(app: &App, token: &str) -> Result<Option<CallingBot>, AppError> {
    let mut tx = app.db().read().await?;
    let id: Option<Uuid> = on_db!(&mut tx, |conn| sqlx::query_scalar(
        "SELECT id FROM bots WHERE token_hash = $1 AND enabled"
    )
    .bind(token_hash(token))
    .fetch_optional(conn)
    .await?);
    Ok(id.map(|id| CallingBot { id }))
}
