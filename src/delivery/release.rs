//! Answers for later on channels that customers fetch from: each becomes visible when its time has come.

use std::{sync::Arc, time::Duration};

use sapa_channel::{ChannelId, Timestamp};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::queries;
use crate::{
    app::App,
    channels::Operated,
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
};

/// How often it looks by itself, if nobody wakes it (D5).
const SWEEP: Duration = Duration::from_secs(5);

/// The most answers of one transaction.
const MOST: i64 = 64;

/// Sends what is due on one channel until told to stop.
pub async fn run(app: App, operated: Arc<Operated>, stop: CancellationToken) {
    loop {
        let woken = app.wake();
        // Subscribed before looking, so that what is queued meanwhile is not missed.
        let due = woken.delivery();
        let wait = match round(&app, operated.id).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, channel = operated.name, "answers for later could not be sent");
                SWEEP
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = due => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Looks for work once. Tells how long to wait before looking again.
async fn round(app: &App, channel_id: ChannelId) -> DbResult<Duration> {
    let now = app.now();
    let mut tx = app.db().read().await?;
    let next = queries::next_due(&mut tx, channel_id).await?;
    drop(tx);
    match next {
        None => return Ok(SWEEP),
        Some(at) if at > now => return Ok(at.since(now).min(SWEEP)),
        Some(_) => {}
    }
    let mut tx = app.db().write().await?;
    let events = release(&mut tx, channel_id, now).await?;
    app.commit(tx, &events).await?;
    Ok(Duration::from_millis(20))
}

/// A message that is due, as the log names it.
#[derive(sqlx::FromRow)]
struct Due {
    id: Uuid,
    conversation_id: Uuid,
    contact_id: Uuid,
    identity_id: Option<Uuid>,
    author_kind: String,
    author_id: Option<Uuid>,
    author_name: String,
}

/// Marks as sent what is due, in the order in which it was to be sent. Tells what to log.
async fn release(tx: &mut Tx, channel_id: ChannelId, now: Timestamp) -> DbResult<Vec<NewEvent>> {
    let due = queries::send_due(tx, channel_id, now, MOST).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let mut messages: Vec<Due> = on_db!(tx, |conn| {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT id, conversation_id, contact_id, identity_id, author_kind, author_id, author_name
             FROM messages WHERE id IN (",
        );
        let mut list = query.separated(", ");
        for (id, _) in &due {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    let place = |message: &Due| due.iter().find(|(id, _)| *id == message.id).map(|(_, at)| *at);
    messages.sort_by_key(|message| (place(message), message.id));
    Ok(messages
        .into_iter()
        .map(|message| {
            let actor = Actor {
                kind: match message.author_kind.as_str() {
                    "officer" => "officer",
                    "bot" => "bot",
                    _ => "system",
                },
                id: message.author_id,
                name: message.author_name,
            };
            NewEvent::new("message.sent", now, actor)
                .conversation(message.conversation_id, message.contact_id)
                .message(message.id, message.identity_id)
        })
        .collect())
}
