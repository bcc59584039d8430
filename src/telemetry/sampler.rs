//! Figures that are read from the database every quarter of a minute, as no part of the hub alone knows them.

use std::time::Duration;

use sapa_channel::Timestamp;
use tokio_util::sync::CancellationToken;

use super::metrics;
use crate::{app::App, db::DbResult, on_db, search::index};

const EVERY: Duration = Duration::from_secs(15);

/// Reads the figures until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let mut seen = None;
    loop {
        if let Err(error) = sample(&app, &mut seen).await {
            tracing::warn!(%error, "the figures could not be read");
        }
        // Figures that nobody fetches would pile up.
        super::metrics_handle().run_upkeep();
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Reads them once. `seen` is the newest event that was counted; counting begins with the second time.
pub async fn sample(app: &App, seen: &mut Option<i64>) -> DbResult<()> {
    let now = app.now();
    let mut tx = app.db().read().await?;
    let oldest: Option<Timestamp> = on_db!(&mut tx, |conn| {
        sqlx::query_scalar(
        "SELECT MIN(run_at) FROM deliveries WHERE state IN ('queued', 'retrying') AND run_at <= $1"
    )
    .bind(now)
    .fetch_one(conn)
    .await?
    });
    let unknown: i64 = on_db!(&mut tx, |conn| sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'unknown')
              + (SELECT COUNT(*) FROM mailing_recipients WHERE state = 'unknown')"
    )
    .fetch_one(conn)
    .await?);
    let quarantined: i64 = on_db!(&mut tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM originals WHERE state = 'quarantined'"
    )
    .fetch_one(conn)
    .await?);
    let newest: Option<i64> =
        on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT MAX(seq) FROM events")
            .fetch_one(conn)
            .await?);
    let newest = newest.unwrap_or(0);
    let mut readers: Vec<(String, i64)> =
        on_db!(&mut tx, |conn| sqlx::query_as("SELECT reader, seq FROM cursors")
            .fetch_all(conn)
            .await?);
    readers.retain(|(reader, _)| reader != index::READER);
    readers.push((index::READER.to_owned(), index::indexed(&mut tx).await?));
    let received: Vec<(String, i64)> = on_db!(&mut tx, |conn| sqlx::query_as(
        "SELECT c.kind, COUNT(*) FROM events e
         JOIN messages m ON m.id = e.message_id JOIN channels c ON c.id = m.channel_id
         WHERE e.seq > $1 AND e.seq <= $2 AND e.kind = 'message.received' GROUP BY c.kind"
    )
    .bind(seen.unwrap_or(newest))
    .bind(newest)
    .fetch_all(conn)
    .await?);
    drop(tx);
    *seen = Some(newest);

    for (kind, messages) in received {
        metrics::inbound(&kind, u64::from(count(messages)));
    }
    metrics::outbox_age(oldest.map_or(Duration::ZERO, |oldest| now.since(oldest)));
    metrics::unknown_deliveries(count(unknown));
    metrics::quarantine_waiting(count(quarantined));
    for (reader, seq) in readers {
        metrics::reader_behind(&reader, count(newest.saturating_sub(seq)));
    }
    let size = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    metrics::online(size(app.live().officers_online()), size(app.rooms().len()));
    Ok(())
}

fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
