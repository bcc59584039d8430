//! The routes of canned answers.

use axum::{Json, extract::State, http::StatusCode};
use sapa_channel::new_id;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    model::{self, Canned},
    queries,
};
use crate::{
    app::App,
    db::{DbError, Tx},
    http::{Access, AppError, Body, Idempotent, Page, Path, Problem, Routes, idempotent},
    officers::{http::words, model::Language, policy::Permission, teams},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let write = Access::May(Permission::CannedWrite);
    routes
        .add(Access::May(Permission::ConversationsRead), routes!(list_canned))
        .add(write, routes!(add_canned))
        .add(write, routes!(change_canned, remove_canned))
}

/// All canned answers by shortcut.
#[utoipa::path(get, path = "/canned", tag = "canned", responses((status = 200, body = Page<Canned>)))]
async fn list_canned(State(app): State<App>) -> Result<Json<Page<Canned>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(queries::list(&mut tx).await?)))
}

/// A canned answer to be added.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCanned)]
struct New {
    /// 1 to 40 of a to z, 0 to 9 and -.
    shortcut: String,
    /// What it is about.
    title: String,
    /// What it says.
    text: String,
    /// Whose it is; everybody's if none is given.
    team_id: Option<Uuid>,
    /// The language it is in.
    language: Option<Language>,
}

/// Adds a canned answer.
#[utoipa::path(post, path = "/canned", tag = "canned", request_body = New, responses(
    (status = 201, body = Canned),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn add_canned(
    State(app): State<App>,
    key: Idempotent,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let canned = Canned {
            id: new_id(),
            shortcut: model::shortcut(&new.shortcut)?,
            title: words::one_line("title", &new.title, 100)?,
            text: model::text(&new.text)?,
            team_id: new.team_id,
            language: new.language,
        };
        refuse_unknown_team(tx, canned.team_id).await?;
        queries::add(tx, &canned, app.now()).await.map_err(taken)?;
        Ok((canned, Vec::new()))
    })
    .await
}

/// What is to change; what is left out stays.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = CannedChange)]
#[expect(
    clippy::option_option,
    reason = "a field that is not there and one that is null say different things"
)]
struct Change {
    /// 1 to 40 of a to z, 0 to 9 and -.
    shortcut: Option<String>,
    /// What it is about.
    title: Option<String>,
    /// What it says.
    text: Option<String>,
    /// Whose it is; `null` is everybody's.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    team_id: Option<Option<Uuid>>,
    /// The language it is in; `null` is any.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Language>)]
    language: Option<Option<Language>>,
}

/// Tells a field that is `null` from one that is not there.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Changes a canned answer.
#[utoipa::path(patch, path = "/canned/{id}", tag = "canned", request_body = Change, responses(
    (status = 200, body = Canned),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn change_canned(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Body(change): Body<Change>,
) -> Result<Json<Canned>, AppError> {
    let shortcut = change.shortcut.map(|shortcut| model::shortcut(&shortcut)).transpose()?;
    let title = change.title.map(|title| words::one_line("title", &title, 100)).transpose()?;
    let text = change.text.map(|text| model::text(&text)).transpose()?;
    let mut tx = app.db().write().await?;
    let old = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let canned = Canned {
        id,
        shortcut: shortcut.unwrap_or(old.shortcut),
        title: title.unwrap_or(old.title),
        text: text.unwrap_or(old.text),
        team_id: change.team_id.unwrap_or(old.team_id),
        language: change.language.unwrap_or(old.language),
    };
    refuse_unknown_team(&mut tx, canned.team_id).await?;
    queries::update(&mut tx, &canned).await.map_err(taken)?;
    tx.commit().await?;
    Ok(Json(canned))
}

/// Removes a canned answer.
#[utoipa::path(delete, path = "/canned/{id}", tag = "canned", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_canned(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    if !queries::remove(&mut tx, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn taken(error: DbError) -> AppError {
    match error {
        DbError::Conflict(_) => AppError::invalid("shortcut", "is another answer's"),
        other => other.into(),
    }
}

async fn refuse_unknown_team(tx: &mut Tx, team: Option<Uuid>) -> Result<(), AppError> {
    if teams::are_teams(tx, team.as_slice()).await? {
        return Ok(());
    }
    Err(AppError::invalid("team_id", "is no team"))
}
