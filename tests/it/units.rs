//! Units of work.

use std::{task::Poll, time::Duration};

use futures::poll;
use sapa::{
    db::{Db, Tx},
    on_db,
};
use sqlx::AssertSqlSafe;

use crate::support::{Backend, database};

/// A moment by the server's clock, in microseconds.
async fn moment(tx: &mut Tx, of: &str) -> i64 {
    let sql = format!("SELECT CAST(EXTRACT(EPOCH FROM {of}) * 1000000 AS BIGINT)");
    on_db!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_nobody_waits_for_any_more_leaves_no_transaction_open_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::connect(&database::fresh(Backend::Postgres, folder.path()).await).await.unwrap();
    for polls in 0..40 {
        let mut beginning = Box::pin(db.write());
        for _ in 0..polls % 8 {
            if let Poll::Ready(unit) = poll!(&mut beginning) {
                unit.unwrap();
                break;
            }
            tokio::time::sleep(Duration::from_micros(20 * polls)).await;
        }
        drop(beginning);
        let mut tx = db.read().await.unwrap();
        let after = moment(&mut tx, "clock_timestamp()").await;
        drop(tx);
        // All connections, each once.
        let mut units = Vec::new();
        for _ in 0..10 {
            units.push(db.write().await.unwrap());
        }
        for unit in &mut units {
            assert!(moment(unit, "now()").await >= after, "this transaction began before");
        }
    }
    db.close().await;
}
