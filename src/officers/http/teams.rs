//! The routes of teams.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::words;
use crate::{
    app::App,
    db::{DbError, Tx},
    http::{AppError, Body, Idempotent, Page, Path, Problem, idempotent},
    officers::{audit, caller::Caller, model::TeamView, teams},
};

/// All teams by name.
#[utoipa::path(get, path = "/teams", tag = "officers", responses((status = 200, body = Page<TeamView>)))]
pub async fn list_teams(State(app): State<App>) -> Result<Json<Page<TeamView>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(teams::list(&mut tx).await?)))
}

/// A team to be added.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// Its name.
    name: String,
    /// Who is in it.
    #[serde(default)]
    members: Vec<Uuid>,
}

/// Adds a team.
#[utoipa::path(post, path = "/teams", tag = "officers", request_body = NewTeam, responses(
    (status = 201, body = TeamView),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn add_team(
    State(app): State<App>,
    caller: Caller,
    key: Idempotent,
    Body(new): Body<NewTeam>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let name = words::one_line("name", &new.name, 60)?;
        let now = app.now();
        refuse_unknown_officers(tx, &new.members).await?;
        let id = teams::add(tx, &name, &new.members, now).await.map_err(taken)?;
        audit::record(tx, &caller, "team.added", &name, &caller.address, now).await?;
        Ok((TeamView { id, name, members: new.members }, Vec::new()))
    })
    .await
}

/// What is to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamChange {
    /// Its name.
    name: Option<String>,
    /// Who is in it, all of them.
    members: Option<Vec<Uuid>>,
}

/// Changes a team.
#[utoipa::path(patch, path = "/teams/{id}", tag = "officers", request_body = TeamChange, responses(
    (status = 200, body = TeamView),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_team(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(change): Body<TeamChange>,
) -> Result<Json<TeamView>, AppError> {
    let name = change.name.map(|name| words::one_line("name", &name, 60)).transpose()?;
    let mut tx = app.db().write().await?;
    let mut team = teams::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if let Some(name) = name {
        teams::rename(&mut tx, id, &name).await.map_err(taken)?;
        team.name = name;
    }
    if let Some(members) = change.members {
        refuse_unknown_officers(&mut tx, &members).await?;
        teams::set_members(&mut tx, id, &members).await?;
        team.members = members;
    }
    audit::record(&mut tx, &caller, "team.changed", &team.name, &caller.address, app.now()).await?;
    tx.commit().await?;
    Ok(Json(team))
}

/// Removes a team. Its conversations stay, in no team; its canned answers go with it.
#[utoipa::path(delete, path = "/teams/{id}", tag = "officers", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_team(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    let team = teams::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    teams::remove(&mut tx, id).await?;
    audit::record(&mut tx, &caller, "team.removed", &team.name, &caller.address, app.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn taken(error: DbError) -> AppError {
    match error {
        DbError::Conflict(_) => AppError::invalid("name", "is another team's"),
        other => other.into(),
    }
}

async fn refuse_unknown_officers(tx: &mut Tx, ids: &[Uuid]) -> Result<(), AppError> {
    if teams::are_officers(tx, ids).await? {
        return Ok(());
    }
    Err(AppError::invalid("members", "names an officer that there is not, or one twice"))
}
