//! A hub in memory, a web server in front of it, and a browser.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::{SinkExt, StreamExt};
use sapa_channel::{ChannelId, Clock, File, Intake, Timestamp, conformance::Recorder, new_id};
use sapa_webchat::{
    Caller, ChatHub, ChatServer, HubError, Key, Looks, Marks, Missed, Page, Push, Pushes, Rooms,
    ServerMessage, Site, routes,
};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const ORIGIN: &str = "https://kopiseruni.example";
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

/// A clock that a test moves.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn forward(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A hub that knows one site.
pub struct FakeHub {
    pub site: Arc<Site>,
    pub rooms: Arc<Rooms>,
    pub log: Mutex<Vec<(String, Push)>>,
    pub uploads: Mutex<HashMap<Uuid, (Uuid, File)>>,
    pub told: Mutex<Vec<String>>,
    pub down: AtomicBool,
    places: AtomicI64,
}

impl FakeHub {
    pub fn new() -> Arc<Self> {
        let site = Site {
            channel: ChannelId(Uuid::from_u128(7)),
            key: "seruni".into(),
            signing_key: Key::new(b"shop"),
            visitor_key: Key::new(b"hub"),
            allowed_origins: vec![ORIGIN.into()],
            customers: None,
            looks: Looks { title: "Kopi Seruni".into(), ..Looks::default() },
        };
        Arc::new(Self {
            site: Arc::new(site),
            rooms: Rooms::new(),
            log: Mutex::default(),
            uploads: Mutex::default(),
            told: Mutex::default(),
            down: AtomicBool::new(false),
            places: AtomicI64::new(100),
        })
    }

    /// An officer says something to an address.
    pub fn answer(&self, address: &str, text: &str) -> i64 {
        let seq = self.places.fetch_add(1, Ordering::SeqCst);
        let message = ServerMessage {
            seq,
            id: new_id(),
            client_id: None,
            from: sapa_webchat::Author::Officer,
            name: Some("Dimas".into()),
            text: text.into(),
            files: vec![],
            buttons: vec![],
            at: NOW,
            edited: false,
        };
        let push = Push::Message(message);
        self.log.lock().unwrap().push((address.into(), push.clone()));
        self.push(address, push);
        seq
    }

    pub fn push(&self, address: &str, push: Push) {
        let address = sapa_channel::Address { kind: sapa_webchat::KIND, value: address.to_owned() };
        self.rooms.push(&address, push);
    }

    fn messages(&self, who: &Caller) -> Vec<ServerMessage> {
        let log = self.log.lock().unwrap();
        let addresses: Vec<String> = who.addresses().into_iter().map(|own| own.value).collect();
        let own = log.iter().filter(|(address, _)| addresses.contains(address));
        own.filter_map(|(_, push)| match push {
            Push::Message(message) => Some(message.clone()),
            _ => None,
        })
        .collect()
    }

    fn up(&self) -> Result<(), HubError> {
        if self.down.load(Ordering::SeqCst) { Err(HubError::Unavailable) } else { Ok(()) }
    }
}

#[async_trait]
impl ChatHub for FakeHub {
    async fn site(&self, key: &str) -> Option<Arc<Site>> {
        (key == self.site.key).then(|| self.site.clone())
    }

    async fn history(
        &self,
        who: &Caller,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Page, HubError> {
        self.up()?;
        let mut messages = self.messages(who);
        messages.retain(|message| before.is_none_or(|before| message.seq < before));
        let surplus = messages.len().saturating_sub(limit);
        messages.drain(..surplus);
        let seq = self.places.load(Ordering::SeqCst) - 1;
        Ok(Page { messages, more: surplus > 0, seq })
    }

    async fn since(&self, who: &Caller, seq: i64, limit: usize) -> Result<Missed, HubError> {
        let missed: Vec<_> = self.messages(who).into_iter().filter(|m| m.seq > seq).collect();
        if missed.len() > limit {
            return self.history(who, None, 30).await.map(Missed::TooMuch);
        }
        let pushes = missed.into_iter().map(Push::Message).collect();
        Ok(Missed::All { pushes, seq: self.places.load(Ordering::SeqCst) - 1 })
    }

    async fn marks(&self, _: &Caller) -> Result<Marks, HubError> {
        Ok(Marks { delivered: 3, read: 2 })
    }

    fn subscribe(&self, who: &Caller) -> Pushes {
        self.rooms.subscribe_caller(who)
    }

    async fn seen(&self, who: &Caller, seq: i64, read: bool) -> Result<(), HubError> {
        let how = if read { "read" } else { "seen" };
        self.told.lock().unwrap().push(format!("{} {how} {seq}", who.address.value));
        Ok(())
    }

    fn typing(&self, who: &Caller, on: bool) {
        self.told.lock().unwrap().push(format!("{} typing {on}", who.address.value));
    }

    fn online(&self, _: &Site) -> bool {
        true
    }

    async fn seq_of(&self, _: Uuid) -> Result<i64, HubError> {
        Ok(self.places.fetch_add(1, Ordering::SeqCst))
    }

    async fn upload(&self, who: &Caller, file: File) -> Result<Uuid, HubError> {
        let id = new_id();
        self.uploads.lock().unwrap().insert(id, (who.visitor, file));
        Ok(id)
    }

    async fn uploads(&self, who: &Caller, ids: &[Uuid]) -> Result<Vec<File>, HubError> {
        let uploads = self.uploads.lock().unwrap();
        let own = |id: &Uuid| uploads.get(id).filter(|(visitor, _)| *visitor == who.visitor);
        ids.iter()
            .map(|id| own(id).map(|(_, file)| file.clone()).ok_or(HubError::NotFound))
            .collect()
    }
}

/// Web chat at work.
pub struct Chat {
    pub hub: Arc<FakeHub>,
    pub clock: Arc<TestClock>,
    pub recorder: Arc<Recorder>,
    pub server: Arc<ChatServer>,
    pub address: SocketAddr,
    pub stop: CancellationToken,
}

impl Chat {
    pub async fn new() -> Self {
        let recorder = Recorder::new();
        let mut chat = Self::with(recorder.clone(), Duration::from_secs(30)).await;
        chat.recorder = recorder;
        chat
    }

    pub async fn with(intake: Arc<dyn Intake>, pings: Duration) -> Self {
        let hub = FakeHub::new();
        let clock = Arc::new(TestClock(AtomicI64::new(NOW.0)));
        let stop = CancellationToken::new();
        let server =
            ChatServer::with_pings(hub.clone(), intake, clock.clone(), stop.clone(), pings);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = routes(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { hub, clock, recorder: Recorder::new(), server, address, stop }
    }

    /// A browser that said hello and was told that it is ready; and its address.
    pub async fn visitor(&self) -> (Browser, String) {
        let secret = self.hub.site.new_visitor();
        let address = format!("v:{}", self.hub.site.visitor(&secret).unwrap());
        (self.browser(&secret, None, None).await, address)
    }

    pub async fn browser(&self, secret: &str, token: Option<&str>, since: Option<i64>) -> Browser {
        let mut browser = self.connect().await;
        let hello =
            json!({"t":"hello","visitor":secret,"token":token,"since":since,"language":"id"});
        browser.send(&hello).await;
        loop {
            let frame = browser.frame().await;
            let ready = frame["t"] == "ready";
            browser.greeting.push(frame);
            if ready {
                return browser;
            }
        }
    }

    /// A browser that said nothing yet.
    pub async fn connect(&self) -> Browser {
        let mut request =
            format!("ws://{}/chat/seruni/socket", self.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", ORIGIN.parse().unwrap());
        headers.insert("sec-websocket-protocol", "sapa.chat.v1".parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        Browser { socket, greeting: vec![] }
    }
}

/// A visitor's end of a socket.
pub struct Browser {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub greeting: Vec<Value>,
}

impl Browser {
    pub async fn send(&mut self, frame: &Value) {
        self.send_raw(frame.to_string()).await;
    }

    pub async fn send_raw(&mut self, text: String) {
        self.socket.send(Message::Text(text.into())).await.unwrap();
    }

    pub async fn say(&mut self, id: Uuid, text: &str) {
        self.send(&json!({"t":"say","id":id,"text":text})).await;
    }

    /// The next frame, which must come within some seconds.
    pub async fn frame(&mut self) -> Value {
        self.frame_within(Duration::from_secs(15)).await.expect("a frame comes in time")
    }

    pub async fn frame_within(&mut self, span: Duration) -> Option<Value> {
        let next = async {
            loop {
                match self.socket.next().await.expect("the socket is open").unwrap() {
                    Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                    Message::Ping(_) | Message::Pong(_) => {}
                    other => panic!("{other:?}"),
                }
            }
        };
        tokio::time::timeout(span, next).await.ok()
    }

    /// The code of the error frame, and that of the close that follows it.
    pub async fn end(&mut self) -> (String, u16) {
        let mut word = String::new();
        let end = async {
            loop {
                match self.socket.next().await.expect("a close comes first").unwrap() {
                    Message::Text(text) => {
                        let frame: Value = serde_json::from_str(&text).unwrap();
                        if frame["t"] == "error" {
                            frame["code"].as_str().unwrap().clone_into(&mut word);
                        }
                    }
                    Message::Close(frame) => return frame.unwrap().code.into(),
                    _ => {}
                }
            }
        };
        let code = tokio::time::timeout(Duration::from_secs(20), end).await.expect("it is closed");
        (word, code)
    }
}
