//! The routes of webhooks.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use sqlx::types::Json as Stored;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    EVENTS,
    model::{AddedWebhook, DeliveryView, WebhookView},
    queries, send, sign,
};
use crate::{
    app::App,
    http::{Access, AppError, Body, Cursor, Page, Path, Problem, Query, Routes},
    officers::{audit, caller::Caller, policy::Permission},
};

/// The most webhooks.
const MOST: usize = 50;

/// The most characters of an address.
const LONGEST_URL: usize = 2000;

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let manage = Access::May(Permission::WebhooksManage);
    routes
        .add(manage, routes!(list_webhooks, add_webhook))
        .add(manage, routes!(change_webhook, remove_webhook))
        .add(manage, routes!(list_webhook_deliveries))
        .add(manage, routes!(test_webhook))
}

/// All webhooks, without their secrets.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", responses((status = 200, body = Page<WebhookView>)))]
async fn list_webhooks(State(app): State<App>) -> Result<Json<Page<WebhookView>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(queries::list(&mut tx).await?)))
}

/// A webhook to be added.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookToAdd)]
struct New {
    /// Where to post to.
    url: String,
    /// What to be told of; `*` is everything.
    events: Vec<String>,
    /// Whether to be told now; yes, if it is left out.
    enabled: Option<bool>,
}

/// Adds a webhook. Its secret is shown this one time.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = New, responses(
    (status = 201, body = AddedWebhook),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn add_webhook(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<AddedWebhook>), AppError> {
    let (url, host) = checked_url(&app, &new.url)?;
    let events = checked_events(new.events)?;
    let secret = sign::new_secret();
    let now = app.now();
    let mut tx = app.db().write().await?;
    if queries::list(&mut tx).await?.len() >= MOST {
        return Err(AppError::conflict(
            "too_many_webhooks",
            format!("there are {MOST} already: remove one first"),
        ));
    }
    let id =
        queries::add(&mut tx, &url, &secret, &events, new.enabled.unwrap_or(true), now).await?;
    audit::record(&mut tx, &caller, "webhook.added", &host, &caller.address, now).await?;
    let view = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(AddedWebhook { view, secret })))
}

/// What is to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookChange)]
struct Change {
    /// Where to post to.
    url: Option<String>,
    /// What to be told of, all of it.
    events: Option<Vec<String>>,
    /// Whether to be told.
    enabled: Option<bool>,
}

/// Changes a webhook. What waits for one that is switched off is posted when it is switched on again.
#[utoipa::path(patch, path = "/webhooks/{id}", tag = "webhooks", request_body = Change, responses(
    (status = 200, body = WebhookView),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn change_webhook(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(change): Body<Change>,
) -> Result<Json<WebhookView>, AppError> {
    let url = change.url.map(|url| checked_url(&app, &url)).transpose()?;
    let events = change.events.map(checked_events).transpose()?;
    let mut tx = app.db().write().await?;
    let mut webhook = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if let Some((url, _)) = url {
        webhook.url = url;
    }
    webhook.events = events.map_or(webhook.events, Stored);
    webhook.enabled = change.enabled.unwrap_or(webhook.enabled);
    queries::update(&mut tx, &webhook).await?;
    audit::record(
        &mut tx,
        &caller,
        "webhook.changed",
        &host(&webhook.url),
        &caller.address,
        app.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(Json(webhook))
}

/// Removes a webhook and what waits for it.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_webhook(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    let url = queries::remove(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    audit::record(&mut tx, &caller, "webhook.removed", &host(&url), &caller.address, app.now())
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which part of the log of deliveries.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// From where on, as the last part said.
    cursor: Option<String>,
    /// At most so many, up to 200.
    limit: Option<i64>,
}

/// What was posted to a webhook and what waits, the newest first.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "webhooks", params(Part), responses(
    (status = 200, body = Page<DeliveryView>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn list_webhook_deliveries(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(part): Query<Part>,
) -> Result<Json<Page<DeliveryView>>, AppError> {
    let before = Cursor::parse(part.cursor.as_deref())?;
    let limit = part.limit.unwrap_or(50).clamp(1, 200);
    let mut tx = app.db().read().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let deliveries = queries::deliveries(&mut tx, id, before, limit + 1).await?;
    let place = |delivery: &DeliveryView| Cursor::new(delivery.at, delivery.id);
    Ok(Json(Page::cut(deliveries, usize::try_from(limit).unwrap_or(0), place)))
}

/// Posts a `webhook.test` at once and answers what became of it.
#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "webhooks", responses(
    (status = 200, body = DeliveryView),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn test_webhook(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<DeliveryView>, AppError> {
    Ok(Json(send::test(&app, id).await?))
}

/// An address in its one spelling, and its host for the audit log: the rest may hold a secret (R28).
fn checked_url(app: &App, url: &str) -> Result<(String, String), AppError> {
    let url = url.trim();
    if url.len() > LONGEST_URL {
        return Err(AppError::invalid("url", format!("has at most {LONGEST_URL} characters")));
    }
    let checked =
        app.outbound().check(url).map_err(|error| AppError::invalid("url", error.to_string()))?;
    Ok((checked.to_string(), checked.host_str().unwrap_or_default().to_owned()))
}

fn host(url: &str) -> String {
    reqwest::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

fn checked_events(mut events: Vec<String>) -> Result<Vec<String>, AppError> {
    events.sort_unstable();
    events.dedup();
    if events.is_empty() {
        return Err(AppError::invalid("events", "names at least one kind of event, or *"));
    }
    match events.iter().find(|kind| *kind != "*" && !EVENTS.contains(&kind.as_str())) {
        Some(unknown) => {
            Err(AppError::invalid("events", format!("{unknown:?} is no kind of event")))
        }
        None => Ok(events),
    }
}
