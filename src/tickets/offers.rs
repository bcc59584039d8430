//! Offers: conversations that may be about a customer's open ticket, for an officer to decide.

use sapa_channel::{Timestamp, new_id};
use uuid::Uuid;

use super::{attach, categories::Joining, model::Offer, queries};
use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// It is about the ticket.
pub const ACCEPTED: &str = "accepted";

/// It is not.
const REFUSED: &str = "refused";

/// The offers of a conversation that wait for an answer.
pub async fn of_conversation(tx: &mut Tx, conversation_id: Uuid) -> DbResult<Vec<Offer>> {
    let rows: Vec<(Uuid, Uuid, Option<Uuid>, Timestamp)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
            "SELECT x.id, x.ticket_id, x.message_id, x.created_at
             FROM ticket_offers x JOIN tickets t ON t.id = x.ticket_id AND t.status = 'open'
             WHERE x.conversation_id = $1 AND x.state = 'open' ORDER BY x.created_at LIMIT 20",
        )
        .bind(conversation_id)
        .fetch_all(conn)
        .await?
    });
    let ids: Vec<Uuid> = rows.iter().map(|row| row.1).collect();
    let mut tickets = queries::refs(tx, &ids).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, ticket, message_id, created_at)| {
            Some(Offer { id, ticket: tickets.remove(&ticket)?, message_id, created_at })
        })
        .collect())
}

/// Answers the open offer of a conversation for a ticket, if there is one.
pub(super) async fn decide(
    tx: &mut Tx,
    ticket_id: Uuid,
    conversation_id: Uuid,
    state: &'static str,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE ticket_offers SET state = $3, decided_at = $4, decided_by = $5
             WHERE ticket_id = $1 AND conversation_id = $2 AND state <> $3",
        )
        .bind(ticket_id)
        .bind(conversation_id)
        .bind(state)
        .bind(now)
        .bind(by(actor))
        .execute(conn)
        .await?;
    });
    Ok(())
}

fn by(actor: &Actor) -> Option<Uuid> {
    actor.id.filter(|_| actor.kind == "officer")
}

/// Notes that a conversation is not about a ticket, whether or not it was offered.
pub(super) async fn refuse_for_good(
    tx: &mut Tx,
    ticket_id: Uuid,
    conversation_id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_offers (id, ticket_id, conversation_id, state, created_at, decided_at, decided_by)
             VALUES ($1, $2, $3, $4, $5, $5, $6)
             ON CONFLICT (conversation_id, ticket_id)
             DO UPDATE SET state = excluded.state, decided_at = excluded.decided_at, decided_by = excluded.decided_by",
        )
        .bind(new_id())
        .bind(ticket_id)
        .bind(conversation_id)
        .bind(REFUSED)
        .bind(now)
        .bind(by(actor))
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Takes an open offer: its ticket, its conversation, and from which message on.
async fn take(
    tx: &mut Tx,
    id: Uuid,
    state: &'static str,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Uuid, Uuid, Option<Uuid>), AppError> {
    let row: Option<(Uuid, Uuid, Option<Uuid>)> = on_db!(tx, |conn| {
        sqlx::query_as(
            "UPDATE ticket_offers SET state = $2, decided_at = $3, decided_by = $4
             WHERE id = $1 AND state = 'open' RETURNING ticket_id, conversation_id, message_id",
        )
        .bind(id)
        .bind(state)
        .bind(now)
        .bind(by(actor))
        .fetch_optional(conn)
        .await?
    });
    row.ok_or(AppError::NotFound)
}

/// Attaches what was offered. Tells the ticket and what to log.
pub async fn accept(
    tx: &mut Tx,
    id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Uuid, Vec<NewEvent>), AppError> {
    let (ticket, conversation, from) = take(tx, id, ACCEPTED, actor, now).await?;
    Ok((ticket, attach::conversation(tx, ticket, conversation, from, actor, now).await?))
}

/// Refuses an offer: it is not made again. Tells the ticket and what to log.
pub async fn refuse(
    tx: &mut Tx,
    id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Uuid, Vec<NewEvent>), AppError> {
    let (ticket_id, conversation, _) = take(tx, id, REFUSED, actor, now).await?;
    let ticket = queries::row(tx, ticket_id).await?.ok_or(AppError::NotFound)?;
    Ok((ticket_id, vec![attach::event("ticket.refused", &ticket, conversation, actor, now)]))
}

/// After two contacts became one: the open conversations of one of them may be about the other's only open
/// ticket, and are attached or offered as its category says. Tells what to log.
pub async fn after_merge(
    tx: &mut Tx,
    contact_id: Uuid,
    moved_conversations: &[Uuid],
    moved_tickets: &[Uuid],
    now: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    let open: Vec<(Uuid, Option<Joining>)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
            "SELECT t.id, gc.attach FROM tickets t LEFT JOIN ticket_categories gc ON gc.id = t.category_id
             WHERE t.contact_id = $1 AND t.status = 'open' LIMIT 2",
        )
        .bind(contact_id)
        .fetch_all(conn)
        .await?
    });
    let [(ticket_id, joining)] = open[..] else { return Ok(Vec::new()) };
    let Some(ticket) = queries::row(tx, ticket_id).await? else { return Ok(Vec::new()) };
    let conversations: Vec<Uuid> = on_db!(&mut *tx, |conn| {
        sqlx::query_scalar(
            "SELECT c.id FROM conversations c WHERE c.contact_id = $1 AND c.status <> 'solved'
             AND NOT EXISTS (SELECT 1 FROM ticket_conversations tc WHERE tc.conversation_id = c.id)
             AND NOT EXISTS (SELECT 1 FROM ticket_offers x WHERE x.conversation_id = c.id AND x.ticket_id = $2)
             ORDER BY c.last_message_at DESC LIMIT 20",
        )
        .bind(contact_id)
        .bind(ticket_id)
        .fetch_all(conn)
        .await?
    });
    let came = moved_tickets.contains(&ticket_id);
    let mut events = Vec::new();
    for id in conversations.into_iter().filter(|id| moved_conversations.contains(id) != came) {
        let kind = if joining == Some(Joining::Attach) {
            attach::link(tx, ticket_id, id, None, now).await?;
            "ticket.attached"
        } else {
            on_db!(&mut *tx, |conn| {
                sqlx::query(
                    "INSERT INTO ticket_offers (id, ticket_id, conversation_id, state, created_at)
                     VALUES ($1, $2, $3, 'open', $4) ON CONFLICT DO NOTHING",
                )
                .bind(new_id())
                .bind(ticket_id)
                .bind(id)
                .bind(now)
                .execute(conn)
                .await?;
            });
            "ticket.offered"
        };
        let event = attach::event(kind, &ticket, id, &Actor::system(), now);
        events.push(if kind == "ticket.attached" { event.in_history() } else { event });
    }
    Ok(events)
}

/// After a merge was undone, nothing of one customer stays in the other's tickets.
pub async fn after_undo(tx: &mut Tx, one: Uuid, other: Uuid) -> DbResult<()> {
    let apart = |table: &str, what: &str, of: &str| {
        format!(
            "DELETE FROM {table} WHERE ticket_id IN (SELECT id FROM tickets WHERE contact_id IN ($1, $2))
             AND EXISTS (SELECT 1 FROM tickets t, {of} x
                         WHERE t.id = {table}.ticket_id AND x.id = {table}.{what} AND x.contact_id <> t.contact_id
                           AND x.contact_id IN ($1, $2))"
        )
    };
    let statements = [
        apart("ticket_messages", "message_id", "messages"),
        apart("ticket_conversations", "conversation_id", "conversations"),
        apart("ticket_offers", "conversation_id", "conversations"),
        "UPDATE tickets SET follows_id = NULL WHERE contact_id IN ($1, $2) AND follows_id IN
             (SELECT f.id FROM tickets f WHERE f.contact_id IN ($1, $2) AND f.contact_id <> tickets.contact_id)"
            .to_owned(),
    ];
    for sql in statements {
        on_db!(&mut *tx, |conn| {
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(one).bind(other).execute(conn).await?;
        });
    }
    Ok(())
}
