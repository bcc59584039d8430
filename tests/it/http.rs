//! What holds for the web server as a whole.

mod headers;
mod idempotency;
mod limits;
mod readiness;

use reqwest::Response;

use crate::support::TestApp;

/// Fetches an address of the hub as a stranger's browser.
#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn fetch(app: &TestApp, path: &str) -> Response {
    reqwest::Client::new().get(format!("{}{path}", app.url())).send().await.unwrap()
}
