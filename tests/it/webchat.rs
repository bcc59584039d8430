//! Web chat, from the visitor's browser to the officer's screen and back.

mod attached;
mod later;
mod talk;
mod walls;

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::support::{
    TestApp,
    visitor::{ORIGIN, Site, Visitor},
};

/// A browser's socket, frame by frame.
struct Widget {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Widget {
    /// Opens the socket from a page of an origin, or tells the status that refused it.
    async fn open(app: &TestApp, site: &Site, origin: Option<&str>) -> Result<Self, u16> {
        let address = format!("ws://{}/chat/{}/socket", app.running.http, site.key);
        let mut request = address.into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        request.headers_mut().insert("sec-websocket-protocol", "sapa.chat.v1".parse().unwrap());
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens it and says who is there.
    async fn hello(
        app: &TestApp,
        site: &Site,
        secret: &str,
        token: Option<&str>,
        since: Option<i64>,
    ) -> Self {
        let mut widget = Self::open(app, site, Some(ORIGIN)).await.unwrap();
        widget
            .send(json!({ "t": "hello", "visitor": secret, "token": token, "since": since, "language": "id" }))
            .await;
        widget
    }

    async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame; none when the socket is closed.
    async fn next(&mut self) -> Option<Value> {
        let wait = async {
            loop {
                match self.socket.next().await? {
                    Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), wait).await.expect("a frame in ten seconds")
    }

    /// The frames up to the first of a kind, that one last.
    async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            frames.push(self.next().await.expect("the socket is open"));
            if frames.last().is_some_and(|frame| frame["t"] == kind) {
                return frames;
            }
        }
    }

    /// The next frame of a kind.
    async fn hears(&mut self, kind: &str) -> Value {
        self.until(kind).await.pop().unwrap()
    }

    /// All that it hears until it is quiet.
    async fn rest(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        while let Ok(Some(Ok(message))) =
            tokio::time::timeout(Duration::from_millis(500), self.socket.next()).await
        {
            if let Message::Text(text) = message {
                frames.push(serde_json::from_str(&text).unwrap());
            }
        }
        frames
    }

    /// Says something with an id of its own.
    async fn say(&mut self, id: &str, text: &str) {
        self.send(json!({ "t": "say", "id": id, "text": text })).await;
    }
}

/// The messages that a browser is shown when it opens the chat.
async fn shown(app: &TestApp, site: &Site, secret: &str, token: Option<&str>) -> Vec<Value> {
    let mut widget = Widget::hello(app, site, secret, token, None).await;
    let frames = widget.until("ready").await;
    let history = frames.iter().find(|frame| frame["t"] == "history").expect("a history");
    assert_eq!(history["reset"], true);
    history["messages"].as_array().unwrap().clone()
}

/// The next thing that an officer says; a visitor is also told what he said himself.
async fn hears_officer(visitor: &mut Visitor) -> Value {
    loop {
        let heard = visitor.hears("message").await;
        if heard["from"] == "officer" {
            return heard;
        }
    }
}

fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["text"].as_str().unwrap()).collect()
}

/// Uploads a file as the widget does.
#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn upload(app: &TestApp, site: &Site, secret: &str, name: &str, bytes: &[u8]) -> Response {
    let part = reqwest::multipart::Part::bytes(bytes.to_vec())
        .file_name(name.to_owned())
        .mime_str("application/octet-stream")
        .unwrap();
    reqwest::Client::new()
        .post(format!("{}/chat/{}/files", app.url(), site.key))
        .header("origin", ORIGIN)
        .bearer_auth(secret)
        .multipart(reqwest::multipart::Form::new().part("file", part))
        .send()
        .await
        .unwrap()
}

/// Fetches an address of the hub as a browser without any session.
#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn fetch(app: &TestApp, path: &str) -> Response {
    reqwest::Client::new().get(format!("{}{path}", app.url())).send().await.unwrap()
}

async fn status(app: &TestApp, path: &str) -> StatusCode {
    fetch(app, path).await.status()
}
