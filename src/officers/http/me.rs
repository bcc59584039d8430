//! The routes of what is an officer's own.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::words;
use crate::{
    app::App,
    events,
    http::{AppError, Body, Path, Problem, expired_cookie},
    officers::{
        audit,
        caller::Caller,
        model::{Language, Me},
        queries,
        sessions::{self, SessionView},
        sign_in,
    },
};

/// The most bytes of preferences.
const MOST_PREFERENCES: usize = 16 * 1024;

/// Who is signed in, and what he may do.
#[utoipa::path(get, path = "/me", tag = "session", responses((status = 200, body = Me)))]
pub async fn me(State(app): State<App>, caller: Caller) -> Result<Json<Me>, AppError> {
    let mut tx = app.db().read().await?;
    let officer =
        queries::find(&mut tx, caller.officer_id).await?.ok_or(AppError::Unauthenticated)?;
    let teams = queries::teams_of(&mut tx, caller.officer_id).await?;
    let seq = events::head(&mut tx).await?;
    Ok(Json(officer.me(&app, teams, seq)))
}

/// What is to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// The language of the desk.
    language: Option<Language>,
    /// What the desk remembers, as a whole.
    #[schema(value_type = Option<Object>)]
    preferences: Option<Map<String, Value>>,
    /// The name.
    name: Option<String>,
    /// A new password.
    password: Option<PasswordChange>,
}

/// A new password, and the one until now.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The one until now.
    #[schema(value_type = String, format = Password)]
    old: SecretString,
    /// The new one.
    #[schema(value_type = String, format = Password)]
    new: SecretString,
}

/// Changes what is one's own. A new password ends all other sessions.
#[utoipa::path(patch, path = "/me", tag = "session", request_body = MeChange, responses(
    (status = 200, body = Me),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_me(
    State(app): State<App>,
    caller: Caller,
    Body(change): Body<MeChange>,
) -> Result<Json<Me>, AppError> {
    let name = change.name.map(|name| words::one_line("name", &name, 100)).transpose()?;
    let preferences = change.preferences.map(checked_preferences).transpose()?;
    if let Some(password) = &change.password {
        sign_in::change_password(&app, &caller, &password.old, &password.new).await?;
    }
    let mut tx = app.db().write().await?;
    let mut officer =
        queries::find(&mut tx, caller.officer_id).await?.ok_or(AppError::Unauthenticated)?;
    officer.name = name.unwrap_or(officer.name);
    officer.language = change.language.unwrap_or(officer.language);
    officer.preferences.0 = preferences.unwrap_or(officer.preferences.0);
    queries::update_own(&mut tx, officer.id, &officer.name, officer.language, &officer.preferences)
        .await?;
    let teams = queries::teams_of(&mut tx, officer.id).await?;
    let seq = events::head(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(officer.me(&app, teams, seq)))
}

fn checked_preferences(preferences: Map<String, Value>) -> Result<Value, AppError> {
    let text = serde_json::to_string(&preferences).map_err(AppError::internal)?;
    // PostgreSQL takes no NUL, not even in JSON.
    if text.len() > MOST_PREFERENCES || text.contains("\\u0000") {
        return Err(AppError::invalid(
            "preferences",
            format!("are at most {MOST_PREFERENCES} bytes, without NUL"),
        ));
    }
    Ok(Value::Object(preferences))
}

/// The sessions of the officer who calls, the one heard last first.
#[utoipa::path(get, path = "/me/sessions", tag = "session", responses((status = 200, body = Vec<SessionView>)))]
pub async fn my_sessions(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Vec<SessionView>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(sessions::list(&mut tx, caller.officer_id, caller.session_id, app.now()).await?))
}

/// Ends one of the own sessions and closes its live connections.
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "session", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn end_my_session(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let mut tx = app.db().write().await?;
    if !sessions::end(&mut tx, caller.officer_id, id).await? {
        return Err(AppError::NotFound);
    }
    audit::record(&mut tx, &caller, "session.ended", &caller.name, &caller.address, app.now())
        .await?;
    tx.commit().await?;
    app.live().close_sessions(&[id]);
    if caller.session_id == Some(id) {
        return Ok(
            (StatusCode::NO_CONTENT, [(header::SET_COOKIE, expired_cookie(&app))]).into_response()
        );
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
