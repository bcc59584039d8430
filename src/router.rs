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
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx, keep, padded},
    events::{self, Actor, NewEvent},
    files, insert_rows,
    intake::SLICE,
    keys::Keys,
    on_db,
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
    let known = known(tx, arrivals).await?;
    let fresh = store_originals(tx, arrivals, &known).await?;
    let new: Vec<Fresh> = fresh.iter().flatten().copied().collect();
    let mut plan = Plan::default();
    if !new.is_empty() {
        let context = load::load(tx, keys, policy, &new).await?;
        plan = decide(context, policy, &new, new_id);
        apply::apply(tx, &plan).await?;
        plan.events.extend(apply::rare(tx, &plan).await?);
        plan.events.extend(new.iter().filter_map(quarantined));
    }
    events::append(tx, &plan.events).await?;

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

/// Looks up which arrivals are stored already, under their transport keys.
async fn known<'m>(tx: &mut Tx, arrivals: &'m [Arrival]) -> DbResult<HashMap<Key<'m>, Known>> {
    let rows: Vec<(ChannelId, String, Vec<u8>, Option<Uuid>)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("WITH wanted (channel_id, transport_key) AS (");
        let all = padded(arrivals);
        query.push_values(&all, |mut row, arrival| {
            row.push_bind(arrival.channel).push_bind(&arrival.transport_key);
        });
        query.push(
            ") SELECT o.channel_id, o.transport_key, o.digest, m.id
               FROM originals o LEFT JOIN messages m ON m.original_id = o.id
               WHERE (o.channel_id, o.transport_key) IN (SELECT channel_id, transport_key FROM wanted)",
        );
        query.build_query_as().persistent(keep(all.len())).fetch_all(conn).await?
    });
    let keys: HashMap<Key, Key> =
        arrivals.iter().map(|arrival| (key(arrival), key(arrival))).collect();
    Ok(rows
        .into_iter()
        .filter_map(|(channel, transport_key, digest, message)| {
            let key = keys.get(&(channel, transport_key.as_str()))?;
            Some((*key, Known { digest, message }))
        })
        .collect())
}

/// Stores the originals that are not known yet, and tells which these are (D3, first level; D4). One that another
/// router has just stored is a conflict, and known when the slice comes again.
async fn store_originals<'m>(
    tx: &mut Tx,
    arrivals: &'m [Arrival],
    known: &HashMap<Key<'m>, Known>,
) -> DbResult<Vec<Option<Fresh<'m>>>> {
    let mut seen = HashSet::new();
    let fresh: Vec<Option<Fresh>> = arrivals
        .iter()
        .map(|arrival| {
            let key = key(arrival);
            let new = !known.contains_key(&key) && seen.insert(key);
            new.then(|| Fresh { original_id: new_id(), arrival })
        })
        .collect();
    let mut rows: Vec<&Fresh> = fresh.iter().flatten().collect();
    // One order for all routers, so that two of them cannot wait for each other.
    rows.sort_by_key(|row| key(row.arrival));
    insert_rows!(
        tx,
        "INSERT INTO originals
             (id, channel_id, transport_key, digest, media_type, size, body, received_at, state, envelope, reason,
              attempts) ",
        &rows,
        |row, fresh| {
            let arrival = fresh.arrival;
            let reason = arrival.content.as_ref().err().map(ToString::to_string);
            row.push_bind(fresh.original_id)
                .push_bind(arrival.channel)
                .push_bind(&arrival.transport_key)
                .push_bind(files::hash(&arrival.original.bytes).to_vec())
                .push_bind(arrival.original.media_type)
                .push_bind(i64::try_from(arrival.original.bytes.len()).unwrap_or(i64::MAX))
                .push_bind(files::inline(&arrival.original.bytes))
                .push_bind(arrival.received_at)
                .push_bind(if reason.is_some() { "quarantined" } else { "taken" })
                // Only what could not be read is read again.
                .push_bind(arrival.original.envelope.as_deref().filter(|_| reason.is_some()))
                .push_bind(reason)
                .push_bind(1_i64)
        }
    );
    Ok(fresh)
}
