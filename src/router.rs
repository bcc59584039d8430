//! The conversation router: whose message it is, which conversation it joins, and what follows.
//!
//! It works on a slice: the up to [`SLICE`] arrivals that came while the last commit ran. In one transaction
//! it stores the originals, loads what the rules need ([`load`], one statement a table), decides ([`decide`],
//! a plain function) and writes the plan ([`apply`], one statement a table). A statement costs as much as
//! thirty rows, so nothing here awaits a statement per message.

use std::collections::HashSet;

use sapa_channel::{Arrival, Refused, new_id};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{DbResult, SLICE, Tx, keep},
    events, files,
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
pub type Routed = Result<sapa_channel::Receipted, Refused>;

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
    let fresh = store_originals(tx, arrivals).await?;
    let new: Vec<Fresh> = fresh.iter().flatten().copied().collect();
    let mut plan = Plan::default();
    if !new.is_empty() {
        let context = load::load(tx, keys, policy, &new).await?;
        plan = decide(context, policy, &new, new_id);
        apply::apply(tx, &plan).await?;
        plan.events.extend(apply::rare(tx, &plan).await?);
    }
    let known = known(tx, arrivals, &fresh).await?;
    events::append(tx, &plan.events).await?;

    let message = |id: Uuid| plan.messages.iter().find(|m| m.fresh.original_id == id).map(|m| m.id);
    Ok(fresh
        .iter()
        .zip(known)
        .map(|(fresh, known)| match (fresh, known) {
            (Some(fresh), _) => {
                Ok(sapa_channel::Receipted { fresh: true, message: message(fresh.original_id) })
            }
            (None, Some(known)) if known.same => {
                Ok(sapa_channel::Receipted { fresh: false, message: known.message })
            }
            (None, Some(_)) => Err(Refused::Conflict),
            // Twice in one slice: the first of the two is stored by this very transaction.
            (None, None) => Ok(sapa_channel::Receipted { fresh: false, message: None }),
        })
        .collect())
}

/// Stores the originals and keeps those that were not known (D3, first level; D4).
async fn store_originals<'m>(
    tx: &mut Tx,
    arrivals: &'m [Arrival],
) -> DbResult<Vec<Option<Fresh<'m>>>> {
    let mut rows: Vec<Fresh> =
        arrivals.iter().map(|arrival| Fresh { original_id: new_id(), arrival }).collect();
    let all = rows.clone();
    rows.sort_by_key(|row| (row.arrival.channel, &row.arrival.transport_key));
    let stored: Vec<Uuid> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "INSERT INTO originals
                 (id, channel_id, transport_key, digest, media_type, size, body, received_at, state, envelope, reason,
                  attempts) ",
        );
        query.push_values(&rows, |mut row, fresh| {
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
                .push_bind(1_i64);
        });
        query.push(" ON CONFLICT DO NOTHING RETURNING id");
        query.build_query_scalar().persistent(keep(rows.len())).fetch_all(conn).await?
    });
    let stored: HashSet<Uuid> = stored.into_iter().collect();
    Ok(all.into_iter().map(|fresh| stored.contains(&fresh.original_id).then_some(fresh)).collect())
}

/// What is stored under the transport key of an arrival that is not new.
struct Known {
    same: bool,
    message: Option<Uuid>,
}

/// Looks up what redelivered arrivals became: rare, so by a statement each.
async fn known(
    tx: &mut Tx,
    arrivals: &[Arrival],
    fresh: &[Option<Fresh<'_>>],
) -> DbResult<Vec<Option<Known>>> {
    let mut all = Vec::with_capacity(arrivals.len());
    for (arrival, fresh) in arrivals.iter().zip(fresh) {
        if fresh.is_some() {
            all.push(None);
            continue;
        }
        let row: Option<(Vec<u8>, Option<Uuid>)> = on_db!(&mut *tx, |conn| {
            sqlx::query_as(
            "SELECT o.digest, m.id FROM originals o LEFT JOIN messages m ON m.original_id = o.id
             WHERE o.channel_id = $1 AND o.transport_key = $2"
        )
        .bind(arrival.channel)
        .bind(&arrival.transport_key)
        .fetch_optional(conn)
        .await?
        });
        all.push(row.map(|(digest, message)| Known {
            same: digest == files::hash(&arrival.original.bytes),
            message,
        }));
    }
    Ok(all)
}
