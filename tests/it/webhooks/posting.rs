//! Posting, step by step: the hub is stopped, and a test says when work is done.

use std::time::Duration;

use axum::http::StatusCode;
use sapa::webhooks::{self, model::DeliveryView, queries, sign};
use serde_json::json;
use uuid::Uuid;

use super::{Receiver, happen};
use crate::{scenario, support::TestApp};

/// Stops what would work by itself.
pub async fn stop(app: &TestApp) {
    app.app.stopping().cancel();
    app.app.tasks().close();
    app.app.tasks().wait().await;
}

/// Adds a webhook. Tells its id and its secret.
pub async fn hook(app: &TestApp, url: &str, events: &[&str]) -> (Uuid, String) {
    let (secret, events): (_, Vec<_>) =
        (sign::new_secret(), events.iter().map(ToString::to_string).collect());
    let mut tx = app.app.db().write().await.unwrap();
    let id = queries::add(&mut tx, url, &secret, &events, true, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    (id, secret)
}

async fn work(app: &TestApp) {
    webhooks::work(&app.app).await.unwrap();
}

async fn deliveries(app: &TestApp, id: Uuid) -> Vec<DeliveryView> {
    let mut tx = app.app.db().read().await.unwrap();
    queries::deliveries(&mut tx, id, None, 100).await.unwrap()
}

scenario! {
    async fn an_event_is_posted_signed_to_those_who_want_it_and_once(app: TestApp) {
        stop(&app).await;
        let (all, some) = (Receiver::start().await, Receiver::start().await);
        let (_, secret) = hook(&app, &all.url, &["*"]).await;
        hook(&app, &some.url, &["ticket.opened", "ticket.solved"]).await;
        happen(&app, &["message.received", "ticket.opened"]).await;
        work(&app).await;

        assert_eq!(some.take_kinds(), ["ticket.opened"]);
        let calls = all.take();
        assert_eq!(calls.len(), 2);
        let call = calls.iter().find(|call| call.body["type"] == "message.received").unwrap();
        let seconds = call.header("webhook-timestamp").parse().unwrap();
        let signed = sign::signature(&secret, call.header("webhook-id"), seconds, &call.raw);
        assert_eq!(call.header("webhook-signature"), signed);
        assert_eq!(call.header("content-type"), "application/json");
        let mut body = call.body.clone();
        assert!(body["timestamp"].is_string() && body["data"]["seq"].is_i64() && body["data"]["contact_id"].is_string());
        body["timestamp"].take();
        body["data"]["seq"].take();
        body["data"]["contact_id"].take();
        assert_eq!(
            body,
            json!({ "type": "message.received", "timestamp": null, "data": {
                "seq": null, "actor": { "kind": "system", "id": null, "name": "Sapa" }, "contact_id": null,
                "conversation_id": null, "message_id": null, "ticket_id": null, "data": { "n": 1 },
            }})
        );
        work(&app).await;
        assert_eq!(all.take().len() + some.take().len(), 0);
    }
}

scenario! {
    async fn a_failed_delivery_is_repeated_with_the_same_id_until_it_arrives(app: TestApp) {
        stop(&app).await;
        let receiver = Receiver::start().await;
        receiver.answer(StatusCode::INTERNAL_SERVER_ERROR);
        let (id, _) = hook(&app, &receiver.url, &["*"]).await;
        happen(&app, &["message.received"]).await;
        work(&app).await;
        let failed = deliveries(&app, id).await.remove(0);
        assert_eq!((failed.state.as_str(), failed.status, failed.attempts), ("queued", Some(500), 1));
        assert!(failed.next_try_at > Some(app.app.now()));
        let mut tx = app.app.db().read().await.unwrap();
        let shown = queries::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((shown.waiting, shown.error.as_deref()), (1, Some("answered with status 500")));
        drop(tx);

        // Not before its time.
        work(&app).await;
        app.clock.advance(Duration::from_secs(15));
        receiver.answer(StatusCode::NO_CONTENT);
        work(&app).await;
        let calls = receiver.take();
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));
        assert_ne!(calls[0].header("webhook-signature"), calls[1].header("webhook-signature"));
        let sent = deliveries(&app, id).await.remove(0);
        assert_eq!((sent.state.as_str(), sent.status, sent.error), ("sent", Some(204), None));
    }
}

scenario! {
    async fn after_three_days_it_is_given_up_and_the_webhook_stays_on(app: TestApp) {
        stop(&app).await;
        let receiver = Receiver::start().await;
        receiver.answer(StatusCode::GONE);
        let (id, _) = hook(&app, &receiver.url, &["*"]).await;
        happen(&app, &["message.received"]).await;
        for _ in 0..40 {
            work(&app).await;
            app.clock.advance(Duration::from_secs(3 * 3600));
        }
        let given_up = deliveries(&app, id).await.remove(0);
        assert_eq!((given_up.state.as_str(), given_up.next_try_at), ("failed", None));
        assert!(given_up.attempts > 10, "{given_up:?}");
        let mut tx = app.app.db().read().await.unwrap();
        assert!(queries::find(&mut tx, id).await.unwrap().unwrap().enabled);
    }
}

scenario! {
    async fn d6_a_try_that_was_cut_off_counts_and_is_made_again_with_the_same_id(app: TestApp) {
        stop(&app).await;
        let receiver = Receiver::start().await;
        let (id, _) = hook(&app, &receiver.url, &["*"]).await;
        receiver.answer(StatusCode::INTERNAL_SERVER_ERROR);
        happen(&app, &["message.received"]).await;
        work(&app).await;
        let first = receiver.take().remove(0);
        app.clock.advance(Duration::from_secs(15));

        // As if the program died between the claim and the answer.
        let (me, now, lease) = (app.app.nodes().me(), app.app.now(), Duration::from_secs(60));
        let mut tx = app.app.db().write().await.unwrap();
        let claimed = queries::claim(&mut tx, id, me, now, now.after(lease), 8).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((claimed.len(), claimed[0].attempts), (1, 2));

        receiver.answer(StatusCode::OK);
        work(&app).await;
        assert_eq!(receiver.take().len(), 0);
        app.clock.advance(lease);
        work(&app).await;
        let again = receiver.take();
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].header("webhook-id"), first.header("webhook-id"));
        assert_eq!(deliveries(&app, id).await[0].attempts, 3);
    }
}

scenario! {
    async fn two_that_send_at_once_post_everything_once(app: TestApp) {
        stop(&app).await;
        let receiver = Receiver::start().await;
        hook(&app, &receiver.url, &["*"]).await;
        for _ in 0..5 {
            happen(&app, &["message.received"; 90]).await;
        }
        tokio::join!(work(&app), work(&app));
        let calls = receiver.take();
        let mut places: Vec<_> = calls.iter().map(|call| call.body["data"]["seq"].as_i64().unwrap()).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!((calls.len(), places.len()), (450, 450));
    }
}

scenario! {
    async fn a_webhook_is_told_of_what_happens_while_it_is_on(app: TestApp) {
        stop(&app).await;
        happen(&app, &["message.received"; 300]).await;
        work(&app).await;
        let receiver = Receiver::start().await;
        let (id, _) = hook(&app, &receiver.url, &["*"]).await;
        work(&app).await;
        assert_eq!(receiver.take().len(), 0);

        for (enabled, kind) in [(false, "message.sent"), (true, "message.note")] {
            let mut tx = app.app.db().write().await.unwrap();
            let mut webhook = queries::find(&mut tx, id).await.unwrap().unwrap();
            webhook.enabled = enabled;
            queries::update(&mut tx, &webhook).await.unwrap();
            tx.commit().await.unwrap();
            happen(&app, &[kind]).await;
            work(&app).await;
        }
        assert_eq!(receiver.take_kinds(), ["message.note"]);
    }
}

scenario! {
    async fn the_log_is_kept_for_a_while_and_what_waits_for_as_long_as_it_waits(app: TestApp) {
        stop(&app).await;
        let receiver = Receiver::start().await;
        let (id, _) = hook(&app, &receiver.url, &["*"]).await;
        happen(&app, &["message.received"]).await;
        work(&app).await;
        receiver.answer(StatusCode::BAD_GATEWAY);
        happen(&app, &["message.sent"]).await;
        work(&app).await;
        let mut tx = app.app.db().write().await.unwrap();
        queries::forget(&mut tx, app.app.now().after(Duration::from_secs(1))).await.unwrap();
        tx.commit().await.unwrap();
        let left: Vec<_> = deliveries(&app, id).await.into_iter().map(|delivery| delivery.event).collect();
        assert_eq!(left, ["message.sent"]);
    }
}
