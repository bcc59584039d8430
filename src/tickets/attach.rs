//! Which conversations and messages are a ticket's, as officers say it.
//!
//! Conversations and messages belong to tickets, many to many. With a conversation come its messages, and what
//! is said in it later while the ticket is open; a message can also be attached or taken out by itself.

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{offers, queries};
use crate::{
    conversations,
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    http::AppError,
    messages, on_db,
};

const ANOTHERS: &str = "is another customer's: merge the two first if they are one";

/// Links a conversation with a ticket, and its messages: from one of them on, or all. Tells whether it was new.
pub async fn link(
    tx: &mut Tx,
    ticket_id: Uuid,
    conversation_id: Uuid,
    from: Option<Uuid>,
    now: Timestamp,
) -> DbResult<bool> {
    let linked = on_db!(&mut *tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_messages (ticket_id, message_id, attached_at)
             SELECT $1, m.id, $4 FROM messages m
             WHERE m.conversation_id = $2 AND ($3 IS NULL OR m.at >= (SELECT at FROM messages WHERE id = $3))
             ON CONFLICT DO NOTHING",
        )
        .bind(ticket_id)
        .bind(conversation_id)
        .bind(from)
        .bind(now)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "INSERT INTO ticket_conversations (ticket_id, conversation_id, attached_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
        )
        .bind(ticket_id)
        .bind(conversation_id)
        .bind(now)
        .execute(&mut *conn)
        .await?
        .rows_affected()
            == 1
    });
    Ok(linked)
}

/// What one of ours says in a conversation is its open tickets' too.
pub async fn said(
    tx: &mut Tx,
    conversation_id: Uuid,
    message_id: Uuid,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_messages (ticket_id, message_id, attached_at)
             SELECT tc.ticket_id, $2, $3 FROM ticket_conversations tc
             JOIN tickets t ON t.id = tc.ticket_id AND t.status = 'open' WHERE tc.conversation_id = $1
             ON CONFLICT DO NOTHING",
        )
        .bind(conversation_id)
        .bind(message_id)
        .bind(now)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Refuses a message that was not said in a conversation.
pub async fn refuse_elsewhere(
    tx: &mut Tx,
    message_id: Uuid,
    conversation_id: Uuid,
) -> Result<(), AppError> {
    match messages::queries::find(tx, message_id).await? {
        Some(message) if message.conversation_id == conversation_id => Ok(()),
        _ => Err(AppError::invalid("message_id", "is no message of this conversation")),
    }
}

/// The event of a ticket's getting or losing something.
pub(super) fn event(
    kind: &'static str,
    ticket: &queries::Row,
    conversation_id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> NewEvent {
    NewEvent::new(kind, now, actor.clone())
        .conversation(conversation_id, ticket.contact_id)
        .ticket(ticket.id)
        .data(json!({ "number": super::model::number(ticket.number), "title": ticket.title }))
}

/// Attaches a conversation to a ticket. Tells what to log; nothing if it was attached.
pub async fn conversation(
    tx: &mut Tx,
    ticket_id: Uuid,
    conversation_id: Uuid,
    from: Option<Uuid>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let ticket = queries::row(tx, ticket_id).await?.ok_or(AppError::NotFound)?;
    let conversation =
        conversations::queries::core(tx, conversation_id).await?.ok_or(AppError::NotFound)?;
    if ticket.contact_id != conversation.contact_id {
        return Err(AppError::invalid("conversation_id", ANOTHERS));
    }
    if let Some(message) = from {
        refuse_elsewhere(tx, message, conversation_id).await?;
    }
    queries::hold(tx, ticket.contact_id).await?;
    offers::decide(tx, ticket_id, conversation_id, offers::ACCEPTED, actor, now).await?;
    if !link(tx, ticket_id, conversation_id, from, now).await? {
        return Ok(Vec::new());
    }
    Ok(vec![event("ticket.attached", &ticket, conversation_id, actor, now).in_history()])
}

/// Detaches a conversation from a ticket, and its messages. The router does not bring it back by itself.
pub async fn detach_conversation(
    tx: &mut Tx,
    ticket_id: Uuid,
    conversation_id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let ticket = queries::row(tx, ticket_id).await?.ok_or(AppError::NotFound)?;
    queries::hold(tx, ticket.contact_id).await?;
    let gone = on_db!(&mut *tx, |conn| {
        sqlx::query(
            "DELETE FROM ticket_messages
             WHERE ticket_id = $1 AND message_id IN (SELECT id FROM messages WHERE conversation_id = $2)",
        )
        .bind(ticket_id)
        .bind(conversation_id)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "DELETE FROM ticket_conversations WHERE ticket_id = $1 AND conversation_id = $2",
        )
        .bind(ticket_id)
        .bind(conversation_id)
        .execute(&mut *conn)
        .await?
        .rows_affected()
    });
    if gone == 0 {
        return Err(AppError::NotFound);
    }
    offers::refuse_for_good(tx, ticket_id, conversation_id, actor, now).await?;
    Ok(vec![event("ticket.detached", &ticket, conversation_id, actor, now)])
}

/// Attaches one message to a ticket. Tells what to log; nothing if it was attached.
pub async fn message(
    tx: &mut Tx,
    ticket_id: Uuid,
    message_id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let ticket = queries::row(tx, ticket_id).await?.ok_or(AppError::NotFound)?;
    let message = messages::queries::find(tx, message_id).await?.ok_or(AppError::NotFound)?;
    if ticket.contact_id != message.contact_id {
        return Err(AppError::invalid("message_id", ANOTHERS));
    }
    let added = on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_messages (ticket_id, message_id, attached_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
        )
        .bind(ticket_id)
        .bind(message_id)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected()
    });
    if added == 0 {
        return Ok(Vec::new());
    }
    let event = event("ticket.attached", &ticket, message.conversation_id, actor, now);
    Ok(vec![event.message(message_id, None)])
}

/// Takes one message out of a ticket.
pub async fn detach_message(
    tx: &mut Tx,
    ticket_id: Uuid,
    message_id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let ticket = queries::row(tx, ticket_id).await?.ok_or(AppError::NotFound)?;
    let message = messages::queries::find(tx, message_id).await?.ok_or(AppError::NotFound)?;
    let gone = on_db!(tx, |conn| {
        sqlx::query("DELETE FROM ticket_messages WHERE ticket_id = $1 AND message_id = $2")
            .bind(ticket_id)
            .bind(message_id)
            .execute(conn)
            .await?
            .rows_affected()
    });
    if gone == 0 {
        return Err(AppError::NotFound);
    }
    let event = event("ticket.detached", &ticket, message.conversation_id, actor, now);
    Ok(vec![event.message(message_id, None)])
}
