//! The routes of segments.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use sapa_channel::new_id;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Condition,
    check::check,
    count::{self, Counted},
    evaluate::holds,
    explain::{Explained, explain},
    model::Segment,
    profile, queries,
};
use crate::{
    app::App,
    contacts::{
        self,
        model::{ContactRef, ContactRow},
    },
    conversations::http::expected_version,
    db::DbError,
    http::{Access, AppError, Body, Cursor, Page, Path, Problem, Query, Routes},
    officers::{audit, caller::Caller, http::words, policy::Permission},
};

/// How long a count may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    let write = Access::May(Permission::SegmentsWrite);
    routes
        .add(read, routes!(list_segments))
        .add(write, routes!(add_segment))
        .add(read, routes!(get_segment))
        .add(write, routes!(change_segment, remove_segment))
        .add(read, routes!(count_segment))
        .add(read, routes!(explain_segment))
        .add(read, routes!(segment_contacts))
        .add(read, routes!(preview_segment))
        .add(read, routes!(segment_words))
}

/// All segments by name.
#[utoipa::path(get, path = "/segments", tag = "segments", responses((status = 200, body = Page<Segment>)))]
async fn list_segments(State(app): State<App>) -> Result<Json<Page<Segment>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(queries::list(&mut tx).await?)))
}

/// One segment.
#[utoipa::path(get, path = "/segments/{id}", tag = "segments", responses(
    (status = 200, body = Segment),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn get_segment(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Segment>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?))
}

/// A segment to be added.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSegment {
    /// Its name; no other segment has it.
    name: String,
    /// Whom it chooses.
    condition: Condition,
}

fn taken(error: DbError) -> AppError {
    match error {
        DbError::Conflict(_) => AppError::invalid("name", "another segment has this name"),
        other => other.into(),
    }
}

/// Adds a segment.
#[utoipa::path(post, path = "/segments", tag = "segments", request_body = NewSegment, responses(
    (status = 201, body = Segment),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn add_segment(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewSegment>,
) -> Result<(StatusCode, Json<Segment>), AppError> {
    let name = words::one_line("name", &new.name, 100)?;
    check(&new.condition)?;
    let (id, now) = (new_id(), app.now());
    let mut tx = app.db().write().await?;
    if queries::list(&mut tx).await?.len() >= queries::MOST {
        return Err(AppError::invalid("name", "there are 500 segments: remove some first"));
    }
    queries::add(&mut tx, id, &name, &new.condition, Some(caller.officer_id), now)
        .await
        .map_err(taken)?;
    audit::record(&mut tx, &caller, "segment.added", &name, &caller.address, now).await?;
    let segment = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(segment)))
}

/// What is to change; what is left out stays.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SegmentChange {
    /// Its name.
    name: Option<String>,
    /// Whom it chooses.
    condition: Option<Condition>,
}

/// Changes a segment. `If-Match` with its version refuses to change what somebody else has changed.
#[utoipa::path(patch, path = "/segments/{id}", tag = "segments", request_body = SegmentChange, responses(
    (status = 200, body = Segment),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 412, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn change_segment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Body(change): Body<SegmentChange>,
) -> Result<Json<Segment>, AppError> {
    let expected = expected_version(&headers)?;
    let now = app.now();
    let mut tx = app.db().write().await?;
    let there = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if expected.is_some_and(|version| version != there.version) {
        return Err(AppError::Stale);
    }
    let name = match &change.name {
        Some(name) => words::one_line("name", name, 100)?,
        None => there.name,
    };
    let condition = change.condition.unwrap_or(there.condition.0);
    check(&condition)?;
    queries::update(&mut tx, id, &name, &condition, now).await.map_err(taken)?;
    audit::record(&mut tx, &caller, "segment.changed", &name, &caller.address, now).await?;
    let segment = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    tx.commit().await?;
    Ok(Json(segment))
}

/// Removes a segment; its contacts stay.
#[utoipa::path(delete, path = "/segments/{id}", tag = "segments", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_segment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    let name = queries::remove(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    audit::record(&mut tx, &caller, "segment.removed", &name, &caller.address, app.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Conditions to be counted.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ToCount {
    /// Whom to count.
    condition: Condition,
}

/// Counts a segment that need not be kept: in all, and by each of its conditions.
#[utoipa::path(post, path = "/segments/count", tag = "segments", request_body = ToCount, responses(
    (status = 200, body = Counted),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn count_segment(
    State(app): State<App>,
    Body(what): Body<ToCount>,
) -> Result<Json<Counted>, AppError> {
    check(&what.condition)?;
    let mut tx = app.db().read_within(PATIENCE).await?;
    Ok(Json(count::count(&mut tx, &what.condition, app.now()).await?))
}

/// Whom to explain, and by what.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ToExplain {
    /// The conditions.
    condition: Condition,
    /// Of this contact.
    contact_id: Uuid,
}

/// Why a contact is in a segment or not.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Explanation {
    /// Of whom; of a merged contact, what he has become.
    contact: ContactRef,
    /// Whether he is in the segment.
    holds: bool,
    /// By condition: the root first, and each group before what it holds.
    nodes: Vec<Explained>,
}

/// Tells why a contact is in a segment or not: what each condition saw of him.
#[utoipa::path(post, path = "/segments/explain", tag = "segments", request_body = ToExplain, responses(
    (status = 200, body = Explanation),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn explain_segment(
    State(app): State<App>,
    Body(what): Body<ToExplain>,
) -> Result<Json<Explanation>, AppError> {
    check(&what.condition)?;
    let now = app.now();
    let mut tx = app.db().read().await?;
    let id = contacts::merge::current(&mut tx, what.contact_id).await?;
    let known = profile::load(&mut tx, &[id]).await?.pop().ok_or(AppError::NotFound)?;
    Ok(Json(Explanation {
        holds: holds(&what.condition, &known, now),
        nodes: explain(&what.condition, &known, now),
        contact: ContactRef { id: known.id, name: known.name },
    }))
}

/// Which part of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PartQuery {
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// The contacts of a segment as they are now, the newest first.
#[utoipa::path(get, path = "/segments/{id}/contacts", tag = "segments", params(PartQuery), responses(
    (status = 200, body = Page<ContactRow>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn segment_contacts(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(part): Query<PartQuery>,
) -> Result<Json<Page<ContactRow>>, AppError> {
    let mut tx = app.db().read().await?;
    let segment = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    page(&app, &segment.condition, part.cursor.as_deref(), part.limit).await
}

/// Whose contacts to show.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ToPreview {
    /// Whom to choose.
    condition: Condition,
    /// Where to go on.
    #[serde(default)]
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    #[serde(default)]
    limit: Option<usize>,
}

/// The contacts of a segment that need not be kept, the newest first.
#[utoipa::path(post, path = "/segments/preview", tag = "segments", request_body = ToPreview, responses(
    (status = 200, body = Page<ContactRow>),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn preview_segment(
    State(app): State<App>,
    Body(what): Body<ToPreview>,
) -> Result<Json<Page<ContactRow>>, AppError> {
    check(&what.condition)?;
    page(&app, &what.condition, what.cursor.as_deref(), what.limit).await
}

async fn page(
    app: &App,
    condition: &Condition,
    cursor: Option<&str>,
    limit: Option<usize>,
) -> Result<Json<Page<ContactRow>>, AppError> {
    let limit = limit.unwrap_or(50).clamp(1, 200);
    let cursor = Cursor::parse(cursor)?;
    let mut tx = app.db().read_within(PATIENCE).await?;
    let mut ids = queries::members(&mut tx, condition, cursor, limit, app.now()).await?;
    let more = ids.len() > limit;
    ids.truncate(limit);
    let items = contacts::queries::rows(&mut tx, &ids).await?;
    let last = items.last().filter(|_| more);
    let next = last.map(|row| Cursor::new(row.first_seen_at, row.id).to_string());
    Ok(Json(Page { items, next }))
}

/// What an editor of conditions may offer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SegmentWords {
    /// The tags that contacts have; 500 at most.
    tags: Vec<String>,
    /// The names of fields that contacts have; 500 at most.
    fields: Vec<String>,
}

/// The tags and the names of fields that contacts have.
#[utoipa::path(get, path = "/segments/words", tag = "segments", responses((status = 200, body = SegmentWords)))]
async fn segment_words(State(app): State<App>) -> Result<Json<SegmentWords>, AppError> {
    let mut tx = app.db().read_within(PATIENCE).await?;
    let (tags, fields) = queries::words(&mut tx, 500).await?;
    Ok(Json(SegmentWords { tags, fields }))
}
