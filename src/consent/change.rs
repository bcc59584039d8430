//! Agreeing to offers, and taking it back.

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::model::{KINDS, OFFERS, State};
use crate::{
    db::{DbError, DbResult, Tx},
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// A contact agrees to offers on a kind of channel. `source` says where, `proof` what shows it. Tells what to
/// log: nothing if he had agreed already, and then the earlier word and its proof stand.
pub async fn grant(
    tx: &mut Tx,
    contact_id: Uuid,
    kind: &str,
    source: &str,
    proof: Option<&str>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let source = Said { source, proof };
    change(tx, contact_id, kind, State::Granted, source, actor, now).await
}

/// A contact wants no offers on a kind of channel. Tells what to log: nothing if he had said so already.
pub async fn withdraw(
    tx: &mut Tx,
    contact_id: Uuid,
    kind: &str,
    source: &str,
    proof: Option<&str>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let source = Said { source, proof };
    change(tx, contact_id, kind, State::Withdrawn, source, actor, now).await
}

struct Said<'a> {
    source: &'a str,
    proof: Option<&'a str>,
}

/// A word or some: one line of so many characters.
pub(super) fn line(field: &'static str, text: &str, most: usize) -> Result<(), AppError> {
    let fits = !text.trim().is_empty()
        && text.chars().count() <= most
        && !text.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    Err(AppError::invalid(field, format!("one line of 1 to {most} characters")))
}

/// Whether offers may be agreed to on this kind of channel.
pub(super) fn known_kind(field: &'static str, kind: &str) -> Result<(), AppError> {
    if KINDS.contains(&kind) {
        return Ok(());
    }
    Err(AppError::invalid(field, format!("is one of {}", KINDS.join(", "))))
}

async fn change(
    tx: &mut Tx,
    contact_id: Uuid,
    kind: &str,
    state: State,
    said: Said<'_>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    known_kind("kind", kind)?;
    line("source", said.source, 200)?;
    if let Some(proof) = said.proof {
        line("proof", proof, 1000)?;
    }
    if !write(tx, contact_id, kind, state, &said, now).await? {
        return Ok(Vec::new());
    }
    Ok(vec![
        NewEvent::new("consent.changed", now, actor.clone()).contact(contact_id).in_history().data(
            json!({
                "kind": kind, "purpose": OFFERS, "state": state, "source": said.source, "proof": said.proof,
            }),
        ),
    ])
}

async fn write(
    tx: &mut Tx,
    contact_id: Uuid,
    kind: &str,
    state: State,
    said: &Said<'_>,
    now: Timestamp,
) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source, proof)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (contact_id, channel_kind, purpose) DO UPDATE
         SET state = excluded.state, at = excluded.at, source = excluded.source, proof = excluded.proof
         WHERE consents.state <> excluded.state"
    )
    .bind(contact_id)
    .bind(kind)
    .bind(OFFERS)
    .bind(state)
    .bind(now)
    .bind(said.source.trim())
    .bind(said.proof.map(str::trim))
    .execute(conn)
    .await
    .map_err(DbError::from)?
    .rows_affected()
        > 0
    }))
}
