//! The routes of officers.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::words;
use crate::{
    app::App,
    http::{AppError, Body, Page, Path, Problem},
    officers::{
        caller::Caller,
        duty, invitations,
        model::{Language, OfficerView},
        policy::Role,
        queries,
    },
};

/// All officers by name; those who are switched off are among them, for history names them.
#[utoipa::path(get, path = "/officers", tag = "officers", responses((status = 200, body = Page<OfficerView>)))]
pub async fn list_officers(State(app): State<App>) -> Result<Json<Page<OfficerView>>, AppError> {
    let mut tx = app.db().read().await?;
    let officers = queries::list(&mut tx).await?;
    let mut teams = queries::teams_of_all(&mut tx).await?;
    let shown = |officer: crate::officers::model::OfficerRow| {
        let teams = teams.remove(&officer.id).unwrap_or_default();
        officer.shown(teams)
    };
    Ok(Json(Page::all(officers.into_iter().map(shown).collect())))
}

/// An officer to be invited.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOfficer {
    /// His name.
    name: String,
    /// The address he will sign in with.
    email: String,
    /// What he will be.
    role: Role,
    /// The language he reads; Indonesian if none is given.
    language: Option<Language>,
    /// The teams he will be in.
    #[serde(default)]
    teams: Vec<Uuid>,
}

/// An officer who was invited.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitedOfficer {
    /// He.
    officer: OfficerView,
    /// The link to hand over to him; good once, for 72 hours.
    invitation_url: String,
}

/// Invites an officer.
#[utoipa::path(post, path = "/officers", tag = "officers", request_body = NewOfficer, responses(
    (status = 201, body = InvitedOfficer),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn invite_officer(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewOfficer>,
) -> Result<(StatusCode, Json<InvitedOfficer>), AppError> {
    let new = duty::New {
        email: words::email("email", &new.email)?,
        name: words::one_line("name", &new.name, 100)?,
        role: new.role,
        language: new.language.unwrap_or(Language::Id),
        teams: new.teams,
    };
    let mut tx = app.db().write().await?;
    let (officer, token) = duty::invite(&mut tx, &caller, &new, app.now()).await?;
    tx.commit().await?;
    Ok((
        StatusCode::CREATED,
        Json(InvitedOfficer { officer, invitation_url: invitations::link(&app, &token) }),
    ))
}

/// What is to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficerChange {
    /// His name.
    name: Option<String>,
    /// What he is.
    role: Option<Role>,
    /// Whether he may sign in.
    active: Option<bool>,
    /// The teams he is in, all of them.
    teams: Option<Vec<Uuid>>,
}

/// Changes an officer. Another role, or being switched off, signs him out everywhere.
#[utoipa::path(patch, path = "/officers/{id}", tag = "officers", request_body = OfficerChange, responses(
    (status = 200, body = OfficerView),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "`last_administrator`"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_officer(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(change): Body<OfficerChange>,
) -> Result<Json<OfficerView>, AppError> {
    let change = duty::Change {
        name: change.name.map(|name| words::one_line("name", &name, 100)).transpose()?,
        role: change.role,
        active: change.active,
        teams: change.teams,
    };
    let mut tx = app.db().write().await?;
    let (officer, ended) = duty::change(&mut tx, &caller, id, change, app.now()).await?;
    tx.commit().await?;
    app.live().close_sessions(&ended);
    Ok(Json(officer))
}

/// Signs an officer out everywhere.
#[utoipa::path(delete, path = "/officers/{id}/sessions", tag = "officers", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn end_officer_sessions(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    let ended = duty::end_sessions(&mut tx, &caller, id, app.now()).await?;
    tx.commit().await?;
    app.live().close_sessions(&ended);
    Ok(StatusCode::NO_CONTENT)
}
