//! Calls that are made twice with one key: while the first runs, and long after.

use std::time::Duration;

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use sapa::housekeeping;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client,
        inbox::{mail_from, messages, text},
    },
};

const HOUR: Duration = Duration::from_secs(3600);

/// Notes something with a key.
async fn note(client: &Client, row: &Value, key: &str) -> (StatusCode, Value) {
    let path = format!("/conversations/{}/messages", text(row, "id"));
    let body = json!({ "kind": "note", "text": "Sudah dicek" });
    let answer =
        client.call_with(Method::POST, &path, Some(body), &[("idempotency-key", key)]).await;
    (answer.status(), answer.json().await.unwrap())
}

scenario! {
    async fn d3_of_calls_with_one_key_at_once_one_is_done_and_all_are_answered_alike(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let answers = join_all((0..8).map(|_| note(&ayu, &row, "n-1"))).await;
        for answer in &answers {
            assert_eq!(answer.0, StatusCode::CREATED, "{answer:?}");
            assert_eq!(answer, &answers[0]);
        }
        assert_eq!(messages(&ayu, &row).await.len(), 2, "one note");
    }
}

scenario! {
    async fn an_answer_is_kept_for_72_hours(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let (_, first) = note(&ayu, &row, "n-3").await;
        app.clock.advance(71 * HOUR);
        housekeeping::once(&app.app).await.unwrap();
        assert_eq!(note(&ayu, &row, "n-3").await, (StatusCode::CREATED, first.clone()));
        app.clock.advance(2 * HOUR);
        housekeeping::once(&app.app).await.unwrap();
        let (status, later) = note(&ayu, &row, "n-3").await;
        assert_eq!(status, StatusCode::CREATED);
        assert_ne!(first["id"], later["id"], "it is a new call");
        assert_eq!(messages(&ayu, &row).await.len(), 3);
    }
}
