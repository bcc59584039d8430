//! Seeing to what nodes that died left lying.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{ledger, queries};
use crate::{
    app::App,
    bots,
    db::DbResult,
    mailings::{ledger as recipients, progress},
    webhooks,
};

/// How often it looks, if nobody was buried: for a worker that broke while its node went on.
const SWEEP: Duration = Duration::from_secs(5);

/// Looks until told to stop, and as soon as a node is buried.
pub async fn run(app: App, stop: CancellationToken) {
    let mut buried = app.nodes().buried();
    loop {
        if let Err(error) = once(&app).await {
            tracing::error!(%error, "what dead nodes left lying could not be seen to");
        }
        let looked_for = tokio::time::timeout(SWEEP, buried.changed());
        if stop.run_until_cancelled(looked_for).await.is_none() {
            return;
        }
    }
}

/// Queues again what was only held, and marks as unknown what was being sent (D6): answers, and rows of mailings.
/// Calls to bots and webhooks, which may come twice with the same id, are made again.
/// Whatever a worker that still lives writes later changes nothing, for its fence is old.
pub async fn once(app: &App) -> DbResult<()> {
    let now = app.now();
    let mut tx = app.db().read().await?;
    let stale = queries::has_stale(&mut tx, now).await?;
    let mailings = recipients::has_stale(&mut tx, now).await?;
    let calls = bots::has_stale(&mut tx).await? || webhooks::queries::has_stale(&mut tx).await?;
    drop(tx);
    if stale {
        let mut tx = app.db().write().await?;
        let unknown = queries::recover(&mut tx, now).await?;
        let events = ledger::changed(&mut tx, &unknown, now).await?;
        app.commit(tx, &events).await?;
    }
    if mailings {
        let mut tx = app.db().write().await?;
        let of = recipients::recover(&mut tx, now).await?;
        let events: Vec<_> = of.into_iter().map(|mailing| progress::event(mailing, now)).collect();
        app.commit(tx, &events).await?;
        app.wake().mailing_changed();
    }
    if calls {
        let mut tx = app.db().write().await?;
        bots::recover(&mut tx, now).await?;
        webhooks::queries::recover(&mut tx, now).await?;
        tx.commit().await?;
        // Those who call wait for the log; whichever node they are on, they look again.
        app.wake().log_grew();
    }
    Ok(())
}
