//! Suggestions that two contacts are one, with the evidence, for an officer to decide.

use sapa_channel::{Address, Timestamp, new_id};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::Evidence;
use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
};

/// The evidence that one contact named an address of the other, without proof.
#[must_use]
pub fn same_address(address: &Address) -> Evidence {
    Evidence::speaking_for("claimed_address", format!("{} {}", address.kind, address.value))
}

/// Suggests that two contacts are one, or adds to what speaks for it. A pair that was decided on once is not
/// suggested again.
pub async fn suggest(
    tx: &mut Tx,
    a: Uuid,
    b: Uuid,
    evidence: &[Evidence],
    at: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    let (one_id, other_id) = (a.min(b), a.max(b));
    if one_id == other_id {
        return Ok(Vec::new());
    }
    let made = on_db!(&mut *tx, |conn| sqlx::query(
        "INSERT INTO suggestions (id, one_id, other_id, evidence, state, created_at)
         VALUES ($1, $2, $3, $4, 'open', $5) ON CONFLICT DO NOTHING"
    )
    .bind(new_id())
    .bind(one_id)
    .bind(other_id)
    .bind(Json(evidence))
    .bind(at)
    .execute(conn)
    .await?
    .rows_affected());
    if made == 0 && !add_evidence(tx, one_id, other_id, evidence).await? {
        return Ok(Vec::new());
    }
    let event = |id, other: Uuid| {
        NewEvent::new("suggestion.made", at, Actor::system())
            .contact(id)
            .data(json!({ "other_id": other }))
    };
    Ok(vec![event(one_id, other_id), event(other_id, one_id)])
}

/// Adds what is new to the evidence of an open suggestion. Tells whether anything was.
async fn add_evidence(
    tx: &mut Tx,
    one_id: Uuid,
    other_id: Uuid,
    evidence: &[Evidence],
) -> DbResult<bool> {
    let known: Option<(Uuid, Json<Vec<Evidence>>)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "SELECT id, evidence FROM suggestions WHERE one_id = $1 AND other_id = $2 AND state = 'open'"
    )
    .bind(one_id)
    .bind(other_id)
    .fetch_optional(conn)
    .await?
    });
    let Some((id, Json(mut all))) = known else { return Ok(false) };
    let before = all.len();
    for new in evidence {
        if !all.contains(new) {
            all.push(new.clone());
        }
    }
    if all.len() == before {
        return Ok(false);
    }
    on_db!(tx, |conn| sqlx::query("UPDATE suggestions SET evidence = $2 WHERE id = $1")
        .bind(id)
        .bind(Json(all))
        .execute(conn)
        .await
        .map(drop)?);
    Ok(true)
}

/// Says that the two of a suggestion are not one. Tells whether there was such a suggestion.
pub async fn refuse(tx: &mut Tx, id: Uuid, by: Uuid, at: Timestamp) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE suggestions SET state = 'refused', decided_at = $3, decided_by = $2 WHERE id = $1 AND state = 'open'"
    )
    .bind(id)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await?
    .rows_affected()
        == 1
    }))
}

/// The two contacts of an open suggestion and its evidence.
pub async fn open(tx: &mut Tx, id: Uuid) -> DbResult<Option<(Uuid, Uuid, Vec<Evidence>)>> {
    let row: Option<(Uuid, Uuid, Json<Vec<Evidence>>)> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT one_id, other_id, evidence FROM suggestions WHERE id = $1 AND state = 'open'"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?);
    Ok(row.map(|(one, other, Json(evidence))| (one, other, evidence)))
}
