//! Outgoing webhooks in the form of the Standard Webhooks specification: what happens in the hub is posted to
//! the addresses that want it, signed, at least once, each time with the same id.

use std::{collections::HashMap, time::Duration};

use sapa_channel::Timestamp;
use tokio::{
    task::{self, JoinSet},
    time,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{app::App, db::DbResult, events::reader::Rest};

mod fan_out;
pub mod http;
pub mod model;
pub mod queries;
pub mod retry;
pub mod send;
pub mod sign;

/// The kinds of events that a webhook can ask for; `*` asks for all.
pub const EVENTS: &[&str] = &[
    "message.received",
    "message.sent",
    "message.note",
    "message.edited",
    "message.retracted",
    "delivery.changed",
    "conversation.opened",
    "conversation.assigned",
    "conversation.snoozed",
    "conversation.solved",
    "conversation.reopened",
    "conversation.changed",
    "conversation.channel_changed",
    "conversation.given_to_bot",
    "conversation.taken_over",
    "conversation.handed_over",
    "contact.changed",
    "contact.merged",
    "contact.unmerged",
    "contact.imported",
    "consent.changed",
    "address.suppressed",
    "address.released",
    "import.finished",
    "identity.verified",
    "suggestion.made",
    "ticket.opened",
    "ticket.attached",
    "ticket.detached",
    "ticket.offered",
    "ticket.refused",
    "ticket.changed",
    "ticket.solved",
    "ticket.reopened",
    "channel.changed",
    "quarantine.added",
];

/// A lost wake-up leaves nothing lying for longer (D5).
const SWEEP: Duration = Duration::from_secs(5);

/// How often the log of deliveries is shortened.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// What was sent or given up is shown for so long.
const SHOWN_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long calls under way may take when the hub stops. One that is cut is made again at the next start.
const FAREWELL: Duration = Duration::from_secs(5);

/// Queues what happened for the webhooks that want it, and posts it, until the hub stops.
pub async fn run(app: App, stop: CancellationToken) {
    let mut log = app.wake().subscribe_log();
    let mut senders = JoinSet::new();
    let mut busy = HashMap::new();
    let mut rest = Rest::default();
    let mut tidied: Option<Timestamp> = None;
    loop {
        if !rest.resting() {
            match fan_out::fan_out(&app).await {
                Ok(heard) => rest.read(heard),
                Err(error) => {
                    tracing::warn!(%error, "events were not queued for webhooks; they will be");
                }
            }
        }
        if let Err(error) = start_senders(&app, &stop, &mut senders, &mut busy).await {
            tracing::warn!(%error, "webhooks were not looked through; they will be");
        }
        let now = app.now();
        if tidied.is_none_or(|tidied| now.since(tidied) >= TIDY_EVERY) {
            tidied = Some(now);
            if let Err(error) = tidy(&app, now).await {
                tracing::warn!(%error, "the log of webhook deliveries was not shortened");
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            Ok(()) = log.changed() => {}
            () = time::sleep(if rest.resting() { Rest::FOR } else { SWEEP }) => {}
            Some(ended) = senders.join_next_with_id(), if !senders.is_empty() => {
                let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                busy.remove(&id);
            }
        }
    }
    let _ = time::timeout(FAREWELL, async { while senders.join_next().await.is_some() {} }).await;
}

/// Starts a sender for each webhook that has something due and none at work, so that one that does not answer
/// keeps no other waiting.
async fn start_senders(
    app: &App,
    stop: &CancellationToken,
    senders: &mut JoinSet<()>,
    busy: &mut HashMap<task::Id, Uuid>,
) -> DbResult<()> {
    let mut tx = app.db().read().await?;
    let due = queries::due(&mut tx, app.now()).await?;
    drop(tx);
    for target in due {
        if busy.values().any(|id| *id == target.id) {
            continue;
        }
        let id = target.id;
        let (app, stop) = (app.clone(), stop.clone());
        let task = senders.spawn(async move {
            if let Err(error) = send::drain(&app, &target, &stop).await {
                tracing::warn!(%error, "a webhook's deliveries were not noted; they will be repeated");
            }
        });
        busy.insert(task.id(), id);
    }
    Ok(())
}

/// Does once all that is to be done now, and returns when it is done.
pub async fn work(app: &App) -> DbResult<()> {
    fan_out::fan_out(app).await?;
    let mut tx = app.db().read().await?;
    let due = queries::due(&mut tx, app.now()).await?;
    drop(tx);
    for target in due {
        send::drain(app, &target, &CancellationToken::new()).await?;
    }
    Ok(())
}

async fn tidy(app: &App, now: Timestamp) -> DbResult<()> {
    let mut tx = app.db().write().await?;
    queries::forget(&mut tx, now.before(SHOWN_FOR)).await?;
    tx.commit().await
}
