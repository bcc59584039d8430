//! Those who chat: visitors of the web site, and customers at Telegram.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use bench::{
    chat::{self, Socket},
    dice::Dice,
};
use futures::SinkExt;
use sapa_telegram::stub::Behaviour;
use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::world::{PATIENCE, World};

/// Messages of one customer.
const EACH: u32 = 4;

/// Visitors without an end, one after the other.
pub async fn visit(world: Arc<World>, http: reqwest::Client, first: u32, step: u32) {
    let mut dice = Dice(world.seed ^ u64::from(first) ^ 0x6368_6174);
    for visitor in (first..).step_by(usize::try_from(step).unwrap_or(1)) {
        let secret = loop {
            let _turn = world.turn().await;
            match timeout(PATIENCE, chat::begin(&http, world.http, &world.site)).await {
                Ok(Ok(secret)) => break secret,
                _ => sleep(Duration::from_millis(50)).await,
            }
        };
        world
            .visitors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((visitor, secret.clone()));
        let mut socket = None;
        for number in 1..=EACH {
            let turn = world.turn().await;
            let mark = format!("chat-{visitor}-{number}");
            // The browser keeps what it said, with its id, until it is acknowledged.
            let id = sapa_channel::new_id();
            world.ledger.say(&mark);
            while !say(&world, &mut socket, &secret, id, &mark).await {
                socket = None;
                sleep(Duration::from_millis(50)).await;
            }
            world.ledger.take(&mark);
            drop(turn);
            sleep(Duration::from_millis(80 + dice.below(250) as u64)).await;
        }
    }
}

/// Says it, on a new socket if there is none. Tells whether it was acknowledged.
async fn say(
    world: &World,
    socket: &mut Option<Socket>,
    secret: &str,
    id: Uuid,
    mark: &str,
) -> bool {
    let saying = async {
        if socket.is_none() {
            *socket = Some(chat::back(world.http, &world.site, secret, Some(0)).await?.0);
        }
        let Some(open) = socket else { anyhow::bail!("no socket") };
        let say = json!({ "t": "say", "id": id, "text": mark, "files": [], "page": null });
        open.send(Message::text(say.to_string())).await?;
        loop {
            let heard = chat::hear(open).await?;
            if heard["id"] == json!(id) && heard["t"] == "ack" {
                return Ok(());
            }
            if heard["t"] == "nack" {
                if matches!(heard["code"].as_str(), Some("conflict" | "invalid" | "too_long")) {
                    world.ledger.odd(format!("{mark} was refused: {heard}"));
                }
                anyhow::bail!("not taken");
            }
        }
    };
    matches!(timeout(PATIENCE, saying).await, Ok(Ok(())))
}

/// Customers at Telegram without an end, some at the same time. What they say is Telegram's until the hub has it.
pub async fn text(world: Arc<World>) {
    let mut dice = Dice(world.seed ^ 0x7467);
    for group in 0.. {
        let customers: Vec<u32> = (3 * group..3 * group + 3).collect();
        for number in 1..=EACH {
            for customer in &customers {
                let turn = world.turn().await;
                let mark = format!("tg-{customer}-{number}");
                world.ledger.say(&mark);
                let stub = &world.telegram.0;
                stub.customer(1_000 + i64::from(*customer), &format!("Pelanggan {customer}"))
                    .says(&mark);
                world.ledger.take(&mark);
                drop(turn);
            }
            trouble(&world);
            sleep(Duration::from_millis(100 + dice.below(300) as u64)).await;
        }
    }
}

/// Telegram's own troubles, a few at a time.
fn trouble(world: &World) {
    let how = match world.came.chance() {
        0..4 => Behaviour::HangUp,
        4..8 => Behaviour::Late { milliseconds: 900 },
        8..10 => Behaviour::TooMany { retry_after: 1 },
        10..12 => Behaviour::broken(),
        12..13 => Behaviour::refuse(502, "<html>Bad Gateway"),
        13..15 => Behaviour::Garbage,
        15..17 => Behaviour::Drip { milliseconds: 15 },
        _ => return,
    };
    world.telegram.0.behave_next([how]);
}
