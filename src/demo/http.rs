//! The routes of the demonstration: the mail that it kept, and the shops with their chats.

use axum::{
    Router,
    routing::{get, post},
};
use utoipa_axum::routes;

use crate::{
    app::App,
    http::{Access, Routes},
    officers::policy::Permission,
};

mod folder;
mod mail;
mod shop;

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    routes
        .add(read, routes!(mail::list_mail_folder))
        .add(read, routes!(mail::get_folder_mail))
        .add(read, routes!(mail::folder_mail_html))
}

/// The shops' pages, which are there only in the demonstration.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/demo", get(shop::coffee))
        .route("/demo/telco", get(shop::telecom))
        .route("/demo/token", post(shop::token))
        .route("/demo/{file}", get(shop::file))
}
