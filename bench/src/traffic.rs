//! A town's customers, who write mails, text a bot and chat at the same time, by the clock and not by how fast the
//! answers come: 40 % mail, 30 % Telegram, 30 % chat.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::{SinkExt, StreamExt, future::try_join_all};
use sapa_telegram::stub::{self, Stub};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::{
    chat::{self, Socket},
    client::{Client, MAILBOX},
    served::Served,
    smtp::Sender,
};

/// How often a visitor may speak: a little less than the hub allows him.
const BREATH: Duration = Duration::from_millis(2_500);

/// Connections of the mail servers that bring the mails.
const CONNECTIONS: usize = 32;

/// Customers of each kind.
const CUSTOMERS: usize = 2_000;

const PATIENCE: Duration = Duration::from_secs(30);

/// The kinds of ten messages, one after the other.
const KINDS: [Kind; 10] = [
    Kind::Mail,
    Kind::Telegram,
    Kind::Chat,
    Kind::Mail,
    Kind::Telegram,
    Kind::Chat,
    Kind::Mail,
    Kind::Telegram,
    Kind::Chat,
    Kind::Mail,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Mail,
    Telegram,
    Chat,
}

/// The ways in of a hub that runs, with those who wait to speak.
pub struct Town {
    served: Served,
    telegram: Stub,
    screen: Socket,
    visitors: Vec<Socket>,
}

/// What was offered, and what the officer's screen showed of it.
#[derive(Debug)]
pub struct Told {
    /// When the first was due.
    pub begin: Instant,
    /// When each was due, by its number.
    pub due: Vec<Instant>,
    /// When the screen heard of each, by the message's id.
    pub seen: HashMap<Uuid, Instant>,
}

/// The settings that a hub needs for a Telegram.
pub fn settings(telegram: &Stub) -> String {
    format!("telegram.api_url = \"{}\"\n", telegram.url())
}

/// The number that stands at the beginning of a text.
pub fn number_of(text: &str) -> Option<usize> {
    text.split_whitespace().next()?.strip_prefix("no")?.parse().ok()
}

fn text(number: usize) -> String {
    format!(
        "no{number} Kak, pesanan saya {} yang kemarin belum sampai. Bisa tolong dicek nomor resinya? Terima kasih banyak sebelumnya.",
        number * 7 % 10_000
    )
}

impl Town {
    /// Adds the channels to a new hub that runs, and lets visitors come for so many messages a second.
    pub async fn new(
        served: Served,
        client: &Client,
        telegram: Stub,
        rate: u32,
    ) -> anyhow::Result<Self> {
        client.add_mailbox().await?;
        let site = chat::add_site(client).await?;
        let bot = json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN });
        client.post("/channels", &bot).await?;
        let screen = screen(client).await?;
        let http = reqwest::Client::builder().build()?;
        // Of those who chat, each speaks once in a breath.
        let count = u128::from(rate) * 3 / 10 * BREATH.as_millis() / 1_000;
        let mut visitors = Vec::new();
        while visitors.len() < usize::try_from(count)? {
            visitors.push(chat::visitor(&http, served.http(), &site).await?);
        }
        Ok(Self { served, telegram, screen, visitors })
    }

    /// Offers so many messages a second for a while, and waits until the screen has shown all.
    pub async fn speak(self, rate: u32, span: Duration) -> anyhow::Result<(Told, Served)> {
        let begin = Instant::now() + Duration::from_millis(500);
        let count = u64::from(rate) * span.as_secs();
        let due: Vec<Instant> = (0..count)
            .map(|number| begin + Duration::from_micros(number * 1_000_000 / u64::from(rate)))
            .collect();
        let screen = tokio::spawn(watch(self.screen, due.len()));
        let all = Arc::new(due);
        let numbers = |kind: Kind| -> Vec<usize> {
            (0..all.len()).filter(|number| KINDS[number % KINDS.len()] == kind).collect()
        };
        let bot =
            tokio::spawn(texting(self.telegram.clone(), numbers(Kind::Telegram), all.clone()));
        let server = self.served.smtp();
        let (mails, next) = (Arc::new(numbers(Kind::Mail)), Arc::new(AtomicUsize::new(0)));
        let mut speaking: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let (mails, next, due) = (mails.clone(), next.clone(), all.clone());
                tokio::spawn(async move { mailing(server, &mails, &next, &due).await })
            })
            .collect();
        let (chats, visitors) = (numbers(Kind::Chat), self.visitors.len());
        for (place, socket) in self.visitors.into_iter().enumerate() {
            let mine: Vec<usize> = chats.iter().copied().skip(place).step_by(visitors).collect();
            speaking.push(tokio::spawn(chatting(socket, mine, all.clone())));
        }
        speaking.push(bot);
        for one in try_join_all(speaking).await? {
            one?;
        }
        let seen =
            timeout(PATIENCE, screen).await.context("the screen was not told of all")???;
        let due = Arc::into_inner(all).context("somebody still speaks")?;
        Ok((Told { begin, due, seen }, self.served))
    }
}

/// An officer's screen.
async fn screen(client: &Client) -> anyhow::Result<Socket> {
    let origin = format!("http://{}", client.hub);
    let headers = [("cookie", client.cookie.as_str()), ("origin", &origin)];
    let mut screen = chat::open(client.hub, "/api/v1/live", &headers).await?;
    let hello = json!({ "type": "hello", "since": null });
    screen.send(Message::text(hello.to_string())).await?;
    while chat::hear(&mut screen).await?["type"] != "ready" {}
    Ok(screen)
}

async fn watch(mut screen: Socket, count: usize) -> anyhow::Result<HashMap<Uuid, Instant>> {
    let mut seen = HashMap::with_capacity(count);
    let mut spoken = Instant::now();
    while seen.len() < count {
        if spoken.elapsed() > Duration::from_secs(20) {
            // A screen that says nothing is taken for a dead one.
            screen.send(Message::text(json!({ "type": "ping" }).to_string())).await?;
            spoken = Instant::now();
        }
        let item = chat::hear(&mut screen).await?;
        ensure!(item["type"] != "reload", "the screen was too slow");
        if item["event"]["kind"] == "message.received" {
            let id = item["event"]["message_id"].as_str().context("a message has an id")?;
            seen.insert(id.parse()?, Instant::now());
        }
    }
    Ok(seen)
}

async fn mailing(
    server: std::net::SocketAddr,
    mails: &[usize],
    next: &AtomicUsize,
    due: &[Instant],
) -> anyhow::Result<()> {
    let mut sender = Sender::connect(server).await?;
    while let Some(number) = mails.get(next.fetch_add(1, Ordering::Relaxed)) {
        let customer = number % CUSTOMERS;
        let from = format!("t{customer}@surat.example");
        let mail = format!(
            "From: Pelanggan {customer} <{from}>\r\nTo: {MAILBOX}\r\nSubject: Pesanan {customer}\r\nMessage-ID: <no{number}@surat.example>\r\n\
             Date: Mon, 23 Nov 2026 10:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
            text(*number)
        );
        tokio::time::sleep_until(due[*number].into()).await;
        sender.send(&from, mail.as_bytes()).await?;
    }
    Ok(())
}

async fn texting(
    telegram: Stub,
    numbers: Vec<usize>,
    due: Arc<Vec<Instant>>,
) -> anyhow::Result<()> {
    for number in numbers {
        tokio::time::sleep_until(due[number].into()).await;
        let customer = number % CUSTOMERS;
        let id = 40_000_000 + i64::try_from(customer)?;
        telegram.customer(id, &format!("Pelanggan {customer}")).says(&text(number));
    }
    Ok(())
}

async fn chatting(
    socket: Socket,
    numbers: Vec<usize>,
    due: Arc<Vec<Instant>>,
) -> anyhow::Result<()> {
    let (mut mouth, mut ear) = socket.split();
    let count = numbers.len();
    let hearing = tokio::spawn(async move {
        let mut taken = 0;
        while taken < count {
            let frame = timeout(PATIENCE, ear.next()).await.context("no answer")?;
            let Message::Text(text) = frame.context("closed")?? else { continue };
            ensure!(!text.contains("\"t\":\"nack\""), "not taken: {text}");
            taken += usize::from(text.contains("\"t\":\"ack\""));
        }
        anyhow::Ok(())
    });
    for number in numbers {
        tokio::time::sleep_until(due[number].into()).await;
        let id = sapa_channel::new_id();
        let say = json!({ "t": "say", "id": id, "text": text(number), "files": [], "page": null });
        mouth.send(Message::text(say.to_string())).await?;
    }
    hearing.await?
}
