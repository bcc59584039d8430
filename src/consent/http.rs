//! The routes of consent, and of the addresses that get no mailing.

use axum::{Json, extract::State as Shared, http::StatusCode};
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    change::known_kind,
    grant,
    model::{Consent, Reason, State, Suppression},
    queries::{self, Place},
    release, suppress, withdraw,
};
use crate::{
    app::App,
    contacts::{self, edit},
    http::{Access, AppError, Body, Page, Path, Problem, Query, Routes},
    officers::{audit, caller::Caller, http::words, policy::Permission},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    let write = Access::May(Permission::SegmentsWrite);
    routes
        .add(read, routes!(list_consents))
        .add(Access::May(Permission::ContactsWrite), routes!(set_consent))
        .add(read, routes!(list_suppressions))
        .add(write, routes!(add_suppression))
        .add(write, routes!(remove_suppression))
}

/// What a contact said about offers, by kind of channel; a kind that is not there was never spoken of.
#[utoipa::path(get, path = "/contacts/{id}/consents", tag = "consent", responses((status = 200, body = Page<Consent>)))]
async fn list_consents(
    Shared(app): Shared<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Page<Consent>>, AppError> {
    let mut tx = app.db().read().await?;
    let id = contacts::merge::current(&mut tx, id).await?;
    Ok(Json(Page::all(queries::of_contact(&mut tx, id).await?)))
}

/// What a contact said.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentChange {
    /// Whether he agreed or takes it back.
    state: State,
    /// Where he said so, in some words: `on the phone`, `at the shop` …
    source: String,
    /// What shows it, if anything: a form, a recording, a mail.
    #[serde(default)]
    proof: Option<String>,
}

/// Writes down that a contact agreed to offers on a kind of channel, or that he takes it back. It is a line of his
/// history: who wrote it, when, and where he said so.
#[utoipa::path(put, path = "/contacts/{id}/consents/{kind}", tag = "consent", request_body = ConsentChange, responses(
    (status = 200, body = Page<Consent>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn set_consent(
    Shared(app): Shared<App>,
    caller: Caller,
    Path((id, kind)): Path<(Uuid, String)>,
    Body(change): Body<ConsentChange>,
) -> Result<Json<Page<Consent>>, AppError> {
    let (actor, now) = (caller.actor(), app.now());
    let source = words::one_line("source", &change.source, 200)?;
    let proof = change.proof.as_deref().map(str::trim).filter(|proof| !proof.is_empty());
    let mut tx = app.db().write().await?;
    let id = contacts::merge::current(&mut tx, id).await?;
    contacts::queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let events = match change.state {
        State::Granted => grant(&mut tx, id, &kind, &source, proof, &actor, now).await?,
        State::Withdrawn => withdraw(&mut tx, id, &kind, &source, proof, &actor, now).await?,
    };
    let all = queries::of_contact(&mut tx, id).await?;
    app.commit(tx, &events).await?;
    Ok(Json(Page::all(all)))
}

/// Which addresses.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SuppressionsQuery {
    /// A part of the address.
    q: Option<String>,
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// The addresses that get no mailing, the newest first.
#[utoipa::path(get, path = "/suppressions", tag = "consent", params(SuppressionsQuery),
    responses((status = 200, body = Page<Suppression>)))]
async fn list_suppressions(
    Shared(app): Shared<App>,
    Query(query): Query<SuppressionsQuery>,
) -> Result<Json<Page<Suppression>>, AppError> {
    let words = query.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    if words.is_some_and(|words| words.chars().count() > 320 || words.contains('\0')) {
        return Err(AppError::invalid("q", "at most 320 characters"));
    }
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let place = Place::parse(query.cursor.as_deref())?;
    let mut tx = app.db().read().await?;
    Ok(Json(queries::suppressions(&mut tx, words, place, limit).await?))
}

/// An address that shall get no mailing.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSuppression {
    /// `email`, `telegram`, `phone` …
    kind: String,
    /// The address.
    value: String,
    /// Why.
    note: String,
}

fn normal(kind: &str, value: &str) -> Result<String, AppError> {
    known_kind("kind", kind)?;
    edit::normalise(kind, value)
        .ok_or_else(|| AppError::invalid("value", format!("is not an address of kind {kind}")))
}

/// From now on an address gets no mailing.
#[utoipa::path(post, path = "/suppressions", tag = "consent", request_body = NewSuppression, responses(
    (status = 204),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn add_suppression(
    Shared(app): Shared<App>,
    caller: Caller,
    Body(new): Body<NewSuppression>,
) -> Result<StatusCode, AppError> {
    let (kind, value) = (new.kind.as_str(), normal(&new.kind, &new.value)?);
    let note = words::one_line("note", &new.note, 500)?;
    let (actor, now) = (caller.actor(), app.now());
    let mut tx = app.db().write().await?;
    let events = suppress(&mut tx, kind, &value, Reason::Manual, &caller.name, &actor, now).await?;
    if !events.is_empty() {
        queries::note(&mut tx, kind, &value, &note).await?;
        let subject = format!("{kind} {value}");
        audit::record(&mut tx, &caller, "suppression.added", &subject, &caller.address, now)
            .await?;
    }
    app.commit(tx, &events).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An address may get mailings again, if its owner agreed to offers.
#[utoipa::path(delete, path = "/suppressions/{kind}/{value}", tag = "consent", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_suppression(
    Shared(app): Shared<App>,
    caller: Caller,
    Path((kind, value)): Path<(String, String)>,
) -> Result<StatusCode, AppError> {
    let (actor, now) = (caller.actor(), app.now());
    let mut tx = app.db().write().await?;
    let events = release(&mut tx, &kind, &value, &actor, now).await?;
    if events.is_empty() {
        return Err(AppError::NotFound);
    }
    let subject = format!("{kind} {value}");
    audit::record(&mut tx, &caller, "suppression.removed", &subject, &caller.address, now).await?;
    app.commit(tx, &events).await?;
    Ok(StatusCode::NO_CONTENT)
}
