//! Readers of the log: each has a cursor, and moves it in the transaction in which it does its work.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// Up to where a reader has read; a new reader begins at the beginning.
pub async fn cursor(tx: &mut Tx, reader: &str) -> DbResult<i64> {
    let seq: Option<i64> =
        on_db!(tx, |conn| sqlx::query_scalar("SELECT seq FROM cursors WHERE reader = $1")
            .bind(reader)
            .fetch_optional(conn)
            .await?);
    Ok(seq.unwrap_or(0))
}

/// Says that a reader, which had read up to `from`, has read up to and including `to`. `false` if it was not there: on
/// another node the same reader was faster, and nothing of this unit of work may be committed.
#[must_use = "what was read by another node must not be committed"]
pub async fn advance(tx: &mut Tx, reader: &str, from: i64, to: i64) -> DbResult<bool> {
    let moved = on_db!(tx, |conn| {
        if from == 0 {
            sqlx::query("INSERT INTO cursors (reader, seq) VALUES ($1, 0) ON CONFLICT DO NOTHING")
                .bind(reader)
                .execute(&mut *conn)
                .await?;
        }
        sqlx::query("UPDATE cursors SET seq = $3 WHERE reader = $1 AND seq = $2")
            .bind(reader)
            .bind(from)
            .bind(to)
            .execute(&mut *conn)
            .await?
            .rows_affected()
    });
    Ok(moved == 1)
}

/// A reader that finds nobody to tell rests for a moment, so that it does not commit its cursor for every event.
#[derive(Debug, Default)]
pub struct Rest(Option<Instant>);

impl Rest {
    /// For how long it rests.
    pub const FOR: Duration = Duration::from_secs(1);

    /// Whether it rests.
    #[must_use]
    pub fn resting(&self) -> bool {
        self.0.is_some_and(|until| Instant::now() < until)
    }

    /// Says whether what was read had somebody to tell.
    pub fn read(&mut self, heard: bool) {
        self.0 = (!heard).then(|| Instant::now() + Self::FOR);
    }
}
