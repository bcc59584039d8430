//! The routes of causes.

use axum::{Json, extract::State, http::StatusCode};
use sapa_channel::new_id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::App,
    http::{AppError, Body, Idempotent, Page, Path, Problem, idempotent},
    tickets::{
        causes,
        change::named,
        tree::{self, Node, Tree},
    },
};

/// All causes by name, archived ones too.
#[utoipa::path(get, path = "/ticket-causes", tag = "tickets", responses((status = 200, body = Page<Node>)))]
pub async fn list_causes(State(app): State<App>) -> Result<Json<Page<Node>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(tree::nodes(&mut tx, Tree::Causes).await?)))
}

/// A cause to be added.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCause {
    /// Its own name, without those above it.
    name: String,
    /// Below which one; none at the top.
    parent_id: Option<Uuid>,
}

/// Adds a cause.
#[utoipa::path(post, path = "/ticket-causes", tag = "tickets", request_body = NewCause, responses(
    (status = 201, body = Node),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn add_cause(
    State(app): State<App>,
    key: Idempotent,
    Body(new): Body<NewCause>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let nodes = tree::nodes(tx, Tree::Causes).await?;
        let id = new_id();
        let name = tree::fits(&nodes, id, &new.name, new.parent_id)?;
        let cause = Node { id, parent_id: new.parent_id, name, archived: false };
        causes::add(tx, &cause, app.now()).await?;
        Ok((cause, Vec::new()))
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
pub struct CauseChange {
    /// Its own name.
    name: Option<String>,
    /// Below which one; `null` is at the top.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    parent_id: Option<Option<Uuid>>,
    /// Whether it is kept for old tickets only. With it goes all that is below it.
    archived: Option<bool>,
}

/// Changes a cause.
#[utoipa::path(patch, path = "/ticket-causes/{id}", tag = "tickets", request_body = CauseChange, responses(
    (status = 200, body = Node),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_cause(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Body(change): Body<CauseChange>,
) -> Result<Json<Node>, AppError> {
    let mut tx = app.db().write().await?;
    let nodes = tree::nodes(&mut tx, Tree::Causes).await?;
    let mut cause = nodes.iter().find(|node| node.id == id).cloned().ok_or(AppError::NotFound)?;
    cause.archived = change.archived.unwrap_or(cause.archived);
    cause.parent_id = change.parent_id.unwrap_or(cause.parent_id);
    cause.name = change.name.unwrap_or(cause.name);
    if !cause.archived {
        cause.name = tree::fits(&nodes, id, &cause.name, cause.parent_id)?;
    }
    tree::write(&mut tx, Tree::Causes, id, &cause.name, cause.parent_id, cause.archived).await?;
    tx.commit().await?;
    Ok(Json(cause))
}

/// Deletes a cause that no ticket ever had.
#[utoipa::path(delete, path = "/ticket-causes/{id}", tag = "tickets", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_cause(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    tree::remove(&mut tx, Tree::Causes, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
