//! Receiving by long polling.
//!
//! Telegram forgets an update when it is asked for later ones. So the next poll, which carries the
//! offset, goes out only when everything before the offset is durable (`D1`); after a crash nothing is
//! kept here, and Telegram tells again what was not confirmed. The offset is used once, to confirm:
//! then polls carry none, because Telegram's numbers may begin anew below it (`D3`).

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use futures::future::join_all;
use sapa_channel::{Health, Intake, Refused, Timestamp, points::reach};
use serde_json::{json, value::RawValue};
use teloxide::{payloads, types::AllowedUpdate};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    backoff::{Backoff, pause},
    fault::Fault,
    receive::Receiver,
    update::Update,
};

/// The kinds of updates that are asked for, in both modes.
pub(crate) const ALLOWED: [AllowedUpdate; 4] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];
/// What an answer may take longer than the poll itself.
const SLACK: Duration = Duration::from_secs(15);
/// An empty answer that comes sooner than this is no long poll; it must not be asked for in a hurry.
const HASTE: Duration = Duration::from_millis(500);
/// The most updates in one answer.
const BATCH: usize = 100;

/// An update with its bytes.
type Raw = (Bytes, Update);

/// Receives until it is told to stop.
pub(crate) async fn run(
    receiver: &Receiver,
    intake: &dyn Intake,
    health: &dyn Health,
    stop: &CancellationToken,
) {
    if !leave_webhook(receiver, health, stop).await {
        return;
    }
    let mut backoff = Backoff::new(&receiver.timing);
    let mut offset = None;
    let mut heard_at = receiver.clock.now();
    while !stop.is_cancelled() {
        let asked = Instant::now();
        if offset.is_some() {
            reach("telegram.before_confirm");
        }
        let answer = stop.run_until_cancelled(updates(receiver, offset, BATCH)).await;
        let batch = match answer {
            None => break,
            Some(Err(fault)) => {
                health.bad(receiver.silence(heard_at).unwrap_or_else(|| fault.words()));
                if !backoff.wait(retry_after(&fault), stop).await {
                    break;
                }
                continue;
            }
            Some(Ok(batch)) => batch,
        };
        if offset.is_some() {
            reach("telegram.after_confirm");
        }
        backoff.reset();
        heard_at = receiver.clock.now();
        if batch.is_empty() {
            health.good();
            let hasty = offset.take().is_none() && asked.elapsed() < HASTE;
            if hasty && !pause(HASTE.min(receiver.timing.poll), stop).await {
                break;
            }
            continue;
        }
        let (oldest, last) = (oldest(&batch), batch.iter().filter_map(|(_, it)| it.id).max());
        if !deliver(receiver, batch, intake, health, stop).await {
            break;
        }
        match receiver.alarm(oldest) {
            Some(alarm) => health.bad(alarm),
            None => health.good(),
        }
        offset = last.map(|last| last + 1);
        if offset.is_none() && !backoff.wait(Duration::ZERO, stop).await {
            break;
        }
    }
    if let Some(offset) = offset {
        // What is durable need not be told again after the next start; if this fails, it is.
        let _ = updates(receiver, Some(offset), 1).await;
    }
}

/// A bot that has a webhook cannot be polled. Its pending updates stay.
async fn leave_webhook(receiver: &Receiver, health: &dyn Health, stop: &CancellationToken) -> bool {
    let mut backoff = Backoff::new(&receiver.timing);
    loop {
        let request = payloads::DeleteWebhook::new();
        let call = receiver.api.call::<_, bool>(&request, receiver.timing.call);
        let fault = match stop.run_until_cancelled(call).await {
            None => return false,
            Some(Ok(_)) => return true,
            Some(Err(fault)) => fault,
        };
        health.bad(fault.words());
        if !backoff.wait(retry_after(&fault), stop).await {
            return false;
        }
    }
}

/// Asks for updates. With an offset it confirms what is before it, and does not wait for new ones.
async fn updates(
    receiver: &Receiver,
    offset: Option<i64>,
    limit: usize,
) -> Result<Vec<Raw>, Fault> {
    let wait = if offset.is_some() { Duration::ZERO } else { receiver.timing.poll };
    let mut fields = json!({"limit": limit, "timeout": wait.as_secs(), "allowed_updates": ALLOWED});
    if let Some(offset) = offset {
        fields["offset"] = json!(offset);
    }
    // Each update's own bytes are wanted, so the answer is not parsed into teloxide's types at once.
    let answer: Vec<Box<RawValue>> =
        receiver.api.call_named("getUpdates", &fields, wait + SLACK).await?;
    let read = |raw: Box<RawValue>| {
        let raw = Bytes::from(String::from(Box::<str>::from(raw)));
        let update = Update::read(&raw);
        (raw, update)
    };
    Ok(answer.into_iter().map(read).collect())
}

/// Hands the whole batch over: chats side by side, within a chat one after the other. It returns `true`
/// when all of it is durable, and `false` when it was told to stop before.
async fn deliver(
    receiver: &Receiver,
    batch: Vec<Raw>,
    intake: &dyn Intake,
    health: &dyn Health,
    stop: &CancellationToken,
) -> bool {
    let mut chats: Vec<Vec<Raw>> = Vec::new();
    let mut places: HashMap<i64, usize> = HashMap::new();
    for raw in batch {
        let place =
            raw.1.chat.map_or(chats.len(), |chat| *places.entry(chat).or_insert(chats.len()));
        match chats.get_mut(place) {
            Some(chat) => chat.push(raw),
            None => chats.push(vec![raw]),
        }
    }
    let chats = chats.into_iter().map(async |chat| {
        for (raw, update) in chat {
            if !until_durable(receiver, raw, update, intake, health, stop).await {
                return false;
            }
        }
        true
    });
    join_all(chats).await.into_iter().all(|durable| durable)
}

/// Hands one update over again and again: it is never skipped, however long the hub refuses.
async fn until_durable(
    receiver: &Receiver,
    raw: Bytes,
    update: Update,
    intake: &dyn Intake,
    health: &dyn Health,
    stop: &CancellationToken,
) -> bool {
    let since = update.at;
    let Some(mut ready) = stop.run_until_cancelled(receiver.ready(raw, update)).await else {
        return false;
    };
    let mut backoff = Backoff::new(&receiver.timing);
    loop {
        let Err(refused) = receiver.deliver(&mut ready, intake).await else { return true };
        health.bad(receiver.alarm(since).unwrap_or_else(|| waiting(&refused)));
        if !backoff.wait(Duration::ZERO, stop).await {
            return false;
        }
    }
}

fn waiting(refused: &Refused) -> String {
    format!("messages wait at Telegram because the hub does not take them: {refused}")
}

fn oldest(batch: &[Raw]) -> Option<Timestamp> {
    batch.iter().filter_map(|(_, update)| update.at).min()
}

fn retry_after(fault: &Fault) -> Duration {
    match fault {
        Fault::Refused { retry_after: Some(after), .. } => *after,
        _ => Duration::ZERO,
    }
}
