//! Visitors of a web site, each with a socket of its own.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::client::Client;

/// An open socket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const ORIGIN: &str = "https://kopiseruni.example";

/// Opens a socket with small buffers and these headers.
pub async fn open(
    address: SocketAddr,
    path: &str,
    headers: &[(&'static str, &str)],
) -> anyhow::Result<Socket> {
    let mut request = format!("ws://{address}{path}").into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse()?);
    }
    let config = WebSocketConfig::default().read_buffer_size(2048).write_buffer_size(0);
    let (socket, _) = connect_async_with_config(request, Some(config), true)
        .await
        .with_context(|| format!("opening {path}"))?;
    Ok(socket)
}

/// The next text on a socket.
pub async fn hear(socket: &mut Socket) -> anyhow::Result<Value> {
    loop {
        match socket.next().await.context("the socket was closed")?? {
            Message::Text(text) => return Ok(serde_json::from_str(&text)?),
            Message::Close(frame) => bail!("the socket was closed: {frame:?}"),
            _ => {}
        }
    }
}

/// Adds a site's chat as a channel, and gives its key.
pub async fn add_site(client: &Client) -> anyhow::Result<String> {
    let settings = json!({ "allowed_origins": [ORIGIN], "title": "Kopi Seruni", "language": "id" });
    let new = json!({ "kind": "webchat", "name": "Toko", "settings": settings });
    let channel = client.post("/channels", &new).await?;
    Ok(channel["address"].as_str().context("a site has a key")?.to_owned())
}

/// A visitor who was never here: he asks for his secret, opens his socket, and is welcome.
pub async fn visitor(
    http: &reqwest::Client,
    hub: SocketAddr,
    site: &str,
) -> anyhow::Result<Socket> {
    let secret = begin(http, hub, site).await?;
    Ok(back(hub, site, &secret, None).await?.0)
}

/// The secret of a visitor who was never here.
pub async fn begin(http: &reqwest::Client, hub: SocketAddr, site: &str) -> anyhow::Result<String> {
    let response = http
        .post(format!("http://{hub}/chat/{site}/session"))
        .header("origin", ORIGIN)
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await?;
    ensure!(response.status().is_success(), "no session: {}", response.status());
    let begun: Value = serde_json::from_str(&response.text().await?)?;
    Ok(begun["visitor"].as_str().context("a secret")?.to_owned())
}

/// A visitor by his secret, with what he was told until he was welcome: what he missed since a place in the log, or
/// the newest of all.
pub async fn back(
    hub: SocketAddr,
    site: &str,
    secret: &str,
    since: Option<i64>,
) -> anyhow::Result<(Socket, Vec<Value>)> {
    let headers = [("origin", ORIGIN), ("sec-websocket-protocol", "sapa.chat.v1")];
    let mut socket = open(hub, &format!("/chat/{site}/socket"), &headers).await?;
    let hello =
        json!({ "t": "hello", "visitor": secret, "token": null, "since": since, "language": "id" });
    socket.send(Message::text(hello.to_string())).await?;
    let mut told = Vec::new();
    loop {
        told.push(hear(&mut socket).await?);
        if told.last().is_some_and(|frame| frame["t"] == "ready") {
            return Ok((socket, told));
        }
    }
}
