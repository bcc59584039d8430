//! Bots, against real peers: what they are told, what becomes of what they answer, and who is in charge.

mod answers;
mod asked;
mod charge;
mod dying;
mod examples;
mod limits;
mod mails;
mod settings;
mod walls;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use crate::support::{
    Client, TestApp, eventually,
    inbox::{messages, text},
    visitor::{Site, Visitor},
};

/// A call that a bot got.
struct Call {
    headers: HeaderMap,
    raw: String,
    body: Value,
}

impl Call {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The turn that it asks about.
    fn turn(&self) -> String {
        self.header("webhook-id").to_owned()
    }
}

type Reply = Box<dyn Fn(&Value) -> (u16, String) + Send>;

/// A bot: what it was asked, and what it answers.
#[derive(Clone)]
struct Peer {
    calls: Arc<Mutex<Vec<Call>>>,
    reply: Arc<Mutex<Reply>>,
    url: String,
}

impl Peer {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/bot", listener.local_addr().unwrap());
        let reply: Reply = Box::new(|_| (202, String::new()));
        let peer = Self { calls: Arc::default(), reply: Arc::new(Mutex::new(reply)), url };
        let router = Router::new().route("/bot", post(Self::receive)).with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        peer
    }

    #[expect(clippy::unused_async, reason = "what answers a call is async")]
    async fn receive(
        State(peer): State<Self>,
        headers: HeaderMap,
        raw: Bytes,
    ) -> (StatusCode, String) {
        let raw = String::from_utf8(raw.to_vec()).unwrap();
        let body: Value = serde_json::from_str(&raw).unwrap();
        let (status, answer) = (peer.reply.lock().unwrap())(&body);
        peer.calls.lock().unwrap().push(Call { headers, raw, body });
        (StatusCode::from_u16(status).unwrap(), answer)
    }

    /// Answers so from now on.
    fn replies(&self, reply: impl Fn(&Value) -> (u16, String) + Send + 'static) {
        *self.reply.lock().unwrap() = Box::new(reply);
    }

    /// Answers with these actions from now on.
    fn does(&self, actions: Value) {
        self.replies(move |_| (200, json!({ "actions": actions }).to_string()));
    }

    fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    /// Its calls, as soon as there are so many; those after the first `count` stay.
    async fn asked(&self, count: usize) -> Vec<Call> {
        eventually(|| async { (self.count() >= count).then_some(()) }).await;
        self.calls.lock().unwrap().drain(..count).collect()
    }
}

fn say(text: &str) -> Value {
    json!({ "type": "say", "text": text })
}

/// A hub with a web chat that a bot answers.
struct Hub {
    site: Site,
    peer: Peer,
    admin: Client,
    bot: Value,
}

impl Hub {
    async fn new(app: &TestApp) -> Self {
        Self::with(app, json!({})).await
    }

    /// A hub whose bot has other settings.
    async fn with(app: &TestApp, settings: Value) -> Self {
        let site = Site::new(app).await;
        let peer = Peer::start().await;
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let mut body = json!({ "name": "Kira", "url": peer.url, "channels": [site.channel["id"]] });
        for (name, value) in settings.as_object().unwrap() {
            body[name] = value.clone();
        }
        let bot = admin.post("/bots", body).await;
        Self { site, peer, admin, bot }
    }

    fn path(&self, rest: &str) -> String {
        format!("/bots/{}{rest}", text(&self.bot, "id"))
    }

    /// The bot as a caller of the API.
    fn caller(&self, app: &TestApp) -> Client {
        Client::with_token(app.url(), text(&self.bot, "token"))
    }

    async fn turns(&self) -> Vec<Value> {
        self.admin.get(&self.path("/turns")).await["items"].as_array().unwrap().clone()
    }

    /// The newest turn, as soon as it is in a state.
    async fn turn_in(&self, state: &str) -> Value {
        eventually(|| async {
            self.turns().await.first().filter(|turn| turn["state"] == state).cloned()
        })
        .await
    }

    async fn health(&self) -> Value {
        self.admin.get("/bots").await["items"][0]["health"].clone()
    }
}

/// What a visitor is told next, by the bot or an officer.
async fn hears(visitor: &mut Visitor) -> Value {
    loop {
        let heard = visitor.hears("message").await;
        if heard["from"] != "visitor" {
            return heard;
        }
    }
}

/// All texts that went out in a conversation.
async fn outgoing(client: &Client, row: &Value) -> Vec<String> {
    let all = messages(client, row).await;
    let out = all.iter().filter(|message| message["direction"] == "out");
    out.map(|message| text(message, "text").to_owned()).collect()
}
