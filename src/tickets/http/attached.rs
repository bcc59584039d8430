//! The routes of what belongs to a ticket: conversations, messages, offers.

use axum::{Json, extract::State};
use serde::Deserialize;
use uuid::Uuid;

use super::whole;
use crate::{
    app::App,
    http::{AppError, Body, Path},
    officers::caller::Caller,
    tickets::{attach, model::Ticket, offers},
};

/// Which conversation.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachConversation {
    /// One of the same customer.
    conversation_id: Uuid,
    /// From which message of it on; without one, all.
    message_id: Option<Uuid>,
}

/// Attaches a conversation to a ticket, with its messages.
#[utoipa::path(post, path = "/tickets/{id}/conversations", tag = "tickets", request_body = AttachConversation,
    responses((status = 200, body = Ticket)))]
pub async fn attach_conversation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(what): Body<AttachConversation>,
) -> Result<Json<Ticket>, AppError> {
    let (conversation, from) = (what.conversation_id, what.message_id);
    let mut tx = app.db().write().await?;
    let events =
        attach::conversation(&mut tx, id, conversation, from, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Detaches a conversation from a ticket, with its messages.
#[utoipa::path(delete, path = "/tickets/{id}/conversations/{conversation_id}", tag = "tickets",
    responses((status = 200, body = Ticket)))]
pub async fn detach_conversation(
    State(app): State<App>,
    caller: Caller,
    Path((id, conversation_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let actor = caller.actor();
    let events =
        attach::detach_conversation(&mut tx, id, conversation_id, &actor, app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Which message.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachMessage {
    /// One of the same customer's.
    message_id: Uuid,
}

/// Attaches a single message to a ticket.
#[utoipa::path(post, path = "/tickets/{id}/messages", tag = "tickets", request_body = AttachMessage,
    responses((status = 200, body = Ticket)))]
pub async fn attach_message(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(what): Body<AttachMessage>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let events = attach::message(&mut tx, id, what.message_id, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Takes a single message out of a ticket.
#[utoipa::path(delete, path = "/tickets/{id}/messages/{message_id}", tag = "tickets",
    responses((status = 200, body = Ticket)))]
pub async fn detach_message(
    State(app): State<App>,
    caller: Caller,
    Path((id, message_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let events =
        attach::detach_message(&mut tx, id, message_id, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Attaches what was offered: the conversation, from the message on.
#[utoipa::path(post, path = "/ticket-offers/{id}/accept", tag = "tickets",
    responses((status = 200, body = Ticket)))]
pub async fn accept_offer(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let (ticket, events) = offers::accept(&mut tx, id, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, ticket).await?))
}

/// Refuses what was offered; it is not offered again.
#[utoipa::path(post, path = "/ticket-offers/{id}/refuse", tag = "tickets",
    responses((status = 200, body = Ticket)))]
pub async fn refuse_offer(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let (ticket, events) = offers::refuse(&mut tx, id, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, ticket).await?))
}
