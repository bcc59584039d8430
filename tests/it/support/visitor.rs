//! A visitor of the shop's web site, with a real socket.

use std::{collections::VecDeque, time::Duration};

use futures::{SinkExt, StreamExt};
use sapa::officers::policy::Role;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::TestApp;

/// The origin of the shop's pages.
pub const ORIGIN: &str = "https://kopiseruni.example";

/// A web site's chat as a channel: its key and what the shop signs with.
#[derive(Clone, Debug)]
pub struct Site {
    pub channel: Value,
    pub key: String,
}

impl Site {
    /// Adds a site's chat.
    pub async fn new(app: &TestApp) -> Self {
        let admin = app.staff("Made", Role::Administrator).await;
        let settings =
            json!({ "allowed_origins": [ORIGIN], "title": "Kopi Seruni", "language": "id" });
        let channel = admin
            .post("/channels", json!({ "kind": "webchat", "name": "Toko", "settings": settings }))
            .await;
        let key = channel["address"].as_str().expect("a key").to_owned();
        assert!(channel["signing_key"].is_string(), "it is shown once");
        Self { channel, key }
    }

    /// A token that says who a customer is, as the shop signs it.
    pub fn token(&self, app: &TestApp, payload: Value) -> String {
        let mut payload = payload;
        payload["exp"] = json!(app.app.now().seconds() + 600);
        let id = self.channel["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let operated = app.app.registry().get(sapa_channel::ChannelId(id)).expect("in operation");
        let sapa::channels::kinds::Part::Webchat(site) = &operated.part else { panic!("a site") };
        site.sign_token(&payload.to_string())
    }
}

/// One browser.
pub struct Visitor {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub secret: String,
    pub ready: Value,
    /// What came while an acknowledgement was waited for: the order of the two is not promised.
    earlier: VecDeque<Value>,
}

impl Visitor {
    /// A browser that was never here.
    pub async fn new(app: &TestApp, site: &Site) -> Self {
        let secret = Self::begin(app, site).await;
        Self::back(app, site, &secret, None, None).await
    }

    #[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
    async fn begin(app: &TestApp, site: &Site) -> String {
        let response = reqwest::Client::new()
            .post(format!("{}/chat/{}/session", app.url(), site.key))
            .header("origin", ORIGIN)
            .json(&json!({ "visitor": null, "token": null }))
            .send()
            .await
            .expect("the hub answers");
        assert!(response.status().is_success(), "{}", response.status());
        let begun: Value = response.json().await.expect("JSON");
        begun["visitor"].as_str().expect("a secret").to_owned()
    }

    /// A browser that has been here, or whose customer has signed in.
    pub async fn back(
        app: &TestApp,
        site: &Site,
        secret: &str,
        token: Option<&str>,
        since: Option<i64>,
    ) -> Self {
        let mut visitor = Self::hello(app, site, secret, token, since).await;
        visitor.ready = visitor.hears("ready").await;
        visitor
    }

    /// A browser that has said who it is, and has not heard anything yet.
    pub async fn silent(app: &TestApp, site: &Site, secret: &str, token: Option<&str>) -> Self {
        Self::hello(app, site, secret, token, None).await
    }

    async fn hello(
        app: &TestApp,
        site: &Site,
        secret: &str,
        token: Option<&str>,
        since: Option<i64>,
    ) -> Self {
        let address = format!("ws://{}/chat/{}/socket", app.running.http, site.key);
        let mut request = address.into_client_request().expect("an address");
        request.headers_mut().insert("origin", ORIGIN.parse().expect("plain"));
        request
            .headers_mut()
            .insert("sec-websocket-protocol", "sapa.chat.v1".parse().expect("plain"));
        let (socket, _) = tokio_tungstenite::connect_async(request).await.expect("a socket");
        let mut visitor = Self {
            socket,
            secret: secret.to_owned(),
            ready: Value::Null,
            earlier: VecDeque::new(),
        };
        visitor
            .send(json!({ "t": "hello", "visitor": secret, "token": token, "since": since, "language": "id" }))
            .await;
        visitor
    }

    pub async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.expect("the socket is open");
    }

    /// The next frame of a kind; others are passed over.
    pub async fn hears(&mut self, kind: &str) -> Value {
        while let Some(frame) = self.earlier.pop_front() {
            if frame["t"] == kind {
                return frame;
            }
        }
        self.awaits(kind, |_| {}).await
    }

    async fn awaits(&mut self, kind: &str, mut other: impl FnMut(Value)) -> Value {
        tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                let message =
                    self.socket.next().await.expect("the socket is open").expect("a frame");
                let Message::Text(text) = message else { continue };
                let frame: Value = serde_json::from_str(&text).expect("JSON");
                if frame["t"] == kind {
                    return frame;
                }
                other(frame);
            }
        })
        .await
        .unwrap_or_else(|_| panic!("no {kind} within ten seconds"))
    }

    /// All frames, as they were written, up to one in which a text stands.
    pub async fn hears_all_to(&mut self, text: &str) -> String {
        let mut heard: String = self.earlier.drain(..).map(|frame| frame.to_string()).collect();
        tokio::time::timeout(Duration::from_secs(10), async {
            while !heard.contains(text) {
                let frame = self.socket.next().await.expect("the socket is open").expect("a frame");
                if let Message::Text(frame) = frame {
                    heard.push_str(&frame);
                }
            }
        })
        .await
        .unwrap_or_else(|_| panic!("no {text} within ten seconds"));
        heard
    }

    /// Says something and waits until it is acknowledged.
    pub async fn says(&mut self, text: &str) -> Value {
        let id = uuid::Uuid::new_v4();
        self.send(json!({ "t": "say", "id": id, "text": text, "files": [], "page": "https://kopiseruni.example/" })).await;
        let mut earlier = std::mem::take(&mut self.earlier);
        let ack = self.awaits("ack", |frame| earlier.push_back(frame)).await;
        self.earlier = earlier;
        ack
    }
}
