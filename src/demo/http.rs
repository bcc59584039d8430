//! The demo's pages.

use axum::Router;

use crate::{app::App, http::Routes};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
}

/// The pages.
pub fn pages() -> Router<App> {
    Router::new()
}
