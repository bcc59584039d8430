//! What every test needs: a stub, a channel on it, and what it said of its health.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use sapa_channel::{
    Arrival, Button, Channel, ChannelId, Clock, Health, Inbound, Intake, Mailbox, Message, OutFile,
    Outbound, SystemClock, Timestamp, conformance::Recorder, new_id,
};
use sapa_telegram::{
    Mode, Settings, TelegramChannel, Timing,
    stub::{self, Customer, Stub},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The customer of most tests.
pub const RINA: i64 = 48_213_377;

pub fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Quick enough for tests.
pub fn quick() -> Timing {
    Timing {
        poll: Duration::from_secs(1),
        call: Duration::from_secs(2),
        upload: Duration::from_secs(5),
        download: Duration::from_secs(2),
        first_wait: Duration::from_millis(20),
        longest_wait: Duration::from_millis(80),
        check: Duration::from_millis(80),
    }
}

pub fn settings(stub: &Stub) -> Settings {
    let mut settings = Settings::new(ChannelId(new_id()), stub::TOKEN.into());
    settings.api_url = stub.url();
    settings.timing = quick();
    settings
}

pub fn polling(stub: &Stub) -> Arc<TelegramChannel> {
    Arc::new(TelegramChannel::new(settings(stub), Arc::new(SystemClock)).unwrap())
}

pub fn by_webhook(stub: &Stub, url: &str, secret: &str) -> Arc<TelegramChannel> {
    let mut settings = settings(stub);
    settings.mode = Mode::Webhook { public_url: url.to_owned(), secret: secret.into() };
    Arc::new(TelegramChannel::new(settings, Arc::new(SystemClock)).unwrap())
}

/// What the channel said of its health.
#[derive(Debug, Default)]
pub struct Words(Mutex<Vec<Option<String>>>);

impl Words {
    pub fn all(&self) -> Vec<Option<String>> {
        self.0.lock().unwrap().clone()
    }

    pub fn bad(&self, with: &str) -> bool {
        self.all().iter().flatten().any(|words| words.contains(with))
    }

    pub fn is_good(&self) -> bool {
        self.all().last() == Some(&None)
    }
}

impl Health for Words {
    fn good(&self) {
        self.0.lock().unwrap().push(None);
    }

    fn bad(&self, what: String) {
        self.0.lock().unwrap().push(Some(what));
    }
}

/// A channel that runs until it is dropped.
pub struct Running {
    pub health: Arc<Words>,
    pub stop: CancellationToken,
    pub task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub fn run(channel: &Arc<TelegramChannel>, intake: Arc<dyn Intake>) -> Running {
    let (health, stop) = (Arc::new(Words::default()), CancellationToken::new());
    let task = tokio::spawn({
        let (channel, health, stop) = (channel.clone(), health.clone(), stop.clone());
        async move { channel.run(intake, health, stop).await }
    });
    Running { health, stop, task }
}

/// Waits until it is so, for some seconds.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came: {what}");
}

/// A stub, a polling channel on it, and what arrives.
pub struct Bench {
    pub stub: Stub,
    pub channel: Arc<TelegramChannel>,
    pub recorder: Arc<Recorder>,
    pub running: Running,
}

impl Bench {
    pub async fn new() -> Self {
        install_tls();
        let stub = Stub::start().await.unwrap();
        let channel = polling(&stub);
        let recorder = Recorder::new();
        let running = run(&channel, recorder.clone());
        Self { stub, channel, recorder, running }
    }

    pub fn rina(&self) -> Customer {
        self.stub.customer(RINA, "Rina Wulandari").username("rinawln").language("id")
    }

    /// The next arrivals, when there are so many in all.
    pub async fn arrivals(&self, count: usize) -> Vec<Arrival> {
        until("arrivals", || self.recorder.arrivals().len() >= count).await;
        self.recorder.arrivals()
    }

    /// The newest message, when there are so many arrivals in all.
    pub async fn message(&self, count: usize) -> Message {
        let last = self.arrivals(count).await.pop().unwrap();
        match last.content {
            Ok(Inbound::Message(message)) => *message,
            other => panic!("not a message: {other:?}"),
        }
    }
}

/// A message of ours to Rina.
pub fn outbound(text: &str) -> Outbound {
    Outbound {
        message_id: new_id(),
        attempt: 1,
        external_id: "unused@sapa.example".to_owned(),
        to: Mailbox { address: RINA.to_string(), name: None },
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: None,
        text: text.to_owned(),
        html: None,
        files: Vec::new(),
        buttons: Vec::new(),
        parent: None,
        reply_token: None,
        author: "Dimas".to_owned(),
        language: "id".to_owned(),
        automatic: false,
        written_at: Timestamp::from_seconds(1_795_000_000),
        bulk: None,
    }
}

pub fn file(name: &str, media_type: &str, bytes: impl Into<Bytes>) -> OutFile {
    OutFile { name: name.to_owned(), media_type: media_type.to_owned(), bytes: bytes.into() }
}

pub fn button(label: &str) -> Button {
    Button { label: label.to_owned() }
}

/// The beginning of a PNG file, which is all that the stub looks at.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// A clock that is ahead.
#[derive(Debug)]
pub struct Ahead(pub Duration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().after(self.0)
    }
}
