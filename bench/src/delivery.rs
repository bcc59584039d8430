//! Delivery: from a visitor's word to the officer's screen, stored on the way; beside a bare echo of the same words.

use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use axum::{
    Router,
    extract::ws::{Message as Frame, WebSocketUpgrade},
    routing::get,
};
use futures::{SinkExt, StreamExt, future::try_join_all};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::{
    chat::{self, Socket},
    hub::{Backend, Hub},
    report::{Better, Report, millis, percentile},
};

/// Two hundred who say one word a second, which is no more than a visitor may.
const TALK: Talk = Talk { visitors: 200, each: 15, pace: Duration::from_millis(5) };

/// How much is said.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    /// Visitors, who speak in turn.
    pub visitors: u32,
    /// How many messages each says.
    pub each: u32,
    /// What lies between two messages of anybody.
    pub pace: Duration,
}

const PATIENCE: Duration = Duration::from_secs(30);

/// A message: when it was to be said, what acknowledged it and when.
struct Spoken {
    due: Instant,
    answer: Value,
    heard: Instant,
}

/// Takes the figures.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    let mut echoed = echoed(TALK).await?;
    let hub = Hub::new(Backend::Sqlite, |_, _| {}).await?;
    let address = hub.running.http;
    let site = chat::add_site(&hub.client).await?;
    let origin = format!("http://{address}");
    let headers = [("cookie", hub.client.cookie.as_str()), ("origin", &origin)];
    let mut screen = chat::open(address, "/api/v1/live", &headers).await?;
    let hello = json!({ "type": "hello", "since": null });
    screen.send(Message::text(hello.to_string())).await?;
    while chat::hear(&mut screen).await?["type"] != "ready" {}
    let screen = tokio::spawn(watch(screen));

    let http = reqwest::Client::builder().build()?;
    let mut visitors = Vec::new();
    for _ in 0..TALK.visitors {
        visitors.push(chat::visitor(&http, address, &site).await?);
    }
    let spoken = speak(visitors, TALK).await?;
    let seen = timeout(PATIENCE, screen).await.context("the screen heard too little")???;
    let mut acknowledged: Vec<Duration> =
        spoken.iter().map(|spoken| spoken.heard - spoken.due).collect();
    let mut delivered: Vec<Duration> = spoken
        .iter()
        .filter_map(|spoken| Some(*seen.get(&spoken.answer["seq"].as_i64()?)? - spoken.due))
        .collect();
    ensure!(delivered.len() == spoken.len(), "some were not seen on the screen");
    hub.stop().await?;

    for percent in [50, 99] {
        let bare = millis(percentile(&mut echoed, percent));
        for (figure, times) in
            [("chat.delivery", &mut delivered), ("chat.acknowledged", &mut acknowledged)]
        {
            let value = (millis(percentile(times, percent)), "ms");
            report.add(format!("{figure}.p{percent}"), value, Better::Lower, (bare, "a bare echo"));
        }
    }
    Ok(())
}

/// When the officer's screen heard of each message, by the event's number.
async fn watch(mut screen: Socket) -> anyhow::Result<HashMap<i64, Instant>> {
    let mut seen = HashMap::new();
    while seen.len() < (TALK.visitors * TALK.each) as usize {
        let item = chat::hear(&mut screen).await?;
        if item["event"]["kind"] == "message.received" {
            seen.insert(item["event"]["seq"].as_i64().context("a number")?, Instant::now());
        }
        ensure!(item["type"] != "reload", "the screen was too slow");
    }
    Ok(seen)
}

/// Lets everybody speak in turn, by the clock and not by how fast the answers come.
async fn speak(sockets: Vec<Socket>, talk: Talk) -> anyhow::Result<Vec<Spoken>> {
    let begin = Instant::now() + Duration::from_millis(200);
    let speaking = sockets.into_iter().zip(0..).map(|(socket, visitor)| {
        let speaking = tokio::spawn(one(socket, visitor, begin, talk));
        async move { speaking.await? }
    });
    Ok(try_join_all(speaking).await?.into_iter().flatten().collect())
}

async fn one(
    socket: Socket,
    visitor: u32,
    begin: Instant,
    talk: Talk,
) -> anyhow::Result<Vec<Spoken>> {
    let (mut mouth, mut ear) = socket.split();
    let due = move |turn: u32| begin + talk.pace * (visitor + turn * talk.visitors);
    let ids: Vec<Uuid> = (0..talk.each).map(|_| sapa_channel::new_id()).collect();
    let mut turns: HashMap<String, u32> = ids.iter().map(ToString::to_string).zip(0..).collect();
    let said = tokio::spawn(async move {
        for (turn, id) in (0..talk.each).zip(ids) {
            tokio::time::sleep_until(due(turn).into()).await;
            let text =
                "Kak, pesanan saya yang kemarin belum sampai. Bisa tolong dicek nomor resinya?";
            let say = json!({ "t": "say", "id": id, "text": text, "files": [], "page": null });
            mouth.send(Message::text(say.to_string())).await?;
        }
        anyhow::Ok(())
    });
    let mut spoken = Vec::new();
    while !turns.is_empty() {
        let frame =
            timeout(PATIENCE, ear.next()).await.context("no answer")?.context("closed")??;
        let Message::Text(text) = frame else { continue };
        let answer: Value = serde_json::from_str(&text)?;
        let kind = answer["t"].as_str().unwrap_or_default();
        ensure!(!matches!(kind, "nack" | "error"), "not taken: {answer}");
        if let ("ack" | "say", Some(turn)) =
            (kind, turns.remove(answer["id"].as_str().unwrap_or_default()))
        {
            spoken.push(Spoken { due: due(turn), answer, heard: Instant::now() });
        }
    }
    said.await??;
    Ok(spoken)
}

/// How long words take to a server that says them back, and from it.
pub async fn echoed(talk: Talk) -> anyhow::Result<Vec<Duration>> {
    let spoken = speak(echoing(talk.visitors).await?, talk).await?;
    Ok(spoken.iter().map(|spoken| spoken.heard - spoken.due).collect())
}

/// Sockets of a server that says back what it hears.
async fn echoing(count: u32) -> anyhow::Result<Vec<Socket>> {
    let address = echo().await?;
    let mut sockets = Vec::new();
    for _ in 0..count {
        sockets.push(chat::open(address, "/", &[]).await?);
    }
    Ok(sockets)
}

/// A server that says back what it hears; at all addresses of this machine.
pub async fn echo() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(SocketAddr::from(([0, 0, 0, 0], 0))).await?;
    let port = listener.local_addr()?.port();
    let echo = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(frame)) = socket.recv().await {
                let Frame::Text(text) = frame else { continue };
                if socket.send(Frame::Text(text)).await.is_err() {
                    return;
                }
            }
        })
    };
    let router = Router::new().route("/", get(echo));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(([127, 0, 0, 1], port).into())
}
