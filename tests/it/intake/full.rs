//! A full disk: everybody is told to try again later, nothing is lost, and with room again all arrives once.

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use sapa_channel::ChannelId;
use sapa_telegram::stub::Stub;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Backend, Client, MAILBOX, TestApp,
    disk::{fill, long, make_room},
    eventually,
    inbox::{eventually_rows, mail_from, messages, rows, text},
    lmtp,
    mail::plain,
    telegram,
    visitor::{Site, Visitor},
};

/// How many messages of the customer of a row say this.
async fn count(client: &Client, row: &Value, word: &str) -> usize {
    let all = messages(client, row).await;
    all.iter().filter(|message| text(message, "text").starts_with(word)).count()
}

async fn row_of(client: &Client, kind: &str) -> Value {
    let all = rows(client, "folder=all").await;
    all.into_iter().find(|row| row["channel"]["kind"] == kind).expect("a conversation")
}

#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn upload(app: &TestApp, client: &Client) -> StatusCode {
    let part = reqwest::multipart::Part::bytes(vec![b'x'; 20_000]).file_name("daftar.txt");
    reqwest::Client::new()
        .post(format!("{}/api/v1/files", app.url()))
        .header("cookie", client.cookie().unwrap())
        .multipart(reqwest::multipart::Form::new().part("file", part))
        .send()
        .await
        .unwrap()
        .status()
}

async fn a_full_disk(backend: Backend) {
    let (app, telegram, bot) = telegram::hub(backend).await;
    app.mailbox().await;
    let site = Site::new(&app).await;
    let ayu = app.officer("Ayu").await;
    let sari = app.staff("Sari", Role::Supervisor).await;
    let mail_row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
    let mut visitor = Visitor::new(&app, &site).await;
    visitor.says("Halo").await;
    let budi = telegram.customer(48_213_377, "Budi");
    budi.says("Halo");
    eventually_rows(&ayu, 3).await;
    confirmed(&telegram).await;
    fill(&app).await;

    // Mail is put off, by SMTP and by LMTP.
    let mail = plain("rina@surat.example", "Lagi", "9@surat.example", &long("surat"), "");
    for _ in 0..3 {
        let answer = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        assert!(answer.starts_with("452"), "{answer}");
    }
    let local = plain("rina@surat.example", "Lokal", "8@surat.example", &long("lokal"), "");
    let answers = lmtp::hand_over(&app, "rina@surat.example", &[MAILBOX], &local).await;
    assert!(answers[0].starts_with("452"), "{answers:?}");
    // A visitor's browser keeps what it said.
    let said = json!({ "t": "say", "id": Uuid::new_v4(), "text": long("obrolan") });
    visitor.send(said.clone()).await;
    let nack = visitor.hears("nack").await;
    assert_eq!((&nack["id"], &nack["code"]), (&said["id"], &json!("full")));
    // An officer keeps his words, and his file.
    let path = format!("/conversations/{}/messages", text(&mail_row, "id"));
    let note = json!({ "kind": "note", "text": long("catatan") });
    let key = [("idempotency-key", "catatan-1")];
    for _ in 0..2 {
        let response = ayu.call_with(Method::POST, &path, Some(note.clone()), &key).await;
        assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
        assert!(response.headers().contains_key("retry-after"));
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "full", "{problem}");
    }
    assert_eq!(upload(&app, &ayu).await, StatusCode::INSUFFICIENT_STORAGE);
    // Telegram keeps what was not confirmed.
    let update = budi.says(&long("telegram")).update;
    let bot = ChannelId(text(&bot, "id").parse().unwrap());
    eventually(|| async {
        let error = app.app.registry().get(bot).unwrap().error()?;
        error.contains("no room").then_some(())
    })
    .await;
    assert_eq!(telegram.pending(), [update], "the offset stays before it");
    // What is there can be read, and the hub lives.
    assert_eq!(rows(&ayu, "folder=all").await.len(), 3);
    assert_eq!(sari.get("/quarantine").await["items"], json!([]), "a full disk spoils nothing");

    make_room(&app).await;
    let answer = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
    assert!(answer.starts_with("250"), "{answer}");
    let answers = lmtp::hand_over(&app, "rina@surat.example", &[MAILBOX], &local).await;
    assert!(answers[0].starts_with("250"), "{answers:?}");
    visitor.send(said.clone()).await;
    assert_eq!(visitor.hears("ack").await["id"], said["id"]);
    let response = ayu.call_with(Method::POST, &path, Some(note), &key).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(upload(&app, &ayu).await, StatusCode::CREATED);
    confirmed(&telegram).await;

    let chat_row = row_of(&ayu, "webchat").await;
    let telegram_row = row_of(&ayu, "telegram").await;
    for (row, word) in [
        (&mail_row, "surat"),
        (&mail_row, "lokal"),
        (&mail_row, "catatan"),
        (&chat_row, "obrolan"),
        (&telegram_row, "telegram"),
    ] {
        assert_eq!(count(&ayu, row, word).await, 1, "{word} arrived once");
    }
}

/// Waits until the bot has confirmed all that was said to it.
async fn confirmed(telegram: &Stub) {
    eventually(|| async { telegram.pending().is_empty().then_some(()) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_a_full_disk_loses_nothing_on_sqlite() {
    a_full_disk(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_a_full_disk_loses_nothing_on_postgres() {
    a_full_disk(Backend::Postgres).await;
}
