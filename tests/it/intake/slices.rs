//! Many arrivals, few commits (D2).

use futures::future::join_all;

use super::{arrival, commit, hand_over, hold_the_writer, intake, number};
use crate::{scenario, support::TestApp};

/// How many transactions have stored originals.
async fn commits(app: &TestApp) -> i64 {
    let tx = app.app.db().read().await.unwrap();
    // PostgreSQL knows which transaction wrote a row. On SQLite a trigger notes before which message each
    // original was stored: those of one slice are stored before its messages.
    let sql = if tx.is_sqlite() {
        "SELECT COUNT(DISTINCT before) FROM slices"
    } else {
        "SELECT COUNT(DISTINCT xmin::text) FROM originals"
    };
    drop(tx);
    number(app, sql).await
}

scenario! {
    async fn d2_what_arrives_while_a_commit_runs_is_the_next_slice(app: TestApp) {
        let channel = app.mailbox().await;
        let sqlite = app.app.db().name() == "sqlite";
        if sqlite {
            commit(&app, &[
                "CREATE TABLE slices (before INTEGER NOT NULL)",
                "CREATE TRIGGER slice AFTER INSERT ON originals BEGIN
                     INSERT INTO slices SELECT COALESCE(MAX(seq), 0) FROM messages; END",
            ]).await;
        }
        let intake = intake(&app);
        let held = hold_the_writer(&app).await;
        let arrivals = (0..100).map(|n| arrival(&app, &channel, &format!("rina{n}"), "Halo"));
        let waiting = hand_over(&*intake, arrivals).await;
        assert_eq!(number_of_commits_so_far(&app, sqlite).await, 0, "nothing is acknowledged before");
        drop(held);
        for receipt in join_all(waiting).await {
            let receipt = receipt.unwrap();
            assert!(receipt.fresh && receipt.message.is_some());
        }
        assert_eq!(number(&app, "SELECT COUNT(*) FROM messages").await, 100);
        // On SQLite what comes while another writes is one slice. On PostgreSQL each router begins with what is there.
        let most = if sqlite { 1 } else { i64::try_from(app.app.db().routers()).unwrap() + 1 };
        let commits = commits(&app).await;
        assert!((1..=most).contains(&commits), "{commits} commits for a hundred arrivals");
    }
}

async fn number_of_commits_so_far(app: &TestApp, sqlite: bool) -> i64 {
    // On PostgreSQL the table is locked for readers too.
    if sqlite { commits(app).await } else { 0 }
}
