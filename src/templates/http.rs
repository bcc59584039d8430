//! The routes of templates.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use sapa_channel::{ChannelId, new_id};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    model::{self, Content, Template, TemplateRow},
    preview::{self, Preview},
    queries,
    starters::{STARTERS, Starter},
};
use crate::{
    app::App,
    conversations::http::expected_version,
    db::DbError,
    http::{Access, AppError, Body, Idempotent, Page, Path, Problem, Routes, idempotent},
    officers::{self, caller::Caller, http::words, policy::Permission},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::MailingsRead);
    let write = Access::May(Permission::MailingsWrite);
    routes
        .add(read, routes!(list_templates))
        .add(write, routes!(add_template))
        .add(read, routes!(list_starters))
        .add(write, routes!(preview_template))
        .add(write, routes!(try_template))
        .add(read, routes!(get_template))
        .add(write, routes!(change_template, remove_template))
}

/// All templates, by name.
#[utoipa::path(get, path = "/templates", tag = "templates", responses((status = 200, body = Page<TemplateRow>)))]
async fn list_templates(State(app): State<App>) -> Result<Json<Page<TemplateRow>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(queries::list(&mut tx).await?)))
}

/// Templates to begin with.
#[utoipa::path(get, path = "/templates/starters", tag = "templates",
    responses((status = 200, body = Page<Starter>)))]
async fn list_starters() -> Json<Page<Starter>> {
    Json(Page::all(STARTERS.to_vec()))
}

/// A template to be kept.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTemplate {
    /// Its name.
    name: String,
    /// `email` or `telegram`.
    kind: String,
    /// The subject of a letter.
    subject: Option<String>,
    /// As HTML, with `{{name}}` and the like.
    html: Option<String>,
    /// As text; made from the HTML if it is left out.
    #[serde(default)]
    text: String,
}

/// Keeps a new template. It must have `{{unsubscribe_url}}` or `{{preferences_url}}` in each part.
#[utoipa::path(post, path = "/templates", tag = "templates", request_body = NewTemplate, responses(
    (status = 201, body = Template),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn add_template(
    State(app): State<App>,
    caller: Caller,
    key: Idempotent,
    Body(new): Body<NewTemplate>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let name = words::one_line("name", &new.name, 100)?;
        let content = model::tidy(Content {
            subject: new.subject.clone(),
            html: new.html.clone(),
            text: new.text.clone(),
        });
        model::checked(&new.kind, &content)?;
        let id = new_id();
        queries::insert(tx, id, &name, &new.kind, &content, Some(caller.officer_id), app.now())
            .await
            .map_err(taken)?;
        Ok((queries::find(tx, id).await?.ok_or(AppError::NotFound)?, Vec::new()))
    })
    .await
}

async fn whole(app: &App, id: Uuid) -> Result<Template, AppError> {
    let mut tx = app.db().read().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)
}

fn taken(error: DbError) -> AppError {
    match error {
        DbError::Conflict(_) => AppError::invalid("name", "is another template's"),
        other => other.into(),
    }
}

/// Shows a template.
#[utoipa::path(get, path = "/templates/{id}", tag = "templates", responses((status = 200, body = Template)))]
async fn get_template(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Template>, AppError> {
    Ok(Json(whole(&app, id).await?))
}

/// What is to change; what is left out stays, an empty text clears.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct TemplateChange {
    /// Its name.
    name: Option<String>,
    /// The subject of a letter.
    subject: Option<String>,
    /// As HTML.
    html: Option<String>,
    /// As text.
    text: Option<String>,
}

/// Changes a template. Mailings that have begun keep what they began with. `If-Match` with its version refuses
/// to change what somebody else has changed.
#[utoipa::path(patch, path = "/templates/{id}", tag = "templates", request_body = TemplateChange, responses(
    (status = 200, body = Template),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn change_template(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Body(change): Body<TemplateChange>,
) -> Result<Json<Template>, AppError> {
    let expected = expected_version(&headers)?;
    let name = change.name.map(|name| words::one_line("name", &name, 100)).transpose()?;
    let mut tx = app.db().write().await?;
    let old = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if expected.is_some_and(|version| version != old.version) {
        return Err(AppError::Stale);
    }
    let content = model::tidy(Content {
        subject: change.subject.or(old.subject),
        html: change.html.or(old.html),
        text: change.text.unwrap_or(old.text),
    });
    model::checked(&old.kind, &content)?;
    let name = name.unwrap_or(old.name);
    queries::update(&mut tx, id, &name, &content, app.now()).await.map_err(taken)?;
    tx.commit().await?;
    Ok(Json(whole(&app, id).await?))
}

/// Removes a template that no mailing waits for.
#[utoipa::path(delete, path = "/templates/{id}", tag = "templates", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_template(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    if queries::is_wanted(&mut tx, id).await? {
        return Err(AppError::conflict(
            "in_use",
            "a mailing that has not begun is made from it: choose another template there first",
        ));
    }
    if !queries::remove(&mut tx, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A template to be looked at, kept or not.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewTemplate {
    /// `email` or `telegram`.
    kind: String,
    /// The subject of a letter.
    subject: Option<String>,
    /// As HTML.
    html: Option<String>,
    /// As text.
    #[serde(default)]
    text: String,
    /// The channel that it would go out by.
    #[schema(value_type = Option<Uuid>)]
    channel_id: Option<ChannelId>,
    /// For which customer; some customer if none is given.
    contact_id: Option<Uuid>,
}

/// Shows a template as a customer would get it. What is wrong with it is part of the answer.
#[utoipa::path(post, path = "/templates/preview", tag = "templates", request_body = PreviewTemplate,
    responses((status = 200, body = Preview)))]
async fn preview_template(
    State(app): State<App>,
    caller: Caller,
    Body(wanted): Body<PreviewTemplate>,
) -> Result<Json<Preview>, AppError> {
    let content =
        model::tidy(Content { subject: wanted.subject, html: wanted.html, text: wanted.text });
    let shown = preview::preview(
        &app,
        &caller,
        &wanted.kind,
        &content,
        wanted.channel_id,
        wanted.contact_id,
    )
    .await?;
    Ok(Json(shown))
}

/// A trial of a template.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct TryTemplate {
    /// The subject of a letter.
    subject: Option<String>,
    /// As HTML.
    html: Option<String>,
    /// As text.
    #[serde(default)]
    text: String,
    /// The mailbox that it goes out by.
    #[schema(value_type = Uuid)]
    channel_id: ChannelId,
    /// With the values of which customer; of some customer if none is given.
    contact_id: Option<Uuid>,
}

/// Where a trial went.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = TemplateTried)]
struct Tried {
    /// The caller's own address.
    to: String,
}

/// Sends a template to the caller's own address, with `[Test]` in the subject. Nothing of it is kept.
#[utoipa::path(post, path = "/templates/try", tag = "templates", request_body = TryTemplate, responses(
    (status = 200, body = Tried),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn try_template(
    State(app): State<App>,
    caller: Caller,
    Body(wanted): Body<TryTemplate>,
) -> Result<Json<Tried>, AppError> {
    let content =
        model::tidy(Content { subject: wanted.subject, html: wanted.html, text: wanted.text });
    let mut tx = app.db().read().await?;
    let me =
        officers::queries::find(&mut tx, caller.officer_id).await?.ok_or(AppError::Forbidden)?;
    drop(tx);
    preview::send_to_myself(
        &app,
        &caller,
        &content,
        wanted.channel_id,
        wanted.contact_id,
        &me.email,
    )
    .await?;
    Ok(Json(Tried { to: me.email }))
}
