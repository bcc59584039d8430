//! Snoozed conversations come back when their time has come.

use std::time::Duration;

use serde_json::json;
use sqlx::AssertSqlSafe;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app::App,
    db::DbResult,
    events::{Actor, NewEvent},
    on_db,
};

/// How often it looks, and so how late one may come back.
const EVERY: Duration = Duration::from_secs(5);

/// Wakes conversations until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = wake_due(&app).await {
            tracing::error!(error = %error, "waking snoozed conversations failed");
        }
    }
}

/// Wakes those whose time has come. Tells how many.
pub async fn wake_due(app: &App) -> DbResult<usize> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    // What another node wakes at this moment is left to it.
    let sql = format!(
        "UPDATE conversations SET status = 'open', snoozed_until = NULL, version = version + 1
         WHERE id IN (SELECT id FROM conversations WHERE status = 'snoozed' AND snoozed_until <= $1
                      LIMIT 500 {skip_locked})
         RETURNING id, contact_id",
        skip_locked = tx.skip_locked(),
    );
    let woken: Vec<(Uuid, Uuid)> = on_db!(&mut tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(now)
        .fetch_all(conn)
        .await?);
    if woken.is_empty() {
        return Ok(0);
    }
    let events: Vec<NewEvent> = woken
        .iter()
        .map(|(id, contact_id)| {
            NewEvent::new("conversation.reopened", now, Actor::system())
                .conversation(*id, *contact_id)
                .in_history()
                .data(json!({ "why": "snooze_over" }))
        })
        .collect();
    app.commit(tx, &events).await?;
    Ok(woken.len())
}
