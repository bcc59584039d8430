//! Calls that are made twice with one key: while the first runs, and long after.

use std::time::Duration;

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use sapa::{housekeeping, on_db};
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client, TestApp,
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

/// The answer to the first call with a key is lost, as by a crash.
async fn lose_the_answer(app: &TestApp, client: &Client, key: &str) {
    let key = format!("{}/{key}", client.id.as_str().unwrap());
    let mut tx = app.app.db().write().await.unwrap();
    let lost = on_db!(&mut tx, |conn| {
        sqlx::query("UPDATE idempotency SET status = NULL, body = NULL WHERE key = $1")
            .bind(&key)
            .execute(conn)
            .await
            .unwrap()
            .rows_affected()
    });
    tx.commit().await.unwrap();
    assert_eq!(lost, 1);
}

scenario! {
    async fn of_calls_with_one_key_at_once_one_is_done_and_the_others_are_told(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let answers = join_all((0..8).map(|_| note(&ayu, &row, "n-1"))).await;
        let done: Vec<_> = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).collect();
        assert!(!done.is_empty());
        assert!(done.iter().all(|(_, said)| said["id"] == done[0].1["id"]), "one note");
        for (status, problem) in answers.iter().filter(|(status, _)| *status != StatusCode::CREATED) {
            assert_eq!((*status, text(problem, "code")), (StatusCode::CONFLICT, "in_flight"));
        }
        assert_eq!(messages(&ayu, &row).await.len(), 2);
    }
}

scenario! {
    async fn a_call_that_was_cut_off_is_in_flight_for_an_hour_and_may_then_be_made_again(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let (_, first) = note(&ayu, &row, "n-2").await;
        lose_the_answer(&app, &ayu, "n-2").await;
        for wait in [Duration::ZERO, HOUR / 2] {
            app.clock.advance(wait);
            housekeeping::once(&app.app).await.unwrap();
            let (status, problem) = note(&ayu, &row, "n-2").await;
            assert_eq!((status, text(&problem, "code")), (StatusCode::CONFLICT, "in_flight"));
        }
        app.clock.advance(HOUR);
        housekeeping::once(&app.app).await.unwrap();
        let (status, second) = note(&ayu, &row, "n-2").await;
        assert_eq!(status, StatusCode::CREATED);
        assert_ne!(first["id"], second["id"]);
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
