//! A fault in one part of the program stops no other.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sapa::{
    app::App,
    channels::{Operated, health::ChannelHealth, kinds::Part},
    config::Config,
    delivery::worker,
};
use sapa_channel::{
    Capabilities, Channel, ChannelId, Clock, Health, Intake, Kind, Outbound, Outcome, SystemClock,
    Timestamp,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{
    scenario,
    support::{
        Backend, TestApp, database, eventually,
        inbox::{answer, in_state, mail_from, text},
    },
};

scenario! {
    async fn a_task_that_panics_is_started_again(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let (begun, stop) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
        let (counted, ended) = (begun.clone(), stop.clone());
        app.app.supervise("broken", stop.clone(), move || {
            let (counted, ended) = (counted.clone(), ended.clone());
            async move {
                let times = counted.fetch_add(1, Ordering::SeqCst);
                assert!(times >= 2, "broken as it should be");
                ended.cancelled().await;
            }
        });
        eventually(|| async { (begun.load(Ordering::SeqCst) == 3).then_some(()) }).await;
        // Everything else went on.
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        answer(&ayu, &row, "Halo").await;
        app.sent_mails(1).await;
        stop.cancel();
        app.running.stop().await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 3, "told to stop, it is not started again");
    }
}

/// A channel that breaks over some words.
struct Fragile {
    letters: bool,
}

#[async_trait]
impl Channel for Fragile {
    fn kind(&self) -> Kind {
        Kind::new("email")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            pull: false,
            alone: false,
            letters: self.letters,
            retract: false,
            buttons: false,
            max_text: 10_000,
            max_file: 10_000,
        }
    }

    async fn run(&self, _: Arc<dyn Intake>, _: Arc<dyn Health>, stop: CancellationToken) {
        stop.cancelled().await;
    }

    async fn send(&self, message: Outbound) -> Outcome {
        assert!(message.text != "rapuh", "fragile as it should be");
        Outcome::Sent { external_id: None }
    }

    async fn check(&self) -> Result<String, String> {
        Ok("fine".to_owned())
    }
}

/// Puts a fragile channel in the place of one in operation.
fn replace(app: &TestApp, channel: &Value, letters: bool) {
    let stop = CancellationToken::new();
    let id = ChannelId(text(channel, "id").parse().unwrap());
    let operated = Arc::new(Operated {
        id,
        form: app.app.registry().get(id).unwrap().form,
        name: "Rapuh".to_owned(),
        address: text(channel, "address").to_owned(),
        channel: Arc::new(Fragile { letters }),
        part: Part::Email,
        health: ChannelHealth::new(app.app.clock()),
        stop: stop.clone(),
    });
    app.app.registry().insert(operated.clone());
    let hub = app.app.clone();
    app.app.supervise("delivery", stop.clone(), move || {
        worker::run(hub.clone(), operated.clone(), stop.clone())
    });
}

scenario! {
    async fn d6_a_channel_that_panics_while_it_sends_leaves_the_fate_unknown_and_sends_the_rest(app: TestApp) {
        let channel = app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        replace(&app, &channel, false);
        let broken = answer(&ayu, &row, "rapuh").await;
        let unknown = in_state(&ayu, &row, text(&broken, "id"), "unknown").await;
        assert!(text(&unknown["delivery"], "reason").contains("broke while it was sending"), "{unknown}");
        assert_eq!(unknown["delivery"]["attempts"], 1);
        let next = answer(&ayu, &row, "kuat").await;
        in_state(&ayu, &row, text(&next, "id"), "sent").await;
    }
}

/// A clock that can break.
#[derive(Debug, Default)]
struct BrokenClock(AtomicBool);

impl Clock for BrokenClock {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(Ordering::SeqCst), "a secret of the clock: s3cret");
        SystemClock.now()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_panics_answers_500_and_says_nothing_of_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.database.url = database::fresh(Backend::Sqlite, folder.path()).await.into();
    config.files.folder = folder.path().join("files");
    let clock = Arc::new(BrokenClock::default());
    let app = App::open(config, clock.clone(), false).await.unwrap();
    let router = sapa::http::router(&app);
    let path = "/chat/files/019acb1c-0000-7000-8000-000000000000?e=9999999999&s=x";
    let call = async || {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap()
    };
    assert_eq!(call().await.status(), StatusCode::NOT_FOUND);
    clock.0.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let response = call().await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert!(response.headers().contains_key("x-request-id"), "by which it is found in the log");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            problem,
            json!({ "type": "urn:sapa:internal", "title": "internal error", "status": 500, "code": "internal" })
        );
    }
    clock.0.store(false, Ordering::SeqCst);
    assert_eq!(call().await.status(), StatusCode::NOT_FOUND);
}
