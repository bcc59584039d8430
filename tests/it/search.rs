//! Search over everything that was ever said.

use std::{fmt::Write, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Backend, Client, TestApp, eventually,
        inbox::{answer, id, mail_from, newest},
        visitor::{Site, Visitor},
    },
};

/// What is found, as soon as there is something.
async fn found(client: &Client, question: &str, kind: &str) -> Vec<Value> {
    eventually(|| async {
        Some(look(client, question, kind).await).filter(|found| !found.is_empty())
    })
    .await
}

/// What is found now.
async fn look(client: &Client, question: &str, kind: &str) -> Vec<Value> {
    let mut path = format!("/search?type={kind}&q=");
    for byte in question.bytes() {
        write!(path, "%{byte:02X}").unwrap();
    }
    let answer = client.get(&path).await;
    for other in ["contacts", "messages", "tickets"].into_iter().filter(|other| *other != kind) {
        assert_eq!(answer[other], json!([]), "only what was asked for");
    }
    answer[kind].as_array().unwrap().clone()
}

scenario! {
    async fn r15_no_question_breaks_the_search(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        mail_from(&app, &ayu, "Rina", "Pesanan").await;
        found(&ayu, "pesanan", "messages").await;
        let long = "a".repeat(5000);
        let many = "kopi ".repeat(500);
        for question in [
            "\"", "'", "''", "\\", "\"pesanan", "pesanan'", "pesanan\" OR 1=1 --", "' OR '1'='1", "*", "pesanan*", "NEAR(a b)", "a NEAR/2 b",
            "AND", "OR NOT", "pesanan AND", "^pesanan", "subject:pesanan", "{subject text}:x", "-pesanan", "+", "a:*", "a & b | c", "!a", "<->",
            "a <2> b", ":*", "(", "((a)", "%", "_", "\u{2}x\u{3}", "\u{202e}abc", "☕", "ß", "İ", "Ünïcödé", "日本語", "\u{0301}", "ﬁ", "1e400",
            "\n\t", "  ", "", &long, &many, "a\u{0}b", "٣", "²", "𝟘", "ǆ", "a'b\"c\\d",
        ] {
            look(&ayu, question, "messages").await;
            look(&ayu, question, "contacts").await;
            look(&ayu, question, "tickets").await;
        }
        for path in ["/search", "/search?q=a&x_unknown=1", "/search?q=a&limit=x"] {
            assert_eq!(ayu.refused(Method::GET, path, None).await.0, 422, "{path}");
        }
        for path in ["/contacts?q=%22%27", "/tickets?q=%22%27*", "/search?q=a&limit=0", "/search?q=a&limit=100000"] {
            ayu.get(path).await;
        }
        // Still the same.
        assert_eq!(look(&ayu, "pesanan", "messages").await.len(), 1);
    }
}

/// What was taken back is not found.
async fn retracted(backend: Backend) {
    let app = TestApp::with(backend, |config| config.delivery.undo_seconds = 60).await;
    let site = Site::new(&app).await;
    let ayu = app.officer("Ayu").await;
    Visitor::new(&app, &site).await.says("Halo").await;
    let row = newest(&ayu).await;
    let said = answer(&ayu, &row, "rahasiakita").await;
    found(&ayu, "rahasia", "messages").await;
    ayu.delete(&format!("/messages/{}", id(&said))).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(look(&ayu, "rahasia", "messages").await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_is_not_found_on_sqlite() {
    retracted(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_is_not_found_on_postgres() {
    retracted(Backend::Postgres).await;
}
