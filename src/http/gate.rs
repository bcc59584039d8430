//! The gate before each route that is not public: who calls, and may he?

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};

use super::{Access, AppError, cookies};
use crate::{
    app::App,
    bots::token,
    officers::{caller::Caller, sessions, tokens},
};

/// Lets a call through if its caller has access, and tells the route who he is.
pub async fn gate(
    State((app, access)): State<(App, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if access == Access::Bot {
        return bot_gate(&app, request, next).await;
    }
    let caller = caller(&app, request.headers(), peer_address(&app, &request)).await?;
    let allowed = match access {
        Access::Public => true,
        Access::Bot => false,
        Access::SignedIn => caller.scopes.is_none(),
        Access::May(permission) => caller.may(permission),
    };
    if !allowed {
        return Err(AppError::Forbidden);
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Lets a bot through, and nobody else.
async fn bot_gate(app: &App, mut request: Request, next: Next) -> Result<Response, AppError> {
    let Some(token) = token::of_call(request.headers()) else {
        // Who is known may not; who is not shall say who he is.
        caller(app, request.headers(), peer_address(app, &request)).await?;
        return Err(AppError::Forbidden);
    };
    let bot = token::bot(app, token).await?.ok_or(AppError::Unauthenticated)?;
    request.extensions_mut().insert(bot);
    Ok(next.run(request).await)
}

/// Finds out who calls: a token in the header, else a session in the cookie.
pub async fn caller(app: &App, headers: &HeaderMap, address: String) -> Result<Caller, AppError> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value
            .to_str()
            .ok()
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(AppError::Unauthenticated)?;
        return tokens::caller(app, token, address).await?.ok_or(AppError::Unauthenticated);
    }
    let token = cookies::session_token(app, headers).ok_or(AppError::Unauthenticated)?;
    sessions::caller(app, token, address).await?.ok_or(AppError::Unauthenticated)
}

/// The network address a call comes from. A proxy's word counts only if it is a trusted one (R21).
#[must_use]
pub fn peer_address(app: &App, request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let Some(peer) = peer else { return "unknown".to_owned() };
    if app.config().server.trusted_proxies.contains(&peer)
        && let Some(forwarded) = request.headers().get("x-forwarded-for")
        && let Some(last) = forwarded.to_str().ok().and_then(|list| list.rsplit(',').next())
        && let Ok(address) = last.trim().parse::<std::net::IpAddr>()
    {
        return address.to_string();
    }
    peer.to_string()
}
