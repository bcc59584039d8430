//! The routes of signing in and out, and of the first start.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{
    call::{Call, signed_in},
    words,
};
use crate::{
    app::App,
    http::{AppError, Problem, expired_cookie},
    officers::{audit, caller::Caller, model::Me, queries, sessions, sign_in as ability},
};

/// Who wants to sign in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The e-mail address.
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Signs in. The answer sets the session cookie.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = Me),
    (status = 401, body = Problem, content_type = "application/problem+json", description = "`invalid_credentials`"),
    (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts: wait for `Retry-After` seconds"),
))]
pub async fn sign_in(State(app): State<App>, call: Call<SignIn>) -> Result<Response, AppError> {
    let done =
        ability::with_password(&app, &call.body.email, &call.body.password, &call.origin).await?;
    Ok(signed_in(&app, StatusCode::OK, done))
}

/// Signs out: ends this session and closes its live connections.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, AppError> {
    let mut tx = app.db().write().await?;
    if let Some(id) = caller.session_id {
        sessions::end(&mut tx, caller.officer_id, id).await?;
        audit::record(&mut tx, &caller, "session.ended", &caller.name, &caller.address, app.now())
            .await?;
    }
    tx.commit().await?;
    app.live().close_sessions(caller.session_id.as_slice());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, expired_cookie(&app))]).into_response())
}

/// Whether the hub waits for its first officer.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SetUpNeeded {
    /// Whether it does.
    needed: bool,
}

/// Tells whether the hub waits for its first officer.
#[utoipa::path(get, path = "/setup", tag = "session", responses((status = 200, body = SetUpNeeded)))]
pub async fn set_up_needed(State(app): State<App>) -> Result<Json<SetUpNeeded>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(SetUpNeeded { needed: queries::count(&mut tx).await? == 0 }))
}

/// The first officer.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// His name.
    name: String,
    /// The e-mail address he will sign in with.
    email: String,
    /// His password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Adds the first officer, an administrator, and signs him in.
#[utoipa::path(post, path = "/setup", tag = "session", request_body = SetUp, responses(
    (status = 201, body = Me),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "`already_set_up`"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn set_up(State(app): State<App>, call: Call<SetUp>) -> Result<Response, AppError> {
    let name = words::one_line("name", &call.body.name, 100)?;
    let email = words::email("email", &call.body.email)?;
    let done = ability::first(&app, &email, &name, &call.body.password, &call.origin).await?;
    Ok(signed_in(&app, StatusCode::CREATED, done))
}
