//! The web bundles, embedded in the program.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};

/// The officers' application.
#[derive(Embed)]
#[folder = "web/desk/dist"]
struct Desk;

/// The widget.
#[derive(Embed)]
#[folder = "web/widget/dist"]
struct Widget;

/// The demo's shop pages.
#[derive(Embed)]
#[folder = "web/shop"]
struct Shop;

/// The look of formatted mail in its frame.
const MAIL_CSS: &str = include_str!("mail.css");

fn file(path: &str, file: EmbeddedFile) -> Response {
    let mut response = Response::new(Body::from(file.data.into_owned()));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(file.metadata.mimetype()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    // Names of built files hold the hash of their content.
    let cached = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cached));
    response
}

/// A file of the desk; any other path is a page of the desk, which finds its way by itself.
pub async fn desk(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return super::AppError::NotFound.into_response();
    }
    if let Some(found) = Desk::get(path) {
        return file(path, found);
    }
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    Desk::get("index.html")
        .map_or(StatusCode::NOT_FOUND.into_response(), |found| file("index.html", found))
}

/// The widget, for pages of other origins.
#[must_use]
pub fn widget(name: &'static str) -> Response {
    let Some(found) = Widget::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = file(name, found);
    response
        .headers_mut()
        .insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

/// The style of formatted mail.
pub async fn mail_css() -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ],
        MAIL_CSS,
    )
        .into_response()
}

/// A file of the demo's shop pages, with the site's key put in.
#[must_use]
pub fn shop(path: &str, site_key: &str) -> Option<Response> {
    let found = Shop::get(path)?;
    if found.metadata.mimetype() != "text/html" {
        return Some(file(path, found));
    }
    let page = String::from_utf8_lossy(&found.data).replace("{{site_key}}", site_key);
    Some(
        (
            [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-cache"),
            ],
            page,
        )
            .into_response(),
    )
}
