//! Outgoing webhooks, against a real receiver.

mod dying;
mod posting;
mod settings;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use sapa::events::{Actor, NewEvent};
use sapa_channel::new_id;
use serde_json::{Value, json};

use crate::support::TestApp;

/// A call that a receiver got.
struct Call {
    headers: HeaderMap,
    raw: String,
    body: Value,
}

impl Call {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("plain")
    }
}

/// One that webhooks post to: what it got, and what it answers.
#[derive(Clone)]
struct Receiver {
    calls: Arc<Mutex<Vec<Call>>>,
    status: Arc<Mutex<StatusCode>>,
    url: String,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let receiver = Self {
            calls: Arc::default(),
            status: Arc::new(Mutex::new(StatusCode::OK)),
            url: format!("http://{}/hook", listener.local_addr().expect("bound")),
        };
        let router = Router::new().route("/hook", post(Self::receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    #[expect(clippy::unused_async, reason = "what answers a call is async")]
    async fn receive(State(receiver): State<Self>, headers: HeaderMap, raw: String) -> StatusCode {
        let body = serde_json::from_str(&raw).expect("JSON");
        receiver.calls.lock().expect("unharmed").push(Call { headers, raw, body });
        *receiver.status.lock().expect("unharmed")
    }

    fn answer(&self, status: StatusCode) {
        *self.status.lock().expect("unharmed") = status;
    }

    /// What it got since it was last asked.
    fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().expect("unharmed"))
    }

    fn take_kinds(&self) -> Vec<Value> {
        self.take().into_iter().map(|call| call.body["type"].clone()).collect()
    }
}

/// Events happen, of these kinds.
async fn happen(app: &TestApp, kinds: &[&'static str]) {
    let now = app.app.now();
    let events: Vec<_> = kinds
        .iter()
        .map(|kind| {
            NewEvent::new(kind, now, Actor::system()).contact(new_id()).data(json!({ "n": 1 }))
        })
        .collect();
    let tx = app.app.db().write().await.expect("writing");
    app.app.commit(tx, &events).await.expect("committing");
}
