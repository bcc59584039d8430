//! The protocol's HTTP side: a visitor's session, his socket, his uploads.

mod answer;
mod upload;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State, ws::WebSocketUpgrade},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use self::answer::{Cors, Refusal};
use crate::{ChatServer, Looks, MAX_FILE, MAX_TEXT, PROTOCOL, Site, origin_allowed, upgrade};

/// Room for the parts of a form around its file.
const FORM: usize = 64 * 1024;
const MAX_SESSION: usize = 16 * 1024;

/// All of web chat's routes, from the root: `/chat/{site key}/session`, `/socket` and `/files`.
pub fn routes(server: Arc<ChatServer>) -> Router {
    let session = post(session).options(preflight).layer(DefaultBodyLimit::max(MAX_SESSION));
    let files =
        post(upload::upload).options(preflight).layer(DefaultBodyLimit::max(MAX_FILE + FORM));
    Router::new()
        .route("/chat/{site}/session", session)
        .route("/chat/{site}/files", files)
        .route("/chat/{site}/socket", get(socket))
        .with_state(server)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    #[serde(default)]
    visitor: Option<String>,
    #[serde(default)]
    token: Option<String>,
}

#[derive(Serialize)]
struct Begun<'a> {
    visitor: String,
    site: &'a Looks,
    identified: bool,
    /// Why the token was refused, for the shop's developer.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_refused: Option<String>,
    max_text: usize,
    max_file: usize,
}

/// Gives a browser its secret, and what the site looks like. Nothing is stored.
async fn session(
    State(server): State<Arc<ChatServer>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    let (site, cors) = match enter(&server, &key, &headers).await {
        Ok(entered) => entered,
        Err(refusal) => return refusal.into_response(),
    };
    let Ok(asked) = serde_json::from_slice::<Begin>(&body) else {
        return cors.allow(Refusal::BadRequest);
    };
    let visitor = asked
        .visitor
        .filter(|secret| site.visitor(secret).is_ok())
        .unwrap_or_else(|| site.new_visitor());
    let customer = asked.token.map(|token| site.customer(&token, server.clock.now()));
    let token_refused = match &customer {
        Some(Err(why)) => Some(why.to_string()),
        _ => None,
    };
    let begun = Begun {
        visitor,
        site: &site.looks,
        identified: matches!(customer, Some(Ok(_))),
        token_refused,
        max_text: MAX_TEXT,
        max_file: MAX_FILE,
    };
    cors.allow(([(header::CACHE_CONTROL, "no-store")], Json(begun)))
}

/// Opens a visitor's socket.
async fn socket(
    State(server): State<Arc<ChatServer>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let site = match enter(&server, &key, &headers).await {
        Ok((site, _)) => site,
        Err(refusal) => return refusal.into_response(),
    };
    let upgraded = upgrade(socket);
    if upgraded.selected_protocol().is_none_or(|protocol| protocol != PROTOCOL) {
        return Refusal::Protocol.into_response();
    }
    upgraded.on_upgrade(move |socket| server.serve(socket, site))
}

async fn preflight(
    State(server): State<Arc<ChatServer>>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    match enter(&server, &key, &headers).await {
        Ok((_, cors)) => cors.allow_preflight(),
        Err(refusal) => refusal.into_response(),
    }
}

/// The site, if the page that asks is one of its own (`R7`).
async fn enter(
    server: &ChatServer,
    key: &str,
    headers: &HeaderMap,
) -> Result<(Arc<Site>, Cors), Refusal> {
    let site = server.hub.site(key).await.ok_or(Refusal::NoSite)?;
    let origin = headers.get(header::ORIGIN);
    let allowed = origin_allowed(&site, origin.and_then(|origin| origin.to_str().ok()));
    match origin {
        Some(origin) if allowed => Ok((site, Cors(origin.clone()))),
        _ => Err(Refusal::Origin),
    }
}
