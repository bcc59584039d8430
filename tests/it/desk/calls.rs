//! Calls that are made twice, with old versions, or without sense.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{begun, call, path};
use crate::{
    scenario,
    support::inbox::{change, conversation, id, messages, rows, text},
};

scenario! {
    async fn who_changes_an_old_version_of_a_conversation_is_told(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        for other in [json!({ "assignee_id": budi.id }), json!({ "status": "solved" }), json!({ "status": "open" }), json!({ "subject": "Baru" })] {
            let old = format!("\"{}\"", conversation(&ayu, &id(&row)).await["version"]);
            change(&budi, &row, other.clone()).await;
            let answer = call(&ayu, Method::PATCH, &path(&row, ""), json!({ "assignee_id": ayu.id }), ("if-match", &old)).await;
            assert_eq!(answer.status(), 412, "after {other}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(text(&problem, "code"), "stale");
        }
        let now = format!("\"{}\"", conversation(&ayu, &id(&row)).await["version"]);
        assert_eq!(call(&ayu, Method::PATCH, &path(&row, ""), json!({ "assignee_id": ayu.id }), ("if-match", &now)).await.status(), 200);
        assert_eq!(call(&ayu, Method::PATCH, &path(&row, ""), json!({}), ("if-match", "x")).await.status(), 422);
    }
}

scenario! {
    async fn an_answer_with_the_same_key_is_sent_once(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let body = json!({ "kind": "reply", "text": "Kami kirim." });
        let key = ("idempotency-key", "a-1");
        let say = async |client: &crate::support::Client, body: Value| {
            let answer = call(client, Method::POST, &path(&row, "/messages"), body, key).await;
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        };
        let (first, second) = (say(&ayu, body.clone()).await, say(&ayu, body.clone()).await);
        assert_eq!(first.0, 201);
        assert_eq!(first, second);
        // Other words of the same length with the same key, and another officer's key of the same name.
        let (status, problem) = say(&ayu, json!({ "kind": "reply", "text": "Kami ambil." })).await;
        assert_eq!(status, 422, "{problem}");
        assert_eq!(say(&budi, body).await.0, 201);
        assert_eq!(messages(&ayu, &row).await.len(), 3);
        // A call that failed may be made again.
        let other = ("idempotency-key", "a-2");
        let empty = call(&ayu, Method::POST, &path(&row, "/messages"), json!({ "kind": "reply", "text": " " }), other).await;
        assert_eq!(empty.status(), 422);
        let full = call(&ayu, Method::POST, &path(&row, "/messages"), json!({ "kind": "reply", "text": "x" }), other).await;
        assert_eq!(full.status(), 201);
    }
}

scenario! {
    async fn a_conversation_that_is_begun_twice_with_one_key_is_begun_once(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        let channel = &row["channel"]["id"];
        let body = |address: &str| json!({ "to": { "value": address, "name": "Wati" }, "channel_id": channel, "subject": "Kabar", "text": "Halo" });
        let key = ("idempotency-key", "c-1");
        let first = call(&ayu, Method::POST, "/conversations", body("wati@surat.example"), key).await;
        assert_eq!(first.status(), 201);
        let first: Value = first.json().await.unwrap();
        let second: Value = call(&ayu, Method::POST, "/conversations", body("wati@surat.example"), key).await.json().await.unwrap();
        assert_eq!(first["id"], second["id"]);
        assert_eq!(rows(&ayu, "folder=all").await.len(), 2);
        assert_eq!(first["assignee"]["name"], "Ayu");
        for bad in [json!({ "channel_id": channel, "text": "x" }), json!({ "channel_id": channel, "text": "x", "to": { "value": "no address" } })] {
            assert_eq!(ayu.refused(Method::POST, "/conversations", Some(bad)).await.0, 422);
        }
    }
}

scenario! {
    async fn calls_without_sense_are_refused_in_words_and_break_nothing(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        let nobody = Uuid::new_v4();
        let messages = path(&row, "/messages");
        for (method, path, body, status) in [
            (Method::POST, messages.clone(), json!({ "kind": "shout", "text": "x" }), 422),
            (Method::POST, messages.clone(), json!({ "kind": "reply", "text": "a\u{0}b" }), 422),
            (Method::POST, messages.clone(), json!({ "kind": "reply", "text": "x", "cc": ["a\r\nBcc: x@y.example"] }), 422),
            (Method::POST, messages.clone(), json!({ "kind": "reply", "text": "x", "subject": "a\r\nBcc: x@y.example" }), 422),
            (Method::POST, messages.clone(), json!({ "kind": "reply", "text": "x", "channel_id": nobody }), 422),
            (Method::POST, messages.clone(), json!({ "kind": "reply", "text": "x", "identity_id": nobody }), 422),
            (Method::POST, messages.clone(), json!({ "kind": "reply", "text": "x", "files": [nobody] }), 422),
            (Method::POST, "/tickets".to_owned(), json!({ "conversation_id": nobody, "kind": "question", "title": "x" }), 404),
            (Method::GET, format!("/conversations/{nobody}"), Value::Null, 404),
            (Method::GET, "/conversations/x".to_owned(), Value::Null, 404),
            (Method::GET, "/conversations?folder=x".to_owned(), Value::Null, 422),
            (Method::GET, "/conversations?limit=x".to_owned(), Value::Null, 422),
            (Method::GET, "/nowhere".to_owned(), Value::Null, 404),
            (Method::PUT, path(&row, "/draft"), json!({ "kind": "x", "text": "x" }), 422),
            (Method::PUT, format!("/conversations/{nobody}/draft"), json!({ "kind": "note", "text": "x" }), 404),
            (Method::POST, path(&row, "/read"), json!({ "seq": 1_000_000 }), 204),
        ] {
            let answer = ayu.call(method.clone(), &path, Some(body.clone()).filter(|body| !body.is_null())).await;
            let kind = answer.headers().get("content-type").cloned();
            assert_eq!(answer.status().as_u16(), status, "{method} {path} {body}: {}", answer.text().await.unwrap());
            if status >= 400 {
                assert_eq!(kind.unwrap(), "application/problem+json", "{method} {path}");
            }
        }
    }
}
