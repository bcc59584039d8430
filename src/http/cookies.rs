//! The session cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::app::App;

/// The name of the session cookie when the hub is reached by https; a browser takes a `__Host-` cookie only
/// from a secure origin, for the whole host and with no domain (R33).
pub const SESSION_COOKIE: &str = "__Host-sapa";

/// Its name on plain http, as on a developer's machine, where browsers refuse the other.
const PLAIN_COOKIE: &str = "sapa";

/// The name that the hub goes by: only that one is heard, for another could be set by a neighbouring host or over
/// plain http.
fn name(app: &App) -> &'static str {
    if app.config().server.is_secure() { SESSION_COOKIE } else { PLAIN_COOKIE }
}

/// The session token of a call.
#[must_use]
pub fn session_token<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    let ours = name(app);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == ours)
        .map(|(_, token)| token)
}

fn cookie(app: &App, token: &str, age: u64) -> HeaderValue {
    let name = name(app);
    let secure = if app.config().server.is_secure() { "; Secure" } else { "" };
    HeaderValue::try_from(format!(
        "{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}"
    ))
    .expect("tokens are plain letters")
}

/// The header that sets the session cookie.
#[must_use]
pub fn session_cookie(app: &App, token: &str, seconds: u64) -> HeaderValue {
    cookie(app, token, seconds)
}

/// The header that removes it.
#[must_use]
pub fn expired_cookie(app: &App) -> HeaderValue {
    cookie(app, "", 0)
}
