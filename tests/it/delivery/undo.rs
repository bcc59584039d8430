//! Answers that are taken back before they leave.

use std::time::Duration;

use reqwest::Method;
use sapa::officers::policy::Role;
use sapa_telegram::stub::{self, Stub};
use serde_json::{Value, json};

use super::later;
use crate::support::{
    Backend, Client, TestApp, eventually,
    inbox::{answer, conversation, id, in_state, mail_from, message, newest, text},
    sink::{Sink, relay},
};

/// A hub with a mailbox and a bot, where an answer can be taken back for a minute.
async fn hub(backend: Backend) -> (TestApp, Sink, Stub, Client) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (sink, telegram) = (Sink::start().await, Stub::start().await.unwrap());
    let url = telegram.url();
    let app = TestApp::with(backend, |config| {
        relay(config, sink.address);
        config.telegram.api_url = url;
        config.delivery.undo_seconds = 60;
    })
    .await;
    app.mailbox().await;
    let admin = app.staff("Komang", Role::Administrator).await;
    let bot = json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN });
    admin.post("/channels", bot).await;
    let ayu = app.officer("Ayu").await;
    (app, sink, telegram, ayu)
}

/// Answers, takes it back and answers otherwise: only the second leaves.
async fn taken_back(app: &TestApp, ayu: &Client, row: &Value) {
    let before = conversation(ayu, &id(row)).await;
    let first = answer(ayu, row, "Besok dikrim").await;
    assert!(first["delivery"]["undo_until"].is_string(), "{first}");
    // It waits, however often a worker looks.
    later(app, 30);
    let path = format!("/messages/{}", id(&first));
    let gone = ayu.delete(&path).await;
    assert!(gone["retracted_at"].is_string(), "{gone}");
    assert_eq!(gone["delivery"]["state"], "cancelled");
    let draft = ayu.get(&format!("/conversations/{}/draft", id(row))).await;
    assert_eq!(draft["text"], "Besok dikrim", "it can be mended");
    let now = conversation(ayu, &id(row)).await;
    assert_eq!(
        (&now["preview"], &now["waiting_since"]),
        (&before["preview"], &before["waiting_since"])
    );
    let (status, problem) = ayu.refused(Method::DELETE, &path, None).await;
    assert_eq!((status.as_u16(), text(&problem, "code")), (409, "too_late"), "once is enough");

    let second = answer(ayu, row, "Besok dikirim").await;
    later(app, 61);
    in_state(ayu, row, text(&second, "id"), "sent").await;
    assert_eq!(message(ayu, row, &id(&first)).await["delivery"]["attempts"], 0);
    let (status, problem) =
        ayu.refused(Method::DELETE, &format!("/messages/{}", id(&second)), None).await;
    assert_eq!((status.as_u16(), text(&problem, "code")), (409, "too_late"));
}

async fn a_mail(backend: Backend) {
    let (app, sink, _, ayu) = hub(backend).await;
    let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
    taken_back(&app, &ayu, &row).await;
    let sent = sink.read();
    assert_eq!(sent.len(), 1, "only the second left the house");
    assert!(sent[0].contains("Besok dikirim"), "{}", sent[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_taken_back_before_it_leaves_on_sqlite() {
    a_mail(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_taken_back_before_it_leaves_on_postgres() {
    a_mail(Backend::Postgres).await;
}

async fn a_telegram_answer(backend: Backend) {
    let (app, _, telegram, ayu) = hub(backend).await;
    telegram.customer(48_213_377, "Budi").says("Halo");
    let row = newest(&ayu).await;
    taken_back(&app, &ayu, &row).await;
    let sent: Vec<_> = telegram.sent().into_iter().map(|sent| sent.text).collect();
    assert_eq!(sent, ["Besok dikirim"], "only the second left the house");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telegram_answer_is_taken_back_before_it_leaves_on_sqlite() {
    a_telegram_answer(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telegram_answer_is_taken_back_before_it_leaves_on_postgres() {
    a_telegram_answer(Backend::Postgres).await;
}

async fn another_officers(backend: Backend) {
    let (app, sink, _, ayu) = hub(backend).await;
    let budi = app.officer("Budi").await;
    let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
    let said = answer(&ayu, &row, "Halo").await;
    let (status, _) = budi.refused(Method::DELETE, &format!("/messages/{}", id(&said)), None).await;
    assert_eq!(status.as_u16(), 403);
    later(&app, 61);
    eventually(|| async { (sink.read().len() == 1).then_some(()) }).await;
    // Its time is over by the clock, not by its leaving.
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(ayu.refused(Method::DELETE, &format!("/messages/{}", id(&said)), None).await.0, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_officer_said_cannot_be_taken_back_on_sqlite() {
    another_officers(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_officer_said_cannot_be_taken_back_on_postgres() {
    another_officers(Backend::Postgres).await;
}
