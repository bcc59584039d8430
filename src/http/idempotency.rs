//! Calls with an `Idempotency-Key`: done once, answered alike every time.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use sapa_channel::{
    Timestamp,
    points::{reach, reach_soon},
};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::AppError;
use crate::{
    app::App,
    db::{DbError, Tx},
    events::NewEvent,
    officers::caller::Caller,
    on_db,
};

/// The key of a call, bound to its caller; none if it has none.
#[derive(Clone, Debug)]
pub struct Idempotent(Option<(String, Vec<u8>)>);

impl<S: Send + Sync> FromRequestParts<S> for Idempotent {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Some(value) = parts.headers.get("idempotency-key").cloned() else {
            return Ok(Self(None));
        };
        let caller = Caller::from_request_parts(parts, state).await?;
        let value =
            value.to_str().ok().filter(|value| (1..=200).contains(&value.len())).ok_or_else(
                || AppError::invalid("Idempotency-Key", "is 1 to 200 plain characters"),
            )?;
        let length = parts
            .headers
            .get("content-length")
            .map(|length| length.as_bytes().to_vec())
            .unwrap_or_default();
        let mut fingerprint = Sha256::new();
        fingerprint.update(parts.method.as_str());
        fingerprint.update(parts.uri.path());
        fingerprint.update([0]);
        fingerprint.update(length);
        Ok(Self(Some((format!("{}/{value}", caller.officer_id), fingerprint.finalize().to_vec()))))
    }
}

impl Idempotent {
    /// Binds the key to what the call says, so that the same key with another body is refused.
    #[must_use]
    pub fn with(mut self, body: &impl Serialize) -> Self {
        if let Some((_, fingerprint)) = &mut self.0 {
            let mut all = Sha256::new();
            all.update(&*fingerprint);
            all.update(serde_json::to_vec(body).unwrap_or_default());
            *fingerprint = all.finalize().to_vec();
        }
        self
    }
}

/// Does a call once: the first time it is done and its answer kept, then the kept answer is given again. What the call
/// does and its kept answer are one transaction, so that a crash leaves both or neither; another call with the key
/// waits until that has ended. A failed call is forgotten and may be made again.
///
/// The call writes into the transaction and tells its answer and what to log.
pub async fn idempotent<T: Serialize>(
    app: &App,
    key: Idempotent,
    status: StatusCode,
    call: impl AsyncFnOnce(&mut Tx) -> Result<(T, Vec<NewEvent>), AppError>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    let mut tx = app.db().write().await?;
    if let Some((key, fingerprint)) = &key.0
        && let Some(answer) = begin(&mut tx, key, fingerprint, app.now()).await?
    {
        return Ok((status, Json(answer)));
    }
    let (answer, events) = call(&mut tx).await?;
    let answer = serde_json::to_value(answer).map_err(AppError::internal)?;
    if let Some((key, _)) = &key.0 {
        on_db!(&mut tx, |conn| sqlx::query(
            "UPDATE idempotency SET status = $2, body = $3 WHERE key = $1"
        )
        .bind(key)
        .bind(i64::from(status.as_u16()))
        .bind(answer.to_string())
        .execute(conn)
        .await
        .map(drop)?);
    }
    reach("api.before_commit");
    app.commit(tx, &events).await?;
    reach("api.before_ack");
    reach_soon("api.after_ack");
    Ok((status, Json(answer)))
}

/// Takes the key. The kept answer if there is one.
async fn begin(
    tx: &mut Tx,
    key: &str,
    fingerprint: &[u8],
    now: Timestamp,
) -> Result<Option<Value>, AppError> {
    let taken = on_db!(&mut *tx, |conn| {
        sqlx::query(
        "INSERT INTO idempotency (key, fingerprint, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    )
    .bind(key)
    .bind(fingerprint)
    .bind(now)
    .execute(conn)
    .await?
    .rows_affected()
    });
    if taken == 1 {
        return Ok(None);
    }
    // The first call has ended by now: its row was waited for.
    let (known, body): (Vec<u8>, String) = on_db!(tx, |conn| sqlx::query_as(
        "SELECT fingerprint, body FROM idempotency WHERE key = $1"
    )
    .bind(key)
    .fetch_one(conn)
    .await
    .map_err(DbError::from)?);
    if known != fingerprint {
        return Err(AppError::invalid("Idempotency-Key", "was used for another call"));
    }
    Ok(Some(serde_json::from_str(&body).map_err(AppError::internal)?))
}
