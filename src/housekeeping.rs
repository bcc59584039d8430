//! What is needed no more is removed: old answers to repeated calls, uploads never sent, sessions that are over.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{app::App, db::DbResult, files, on_db};

const EVERY: Duration = Duration::from_secs(600);
const HOUR: Duration = Duration::from_secs(3600);

/// Keeps house until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        if let Err(error) = once(&app).await {
            tracing::warn!(%error, "housekeeping failed");
        }
        if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return;
        }
    }
}

/// Keeps house once.
pub async fn once(app: &App) -> DbResult<()> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    files::queries::forget_uploads(&mut tx, now.before(24 * HOUR)).await?;
    on_db!(&mut tx, |conn| {
        sqlx::query("DELETE FROM idempotency WHERE created_at < $1")
            .bind(now.before(72 * HOUR))
            .execute(&mut *conn)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at < $1")
            .bind(now)
            .execute(&mut *conn)
            .await?;
        sqlx::query("DELETE FROM invitations WHERE expires_at < $1")
            .bind(now)
            .execute(&mut *conn)
            .await?;
        sqlx::query("DELETE FROM links WHERE expires_at < $1")
            .bind(now.before(24 * HOUR))
            .execute(&mut *conn)
            .await?;
        sqlx::query("DELETE FROM bot_mails WHERE hour < $1")
            .bind(now.before(HOUR))
            .execute(&mut *conn)
            .await?;
    });
    tx.commit().await
}
