//! Calls of people who are not signed in yet: what they say, and where from.

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use crate::{
    app::App,
    http::{AppError, Body, peer_address, session_cookie},
    officers::sign_in::{Origin, SignedIn},
};

/// The longest that browsers keep a cookie; when a session ends is the server's to say.
const COOKIE_SECONDS: u64 = 400 * 24 * 3600;

/// The body of a call and its origin.
pub struct Call<T> {
    /// Where it comes from.
    pub origin: Origin,
    /// What it says.
    pub body: T,
}

impl<T: DeserializeOwned + 'static> FromRequest<App> for Call<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let origin = Origin {
            address: peer_address(app, &request),
            agent: agent.unwrap_or_default().to_owned(),
        };
        let Body(body) = Body::from_request(request, app).await?;
        Ok(Self { origin, body })
    }
}

/// Answers with who signed in, and gives the browser its cookie.
pub fn signed_in(app: &App, status: StatusCode, signed_in: SignedIn) -> Response {
    let cookie = session_cookie(app, signed_in.token.expose_secret(), COOKIE_SECONDS);
    (status, [(header::SET_COOKIE, cookie)], axum::Json(signed_in.me)).into_response()
}
