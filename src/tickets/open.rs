//! Opening tickets, and attaching conversations to them.

use sapa_channel::{Timestamp, new_id};
use serde_json::json;
use uuid::Uuid;

use super::model::{TicketKind, number};
use crate::{
    conversations,
    db::Tx,
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// A ticket to be opened.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// From which conversation.
    pub conversation_id: Uuid,
    /// From which message of it.
    pub message_id: Option<Uuid>,
    /// What it is.
    pub kind: TicketKind,
    /// What it is about.
    pub title: String,
    /// What exactly is the matter.
    pub description: String,
    /// Who sees to it; none if a bot opens it.
    pub owner_id: Option<Uuid>,
}

/// A title as it may be: one line of at most 200 characters.
pub fn title(title: &str) -> Result<&str, AppError> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > 200 || title.chars().any(char::is_control) {
        return Err(AppError::invalid("title", "one line of 1 to 200 characters"));
    }
    Ok(title)
}

/// Opens a ticket from a conversation. Tells its id and what to log.
pub async fn open(
    tx: &mut Tx,
    new: &NewTicket,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Uuid, Vec<NewEvent>), AppError> {
    let conversation =
        conversations::queries::core(tx, new.conversation_id).await?.ok_or(AppError::NotFound)?;
    let title = title(&new.title)?;
    let id = new_id();
    let ticket_number: i64 = on_db!(&mut *tx, |conn| {
        sqlx::query_scalar(
        "INSERT INTO tickets
             (id, contact_id, kind, title, description, status, owner_id, message_id, opened_at, version)
         VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, 1) RETURNING number"
    )
    .bind(id)
    .bind(conversation.contact_id)
    .bind(new.kind)
    .bind(title)
    .bind(&new.description)
    .bind(new.owner_id)
    .bind(new.message_id)
    .bind(now)
    .fetch_one(conn)
    .await?
    });
    link(tx, id, conversation.id, now).await?;
    let event = NewEvent::new("ticket.opened", now, actor.clone())
        .conversation(conversation.id, conversation.contact_id)
        .ticket(id)
        .in_history()
        .data(json!({ "number": number(ticket_number), "title": title }));
    Ok((id, vec![event]))
}

async fn link(
    tx: &mut Tx,
    ticket_id: Uuid,
    conversation_id: Uuid,
    now: Timestamp,
) -> Result<bool, AppError> {
    Ok(on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO ticket_conversations (ticket_id, conversation_id, attached_at) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING"
    )
    .bind(ticket_id)
    .bind(conversation_id)
    .bind(now)
    .execute(conn)
    .await?
    .rows_affected()
        == 1
    }))
}

/// Attaches a conversation to a ticket. Tells what to log; nothing if it was attached.
pub async fn attach(
    tx: &mut Tx,
    ticket_id: Uuid,
    conversation_id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let ticket = super::queries::find(tx, ticket_id).await?.ok_or(AppError::NotFound)?.ticket;
    let conversation =
        conversations::queries::core(tx, conversation_id).await?.ok_or(AppError::NotFound)?;
    if ticket.contact.id != conversation.contact_id {
        return Err(AppError::invalid(
            "conversation_id",
            "is another customer's: merge the two first if they are one",
        ));
    }
    if !link(tx, ticket_id, conversation_id, now).await? {
        return Ok(Vec::new());
    }
    Ok(vec![
        NewEvent::new("ticket.attached", now, actor.clone())
            .conversation(conversation_id, conversation.contact_id)
            .ticket(ticket_id)
            .in_history()
            .data(json!({ "number": ticket.number, "title": ticket.title })),
    ])
}

/// Detaches a conversation from a ticket. Tells whether it was attached.
pub async fn detach(tx: &mut Tx, ticket_id: Uuid, conversation_id: Uuid) -> Result<bool, AppError> {
    Ok(on_db!(tx, |conn| sqlx::query(
        "DELETE FROM ticket_conversations WHERE ticket_id = $1 AND conversation_id = $2"
    )
    .bind(ticket_id)
    .bind(conversation_id)
    .execute(conn)
    .await?
    .rows_affected()
        == 1))
}
