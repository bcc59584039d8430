//! Receiving by webhook, behind a web server as the hub has one.

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bytes::Bytes;
use sapa_channel::{Inbound, Intake, Refused, conformance::Recorder};
use sapa_telegram::{MAX_WEBHOOK_BODY, TelegramChannel, WebhookAnswer, stub::Stub};
use tokio::net::TcpListener;

use crate::support::{RINA, by_webhook, install_tls, polling, run, until};

type Target = Arc<OnceLock<(Arc<TelegramChannel>, Arc<dyn Intake>)>>;

/// The hub's web server.
pub struct Hub {
    pub url: String,
    target: Target,
}

impl Hub {
    pub async fn start() -> Self {
        let target = Target::default();
        let router = Router::new().route("/hooks/telegram", post(hook)).with_state(target.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/telegram", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, target }
    }

    pub fn serve(&self, channel: Arc<TelegramChannel>, intake: Arc<dyn Intake>) {
        assert!(self.target.set((channel, intake)).is_ok());
    }
}

async fn hook(State(target): State<Target>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let (channel, intake) = target.get().unwrap();
    let secret = headers.get("x-telegram-bot-api-secret-token").map(|it| it.to_str().unwrap());
    let answer = channel.receive_webhook(secret, body, &**intake).await;
    StatusCode::from_u16(answer.status()).unwrap()
}

fn update(text: &str) -> Bytes {
    let user = serde_json::json!({"id": RINA, "is_bot": false, "first_name": "Rina"});
    let chat = serde_json::json!({"id": RINA, "type": "private", "first_name": "Rina"});
    let message = serde_json::json!({
        "message_id": 7, "from": user, "chat": chat, "date": 1_795_000_000, "text": text,
    });
    serde_json::json!({"update_id": 10, "message": message}).to_string().into()
}

async fn channel() -> (Stub, Arc<TelegramChannel>, Arc<Recorder>) {
    install_tls();
    let stub = Stub::start().await.unwrap();
    let channel = by_webhook(&stub, "https://hub.example/hooks/telegram", "s3cret");
    (stub, channel, Recorder::new())
}

#[tokio::test]
async fn telegram_webhook_secret_is_checked_before_anything_is_read() {
    let (_stub, channel, recorder) = channel().await;
    for secret in [None, Some(""), Some("s3cre"), Some("s3cret "), Some("S3CRET")] {
        let answer = channel.receive_webhook(secret, update("Halo"), &*recorder).await;
        assert_eq!(answer, WebhookAnswer::Forbidden, "{secret:?}");
    }
    assert!(recorder.arrivals().is_empty());
    let answer = channel.receive_webhook(Some("s3cret"), update("Halo"), &*recorder).await;
    assert_eq!(answer, WebhookAnswer::Taken);
    assert_eq!(recorder.arrivals().len(), 1);
}

#[tokio::test]
async fn telegram_a_polling_channel_has_no_webhook() {
    install_tls();
    let stub = Stub::start().await.unwrap();
    let recorder = Recorder::new();
    let answer = polling(&stub).receive_webhook(Some(""), update("Halo"), &*recorder).await;
    assert_eq!(answer, WebhookAnswer::Forbidden);
}

#[tokio::test]
async fn d1_a_webhook_answers_ok_only_when_the_update_is_durable() {
    let (_stub, channel, recorder) = channel().await;
    for refusal in [Refused::Full, Refused::Unavailable] {
        recorder.answer(Some(Err(refusal)));
        let answer = channel.receive_webhook(Some("s3cret"), update("Halo"), &*recorder).await;
        assert_eq!(answer.status(), 503);
    }
    recorder.answer(Some(Ok(())));
    let answer = channel.receive_webhook(Some("s3cret"), update("Halo"), &*recorder).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_webhook_body_that_is_too_large_is_refused_unread() {
    let (_stub, channel, recorder) = channel().await;
    let body = Bytes::from(vec![b' '; MAX_WEBHOOK_BODY + 1]);
    let answer = channel.receive_webhook(Some("s3cret"), body, &*recorder).await;
    assert_eq!(answer.status(), 413);
    assert!(recorder.arrivals().is_empty());
}

#[tokio::test]
async fn d4_broken_json_is_kept_as_unreadable_and_known_again() {
    let (_stub, channel, recorder) = channel().await;
    for _ in 0..2 {
        let body = Bytes::from_static(b"{\"update_id\": 12, \"message\"");
        let answer = channel.receive_webhook(Some("s3cret"), body, &*recorder).await;
        assert_eq!(answer, WebhookAnswer::Taken);
    }
    let arrivals = recorder.arrivals();
    assert!(arrivals.iter().all(|arrival| arrival.content.is_err()));
    assert_eq!(&*arrivals[0].original.bytes, b"{\"update_id\": 12, \"message\"");
    assert_eq!(arrivals[0].transport_key, arrivals[1].transport_key, "an exact redelivery (D3)");
}

#[tokio::test]
async fn d4_an_unknown_kind_is_kept_and_says_nothing() {
    let (_stub, channel, recorder) = channel().await;
    let body = Bytes::from_static(br#"{"update_id":11,"brand_new_kind":{"a":1}}"#);
    let answer = channel.receive_webhook(Some("s3cret"), body.clone(), &*recorder).await;
    assert_eq!(answer, WebhookAnswer::Taken);
    let arrival = recorder.arrivals().pop().unwrap();
    assert!(matches!(arrival.content, Ok(Inbound::Nothing)));
    assert_eq!((arrival.original.bytes, arrival.transport_key.as_str()), (body, "u11"));
}

#[tokio::test]
async fn telegram_the_webhook_is_set_with_its_secret_and_set_again_when_it_is_gone() {
    install_tls();
    let stub = Stub::start().await.unwrap();
    let (hub, recorder) = (Hub::start().await, Recorder::new());
    let channel = by_webhook(&stub, &hub.url, "s3cret");
    hub.serve(channel.clone(), recorder.clone());
    let running = run(&channel, recorder.clone());
    until("the webhook", || stub.webhook().as_ref() == Some(&hub.url)).await;

    stub.customer(RINA, "Rina").says("Halo");
    until("the post", || recorder.arrivals().len() == 1).await;
    until("health", || running.health.is_good()).await;

    let gone = serde_json::json!({});
    let url = format!("{}/bot{}/deleteWebhook", stub.url(), sapa_telegram::stub::TOKEN);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.post(url).json(&gone).send().await.unwrap();
    until("a word of it", || running.health.bad("somebody else changed")).await;
    until("the webhook again", || stub.webhook().as_ref() == Some(&hub.url)).await;
}

#[tokio::test]
async fn telegram_updates_that_cannot_be_posted_are_said_in_health() {
    install_tls();
    let stub = Stub::start().await.unwrap();
    let (hub, recorder) = (Hub::start().await, Recorder::new());
    recorder.answer(Some(Err(Refused::Unavailable)));
    let channel = by_webhook(&stub, &hub.url, "s3cret");
    hub.serve(channel.clone(), recorder.clone());
    let running = run(&channel, recorder.clone());
    stub.customer(RINA, "Rina").says("Halo");
    until("a word of it", || running.health.bad("cannot hand over 1 updates")).await;
    recorder.answer(Some(Ok(())));
    until("the post", || stub.pending().is_empty()).await;
    until("health", || running.health.is_good()).await;
}

#[tokio::test]
async fn telegram_the_webhook_stays_when_the_channel_stops() {
    install_tls();
    let stub = Stub::start().await.unwrap();
    let channel = by_webhook(&stub, "http://127.0.0.1:9/hooks", "s3cret");
    let mut running = run(&channel, Recorder::new());
    until("the webhook", || stub.webhook().is_some()).await;
    running.stop.cancel();
    (&mut running.task).await.unwrap();
    assert!(stub.webhook().is_some(), "updates must not be lost over a restart");
}
