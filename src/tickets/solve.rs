//! Solving tickets with cause and remedy, and reopening them.

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{TicketKind, number},
    queries,
    tree::{self, Tree},
};
use crate::{
    db::Tx,
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// The dearest remedy, in minor units: beyond this it is a slip of the hand.
const DEAREST: i64 = 1_000_000_000_000;

/// How a ticket ended.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Why it happened. A complaint must have one; the ticket's own if not given.
    pub cause_id: Option<Uuid>,
    /// What was done for the customer: what the next officer will read first.
    pub remedy: String,
    /// What that cost, in minor units of the house's currency.
    pub cost: Option<i64>,
}

/// Solves a ticket. Tells what to log.
pub async fn solve(
    tx: &mut Tx,
    id: Uuid,
    how: &Solution,
    currency: &str,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let remedy = how.remedy.trim();
    if remedy.is_empty() || remedy.chars().count() > 500 || remedy.contains('\0') {
        return Err(AppError::invalid(
            "remedy",
            "say what was done for the customer, in at most 500 characters",
        ));
    }
    if how.cost.is_some_and(|cost| !(0..=DEAREST).contains(&cost)) {
        return Err(AppError::invalid(
            "remedy_cost",
            format!("is 0 to {DEAREST}, in the smallest unit of {currency}"),
        ));
    }
    let ticket = queries::row(tx, id).await?.ok_or(AppError::NotFound)?;
    queries::hold(tx, ticket.contact_id).await?;
    if ticket.status == "solved" {
        return Err(AppError::conflict(
            "solved_already",
            "it is solved already: reopen it to solve it otherwise",
        ));
    }
    let cause_id = how.cause_id.or(ticket.cause_id);
    if ticket.kind == TicketKind::Complaint && cause_id.is_none() {
        return Err(AppError::invalid(
            "cause_id",
            "a complaint is solved with its cause: name one of /ticket-causes",
        ));
    }
    tree::refuse_unknown(tx, Tree::Causes, cause_id, ticket.cause_id).await?;
    on_db!(&mut *tx, |conn| {
        sqlx::query(
            "UPDATE tickets
             SET status = 'solved', cause_id = $2, remedy = $3, remedy_cost = $4, remedy_currency = $5,
                 solved_at = $6, solved_by = $7, version = version + 1
             WHERE id = $1",
        )
        .bind(id)
        .bind(cause_id)
        .bind(remedy)
        .bind(how.cost)
        .bind(how.cost.map(|_| currency))
        .bind(now)
        .bind(actor.id.filter(|_| actor.kind == "officer"))
        .execute(conn)
        .await?;
    });
    let solved = queries::row(tx, id).await?.ok_or(AppError::NotFound)?;
    let mut event = NewEvent::new("ticket.solved", now, actor.clone())
        .contact(ticket.contact_id)
        .ticket(id)
        .in_history()
        .data(json!({
            "number": number(ticket.number), "title": ticket.title, "remedy": remedy, "cause": solved.cause_name,
        }));
    event.conversation_id = queries::last_conversation(tx, id).await?;
    Ok(vec![event])
}

/// What reopening does to the row, wherever it is done: cause and remedy stay to be seen, and the time that the
/// category gives begins anew at `$2`.
pub const REOPEN: &str = "status = 'open', solved_at = NULL, solved_by = NULL, version = version + 1,
    due_at = $2 + (SELECT gc.due_hours FROM ticket_categories gc WHERE gc.id = tickets.category_id) * 3600000000";

/// Reopens a ticket. Tells what to log; nothing if it was open.
pub async fn reopen(
    tx: &mut Tx,
    id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let ticket = queries::row(tx, id).await?.ok_or(AppError::NotFound)?;
    queries::hold(tx, ticket.contact_id).await?;
    let sql = format!("UPDATE tickets SET {REOPEN} WHERE id = $1 AND status = 'solved'");
    let reopened = on_db!(&mut *tx, |conn| {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected()
    });
    if reopened == 0 {
        return Ok(Vec::new());
    }
    let mut event = NewEvent::new("ticket.reopened", now, actor.clone())
        .contact(ticket.contact_id)
        .ticket(id)
        .in_history()
        .data(json!({ "number": number(ticket.number), "title": ticket.title }));
    event.conversation_id = queries::last_conversation(tx, id).await?;
    Ok(vec![event])
}
