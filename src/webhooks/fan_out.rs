//! The reader of the event log that queues each event for the webhooks that want it.

use sapa_channel::points::reach;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::{model::NewDelivery, queries};
use crate::{
    app::App,
    db::DbResult,
    events::{self, Event, reader},
};

/// The reader's name.
const READER: &str = "webhooks";

/// How many events are read at a time.
const SLICE: i64 = 200;

/// What is posted.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: String,
    data: Subject<'a>,
}

/// What an event is about.
#[derive(Serialize)]
struct Subject<'a> {
    seq: i64,
    actor: Actor<'a>,
    contact_id: Option<Uuid>,
    conversation_id: Option<Uuid>,
    message_id: Option<Uuid>,
    ticket_id: Option<Uuid>,
    data: &'a Value,
}

#[derive(Serialize)]
struct Actor<'a> {
    kind: &'a str,
    id: Option<Uuid>,
    name: &'a str,
}

/// Reads the log to its end and queues what webhooks want, each slice and the cursor in one transaction. Tells
/// whether what was read had somebody to tell.
pub async fn fan_out(app: &App) -> DbResult<bool> {
    loop {
        let mut tx = app.db().read().await?;
        let cursor = reader::cursor(&mut tx, READER).await?;
        let head = events::head(&mut tx).await?;
        if head <= cursor {
            return Ok(true);
        }
        let wanted = queries::wanted(&mut tx).await?;
        let events = if wanted.is_empty() {
            Vec::new()
        } else {
            events::after(&mut tx, cursor, SLICE).await?
        };
        drop(tx);
        // With nobody to tell, the whole log is read at once.
        let told = !wanted.is_empty();
        let read_to = events.last().map_or(head, |last| last.seq);
        let mut deliveries = Vec::new();
        for event in &events {
            let wants =
                |kinds: &[String]| kinds.iter().any(|kind| kind == "*" || *kind == event.kind);
            let takers: Vec<_> =
                wanted.iter().filter(|(_, kinds)| wants(kinds)).map(|(id, _)| *id).collect();
            if takers.is_empty() {
                continue;
            }
            let body = body(event);
            deliveries.extend(takers.into_iter().map(|webhook_id| NewDelivery {
                id: delivery_id(webhook_id, event.seq),
                webhook_id,
                event: event.kind.clone(),
                body: body.clone(),
            }));
        }
        let mut tx = app.db().write().await?;
        if !reader::advance(&mut tx, READER, cursor, read_to).await? {
            continue;
        }
        queries::queue(&mut tx, &deliveries, app.now()).await?;
        reach("webhook.before_queue");
        tx.commit().await?;
        reach("webhook.after_queue");
        if !told {
            // Under load there is always more: what comes meanwhile is read after the rest.
            return Ok(false);
        }
    }
}

fn body(event: &Event) -> String {
    let payload = Payload {
        kind: &event.kind,
        timestamp: event.at.to_string(),
        data: Subject {
            seq: event.seq,
            actor: Actor { kind: &event.actor_kind, id: event.actor_id, name: &event.actor_name },
            contact_id: event.contact_id,
            conversation_id: event.conversation_id,
            message_id: event.message_id,
            ticket_id: event.ticket_id,
            data: &event.data,
        },
    };
    serde_json::to_string(&payload).expect("texts, numbers and JSON become JSON")
}

/// The id of what a webhook is told of an event: always the same, so that two nodes that read the same event
/// queue it once. It sorts by the place in the log.
fn delivery_id(webhook_id: Uuid, seq: i64) -> Uuid {
    let place = seq.to_be_bytes();
    let mut hash = Sha256::new();
    hash.update(webhook_id.as_bytes());
    hash.update(place);
    let hash: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&place[2..]);
    bytes[6..].copy_from_slice(&hash[..10]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_one_id_for_each_webhook_in_the_order_of_the_log() {
        let (one, other) = (sapa_channel::new_id(), sapa_channel::new_id());
        assert_eq!(delivery_id(one, 7), delivery_id(one, 7));
        assert_ne!(delivery_id(one, 7), delivery_id(other, 7));
        let ids: Vec<_> = [1, 2, 255, 256, 70_000, 1 << 40].map(|seq| delivery_id(one, seq)).into();
        assert!(ids.is_sorted(), "{ids:?}");
    }
}
