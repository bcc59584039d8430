//! Those whom the hub calls: the firm's webhook and its bot. They answer, but now and then with trouble.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bench::dice::Dice;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What came out of the hub.
#[derive(Debug, Default)]
pub struct Came {
    mails: Mutex<Vec<Arrived>>,
    posts: Mutex<Vec<String>>,
    gentle: AtomicBool,
    chance: AtomicU64,
}

/// A mail that came out of the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its subject, which has its mark.
    pub subject: String,
    /// To whom.
    pub to: String,
    /// A fingerprint of its bytes.
    pub print: u64,
}

impl Came {
    /// Nothing yet; chance begins at the seed.
    pub fn new(seed: u64) -> Self {
        Self { chance: AtomicU64::new(seed), ..Self::default() }
    }

    /// A number below a hundred; a hundred when no trouble shall be made, so that it is below no limit.
    pub fn chance(&self) -> usize {
        if self.gentle.load(Ordering::SeqCst) {
            return 100;
        }
        Dice(self.chance.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9)).below(100)
    }

    /// Whether no trouble shall be made.
    pub fn is_gentle(&self) -> bool {
        self.gentle.load(Ordering::SeqCst)
    }

    /// Whether the peers make no trouble from now on.
    pub fn be_gentle(&self, gentle: bool) {
        self.gentle.store(gentle, Ordering::SeqCst);
    }

    /// Notes a mail.
    pub fn mail(&self, arrived: Arrived) {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).push(arrived);
    }

    /// The mails, the first first.
    pub fn mails(&self) -> Vec<Arrived> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The ids of the posts to the webhook.
    pub fn posts(&self) -> Vec<String> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Listens for both. Tells where.
pub async fn listen(came: Arc<Came>) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let router =
        Router::new().route("/webhook", post(webhook)).route("/bot", post(bot)).with_state(came);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn webhook(State(came): State<Arc<Came>>, headers: HeaderMap) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let chance = came.chance();
    if chance < 3 {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    came.posts.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_owned());
    if chance < 6 {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
    // It was taken all the same.
    if chance < 8 { StatusCode::BAD_GATEWAY } else { StatusCode::NO_CONTENT }
}

/// Answers customers with even numbers by itself, and gives the others to people.
async fn bot(State(came): State<Arc<Came>>, body: String) -> (StatusCode, String) {
    let chance = came.chance();
    if chance < 4 {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    if chance < 8 {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
    }
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let text = asked["data"]["message"]["text"].as_str().unwrap_or_default();
    let number = text.split('-').nth(1).and_then(|number| number.parse::<u32>().ok());
    let action = if number.is_some_and(|number| number.is_multiple_of(2)) {
        json!({ "type": "say", "text": format!("bot:{text}") })
    } else {
        json!({ "type": "hand_over" })
    };
    (StatusCode::OK, json!({ "actions": [action] }).to_string())
}
