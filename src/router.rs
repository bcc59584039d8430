//! The conversation router: whose message it is, which conversation it joins, and what follows.
//!
//! It works on a slice: the up to [`SLICE`] arrivals that came while the last commit ran. In one transaction
//! it stores the originals, loads what the rules need ([`load`], one statement a table), decides ([`decide`],
//! a plain function) and writes the plan ([`apply`], many rows a statement). A statement costs as much as
//! thirty rows, so nothing here awaits a statement per message; and preparing one of many rows costs as much
//! again, so they come in few sizes.

use std::collections::{HashMap, HashSet};

use sapa_channel::{Arrival, ChannelId, Receipted, Refused, new_id};
use serde_json::json;
use uuid::Uuid;

use crate::{
    db::{Batch, DbResult, Tx},
    events::{self, Actor, NewEvent},
    files,
    intake::SLICE,
    keys::Keys,
};

mod apply;
mod decide;
mod load;
mod mailings;
pub mod plan;
#[cfg(test)]
mod tests;
pub mod tickets;
mod words;

pub use decide::decide;
use plan::{Fresh, Plan, Policy};
pub use words::{base_subject, one_line};

/// What became of one arrival of a slice.
pub type Routed = Result<Receipted, Refused>;

/// Routes a slice within the caller's transaction, and tells of each arrival what became of it.
///
/// After a [`Conflict`](crate::db::DbError::Conflict) roll back and call it again.
pub async fn route(
    tx: &mut Tx,
    keys: &Keys,
    policy: Policy,
    arrivals: &[Arrival],
) -> DbResult<Vec<Routed>> {
    debug_assert!(arrivals.len() <= SLICE, "a slice is bounded");
    let mut batch = tx.batch(arrivals.len());
    ask_known(&mut batch, arrivals);
    let asked = load::ask(&mut batch, tx.lock_contacts(), keys, arrivals);
    let mut found = batch.fetch(tx).await?;
    let known = known(arrivals, found.rows()?);
    let mut context = asked.answers(&mut found)?;
    let fresh = fresh(arrivals, &known);
    let new: Vec<Fresh> = fresh.iter().flatten().copied().collect();
    let mut plan = Plan::default();
    if !new.is_empty() {
        load::load(tx, keys, policy, &mut context, &new).await?;
        plan = decide(context, policy, &new, new_id);
        plan.events.extend(new.iter().filter_map(quarantined));
        let mut batch = tx.batch(new.len());
        apply::write(&mut batch, &plan, &new);
        if plan.has_rare() {
            batch.run(tx).await?;
            plan.events.extend(apply::rare(tx, &plan).await?);
            events::append(tx, &plan.events).await?;
        } else {
            events::add(&mut batch, &plan.events);
            batch.run(tx).await?;
        }
    }

    let messages: HashMap<Uuid, Uuid> =
        plan.messages.iter().map(|message| (message.fresh.original_id, message.id)).collect();
    let routed = |(arrival, fresh): (&Arrival, &Option<Fresh>)| {
        if let Some(fresh) = fresh {
            let message = messages.get(&fresh.original_id).copied();
            return Ok(Receipted { fresh: true, message });
        }
        match known.get(&key(arrival)) {
            Some(known) if known.digest == files::hash(&arrival.original.bytes) => {
                Ok(Receipted { fresh: false, message: known.message })
            }
            Some(_) => Err(Refused::Conflict),
            // Twice in one slice: the first of the two is stored by this very transaction.
            None => Ok(Receipted { fresh: false, message: None }),
        }
    };
    Ok(arrivals.iter().zip(&fresh).map(routed).collect())
}

/// That an original went into quarantine, and why (D4).
fn quarantined(fresh: &Fresh) -> Option<NewEvent> {
    let arrival = fresh.arrival;
    let reason = arrival.content.as_ref().err()?.to_string();
    let event = NewEvent::new("quarantine.added", arrival.received_at, Actor::system());
    let channel_id = arrival.channel;
    Some(event.data(
        json!({ "quarantine_id": fresh.original_id, "channel_id": channel_id, "reason": reason }),
    ))
}

/// What tells an arrival from all others (D3).
type Key<'a> = (ChannelId, &'a str);

fn key(arrival: &Arrival) -> Key<'_> {
    (arrival.channel, &arrival.transport_key)
}

/// An arrival that was stored before.
struct Known {
    digest: Vec<u8>,
    message: Option<Uuid>,
}

/// Asks which arrivals are stored already, under their transport keys.
fn ask_known(batch: &mut Batch, arrivals: &[Arrival]) {
    batch
        .statement("WITH wanted (channel_id, transport_key) AS (")
        .values(arrivals, |row, arrival| {
            row.push_bind(arrival.channel).push_bind(&arrival.transport_key);
        })
        .push(
            ") SELECT o.channel_id, o.transport_key, o.digest, m.id
               FROM originals o LEFT JOIN messages m ON m.original_id = o.id
               WHERE (o.channel_id, o.transport_key) IN (SELECT channel_id, transport_key FROM wanted)",
        );
}

/// Which arrivals are stored already.
fn known(
    arrivals: &[Arrival],
    rows: Vec<(ChannelId, String, Vec<u8>, Option<Uuid>)>,
) -> HashMap<Key<'_>, Known> {
    let keys: HashMap<Key, Key> =
        arrivals.iter().map(|arrival| (key(arrival), key(arrival))).collect();
    rows.into_iter()
        .filter_map(|(channel, transport_key, digest, message)| {
            let key = keys.get(&(channel, transport_key.as_str()))?;
            Some((*key, Known { digest, message }))
        })
        .collect()
}

/// Which arrivals are to be stored, with the ids of their originals: those that are not, each once.
fn fresh<'m>(arrivals: &'m [Arrival], known: &HashMap<Key<'m>, Known>) -> Vec<Option<Fresh<'m>>> {
    let mut seen = HashSet::new();
    arrivals
        .iter()
        .map(|arrival| {
            let key = key(arrival);
            let new = !known.contains_key(&key) && seen.insert(key);
            new.then(|| Fresh { original_id: new_id(), arrival })
        })
        .collect()
}
