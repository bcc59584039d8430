//! The whole web server: all routes, and what wraps them.

use std::{sync::Arc, time::Instant};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use sapa_channel::{
    ChannelId, new_id,
    points::{reach, reach_soon},
};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use super::{AppError, Listed, Path, Routes, assets, error::Fault, listen, reference, security};
use crate::{
    app::App, bots, canned, channels, channels::kinds::Part, consent, contacts, conversations,
    demo, files, imports, live, mailings, messages, officers, on_db, quarantine, search, segments,
    telemetry, templates, tickets, webhooks,
};

/// The routes of the API below `/api/v1`, its description, and the list of who may use what.
pub fn api(app: &App) -> (Router<App>, OpenApi, Vec<Listed>) {
    let mut mounted = Routes::new(app.clone());
    for mount in [
        officers::http::routes,
        conversations::http::routes,
        messages::http::routes,
        contacts::http::routes,
        consent::http::routes,
        segments::http::routes,
        imports::http::routes,
        tickets::http::routes,
        search::http::routes,
        canned::http::routes,
        templates::http::routes,
        mailings::http::routes,
        channels::http::routes,
        webhooks::http::routes,
        bots::http::routes,
        quarantine::http::routes,
        live::http::routes,
        demo::http::routes,
    ] {
        mounted = mount(mounted);
    }
    let (router, mut description, list) = mounted.finish();
    describe(&mut description);
    (router, description, list)
}

fn describe(description: &mut OpenApi) {
    use utoipa::openapi::{
        Server,
        security::{
            ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
        },
    };
    "Sapa".clone_into(&mut description.info.title);
    env!("CARGO_PKG_VERSION").clone_into(&mut description.info.version);
    description.info.description = Some(
        "Everything that the screens do. Sign in with a session cookie, or with an API token: \
         `Authorization: Bearer sapa_…`. Errors are `application/problem+json` (RFC 9457)."
            .to_owned(),
    );
    description.info.license = None;
    description.info.contact = None;
    description.servers = Some(vec![Server::new("/api/v1")]);
    let components = description.components.get_or_insert_default();
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
    );
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(super::SESSION_COOKIE))),
    );
    description.security = Some(vec![
        SecurityRequirement::new("token", Vec::<String>::new()),
        SecurityRequirement::new("session", Vec::<String>::new()),
    ]);
}

/// Everything that the web server answers.
pub fn router(app: &App) -> Router {
    let (api, description, _) = api(app);
    let reference = serde_json::to_value(&description)
        .map_err(|error| error.to_string())
        .and_then(|description| reference::page(&description).map_err(|error| error.to_string()))
        .map(bytes::Bytes::from);
    let description = Arc::new(description);
    let api = api
        .route("/openapi.json", get(move || async move { Json(description.as_ref().clone()) }))
        .fallback(|| async { AppError::NotFound })
        .layer(middleware::from_fn_with_state(app.clone(), security::same_site))
        .layer(DefaultBodyLimit::max(2 * 1024 * 1024))
        .layer(CompressionLayer::new());
    let mut router = Router::new()
        .nest("/api/v1", api)
        .route(
            "/api",
            get(move || async move {
                let page = reference.map_err(AppError::internal)?;
                Ok::<_, AppError>(axum::response::Html(page))
            }),
        )
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/widget.js", get(|| async { assets::widget("widget.js") }))
        .route("/widget-panel.js", get(|| async { assets::widget("widget-panel.js") }))
        .route("/mail.css", get(assets::mail_css))
        .route("/chat/files/{id}", get(chat_file))
        .route("/hooks/telegram/{channel}", post(telegram_hook))
        .merge(mailings::pages::routes())
        .layer(DefaultBodyLimit::max(sapa_telegram::MAX_WEBHOOK_BODY + 1024));
    if app.is_demo() {
        router = router.merge(demo::http::pages());
    }
    let mut router = router.fallback(get(assets::desk)).with_state(app.clone());
    if let Some(operation) = app.operation() {
        router = router.merge(sapa_webchat::routes(operation.chat.clone()));
    }
    router
        .layer(middleware::from_fn(security::headers))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            AppError::internal("a handler panicked").into_response()
        }))
        .layer(middleware::from_fn(log))
}

/// Serves until told to stop.
pub async fn serve(
    app: App,
    listener: tokio::net::TcpListener,
    stop: CancellationToken,
) -> std::io::Result<()> {
    listen::serve(router(&app), listener, listen::PATIENCE, stop).await
}

/// Gives each call an id, logs what failed and how long it took; a 500 tells its id and nothing more.
async fn log(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = new_id().simple().to_string();
    let (method, path) = (request.method().clone(), shown(request.uri().path()));
    let mut response = next.run(request).await;
    let status = response.status();
    if let Some(Fault(chain)) = response.extensions_mut().remove::<Fault>() {
        tracing::error!(request = id, %method, path, error = chain, "a call failed");
    } else {
        tracing::debug!(request = id, %method, path, status = status.as_u16(), took = ?begun.elapsed(), "call");
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// A path as it is logged: without the token that it may end with (R28).
fn shown(path: &str) -> String {
    let told = ["/u/", "/preferences/"].into_iter().find(|begin| path.starts_with(begin));
    told.map_or_else(|| path.to_owned(), |begin| format!("{begin}…"))
}

/// Whether the hub can do its work.
async fn ready(State(app): State<App>) -> Response {
    let reached: crate::db::DbResult<i64> = async {
        let mut tx = app.db().read().await?;
        Ok(on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT CAST(1 AS BIGINT)")
            .fetch_one(conn)
            .await?))
    }
    .await;
    match (reached, app.operation()) {
        (Ok(_), Some(_)) if !app.stopping().is_cancelled() => "ready".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response(),
    }
}

async fn metrics() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], telemetry::render()).into_response()
}

/// Until when a link is good, and its signature.
#[derive(Debug, Deserialize)]
struct Signed {
    e: i64,
    s: String,
}

/// A file of a chat, by a link that is signed and ends (R3).
async fn chat_file(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(signed): Query<Signed>,
) -> Result<Response, AppError> {
    if signed.e < app.now().seconds() || !app.keys().link_is_signed(id, signed.e, &signed.s) {
        return Err(AppError::NotFound);
    }
    let mut tx = app.db().read().await?;
    let mut file = files::queries::content(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if !files::queries::is_shown(&mut tx, id).await? {
        return Err(AppError::NotFound);
    }
    drop(tx);
    let bytes = app.files().read(file.body.take(), &file.digest).await?;
    let mut response = if files::model::is_picture(&file.media_type) {
        messages::http::picture(&file.media_type, bytes)?
    } else {
        messages::http::attachment(&file.name, bytes)
    };
    response
        .headers_mut()
        .insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// An update that Telegram posts.
async fn telegram_hook(
    State(app): State<App>,
    Path(channel): Path<ChannelId>,
    headers: HeaderMap,
    body: bytes::Bytes,
) -> StatusCode {
    let (Some(operated), Some(operation)) = (app.registry().get(channel), app.operation()) else {
        return StatusCode::NOT_FOUND;
    };
    let Part::Telegram(telegram) = &operated.part else { return StatusCode::NOT_FOUND };
    let secret =
        headers.get("x-telegram-bot-api-secret-token").and_then(|value| value.to_str().ok());
    let answer = telegram.receive_webhook(secret, body, &*operation.intake).await;
    reach("hook.before_ack");
    reach_soon("hook.after_ack");
    StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}
