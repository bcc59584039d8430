//! The demonstration's shops. Each signs who its one customer is, as a real shop's server would.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::App,
    channels::kinds::Part,
    demo::people::customer_address,
    http::{self, AppError, Body, Path},
    on_db,
};

/// How long a token is good, in seconds.
const GOOD_FOR: i64 = 3600;

struct Shop {
    page: &'static str,
    site_key: &'static str,
    /// The customer that one can sign in as.
    customer: &'static str,
}

const COFFEE: Shop = Shop { page: "index.html", site_key: "kopi-seruni-demo", customer: "rina" };
const TELECOM: Shop =
    Shop { page: "telco.html", site_key: "nusa-seluler-demo", customer: "siahaan" };

/// The coffee shop's page.
pub async fn coffee() -> Result<Response, AppError> {
    http::shop(COFFEE.page, COFFEE.site_key).ok_or(AppError::NotFound)
}

/// The telecom's page.
pub async fn telecom() -> Result<Response, AppError> {
    http::shop(TELECOM.page, TELECOM.site_key).ok_or(AppError::NotFound)
}

/// A style, script or picture of the pages.
pub async fn file(Path(file): Path<String>) -> Result<Response, AppError> {
    // No path comes from a request (R25): a plain name with one of these endings.
    let plain =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let known = file
        .split_once('.')
        .is_some_and(|(name, ending)| plain(name) && ["css", "js", "svg"].contains(&ending));
    if !known {
        return Err(AppError::NotFound);
    }
    http::shop(&file, "").ok_or(AppError::NotFound)
}

/// Who wants to sign in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    customer: String,
}

/// What the shop says of its customer, signed.
#[derive(Debug, Serialize)]
pub struct Token {
    token: String,
}

/// Signs who the customer is. Only a page of the hub itself may ask.
pub async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Token>, AppError> {
    if !is_own_page(&app, &headers) {
        return Err(AppError::Forbidden);
    }
    let shop = [COFFEE, TELECOM].into_iter().find(|shop| shop.customer == wanted.customer);
    let shop =
        shop.ok_or_else(|| AppError::invalid("customer", "is none of the shops' customers"))?;
    let site = app.registry().by_address(sapa_webchat::KIND.as_str(), shop.site_key);
    let site = site.ok_or(AppError::Unavailable)?;
    let Part::Webchat(site) = &site.part else { return Err(AppError::Unavailable) };
    let mut tx = app.db().read().await?;
    let known: Option<(String, Option<String>)> = on_db!(&mut tx, |conn| sqlx::query_as(
        "SELECT k.name, e.value
         FROM identities i JOIN contacts k ON k.id = i.contact_id
         LEFT JOIN identities e ON e.contact_id = k.id AND e.kind = 'email'
         WHERE i.kind = $1 AND i.value = $2 ORDER BY e.first_seen_at LIMIT 1"
    )
    .bind(sapa_webchat::KIND.as_str())
    .bind(customer_address(shop.site_key, shop.customer))
    .fetch_optional(conn)
    .await?);
    let (name, email) = known.ok_or(AppError::NotFound)?;
    let expires = app.now().seconds() + GOOD_FOR;
    let payload = json!({ "sub": shop.customer, "email": email, "name": name, "exp": expires });
    Ok(Json(Token { token: site.sign_token(&payload.to_string()) }))
}

/// Whether a page of the hub itself asks. A browser says whose page it is, in one header or the other.
fn is_own_page(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    origin == app.config().server.public_url
        || origin.split_once("://").is_some_and(|(_, from)| !host.is_empty() && from == host)
}
