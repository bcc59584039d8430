//! Reading again what was quarantined.

use sapa_channel::{Arrival, Original};
use uuid::Uuid;

use super::Quarantined;
use crate::{app::App, http::AppError, on_db, router::route};

/// Reads a quarantined original again, by what the program knows now. Tells whether it could be taken; if
/// not, it stays in quarantine with the new reason.
pub async fn retry(app: &App, original_id: Uuid) -> Result<bool, AppError> {
    let mut tx = app.db().read().await?;
    let row: Option<Quarantined> = on_db!(&mut tx, |conn| sqlx::query_as(
        "SELECT channel_id, transport_key, media_type, envelope, digest, body, received_at
         FROM originals WHERE id = $1 AND state = 'quarantined'"
    )
    .bind(original_id)
    .fetch_optional(conn)
    .await?);
    drop(tx);
    let row = row.ok_or(AppError::NotFound)?;
    let bytes = app.files().read(row.body, &row.digest).await?;
    let operated = app
        .registry()
        .get(row.channel_id)
        .ok_or_else(|| AppError::conflict("channel_off", "switch its channel on first"))?;
    let content = operated.read_again(&bytes, row.envelope.as_deref());
    let reason = content.as_ref().err().map(ToString::to_string);
    let media_type =
        if row.media_type == "message/rfc822" { "message/rfc822" } else { "application/json" };
    let arrival = Arrival {
        channel: row.channel_id,
        transport_key: row.transport_key,
        original: Original { media_type, bytes, envelope: row.envelope },
        received_at: row.received_at,
        content,
    };

    let mut tx = app.db().write().await?;
    if let Some(reason) = reason {
        on_db!(&mut tx, |conn| sqlx::query(
            "UPDATE originals SET reason = $2, attempts = attempts + 1 WHERE id = $1"
        )
        .bind(original_id)
        .bind(reason)
        .execute(conn)
        .await
        .map(drop)?);
        tx.commit().await?;
        return Ok(false);
    }
    // It takes its own place again, within one transaction.
    on_db!(&mut tx, |conn| sqlx::query(
        "DELETE FROM originals WHERE id = $1 AND state = 'quarantined'"
    )
    .bind(original_id)
    .execute(conn)
    .await
    .map(drop)?);
    let policy = app.config().conversations.policy();
    let routed = route(&mut tx, app.keys(), policy, std::slice::from_ref(&arrival)).await?;
    tx.commit().await?;
    app.wake().log_grew();
    Ok(routed.iter().all(Result::is_ok))
}
