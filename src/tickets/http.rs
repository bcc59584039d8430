//! The routes of tickets.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    change::{self, Change},
    list::{self, Filter, Sort},
    model::{Severity, Ticket, TicketCounts, TicketKind, TicketRef},
    open::{self, NewTicket},
    queries,
    solve::{self, Solution},
    timeline,
};
use crate::{
    app::App,
    conversations::{http::expected_version, timeline::TimelineItem},
    http::{Access, AppError, Body, Cursor, Idempotent, Page, Path, Query, Routes, idempotent},
    officers::{caller::Caller, policy::Permission},
    search,
};

mod attached;
mod categories;
mod causes;
mod rules;

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    let write = Access::May(Permission::TicketsWrite);
    let settings = Access::May(Permission::TicketsSettings);
    routes
        .add(read, routes!(list_tickets))
        .add(write, routes!(open_ticket))
        .add(read, routes!(count_tickets))
        .add(read, routes!(get_ticket))
        .add(write, routes!(change_ticket))
        .add(read, routes!(get_ticket_timeline))
        .add(write, routes!(attached::attach_conversation))
        .add(write, routes!(attached::detach_conversation))
        .add(write, routes!(attached::attach_message))
        .add(write, routes!(attached::detach_message))
        .add(write, routes!(attached::accept_offer))
        .add(write, routes!(attached::refuse_offer))
        .add(write, routes!(solve_ticket))
        .add(write, routes!(reopen_ticket))
        .add(read, routes!(get_ticket_settings))
        .add(read, routes!(categories::list_categories))
        .add(settings, routes!(categories::add_category))
        .add(settings, routes!(categories::change_category, categories::remove_category))
        .add(read, routes!(causes::list_causes))
        .add(settings, routes!(causes::add_cause))
        .add(settings, routes!(causes::change_cause, causes::remove_cause))
        .add(read, routes!(rules::list_rules))
        .add(settings, routes!(rules::add_rule))
        .add(settings, routes!(rules::change_rule, rules::remove_rule))
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum TicketStatus {
    Open,
    Solved,
}

/// Which tickets.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketsQuery {
    /// Where they stand.
    #[param(inline)]
    status: Option<TicketStatus>,
    /// Only of this owner.
    owner: Option<Uuid>,
    /// Only those that nobody sees to.
    #[serde(default)]
    unowned: bool,
    /// Only of this team.
    team: Option<Uuid>,
    /// Only of this kind.
    #[param(inline)]
    kind: Option<TicketKind>,
    /// Only of this category and those below it.
    category: Option<Uuid>,
    /// Only with this cause or one below it.
    cause: Option<Uuid>,
    /// Only so bad.
    #[param(inline)]
    severity: Option<Severity>,
    /// Only open ones whose time is over.
    #[serde(default)]
    overdue: bool,
    /// Only those that are not the first of their matter.
    #[serde(default)]
    recurrent: bool,
    /// Words of the number, title, description or remedy.
    q: Option<String>,
    /// The order; the newest first if not given.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// Lists tickets.
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
        Some(words) => {
            Some(search::entries(&mut tx, "ticket", words, search::Word::Beginning, 200).await?)
        }
        None => None,
    };
    let status = query.status.map(|status| match status {
        TicketStatus::Open => "open".to_owned(),
        TicketStatus::Solved => "solved".to_owned(),
    });
    let filter = Filter {
        status,
        owner: query.owner,
        unowned: query.unowned,
        team: query.team,
        kind: query.kind,
        category: query.category,
        cause: query.cause,
        severity: query.severity,
        overdue_at: query.overdue.then(|| app.now()),
        recurrent: query.recurrent,
        ids,
        sort: query.sort,
    };
    Ok(Json(list::list(&mut tx, &filter, cursor, query.limit.unwrap_or(50).clamp(1, 200)).await?))
}

/// Counts the open tickets.
#[utoipa::path(get, path = "/tickets/counts", tag = "tickets", responses((status = 200, body = TicketCounts)))]
async fn count_tickets(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<TicketCounts>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(list::counts(&mut tx, caller.officer_id, app.now()).await?))
}

/// A ticket to be opened.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "a field that is not there and one that is null say different things"
)]
struct OpenTicket {
    /// From which conversation.
    conversation_id: Uuid,
    /// From which message of it: that one and what comes after it are the ticket's. Without one, all.
    message_id: Option<Uuid>,
    /// What it is.
    kind: TicketKind,
    /// What it is about.
    title: String,
    /// What exactly is the matter.
    #[serde(default)]
    description: String,
    /// Where it belongs.
    category_id: Option<Uuid>,
    /// How bad it is; as its category says if not given.
    severity: Option<Severity>,
    /// Until when it is to be solved; as its category says if not given, never if `null`.
    #[serde(default, deserialize_with = "change::named")]
    #[schema(value_type = Option<Timestamp>)]
    due_at: Option<Option<Timestamp>>,
    /// Who sees to it; the caller if not given, nobody if `null`.
    #[serde(default, deserialize_with = "change::named")]
    #[schema(value_type = Option<Uuid>)]
    owner_id: Option<Option<Uuid>>,
    /// Which team sees to it.
    team_id: Option<Uuid>,
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
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let new = NewTicket {
            conversation_id: new.conversation_id,
            message_id: new.message_id,
            kind: new.kind,
            title: new.title,
            description: new.description,
            category_id: new.category_id,
            severity: new.severity,
            due_at: new.due_at,
            owner_id: new.owner_id.unwrap_or(Some(caller.officer_id)),
            team_id: new.team_id,
        };
        let (id, events) = open::open(tx, &new, &caller.actor(), app.now()).await?;
        Ok((queries::find(tx, id).await?.ok_or(AppError::NotFound)?, events))
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

/// Changes a ticket. `If-Match` with its version refuses to change what somebody else has changed.
#[utoipa::path(patch, path = "/tickets/{id}", tag = "tickets", request_body = Change,
    responses((status = 200, body = Ticket)))]
async fn change_ticket(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Body(change): Body<Change>,
) -> Result<Json<Ticket>, AppError> {
    let expected = expected_version(&headers)?;
    let mut tx = app.db().write().await?;
    let events = change::change(&mut tx, id, &change, expected, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Which part of a time line.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// Where to go on, back in time.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// What was said of a ticket, on any channel, and what happened to it; the newest last.
#[utoipa::path(get, path = "/tickets/{id}/timeline", tag = "tickets", params(TimelineQuery),
    responses((status = 200, body = Page<TimelineItem>)))]
async fn get_ticket_timeline(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<TimelineQuery>,
) -> Result<Json<Page<TimelineItem>>, AppError> {
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let mut tx = app.db().read().await?;
    let ticket = queries::row(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let page = timeline::page(&mut tx, id, ticket.contact_id, cursor, limit, app.now()).await?;
    Ok(Json(page))
}

/// How it ended.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Solving {
    /// Why it happened. A complaint must have one, here or already.
    cause_id: Option<Uuid>,
    /// What was done for the customer, in a few words.
    remedy: String,
    /// What that cost, in the smallest unit of the house's currency.
    remedy_cost: Option<i64>,
}

/// Solves a ticket.
#[utoipa::path(post, path = "/tickets/{id}/solve", tag = "tickets", request_body = Solving,
    responses((status = 200, body = Ticket)))]
async fn solve_ticket(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(how): Body<Solving>,
) -> Result<Json<Ticket>, AppError> {
    let how = Solution { cause_id: how.cause_id, remedy: how.remedy, cost: how.remedy_cost };
    let currency = &app.config().tickets.currency;
    let mut tx = app.db().write().await?;
    let events = solve::solve(&mut tx, id, &how, currency, &caller.actor(), app.now()).await?;
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

/// What the house has decided on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TicketSettings {
    /// The currency of remedies, by ISO 4217.
    currency: String,
}

/// What the house has decided on for all tickets.
#[utoipa::path(get, path = "/ticket-settings", tag = "tickets", responses((status = 200, body = TicketSettings)))]
async fn get_ticket_settings(State(app): State<App>) -> Json<TicketSettings> {
    Json(TicketSettings { currency: app.config().tickets.currency.clone() })
}
