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

/// Says that a reader has read up to and including `seq`.
pub async fn advance(tx: &mut Tx, reader: &str, seq: i64) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO cursors (reader, seq) VALUES ($1, $2)
         ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq"
    )
    .bind(reader)
    .bind(seq)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
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
