//! Solving tickets with their outcome, and reopening them.

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::queries;
use crate::{
    db::Tx,
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// Solves a ticket; the outcome is what the next officer will read first. Tells what to log.
pub async fn solve(
    tx: &mut Tx,
    id: Uuid,
    outcome: &str,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let outcome = outcome.trim();
    if outcome.is_empty() || outcome.chars().count() > 500 || outcome.contains('\0') {
        return Err(AppError::invalid("outcome", "say how it ended, in at most 500 characters"));
    }
    set(tx, id, "solved", Some(outcome), actor, now).await
}

/// Reopens a ticket. Tells what to log.
pub async fn reopen(
    tx: &mut Tx,
    id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    set(tx, id, "open", None, actor, now).await
}

async fn set(
    tx: &mut Tx,
    id: Uuid,
    status: &'static str,
    outcome: Option<&str>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let ticket = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    if ticket.ticket.status == status {
        return Ok(Vec::new());
    }
    let solved_at = (status == "solved").then_some(now);
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE tickets SET status = $2, outcome = $3, solved_at = $4, version = version + 1 WHERE id = $1"
    )
    .bind(id)
    .bind(status)
    .bind(outcome)
    .bind(solved_at)
    .execute(conn)
    .await
    .map(drop)?
    });
    let kind = if status == "solved" { "ticket.solved" } else { "ticket.reopened" };
    let mut event = NewEvent::new(kind, now, actor.clone())
        .contact(ticket.ticket.contact.id)
        .ticket(id)
        .in_history();
    event.conversation_id = ticket.conversations.first().map(|conversation| conversation.id);
    Ok(vec![event.data(
        json!({ "number": ticket.ticket.number, "title": ticket.ticket.title, "outcome": outcome }),
    )])
}
