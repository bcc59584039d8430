//! The route of the live inbox.

use axum::{
    extract::{State, ws::WebSocketUpgrade},
    http::{HeaderMap, header},
    response::Response,
};
use utoipa_axum::routes;

use super::socket;
use crate::{
    app::App,
    http::{Access, AppError, Routes},
    officers::{caller::Caller, policy::Permission},
};

/// Small, for there may be thousands of sockets.
const BUFFER: usize = 4 * 1024;

/// Mounts the route.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes.add(Access::May(Permission::ConversationsRead), routes!(live))
}

/// Opens the live inbox: a WebSocket that tells what happens, filtered by what the caller may see.
#[utoipa::path(get, path = "/live", tag = "live", responses((status = 101, description = "The socket is open")))]
async fn live(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, AppError> {
    // Browsers send the cookie with sockets from any page: only our own page may open one (R7).
    if let Some(origin) = headers.get(header::ORIGIN) {
        let host =
            headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let origin = origin.to_str().unwrap_or_default();
        let own = origin == app.config().server.public_url
            || origin.split_once("://").is_some_and(|(_, origin_host)| origin_host == host);
        if !own {
            return Err(AppError::Forbidden);
        }
    } else if caller.session_id.is_some() {
        return Err(AppError::Forbidden);
    }
    Ok(upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(16 * 1024)
        .on_upgrade(move |socket| socket::serve(app, caller, headers, socket)))
}
