//! The routes of tickets.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    model::{Ticket, TicketKind, TicketRef},
    open::{self, NewTicket},
    queries::{self, Filter},
    solve,
};
use crate::{
    app::App,
    conversations::http::expected_version,
    events::NewEvent,
    http::{Access, AppError, Body, Cursor, Idempotent, Page, Path, Query, Routes, idempotent},
    officers::{caller::Caller, policy::Permission},
    on_db, search,
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    let write = Access::May(Permission::TicketsWrite);
    routes
        .add(read, routes!(list_tickets))
        .add(write, routes!(open_ticket))
        .add(read, routes!(get_ticket))
        .add(write, routes!(change_ticket))
        .add(write, routes!(attach_conversation))
        .add(write, routes!(detach_conversation))
        .add(write, routes!(solve_ticket))
        .add(write, routes!(reopen_ticket))
}

/// Which tickets.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketsQuery {
    /// `open` or `solved`.
    status: Option<String>,
    /// Only of this owner.
    owner: Option<Uuid>,
    /// Only of this kind.
    #[param(inline)]
    kind: Option<TicketKind>,
    /// Words of the number, title, description or outcome.
    q: Option<String>,
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// Lists tickets, the newest first.
#[utoipa::path(get, path = "/tickets", tag = "tickets", params(TicketsQuery),
    responses((status = 200, body = Page<TicketRef>)))]
async fn list_tickets(
    State(app): State<App>,
    Query(query): Query<TicketsQuery>,
) -> Result<Json<Page<TicketRef>>, AppError> {
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let mut tx = app.db().read().await?;
    let words = query.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let ids = match words {
        Some(words) => Some(search::entries(&mut tx, "ticket", words, 200).await?),
        None => None,
    };
    let filter = Filter { status: query.status, owner: query.owner, kind: query.kind, ids };
    Ok(Json(
        queries::list(&mut tx, &filter, cursor, query.limit.unwrap_or(50).clamp(1, 200)).await?,
    ))
}

/// A ticket to be opened.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenTicket {
    /// From which conversation.
    conversation_id: Uuid,
    /// From which message of it.
    message_id: Option<Uuid>,
    /// What it is.
    kind: TicketKind,
    /// What it is about.
    title: String,
    /// What exactly is the matter.
    #[serde(default)]
    description: String,
}

fn described(description: &str) -> Result<(), AppError> {
    if description.len() > 20_000 || description.contains('\0') {
        return Err(AppError::invalid("description", "at most 20,000 characters"));
    }
    Ok(())
}

/// Opens a ticket from a conversation.
#[utoipa::path(post, path = "/tickets", tag = "tickets", request_body = OpenTicket,
    responses((status = 201, body = Ticket)))]
async fn open_ticket(
    State(app): State<App>,
    caller: Caller,
    key: Idempotent,
    Body(new): Body<OpenTicket>,
) -> Result<(StatusCode, Json<serde_json::Value>), AppError> {
    described(&new.description)?;
    idempotent(&app, key, StatusCode::CREATED, async || {
        let new = NewTicket {
            conversation_id: new.conversation_id,
            message_id: new.message_id,
            kind: new.kind,
            title: new.title,
            description: new.description,
            owner_id: Some(caller.officer_id),
        };
        let mut tx = app.db().write().await?;
        let (id, events) = open::open(&mut tx, &new, &caller.actor(), app.now()).await?;
        app.commit(tx, &events).await?;
        whole(&app, id).await
    })
    .await
}

async fn whole(app: &App, id: Uuid) -> Result<Ticket, AppError> {
    let mut tx = app.db().read().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)
}

/// Shows a ticket.
#[utoipa::path(get, path = "/tickets/{id}", tag = "tickets", responses((status = 200, body = Ticket)))]
async fn get_ticket(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Ticket>, AppError> {
    Ok(Json(whole(&app, id).await?))
}

/// What to change; what is not named stays.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct TicketChange {
    /// What it is about.
    title: Option<String>,
    /// What it is.
    kind: Option<TicketKind>,
    /// Who sees to it.
    owner_id: Option<Uuid>,
    /// What exactly is the matter.
    description: Option<String>,
}

/// Changes a ticket. `If-Match` with its version refuses to change what somebody else has changed.
#[utoipa::path(patch, path = "/tickets/{id}", tag = "tickets", request_body = TicketChange,
    responses((status = 200, body = Ticket)))]
async fn change_ticket(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Body(change): Body<TicketChange>,
) -> Result<Json<Ticket>, AppError> {
    let expected = expected_version(&headers)?;
    let title = change.title.as_deref().map(open::title).transpose()?;
    if let Some(description) = &change.description {
        described(description)?;
    }
    let mut tx = app.db().write().await?;
    let ticket = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if expected.is_some_and(|version| version != ticket.version) {
        return Err(AppError::Stale);
    }
    on_db!(&mut tx, |conn| {
        sqlx::query(
        "UPDATE tickets
         SET title = COALESCE($2, title), kind = COALESCE($3, kind), owner_id = COALESCE($4, owner_id),
             description = COALESCE($5, description), version = version + 1
         WHERE id = $1"
    )
    .bind(id)
    .bind(title)
    .bind(change.kind)
    .bind(change.owner_id)
    .bind(&change.description)
    .execute(conn)
    .await
    .map(drop)?
    });
    let mut event = NewEvent::new("ticket.changed", app.now(), caller.actor())
        .contact(ticket.ticket.contact.id)
        .ticket(id);
    event.conversation_id = ticket.conversations.first().map(|conversation| conversation.id);
    app.commit(tx, &[event]).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Which conversation.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AttachConversation {
    /// One of the same customer.
    conversation_id: Uuid,
}

/// Attaches a conversation to a ticket.
#[utoipa::path(post, path = "/tickets/{id}/conversations", tag = "tickets", request_body = AttachConversation,
    responses((status = 200, body = Ticket)))]
async fn attach_conversation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(attach): Body<AttachConversation>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let events =
        open::attach(&mut tx, id, attach.conversation_id, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Detaches a conversation from a ticket.
#[utoipa::path(delete, path = "/tickets/{id}/conversations/{conversation_id}", tag = "tickets",
    responses((status = 200, body = Ticket)))]
async fn detach_conversation(
    State(app): State<App>,
    caller: Caller,
    Path((id, conversation_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let ticket = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if !open::detach(&mut tx, id, conversation_id).await? {
        return Err(AppError::NotFound);
    }
    let event = NewEvent::new("ticket.changed", app.now(), caller.actor())
        .conversation(conversation_id, ticket.ticket.contact.id)
        .ticket(id);
    app.commit(tx, &[event]).await?;
    Ok(Json(whole(&app, id).await?))
}

/// How it ended.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Outcome {
    /// What was done for the customer, in a few words.
    outcome: String,
}

/// Solves a ticket.
#[utoipa::path(post, path = "/tickets/{id}/solve", tag = "tickets", request_body = Outcome,
    responses((status = 200, body = Ticket)))]
async fn solve_ticket(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(how): Body<Outcome>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let events = solve::solve(&mut tx, id, &how.outcome, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Reopens a ticket.
#[utoipa::path(post, path = "/tickets/{id}/reopen", tag = "tickets", responses((status = 200, body = Ticket)))]
async fn reopen_ticket(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Ticket>, AppError> {
    let mut tx = app.db().write().await?;
    let events = solve::reopen(&mut tx, id, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}
