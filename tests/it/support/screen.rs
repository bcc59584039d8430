//! An officer's screen: the socket of the live inbox, as a browser opens it.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use super::{Client, TestApp};

/// An open screen.
pub struct Screen {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Screen {
    /// Opens the desk; what happened after `since` is told again.
    pub async fn open(app: &TestApp, client: &Client, since: Option<i64>) -> Self {
        let mut screen = Self::quiet(app, client).await;
        screen.send(json!({ "type": "hello", "since": since })).await;
        screen
    }

    /// Opens the desk, as soon as it tells what happens.
    pub async fn ready(app: &TestApp, client: &Client) -> Self {
        let mut screen = Self::open(app, client, None).await;
        screen.hears("ready").await;
        screen
    }

    /// Opens the socket and says nothing.
    pub async fn quiet(app: &TestApp, client: &Client) -> Self {
        let cookie = client.cookie().expect("signed in");
        Self::with(app, &[("cookie", &cookie), ("origin", &app.url())]).await.expect("a socket")
    }

    /// Opens the socket with these headers, or tells the status that refused it.
    pub async fn with(app: &TestApp, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let address = format!("ws://{}/api/v1/live", app.running.http);
        let mut request = address.into_client_request().expect("an address");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("plain"));
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn send(&mut self, said: Value) {
        self.socket.send(Message::text(said.to_string())).await.expect("the socket is open");
    }

    /// The next thing that is told, whatever it is; none at the end.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).expect("JSON")),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next thing of a type; others are passed over.
    pub async fn hears(&mut self, kind: &str) -> Value {
        self.hears_that(kind, |_| true).await
    }

    /// The next event of a kind.
    pub async fn hears_event(&mut self, kind: &str) -> Value {
        self.hears_that("event", |told| told["event"]["kind"] == kind).await["event"].clone()
    }

    /// The next thing of a type that is as wanted.
    pub async fn hears_that(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                let told = self.next().await.expect("the socket is open");
                if told["type"] == kind && wanted(&told) {
                    return told;
                }
            }
        })
        .await
        .unwrap_or_else(|_| panic!("no {kind} within ten seconds"))
    }

    /// All that is told until it is quiet for a while.
    pub async fn all(&mut self, quiet: Duration) -> Vec<Value> {
        let mut told = Vec::new();
        while let Ok(Some(more)) = tokio::time::timeout(quiet, self.next()).await {
            told.push(more);
        }
        told
    }

    /// All that is told up to a thing that is as wanted, and then until it is quiet for a while.
    pub async fn all_with(
        &mut self,
        wanted: impl Fn(&Value) -> bool,
        quiet: Duration,
    ) -> Vec<Value> {
        let mut told = Vec::new();
        tokio::time::timeout(Duration::from_secs(10), async {
            while !told.last().is_some_and(&wanted) {
                told.push(self.next().await.expect("the socket is open"));
            }
        })
        .await
        .expect("it is told within ten seconds");
        told.extend(self.all(quiet).await);
        told
    }

    /// Waits until the hub closes the socket, and tells its code.
    pub async fn closed(&mut self) -> u16 {
        self.all_until_closed().await.1
    }

    /// All that is told until the hub closes the socket, and the code with which it does.
    pub async fn all_until_closed(&mut self) -> (Vec<Value>, u16) {
        let mut told = Vec::new();
        let code = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.expect("a code").code.into(),
                    Some(Ok(Message::Text(text))) => {
                        told.push(serde_json::from_str(&text).expect("JSON"));
                    }
                    Some(Ok(_)) => {}
                    other => panic!("it ended without a code: {other:?}"),
                }
            }
        })
        .await
        .expect("it is closed within five seconds");
        (told, code)
    }
}
