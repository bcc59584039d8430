//! The routes of invitations.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    call::{Call, signed_in},
    words,
};
use crate::{
    app::App,
    http::{AppError, Path, Problem},
    officers::{caller::Caller, duty, invitations, model::Me, sign_in},
};

/// An invitation that is accepted.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedInvitation {
    /// What stands behind the `#` of the link.
    #[schema(value_type = String)]
    token: SecretString,
    /// The new password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// The name, if it shall be another.
    name: Option<String>,
}

/// Accepts an invitation: chooses a password, uses the invitation up and signs in.
#[utoipa::path(post, path = "/invitations/accept", tag = "session", request_body = AcceptedInvitation, responses(
    (status = 200, body = Me),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "`invalid_token`: used, too old or none"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn accept_invitation(
    State(app): State<App>,
    call: Call<AcceptedInvitation>,
) -> Result<Response, AppError> {
    let AcceptedInvitation { token, password, name } = call.body;
    let name = name.map(|name| words::one_line("name", &name, 100)).transpose()?;
    let done = sign_in::with_invitation(
        &app,
        token.expose_secret(),
        &password,
        name.as_deref(),
        &call.origin,
    )
    .await?;
    Ok(signed_in(&app, StatusCode::OK, done))
}

/// A link to hand over.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitationLink {
    /// The link; good once, for 72 hours.
    pub invitation_url: String,
}

/// Invites an officer again, or lets him choose a new password. Earlier links of his are worth nothing then.
#[utoipa::path(post, path = "/officers/{id}/invitation", tag = "officers", responses(
    (status = 201, body = InvitationLink),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "`inactive`"),
))]
pub async fn invite_again(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<(StatusCode, Json<InvitationLink>), AppError> {
    let mut tx = app.db().write().await?;
    let token = duty::invite_again(&mut tx, &caller, id, app.now()).await?;
    tx.commit().await?;
    Ok((
        StatusCode::CREATED,
        Json(InvitationLink { invitation_url: invitations::link(&app, &token) }),
    ))
}
