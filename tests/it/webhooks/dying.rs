//! Nodes that died while they posted, and databases that did.

use std::time::Duration;

use axum::http::StatusCode;
use sapa::{
    app::{App, running},
    delivery::recovery,
    on_db, webhooks,
};
use sapa_channel::new_id;
use uuid::Uuid;

use super::{
    Receiver, happen,
    posting::{hook, stop},
};
use crate::{
    scenario,
    support::{
        Backend, TestApp,
        database::{refuse, take_again},
        eventually,
    },
};

/// A post that failed, as a node holds it who tries it again: for a day, if nobody sees that it died.
async fn held_by(app: &App, node: Uuid) {
    let until = app.now().after(Duration::from_secs(24 * 3600));
    let mut tx = app.db().write().await.unwrap();
    on_db!(&mut tx, |conn| {
        sqlx::query(
            "UPDATE webhook_deliveries SET lease_owner = $1, run_at = $2 WHERE state = 'queued'",
        )
        .bind(node)
        .bind(until)
        .execute(conn)
        .await
        .unwrap();
    });
    tx.commit().await.unwrap();
}

scenario! {
    async fn d6_what_a_living_node_posts_is_left_to_it_and_a_dead_ones_is_posted_again_at_once(app: TestApp) {
        stop(&app).await;
        let receiver = Receiver::start().await;
        hook(&app, &receiver.url, &["*"]).await;
        receiver.answer(StatusCode::BAD_GATEWAY);
        happen(&app, &["ticket.opened"]).await;
        webhooks::work(&app.app).await.unwrap();
        let first = receiver.take().remove(0);
        receiver.answer(StatusCode::OK);
        for (node, posts) in [(app.app.nodes().me(), 0), (new_id(), 1)] {
            held_by(&app.app, node).await;
            recovery::once(&app.app).await.unwrap();
            webhooks::work(&app.app).await.unwrap();
            let calls = receiver.take();
            assert_eq!(calls.len(), posts);
            assert!(calls.iter().all(|call| call.header("webhook-id") == first.header("webhook-id")));
        }
    }
}

scenario! {
    async fn d6_what_arrived_is_noted_when_the_database_is_back_and_not_posted_again(app: TestApp) {
        stop(&app).await;
        let receiver = Receiver::start().await;
        hook(&app, &receiver.url, &["*"]).await;
        refuse(&app, "webhook_deliveries", "sent").await;
        happen(&app, &["ticket.opened"]).await;
        let back = async {
            eventually(|| async { receiver.take().pop() }).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            take_again(&app, "webhook_deliveries").await;
        };
        let (worked, ()) = tokio::join!(webhooks::work(&app.app), back);
        worked.unwrap();
        app.clock.advance(Duration::from_secs(3600));
        webhooks::work(&app.app).await.unwrap();
        assert_eq!(receiver.take().len(), 0);
    }
}

/// A hub that died while it posted, and starts again at once.
async fn started_again(backend: Backend) {
    let app = TestApp::new(backend).await;
    let receiver = Receiver::start().await;
    hook(&app, &receiver.url, &["*"]).await;
    receiver.answer(StatusCode::BAD_GATEWAY);
    happen(&app, &["ticket.opened"]).await;
    let taken = || async { receiver.take().pop() };
    let first = eventually(taken).await;
    let TestApp { app: before, clock, running, folder } = app;
    running.stop().await.unwrap();
    receiver.answer(StatusCode::OK);
    // As a process leaves it that ends without a word.
    let left = App::open(before.config().clone(), clock.clone(), false).await.unwrap();
    let dead = new_id();
    let mut tx = left.db().write().await.unwrap();
    on_db!(&mut tx, |conn| {
        sqlx::query(
            "INSERT INTO nodes (id, name, version, beat, started_at) VALUES ($1, 'far', '0', 7, 0)",
        )
        .bind(dead)
        .execute(conn)
        .await
        .unwrap();
    });
    tx.commit().await.unwrap();
    held_by(&left, dead).await;
    left.db().close().await;
    let hub = App::open(before.config().clone(), clock, false).await.unwrap();
    let running = running::start(hub.clone()).await.unwrap();
    let again = eventually(taken).await;
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
    running.stop().await.unwrap();
    drop(folder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d6_what_the_only_node_posted_when_it_died_is_posted_at_its_start_on_sqlite() {
    started_again(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d6_what_a_dead_node_posted_is_posted_within_seconds_on_postgres() {
    started_again(Backend::Postgres).await;
}
