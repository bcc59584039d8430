//! Telegram by webhook: the bot's updates are posted to the hub.

use std::net::TcpListener;

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use sapa_telegram::{
    MAX_WEBHOOK_BODY,
    stub::{self, Stub},
};
use serde_json::json;

use crate::support::{
    Backend, Client, TestApp,
    disk::{fill, long, make_room},
    eventually,
    inbox::{last_message, messages, newest, rows, text},
};

/// A hub that Telegram can reach, with a bot whose updates are posted to it.
async fn hub(backend: Backend) -> (TestApp, Stub, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let telegram = Stub::start().await.unwrap();
    let url = telegram.url();
    // The address must be known before the hub listens.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = TestApp::with(backend, |config| {
        config.telegram.api_url = url;
        config.server.listen = free;
        config.server.public_url = format!("http://{free}");
    })
    .await;
    let admin = app.staff("Komang", Role::Administrator).await;
    let bot = json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN, "settings": { "webhook": true } });
    let channel = admin.post("/channels", bot).await;
    let hook = format!("http://{free}/hooks/telegram/{}", text(&channel, "id"));
    eventually(|| async { (telegram.webhook().as_deref() == Some(&*hook)).then_some(()) }).await;
    (app, telegram, hook)
}

/// Posts to the hook as somebody else would.
#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn post(hook: &str, secret: Option<&str>, body: Vec<u8>) -> StatusCode {
    let mut request = reqwest::Client::new().post(hook).body(body);
    if let Some(secret) = secret {
        request = request.header("x-telegram-bot-api-secret-token", secret);
    }
    request.send().await.unwrap().status()
}

fn forged() -> Vec<u8> {
    let who = json!({ "id": 666, "is_bot": false, "first_name": "Mallory" });
    let message = json!({ "message_id": 1, "from": who, "chat": { "id": 666, "type": "private" }, "date": 1, "text": "palsu" });
    json!({ "update_id": 1, "message": message }).to_string().into()
}

async fn said(client: &Client, word: &str) -> usize {
    let row = newest(client).await;
    messages(client, &row).await.iter().filter(|said| text(said, "text").starts_with(word)).count()
}

async fn updates_are_posted(backend: Backend) {
    let (app, telegram, hook) = hub(backend).await;
    let ayu = app.officer("Ayu").await;
    let rina = telegram.customer(48_213_377, "Rina");
    let first = rina.says("Halo");
    let row = newest(&ayu).await;
    assert_eq!((text(&row, "preview"), text(&row["contact"], "name")), ("Halo", "Rina"));
    eventually(|| async { telegram.posted().contains(&(first.update, Some(200))).then_some(()) })
        .await;
    // D3: the same once more is known.
    assert!(telegram.again(first.update));
    rina.says("Masih di sana?");
    last_message(&ayu, &row, |last| last["text"] == "Masih di sana?").await;
    assert_eq!(messages(&ayu, &row).await.len(), 2);

    // Without Telegram's secret nothing is read, whatever it is.
    for secret in [None, Some(""), Some("s3cret"), Some("\u{e9}")] {
        assert_eq!(post(&hook, secret, forged()).await, StatusCode::FORBIDDEN, "{secret:?}");
    }
    let (base, _) = hook.rsplit_once('/').unwrap();
    for nobody in ["019acb1c-0000-7000-8000-000000000000", "x", "..%2f..%2fapi"] {
        let status = post(&format!("{base}/{nobody}"), None, forged()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{nobody}");
    }
    // What is too large neither, be it read up to the limit or not at all.
    for size in [2 * MAX_WEBHOOK_BODY, MAX_WEBHOOK_BODY + 2000] {
        let status = post(&hook, None, vec![b' '; size]).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    assert_eq!(rows(&ayu, "folder=all").await.len(), 1);
    // Nobody may look at the hook, and another kind of channel has none.
    assert_eq!(ayu.call(Method::GET, "/api/v1/hooks", None).await.status(), 404);
    let mailbox = app.mailbox().await;
    assert_eq!(
        post(&format!("{base}/{}", text(&mailbox, "id")), None, forged()).await,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_that_telegram_posts_come_in_and_others_do_not_on_sqlite() {
    updates_are_posted(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_that_telegram_posts_come_in_and_others_do_not_on_postgres() {
    updates_are_posted(Backend::Postgres).await;
}

async fn put_off(backend: Backend) {
    let (app, telegram, _) = hub(backend).await;
    let ayu = app.officer("Ayu").await;
    let rina = telegram.customer(48_213_377, "Rina");
    rina.says("Halo");
    newest(&ayu).await;
    eventually(|| async { telegram.pending().is_empty().then_some(()) }).await;
    fill(&app).await;
    let update = rina.says(&long("penting")).update;
    eventually(|| async { telegram.posted().contains(&(update, Some(503))).then_some(()) }).await;
    assert_eq!(telegram.pending(), [update]);
    make_room(&app).await;
    eventually(|| async { telegram.pending().is_empty().then_some(()) }).await;
    assert_eq!(said(&ayu, "penting").await, 1);
    assert_eq!(rows(&ayu, "folder=all").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_an_update_is_answered_with_503_until_it_is_stored_on_sqlite() {
    put_off(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_an_update_is_answered_with_503_until_it_is_stored_on_postgres() {
    put_off(Backend::Postgres).await;
}
