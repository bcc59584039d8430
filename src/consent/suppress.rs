//! The list of addresses that get no mailing.

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::model::Reason;
use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
};

/// From now on an address gets no mailing. `value` is in the spelling in which addresses of its kind are
/// compared (`contacts::edit::normalise`). Tells what to log: nothing if it is on the list already, and then
/// the first reason stands.
pub async fn suppress(
    tx: &mut Tx,
    kind: &str,
    value: &str,
    reason: Reason,
    source: &str,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    let added = on_db!(&mut *tx, |conn| sqlx::query(
        "INSERT INTO suppressions (kind, value, reason, at, source) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING"
    )
    .bind(kind)
    .bind(value)
    .bind(reason)
    .bind(now)
    .bind(source)
    .execute(conn)
    .await?
    .rows_affected());
    if added == 0 {
        return Ok(Vec::new());
    }
    let event = NewEvent::new("address.suppressed", now, actor.clone())
        .data(json!({ "kind": kind, "value": value, "reason": reason, "source": source }));
    Ok(vec![match owner(tx, kind, value).await? {
        Some(contact_id) => event.contact(contact_id).in_history(),
        None => event,
    }])
}

/// The contact who has an address.
pub(super) async fn owner(tx: &mut Tx, kind: &str, value: &str) -> DbResult<Option<Uuid>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT contact_id FROM identities WHERE kind = $1 AND value = $2"
    )
    .bind(kind)
    .bind(value)
    .fetch_optional(conn)
    .await?))
}

/// An address may get mailings again. Tells what to log: nothing if it was not on the list.
pub async fn release(
    tx: &mut Tx,
    kind: &str,
    value: &str,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    let reason: Option<Reason> = on_db!(&mut *tx, |conn| sqlx::query_scalar(
        "DELETE FROM suppressions WHERE kind = $1 AND value = $2 RETURNING reason"
    )
    .bind(kind)
    .bind(value)
    .fetch_optional(conn)
    .await?);
    let Some(reason) = reason else { return Ok(Vec::new()) };
    let event = NewEvent::new("address.released", now, actor.clone())
        .data(json!({ "kind": kind, "value": value, "reason": reason }));
    Ok(vec![match owner(tx, kind, value).await? {
        Some(contact_id) => event.contact(contact_id).in_history(),
        None => event,
    }])
}
