//! Readers of the log: each has a cursor, and moves it in the transaction in which it does its work.

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
