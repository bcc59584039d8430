//! Adding and trying webhooks, and the hub that posts by itself.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use super::{Receiver, happen};
use crate::{
    scenario,
    support::{Client, eventually},
};

/// Adds a webhook. Tells its path and its secret.
async fn hook(by: &Client, url: &str, events: &[&str]) -> (String, String) {
    let added = by.post("/webhooks", json!({ "url": url, "events": events })).await;
    let text = |name: &str| added[name].as_str().expect("a text").to_owned();
    (format!("/webhooks/{}", text("id")), text("secret"))
}

scenario! {
    async fn the_hub_posts_by_itself_and_one_that_does_not_answer_keeps_no_other_waiting(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let good = Receiver::start().await;
        // It takes connections and says nothing.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        hook(&admin, &format!("http://{}/", silent.local_addr().unwrap()), &["*"]).await;
        let (path, _) = hook(&admin, &good.url, &["message.received"]).await;
        for _ in 0..2 {
            happen(&app, &["message.received"]).await;
            let kinds = eventually(|| async { Some(good.take_kinds()).filter(|kinds| !kinds.is_empty()) }).await;
            assert_eq!(kinds, ["message.received"]);
        }
        let log = eventually(|| async {
            let log = admin.get(&format!("{path}/deliveries")).await;
            (log["items"][0]["state"] == "sent").then_some(log)
        })
        .await;
        assert_eq!((&log["items"][0]["status"], log["items"].as_array().unwrap().len()), (&json!(200), 2));
        let page = admin.get(&format!("{path}/deliveries?limit=1")).await;
        let cursor = page["next"].as_str().unwrap();
        let next = admin.get(&format!("{path}/deliveries?limit=1&cursor={cursor}")).await;
        assert_eq!((&next["items"][0]["id"], &next["next"]), (&log["items"][1]["id"], &Value::Null));
    }
}

scenario! {
    async fn a_hub_that_stops_does_not_wait_for_one_that_does_not_answer(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        hook(&admin, &format!("http://{}/", silent.local_addr().unwrap()), &["*"]).await;
        happen(&app, &["message.received"]).await;
        let (_connection, _) = silent.accept().await.unwrap();
        app.app.stopping().cancel();
        app.app.tasks().close();
        tokio::time::timeout(Duration::from_secs(8), app.app.tasks().wait()).await.expect("it stops");
    }
}

scenario! {
    async fn a_test_is_posted_at_once_and_answers_what_became_of_it(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let receiver = Receiver::start().await;
        let (path, _) = hook(&admin, &receiver.url, &["ticket.opened"]).await;
        let answer = admin.post(&format!("{path}/test"), Value::Null).await;
        assert_eq!((&answer["state"], &answer["status"]), (&json!("sent"), &json!(200)), "{answer}");
        assert_eq!(receiver.take_kinds(), ["webhook.test"]);
        receiver.answer(StatusCode::NOT_FOUND);
        let answer = admin.post(&format!("{path}/test"), Value::Null).await;
        assert_eq!((&answer["state"], &answer["status"]), (&json!("failed"), &json!(404)), "{answer}");
        assert_eq!(admin.get("/webhooks").await["items"][0]["error"], "answered with status 404");
    }
}

scenario! {
    async fn r4_a_webhook_leads_to_no_inner_address(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        for url in ["http://10.0.0.1/", "http://[::1]/", "http://0x7f.0.0.2/", "http://169.254.169.254/", "ftp://x.example/"] {
            let body = json!({ "url": url, "events": ["*"] });
            let (status, problem) = admin.refused(Method::POST, "/webhooks", Some(body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(problem["fields"]["url"].is_string(), "{url}: {problem}");
        }
    }
}

scenario! {
    async fn a_webhook_asks_for_events_that_there_are(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        for events in [json!([]), json!(["message.recieved"]), json!(["message.*"])] {
            let body = json!({ "url": "https://shop.example/", "events": events });
            let (_, problem) = admin.refused(Method::POST, "/webhooks", Some(body)).await;
            assert!(problem["fields"]["events"].is_string(), "{problem}");
        }
    }
}

scenario! {
    async fn r28_the_secret_is_shown_once(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let (path, secret) = hook(&admin, "https://shop.example/hook?key=abcdef", &["*"]).await;
        assert!(secret.starts_with("whsec_"));
        let changed = admin.patch(&path, json!({ "events": ["ticket.opened"], "enabled": false })).await;
        assert_eq!((&changed["events"], &changed["enabled"]), (&json!(["ticket.opened"]), &json!(false)));
        let list = admin.get("/webhooks").await;
        assert!(!format!("{list}{changed}").contains("whsec_"), "{list}");
        admin.delete(&path).await;
        assert_eq!(admin.refused(Method::DELETE, &path, None).await.0, StatusCode::NOT_FOUND);
        // Addresses hold secrets too.
        let audit = admin.get("/audit").await.to_string();
        assert!(audit.contains("shop.example") && !audit.contains("abcdef") && !audit.contains("whsec_"), "{audit}");
    }
}
