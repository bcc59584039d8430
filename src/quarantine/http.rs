//! The routes of the quarantine.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::queries::{self, QuarantineEntry};
use crate::{
    app::App,
    http::{Access, AppError, Cursor, Page, Path, Problem, Query, Routes},
    intake, messages,
    officers::{audit, caller::Caller, policy::Permission},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let manage = Access::May(Permission::QuarantineManage);
    routes
        .add(manage, routes!(list_quarantine))
        .add(manage, routes!(quarantined_original))
        .add(manage, routes!(retry_quarantined))
        .add(manage, routes!(dismiss_quarantined))
}

/// Which part of the quarantine.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// From where on, as the last part said.
    cursor: Option<String>,
    /// At most so many, up to 200.
    limit: Option<i64>,
}

/// What came in and could not be taken, the newest first.
#[utoipa::path(get, path = "/quarantine", tag = "quarantine", params(Part),
    responses((status = 200, body = Page<QuarantineEntry>)))]
async fn list_quarantine(
    State(app): State<App>,
    Query(part): Query<Part>,
) -> Result<Json<Page<QuarantineEntry>>, AppError> {
    let before = Cursor::parse(part.cursor.as_deref())?;
    let limit = part.limit.unwrap_or(50).clamp(1, 200);
    let mut tx = app.db().read().await?;
    let entries = queries::list(&mut tx, before, limit + 1).await?;
    let place = |entry: &QuarantineEntry| Cursor::new(entry.at, entry.id);
    Ok(Json(Page::cut(entries, usize::try_from(limit).unwrap_or(0), place)))
}

/// Something quarantined as it came, for download.
#[utoipa::path(get, path = "/quarantine/{id}/original", tag = "quarantine", responses(
    (status = 200, content_type = "application/octet-stream"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn quarantined_original(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let mut tx = app.db().read().await?;
    let (media_type, digest, body) =
        queries::original(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    messages::http::original(&app, id, &media_type, &digest, body).await
}

/// Tries again to take in something quarantined.
#[utoipa::path(post, path = "/quarantine/{id}/retry", tag = "quarantine", responses(
    (status = 204, description = "It was taken in"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json",
        description = "`still_quarantined`: it failed again; the list says why"),
))]
async fn retry_quarantined(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().read().await?;
    queries::original(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    let taken = intake::retry(&app, id).await?;
    let mut tx = app.db().write().await?;
    audit::record(
        &mut tx,
        &caller,
        "quarantine.retried",
        &id.to_string(),
        &caller.address,
        app.now(),
    )
    .await?;
    tx.commit().await?;
    if taken {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(AppError::conflict("still_quarantined", "it could not be taken in this time either"))
}

/// Takes something out of the quarantine without taking it in. It stays stored.
#[utoipa::path(delete, path = "/quarantine/{id}", tag = "quarantine", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn dismiss_quarantined(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    if !queries::dismiss(&mut tx, id).await? {
        return Err(AppError::NotFound);
    }
    audit::record(
        &mut tx,
        &caller,
        "quarantine.dismissed",
        &id.to_string(),
        &caller.address,
        app.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
