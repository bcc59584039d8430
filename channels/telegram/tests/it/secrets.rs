//! The bot's token and the webhook's secret are in no text that leaves the channel.

use std::{
    io,
    sync::{Arc, Mutex},
};

use sapa_channel::{Channel, SystemClock, conformance::Recorder};
use sapa_telegram::{
    Mode, Settings, SettingsError, TelegramChannel, get_me,
    stub::{Behaviour, TOKEN},
};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Bench, by_webhook, file, outbound, polling, run, settings, until};

/// The part of the token that is secret.
fn secret() -> &'static str {
    TOKEN.split_once(':').unwrap().1
}

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn r28_the_token_is_in_no_log_error_or_health_message() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let bench = Bench::new().await;
    let rina = bench.rina().known();
    let mut said = Vec::new();
    let mut with_file = outbound("Ini");
    with_file.files = vec![file("nota.pdf", "application/pdf", &b"%PDF"[..])];
    let echo = format!("Bad Request: wrong url /bot{TOKEN}/sendMessage");
    for how in [
        Behaviour::Accept,
        Behaviour::HangUp,
        Behaviour::broken(),
        Behaviour::refuse(400, &echo),
        Behaviour::refuse(502, &echo),
        Behaviour::Late { milliseconds: 2500 },
    ] {
        bench.stub.behave(how.clone());
        bench.stub.behave_on("getMe", how.clone());
        bench.stub.behave_on("getUpdates", how.clone());
        bench.stub.behave_on("download", how.clone());
        bench.stub.behave_on("sendChatAction", how);
        rina.document("nota.pdf", "application/pdf", &b"%PDF"[..], "");
        said.push(format!("{:?}", bench.channel.send(outbound("Halo")).await));
        said.push(format!("{:?}", bench.channel.send(with_file.clone()).await));
        said.push(format!("{:?}", bench.channel.check().await));
        said.push(format!("{:?}", get_me(&bench.stub.url(), &TOKEN.into()).await));
        bench.channel.typing(&crate::support::RINA.to_string()).await;
    }
    bench.stub.refuse_connections().await;
    said.push(format!("{:?}", bench.channel.send(outbound("Halo")).await));
    said.push(format!("{:?}", bench.channel.check().await));
    until("a word in health", || bench.running.health.bad("cannot be reached")).await;
    said.extend(bench.running.health.all().into_iter().flatten());
    for arrival in bench.recorder.arrivals() {
        said.push(format!("{:?}", arrival.content));
    }
    said.push(format!("{:?} {:?}", bench.channel, settings(&bench.stub)));

    for words in &said {
        assert!(!words.contains(secret()), "{words}");
    }
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(!log.is_empty(), "something was logged");
    let leak = log.lines().find(|line| line.contains(secret()));
    assert_eq!(leak, None, "the token is in the log");
}

#[tokio::test]
async fn r28_debug_texts_hide_the_token_and_the_webhooks_secret() {
    crate::support::install_tls();
    let stub = sapa_telegram::stub::Stub::start().await.unwrap();
    let channel = by_webhook(&stub, "https://hub.example/hooks", "hush-hush");
    let mut settings = settings(&stub);
    settings.mode = Mode::Webhook {
        public_url: "https://hub.example/hooks".to_owned(),
        secret: "hush-hush".into(),
    };
    let shown = format!("{channel:?} {settings:?} {settings:#?}");
    assert!(!shown.contains("hush-hush") && !shown.contains(secret()), "{shown}");
}

#[tokio::test]
async fn r28_what_cannot_be_configured_is_refused_without_repeating_it() {
    crate::support::install_tls();
    let new = |change: fn(&mut Settings)| {
        let mut settings =
            Settings::new(sapa_channel::ChannelId(sapa_channel::new_id()), TOKEN.into());
        change(&mut settings);
        TelegramChannel::new(settings, Arc::new(SystemClock)).map(|_| ())
    };
    assert_eq!(new(|_| ()), Ok(()));
    assert_eq!(new(|it| it.token = "123:abc/../getMe".into()), Err(SettingsError::Token));
    assert_eq!(new(|it| it.token = "abc".into()), Err(SettingsError::Token));
    assert_eq!(new(|it| it.api_url = "ftp://x".to_owned()), Err(SettingsError::ApiUrl));
    assert_eq!(new(|it| it.api_url = "https://x/?a=".to_owned()), Err(SettingsError::ApiUrl));
    assert_eq!(
        new(|it| it.mode = Mode::Webhook { public_url: "x".to_owned(), secret: "s".into() }),
        Err(SettingsError::PublicUrl)
    );
    assert_eq!(
        new(|it| it.mode =
            Mode::Webhook { public_url: "https://x".to_owned(), secret: "a b".into() }),
        Err(SettingsError::Secret)
    );
}

#[tokio::test]
async fn r4_a_redirect_is_not_followed_with_the_token() {
    crate::support::install_tls();
    let stub = sapa_telegram::stub::Stub::start().await.unwrap();
    let target = stub.url();
    let redirect = axum::Router::new().fallback(move |uri: axum::http::Uri| {
        let to = format!("{target}{uri}");
        async move { axum::response::Redirect::temporary(&to) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings(&stub);
    settings.api_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, redirect).await });
    let channel = Arc::new(TelegramChannel::new(settings, Arc::new(SystemClock)).unwrap());
    let words = channel.check().await.unwrap_err();
    assert!(words.contains("redirects") && !words.contains(secret()), "{words}");
    let direct = polling(&stub);
    let _running = run(&direct, Recorder::new());
    assert!(direct.check().await.is_ok());
}
