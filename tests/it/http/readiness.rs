//! Whether the hub says that it can work.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use tower::ServiceExt;

use super::fetch;
use crate::scenario;

/// What a path answers without a connection, as when the listener closes.
async fn asked(app: &sapa::app::App, path: &str) -> StatusCode {
    let request = Request::get(path).body(Body::empty()).unwrap();
    sapa::http::router(app).oneshot(request).await.unwrap().status()
}

scenario! {
    async fn a_hub_without_its_database_lives_and_is_not_ready(app: TestApp) {
        assert_eq!(fetch(&app, "/readyz").await.status(), StatusCode::OK);
        app.app.db().close().await;
        let answer = fetch(&app, "/readyz").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.text().await.unwrap(), "not ready");
        assert_eq!(fetch(&app, "/healthz").await.status(), StatusCode::OK);
    }
}

scenario! {
    async fn a_hub_that_stops_is_not_ready(app: TestApp) {
        assert_eq!(asked(&app.app, "/readyz").await, StatusCode::OK);
        app.app.stopping().cancel();
        assert_eq!(asked(&app.app, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(asked(&app.app, "/healthz").await, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_starting_is_not_ready() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let mut config = sapa::config::Config::default();
    config.database.url = format!("sqlite:{}", folder.path().join("sapa.db").display()).into();
    config.files.folder = folder.path().join("files");
    let clock = std::sync::Arc::new(sapa_channel::SystemClock);
    let app = sapa::app::App::open(config, clock, false).await.unwrap();
    assert_eq!(asked(&app, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(asked(&app, "/healthz").await, StatusCode::OK);
}
