//! Nodes that died while they held a delivery, those who come too late, and a database that was away.

use std::time::Duration;

use sapa::{
    delivery::{
        queries::{self, Step},
        recovery,
    },
    on_db,
};
use sapa_channel::new_id;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{hub, later, with_relay};
use crate::support::{
    Backend, Client, TestApp,
    database::{refuse, take_again},
    inbox::{in_state, mail_from, message, say, text},
    sink::Sink,
};

/// An answer that leaves only in a week, as another node left it: held in a state, with a lease for so many seconds. A
/// node whose lease has not ended lives.
async fn left_behind(app: &TestApp, ayu: &Client, row: &Value, state: &str, held_for: i64) -> Uuid {
    let later = app.app.now().after(Duration::from_secs(7 * 24 * 3600));
    let said = say(ayu, row, json!({ "kind": "reply", "text": "Halo", "send_at": later })).await;
    let id: Uuid = text(&said, "id").parse().unwrap();
    let until = sapa_channel::Timestamp(app.app.now().0 + held_for * 1_000_000);
    let attempts = i64::from(state == "dispatching");
    let node = new_id();
    let mut tx = app.app.db().write().await.unwrap();
    on_db!(&mut tx, |conn| {
        if held_for > 0 {
            sqlx::query("INSERT INTO nodes (id, name, version, beat, started_at) VALUES ($1, 'far', '0', 7, 0)")
                .bind(node)
                .execute(&mut *conn)
                .await
                .unwrap();
        }
        sqlx::query(
            "UPDATE deliveries SET state = $2, lease_owner = $3, lease_until = $4, attempts = $5, run_at = $6, fence = 5
             WHERE message_id = $1",
        )
        .bind(id)
        .bind(state)
        .bind(node)
        .bind(until)
        .bind(attempts)
        .bind(app.app.now())
        .execute(&mut *conn)
        .await
        .unwrap();
    });
    tx.commit().await.unwrap();
    if held_for <= 0 {
        recovery::once(&app.app).await.unwrap();
    }
    app.app.wake().delivery_due();
    id
}

with_relay! {
    async fn d6_what_a_dead_node_was_sending_becomes_unknown_and_is_seen(app: TestApp, sink: Sink, ayu: Client) {
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        let id = left_behind(app, ayu, &row, "dispatching", -1).await.to_string();
        let unknown = in_state(ayu, &row, &id, "unknown").await;
        assert!(text(&unknown["delivery"], "reason").contains("interrupted"), "{unknown}");
        assert!(sink.read().is_empty(), "nothing was sent again");
        ayu.post(&format!("/messages/{id}/retry"), json!({})).await;
        in_state(ayu, &row, &id, "sent").await;
        assert_eq!(sink.taken().len(), 1);
    }
}

with_relay! {
    async fn d6_what_a_dead_node_had_not_begun_is_sent(app: TestApp, sink: Sink, ayu: Client) {
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        let id = left_behind(app, ayu, &row, "leased", -1).await.to_string();
        in_state(ayu, &row, &id, "sent").await;
        assert_eq!(sink.read().len(), 1);
    }
}

with_relay! {
    async fn d6_what_a_living_node_holds_is_left_to_it(app: TestApp, sink: Sink, ayu: Client) {
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        let id = left_behind(app, ayu, &row, "dispatching", 300).await.to_string();
        let second = say(ayu, &row, json!({ "kind": "reply", "text": "dua" })).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(message(ayu, &row, &id).await["delivery"]["state"], "sending");
        assert!(sink.read().is_empty(), "what comes after it waits (D8)");
        // Its worker broke, though the node lives.
        later(app, 301);
        in_state(ayu, &row, &id, "unknown").await;
        in_state(ayu, &row, text(&second, "id"), "sent").await;
    }
}

/// The state of a delivery, whichever hub is in operation.
async fn state_of(db: &sapa::db::Db, id: Uuid) -> String {
    let mut tx = db.read().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT state FROM deliveries WHERE message_id = $1")
        .bind(id)
        .fetch_one(conn)
        .await
        .unwrap())
}

/// A hub that died while it held two answers, and starts again at once.
async fn started_again(backend: Backend) {
    let (app, sink, ayu) = hub(backend).await;
    let rina = mail_from(&app, &ayu, "Rina", "Pesanan").await;
    let budi = mail_from(&app, &ayu, "Budi", "Lain").await;
    let begun = left_behind(&app, &ayu, &rina, "dispatching", 300).await;
    let held = left_behind(&app, &ayu, &budi, "leased", 300).await;
    let TestApp { app: before, clock, running, folder } = app;
    running.stop().await.unwrap();
    let hub = sapa::app::App::open(before.config().clone(), clock, false).await.unwrap();
    let running = sapa::app::running::start(hub.clone()).await.unwrap();
    if backend == Backend::Postgres {
        // Another node may hold them, until it is seen that it is silent.
        assert_eq!(state_of(hub.db(), held).await, "leased");
        assert_eq!(state_of(hub.db(), begun).await, "dispatching");
    }
    // Nobody holds them any more: what had not begun is sent, of the other nobody knows.
    crate::support::eventually(|| async {
        (state_of(hub.db(), held).await == "sent").then_some(())
    })
    .await;
    assert_eq!(state_of(hub.db(), begun).await, "unknown");
    assert_eq!(sink.taken().len(), 1);
    running.stop().await.unwrap();
    drop(folder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d6_what_the_only_node_held_when_it_died_is_found_at_its_start_on_sqlite() {
    started_again(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d6_what_a_dead_node_held_moves_within_seconds_on_postgres() {
    started_again(Backend::Postgres).await;
}

with_relay! {
    async fn a_stale_fence_changes_nothing(app: TestApp, sink: Sink, ayu: Client) {
        assert!(sink.taken().is_empty());
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        let id = left_behind(app, ayu, &row, "dispatching", 300).await;
        let now = app.app.now();
        let step = |fence| Step {
            message_id: id,
            fence,
            state: "sent",
            tries: 0,
            run_at: now,
            reason: None,
            external_id: Some("stolen@surat.example".to_owned()),
        };
        for (fence, made) in [(4, 0), (6, 0), (5, 1), (5, 0)] {
            let mut tx = app.app.db().write().await.unwrap();
            assert_eq!(queries::step(&mut tx, &[step(fence)], now).await.unwrap().len(), made, "fence {fence}");
            tx.commit().await.unwrap();
            let state = if made == 1 || fence == 5 { "sent" } else { "sending" };
            assert_eq!(message(ayu, &row, &id.to_string()).await["delivery"]["state"], state);
        }
    }
}

with_relay! {
    async fn d6_a_try_that_could_not_be_recorded_is_not_made_and_does_not_wait_for_the_end_of_its_lease(app: TestApp, sink: Sink, ayu: Client) {
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        refuse(app, "deliveries", "dispatching").await;
        let said = say(ayu, &row, json!({ "kind": "reply", "text": "Halo" })).await;
        in_state(ayu, &row, text(&said, "id"), "retrying").await;
        assert_eq!(sink.taken().len(), 0);
        take_again(app, "deliveries").await;
        later(app, 5);
        in_state(ayu, &row, text(&said, "id"), "sent").await;
        assert_eq!(sink.taken().len(), 1);
    }
}
