//! A hub whose bot talks to the stand-in of Telegram.

use sapa::officers::policy::Role;
use sapa_telegram::stub::{self, Stub};
use serde_json::{Value, json};

use super::{Backend, TestApp};

/// A hub with a mailbox and a bot; the bot was added by an administrator with its token.
pub async fn hub(backend: Backend) -> (TestApp, Stub, Value) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let telegram = Stub::start().await.expect("a free port");
    let url = telegram.url();
    let app = TestApp::with(backend, move |config| config.telegram.api_url = url).await;
    let admin = app.staff("Komang", Role::Administrator).await;
    let channel = admin
        .post(
            "/channels",
            json!({ "kind": "telegram", "name": "KopiSeruniBot", "secret": stub::TOKEN }),
        )
        .await;
    (app, telegram, channel)
}
