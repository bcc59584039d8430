//! Who lives, and who does what one alone may do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sapa::{
    app::{
        App,
        running::{self, Running},
    },
    on_db,
};
use sapa_channel::new_id;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    scenario,
    support::{Backend, TestApp, eventually},
};

/// Another node of the same hub.
async fn second(app: &TestApp) -> (App, Running) {
    let mut config = app.app.config().clone();
    config.smtp.listen = None;
    config.smtp.lmtp_listen = None;
    let second = App::open(config, app.clock.clone(), false).await.unwrap();
    let running = running::start(second.clone()).await.unwrap();
    (second, running)
}

async fn nodes(app: &App) -> Vec<Uuid> {
    let mut tx = app.db().read().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT id FROM nodes")
        .fetch_all(conn)
        .await
        .unwrap())
}

async fn execute(app: &App, sql: &'static str, id: Uuid) {
    let mut tx = app.db().write().await.unwrap();
    on_db!(&mut tx, |conn| {
        sqlx::query(sql).bind(id).execute(conn).await.unwrap();
    });
    tx.commit().await.unwrap();
}

scenario! {
    async fn a_node_lives_and_holds_what_it_asks_for_until_it_ends(app: TestApp) {
        assert_eq!(nodes(&app.app).await, [app.app.nodes().me()]);
        let mut lease = app.app.nodes().want("teh");
        lease.gained().await;
        assert_eq!(lease.fence(), Some(1));
        // Whoever asks at the same node has it too.
        let mut again = app.app.nodes().want("teh");
        again.gained().await;
        assert_eq!(again.fence(), Some(1));
        let db = app.app.clone();
        let TestApp { running, folder, .. } = app;
        let config = db.config().clone();
        running.stop().await.unwrap();
        let other = App::open(config, db.clock(), false).await.unwrap();
        let running = running::start(other.clone()).await.unwrap();
        assert_eq!(nodes(&other).await, [other.nodes().me()], "the first one has left");
        let mut taken = other.nodes().want("teh");
        taken.gained().await;
        assert_eq!(taken.fence(), Some(2));
        running.stop().await.unwrap();
        drop(folder);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_one_works_alone_and_the_other_goes_on_when_it_ends() {
    let app = TestApp::new(Backend::Postgres).await;
    let (other, running) = second(&app).await;
    let (at_work, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let stops: Vec<CancellationToken> = [&app.app, &other]
        .map(|node| {
            let (node, stop) = (node.clone(), CancellationToken::new());
            let (stopped, at_work, most) = (stop.clone(), at_work.clone(), most.clone());
            tokio::spawn(async move {
                let work = async |held: CancellationToken| {
                    most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    held.cancelled().await;
                    at_work.fetch_sub(1, Ordering::SeqCst);
                };
                node.nodes().alone("kopi", &stopped, work).await;
            });
            stop
        })
        .into();
    let works = || async { (at_work.load(Ordering::SeqCst) == 1).then_some(()) };
    eventually(works).await;
    let holder = || async {
        let mut tx = app.app.db().read().await.unwrap();
        let found: Option<Uuid> = on_db!(&mut tx, |conn| {
            sqlx::query_scalar("SELECT node_id FROM leases WHERE name = 'kopi'")
                .fetch_optional(conn)
                .await
                .unwrap()
        });
        found
    };
    let first = usize::from(holder().await == Some(other.nodes().me()));
    // It gives it back at once, and the other one takes it.
    stops[first].cancel();
    let mine = [app.app.nodes().me(), other.nodes().me()][1 - first];
    eventually(|| async { (holder().await == Some(mine)).then_some(()) }).await;
    eventually(works).await;
    stops[1 - first].cancel();
    eventually(|| async { (at_work.load(Ordering::SeqCst) == 0).then_some(()) }).await;
    assert_eq!(most.load(Ordering::SeqCst), 1, "two were at work");
    running.stop().await.unwrap();
    app.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_silent_is_buried_and_one_that_was_buried_begins_anew() {
    let app = TestApp::new(Backend::Postgres).await;
    let (silent, me) = (new_id(), app.app.nodes().me());
    let join =
        "INSERT INTO nodes (id, name, version, beat, started_at) VALUES ($1, 'far', '0', 1, 0)";
    execute(&app.app, join, silent).await;
    execute(&app.app, "INSERT INTO leases (name, node_id, fence) VALUES ('susu', $1, 41)", silent)
        .await;
    let mut lease = app.app.nodes().want("susu");
    let mut other = app.app.nodes().want("gula");
    other.gained().await;
    assert_eq!(lease.fence(), None, "somebody holds it who may live");
    // Silent for some seconds, by this node's watch.
    tokio::time::timeout(Duration::from_secs(60), lease.gained()).await.unwrap();
    assert_eq!(lease.fence(), Some(42));
    assert_eq!(nodes(&app.app).await, [me]);

    execute(&app.app, "DELETE FROM nodes WHERE id = $1", me).await;
    eventually(|| async { (app.app.nodes().me() != me).then_some(()) }).await;
    // What it held is nobody's for a moment, and then its own by another fence.
    eventually(|| async { (lease.fence() == Some(43)).then_some(()) }).await;
    assert_eq!(nodes(&app.app).await, [app.app.nodes().me()]);
    app.running.stop().await.unwrap();
}

/// What in a migration the version before could not go on beside: it takes something away, gives it another name or
/// type, or wants what that version does not write (docs/operations.md, "Upgrade").
fn takes_away(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or("")).collect();
    let code = code.join(" ").to_uppercase();
    let bad = |statement: &&str| {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let has = |part: &[&str]| words.windows(part.len()).any(|some| some == part);
        let adds = has(&["ADD", "COLUMN"]) && has(&["NOT", "NULL"]) && !words.contains(&"DEFAULT");
        let gone = ["TABLE", "COLUMN", "SEQUENCE", "TYPE"].iter().any(|what| has(&["DROP", what]));
        let altered = words.starts_with(&["ALTER"])
            && (words.contains(&"RENAME")
                || words.contains(&"TYPE")
                || has(&["SET", "NOT", "NULL"]));
        adds || gone || altered
    };
    code.split(';').filter(bad).map(|statement| statement.trim().to_owned()).collect()
}

#[test]
fn a_migration_only_adds() {
    for bad in [
        "ALTER TABLE messages DROP COLUMN text",
        "DROP TABLE drafts;",
        "ALTER TABLE tickets RENAME COLUMN outcome\n TO remedy",
        "ALTER TABLE tickets ALTER COLUMN title TYPE BYTEA",
        "ALTER TABLE tickets ALTER COLUMN due_at SET NOT NULL",
        "ALTER TABLE tickets ADD COLUMN mood TEXT NOT NULL",
    ] {
        assert_eq!(takes_away(bad).len(), 1, "{bad}");
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut read = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        // This one came before there was a version.
        if name != "0002_complaints.sql" {
            assert_eq!(takes_away(&std::fs::read_to_string(&file).unwrap()), [""; 0], "{name}");
            read += 1;
        }
    }
    assert!(read >= 10, "only {read} were read");
}
