//! The routes of mailings.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use sapa_channel::ChannelId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    control::{self, Step},
    model::Mailing,
    progress,
    queries::{self, Draft},
    review::{self, Review},
};
use crate::{
    app::App,
    conversations::http::expected_version,
    http::{
        Access, AppError, Body, Cursor, Idempotent, Page, Path, Problem, Query, Routes, idempotent,
    },
    officers::{caller::Caller, http::words, policy::Permission},
    segments::Condition,
};

mod ledger;

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::MailingsRead);
    let write = Access::May(Permission::MailingsWrite);
    let send = Access::May(Permission::MailingsSend);
    ledger::routes(routes)
        .add(read, routes!(list_mailings))
        .add(write, routes!(add_mailing))
        .add(read, routes!(get_mailing))
        .add(write, routes!(change_mailing, remove_mailing))
        .add(write, routes!(review_mailing))
        .add(send, routes!(start_mailing))
        .add(send, routes!(pause_mailing))
        .add(send, routes!(resume_mailing))
        .add(send, routes!(cancel_mailing))
        .add(read, routes!(mailing_content))
}

/// Where to go on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 20 if not given, 50 at most.
    limit: Option<usize>,
}

/// Lists mailings with their counts, the newest first.
#[utoipa::path(get, path = "/mailings", tag = "mailings", params(PageQuery),
    responses((status = 200, body = Page<Mailing>)))]
async fn list_mailings(
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Mailing>>, AppError> {
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let mut tx = app.db().read().await?;
    Ok(Json(queries::list(&mut tx, cursor, query.limit.unwrap_or(20).clamp(1, 50)).await?))
}

/// A mailing to be prepared.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMailing {
    /// Its name.
    name: String,
    /// The mailbox or bot that it goes out by.
    #[schema(value_type = Uuid)]
    channel_id: ChannelId,
    /// What it is written from.
    template_id: Option<Uuid>,
    /// Who is meant; everybody if none is given.
    segment_id: Option<Uuid>,
    /// The most a minute, evenly over it; as fast as it goes if none is given.
    rate: Option<i64>,
}

async fn whole(app: &App, id: Uuid) -> Result<Mailing, AppError> {
    let mut tx = app.db().read().await?;
    queries::whole(&mut tx, id).await?.ok_or(AppError::NotFound)
}

/// Prepares a mailing. Nothing leaves before it is started.
#[utoipa::path(post, path = "/mailings", tag = "mailings", request_body = NewMailing, responses(
    (status = 201, body = Mailing),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn add_mailing(
    State(app): State<App>,
    caller: Caller,
    key: Idempotent,
    Body(new): Body<NewMailing>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let draft = Draft {
            name: words::one_line("name", &new.name, 200)?,
            channel_id: new.channel_id,
            template_id: new.template_id,
            segment_id: new.segment_id,
            rate: new.rate,
        };
        let id = control::add(&app, tx, &caller, &draft).await?;
        let mailing = queries::whole(tx, id).await?.ok_or(AppError::NotFound)?;
        Ok((mailing, vec![progress::event(id, app.now())]))
    })
    .await
}

/// Shows a mailing.
#[utoipa::path(get, path = "/mailings/{id}", tag = "mailings", responses((status = 200, body = Mailing)))]
async fn get_mailing(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Mailing>, AppError> {
    Ok(Json(whole(&app, id).await?))
}

/// Tells a field that is `null` from one that is not there.
fn named<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What is to change; what is left out stays.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "a field that is not there and one that is null say different things"
)]
struct MailingChange {
    /// Its name.
    name: Option<String>,
    /// The way out.
    #[schema(value_type = Option<Uuid>)]
    channel_id: Option<ChannelId>,
    /// What it is written from; `null` is nothing yet.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    template_id: Option<Option<Uuid>>,
    /// Who is meant; `null` is everybody.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    segment_id: Option<Option<Uuid>>,
    /// The most a minute; `null` is as fast as it goes.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<i64>)]
    rate: Option<Option<i64>>,
}

/// Changes a mailing that has not begun. `If-Match` with its version refuses to change what somebody else has
/// changed.
#[utoipa::path(patch, path = "/mailings/{id}", tag = "mailings", request_body = MailingChange, responses(
    (status = 200, body = Mailing),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn change_mailing(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Body(change): Body<MailingChange>,
) -> Result<Json<Mailing>, AppError> {
    let expected = expected_version(&headers)?;
    let name = change.name.map(|name| words::one_line("name", &name, 200)).transpose()?;
    let mut tx = app.db().write().await?;
    let old = queries::find_for_change(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if expected.is_some_and(|version| version != old.version) {
        return Err(AppError::Stale);
    }
    control::only_draft(&old)?;
    let draft = Draft {
        name: name.unwrap_or(old.name),
        channel_id: change.channel_id.unwrap_or(old.channel_id),
        template_id: change.template_id.unwrap_or(old.template_id),
        segment_id: change.segment_id.unwrap_or(old.segment_id),
        rate: change.rate.unwrap_or(old.rate),
    };
    control::check(&mut tx, &draft).await?;
    queries::update(&mut tx, id, &draft, app.now()).await?;
    app.commit(tx, &[progress::event(id, app.now())]).await?;
    Ok(Json(whole(&app, id).await?))
}

/// Removes a mailing that never began.
#[utoipa::path(delete, path = "/mailings/{id}", tag = "mailings", responses(
    (status = 204),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_mailing(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    let mailing = queries::find_for_change(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    control::only_draft(&mailing)?;
    queries::remove(&mut tx, id).await?;
    app.commit(tx, &[progress::event(id, app.now())]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Looks at a mailing that has not begun: how many are meant, who is left out and why, and of whom the template
/// needs what is not known. Every letter is composed for it, so of many recipients it takes a moment.
#[utoipa::path(get, path = "/mailings/{id}/review", tag = "mailings", responses(
    (status = 200, body = Review),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn review_mailing(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Review>, AppError> {
    let mut tx = app.db().read().await?;
    let mailing = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    control::only_draft(&mailing)?;
    let (frozen, _) = control::whole(&mut tx, &mailing, &caller.name).await?;
    drop(tx);
    Ok(Json(review::look(&app, &mailing, &frozen, app.now()).await?))
}

/// Starts a mailing: content and audience are frozen in one transaction.
#[utoipa::path(post, path = "/mailings/{id}/start", tag = "mailings", responses(
    (status = 200, body = Mailing),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn start_mailing(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Mailing>, AppError> {
    control::start(&app, &caller, id).await?;
    Ok(Json(whole(&app, id).await?))
}

async fn step(app: &App, caller: &Caller, id: Uuid, step: Step) -> Result<Json<Mailing>, AppError> {
    control::step(app, caller, id, step).await?;
    Ok(Json(whole(app, id).await?))
}

/// Pauses a mailing. What is being sent at this moment goes on to its end.
#[utoipa::path(post, path = "/mailings/{id}/pause", tag = "mailings", responses(
    (status = 200, body = Mailing),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn pause_mailing(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Mailing>, AppError> {
    step(&app, &caller, id, Step::Pause).await
}

/// Resumes a paused mailing.
#[utoipa::path(post, path = "/mailings/{id}/resume", tag = "mailings", responses(
    (status = 200, body = Mailing),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn resume_mailing(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Mailing>, AppError> {
    step(&app, &caller, id, Step::Resume).await
}

/// Cancels a mailing for good: who waits gets nothing.
#[utoipa::path(post, path = "/mailings/{id}/cancel", tag = "mailings", responses(
    (status = 200, body = Mailing),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn cancel_mailing(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Mailing>, AppError> {
    step(&app, &caller, id, Step::Cancel).await
}

/// What a mailing says and to whom, as it was when it began; as it is now if it has not.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MailingContent {
    /// The subject of a letter.
    subject: Option<String>,
    /// As HTML, with the names of values.
    html: Option<String>,
    /// As text.
    text: String,
    /// The condition of the segment; none is everybody.
    condition: Option<Condition>,
    /// The name of the segment.
    segment: Option<String>,
    /// Whether it is frozen.
    frozen: bool,
}

/// Shows what a mailing says and who is meant.
#[utoipa::path(get, path = "/mailings/{id}/content", tag = "mailings",
    responses((status = 200, body = MailingContent)))]
async fn mailing_content(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<MailingContent>, AppError> {
    let mut tx = app.db().read().await?;
    let mailing = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let (frozen, is_frozen) = match &mailing.frozen {
        Some(frozen) => (frozen.0.clone(), true),
        None => (control::whole(&mut tx, &mailing, &caller.name).await?.0, false),
    };
    Ok(Json(MailingContent {
        subject: frozen.content.subject,
        html: frozen.content.html,
        text: frozen.content.text,
        condition: frozen.condition,
        segment: frozen.segment,
        frozen: is_frozen,
    }))
}
