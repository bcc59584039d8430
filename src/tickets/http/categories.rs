//! The routes of categories.

use axum::{Json, extract::State, http::StatusCode};
use sapa_channel::new_id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::App,
    http::{AppError, Body, Idempotent, Page, Path, Problem, idempotent},
    tickets::{
        categories::{self, Category, Joining},
        change::named,
        model::Severity,
        tree::{self, Tree},
    },
};

/// All categories by name, archived ones too.
#[utoipa::path(get, path = "/ticket-categories", tag = "tickets",
    responses((status = 200, body = Page<Category>)))]
pub async fn list_categories(State(app): State<App>) -> Result<Json<Page<Category>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(categories::list(&mut tx).await?)))
}

/// A category to be added; what is not given is as usual.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// Its own name, without those above it.
    name: String,
    /// Below which one; none at the top.
    parent_id: Option<Uuid>,
    /// What becomes of further words of a customer beside the conversations of his only open ticket.
    attach: Option<Joining>,
    /// How bad a new ticket is.
    severity: Option<Severity>,
    /// Within how many hours a new ticket is to be solved.
    due_hours: Option<i64>,
    /// The same again within so many days is counted; 60 if not given.
    recurs_days: Option<i64>,
    /// A reply within so many days after solving reopens; 14 if not given.
    reopen_days: Option<i64>,
}

/// Adds a category.
#[utoipa::path(post, path = "/ticket-categories", tag = "tickets", request_body = NewCategory, responses(
    (status = 201, body = Category),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn add_category(
    State(app): State<App>,
    key: Idempotent,
    Body(new): Body<NewCategory>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let nodes = tree::nodes(tx, Tree::Categories).await?;
        let id = new_id();
        let name = tree::fits(&nodes, id, &new.name, new.parent_id)?;
        let usual = Category::new(id, name, new.parent_id);
        let category = Category {
            attach: new.attach.unwrap_or(usual.attach),
            severity: new.severity.unwrap_or(usual.severity),
            due_hours: new.due_hours,
            recurs_days: new.recurs_days.unwrap_or(usual.recurs_days),
            reopen_days: new.reopen_days.unwrap_or(usual.reopen_days),
            ..usual
        }
        .bounded()?;
        categories::add(tx, &category, app.now()).await?;
        Ok((category, Vec::new()))
    })
    .await
}

/// What is to change; what is left out stays.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "a field that is not there and one that is null say different things"
)]
pub struct CategoryChange {
    /// Its own name.
    name: Option<String>,
    /// Below which one; `null` is at the top.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    parent_id: Option<Option<Uuid>>,
    /// What becomes of further words of a customer.
    attach: Option<Joining>,
    /// How bad a new ticket is.
    severity: Option<Severity>,
    /// Within how many hours a new ticket is to be solved; `null` is no time.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<i64>)]
    due_hours: Option<Option<i64>>,
    /// The same again within so many days is counted.
    recurs_days: Option<i64>,
    /// A reply within so many days after solving reopens.
    reopen_days: Option<i64>,
    /// Whether it is kept for old tickets only. With it goes all that is below it.
    archived: Option<bool>,
}

/// Changes a category.
#[utoipa::path(patch, path = "/ticket-categories/{id}", tag = "tickets", request_body = CategoryChange, responses(
    (status = 200, body = Category),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_category(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Body(change): Body<CategoryChange>,
) -> Result<Json<Category>, AppError> {
    let mut tx = app.db().write().await?;
    let mut category = categories::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let archived = change.archived.unwrap_or(category.node.archived);
    category.node.parent_id = change.parent_id.unwrap_or(category.node.parent_id);
    category.node.name = change.name.unwrap_or(category.node.name);
    if !archived {
        let nodes = tree::nodes(&mut tx, Tree::Categories).await?;
        category.node.name = tree::fits(&nodes, id, &category.node.name, category.node.parent_id)?;
    }
    category.node.archived = archived;
    category.attach = change.attach.unwrap_or(category.attach);
    category.severity = change.severity.unwrap_or(category.severity);
    category.due_hours = change.due_hours.unwrap_or(category.due_hours);
    category.recurs_days = change.recurs_days.unwrap_or(category.recurs_days);
    category.reopen_days = change.reopen_days.unwrap_or(category.reopen_days);
    let category = category.bounded()?;
    categories::update(&mut tx, &category).await?;
    tx.commit().await?;
    Ok(Json(category))
}

/// Deletes a category that no ticket ever had.
#[utoipa::path(delete, path = "/ticket-categories/{id}", tag = "tickets", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_category(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    tree::remove(&mut tx, Tree::Categories, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
