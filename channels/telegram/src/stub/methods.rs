//! From a request to its answer.

use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc, time::Duration};

use super::{
    Shared, TOKEN,
    behaviour::Behaviour,
    check::{self, Method, Refusal},
    fields::Fields,
    line::Line,
    updates, world,
};

/// `POST /bot<token>/<method>`.
pub(super) async fn call(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path((bot, method)): Path<(String, String)>,
    request: Request<Body>,
) -> Response {
    let fields = Fields::read(request).await;
    let method = match check::find(&method) {
        Some(method) if is_ours(&bot) => method,
        None if is_ours(&bot) => {
            return no(&Refusal::new(404, "Not Found: the stub has no such method"));
        }
        _ => return no(&Refusal::new(401, "Unauthorized")),
    };
    let how = shared.world().manners.take(method.name);
    let delay = how.delay();
    let answer = match how {
        Behaviour::Accept | Behaviour::Late { .. } => serve(&shared, method, fields).await,
        Behaviour::Garbage => {
            serve(&shared, method, fields).await;
            Response::new(Body::from(&b"\0\xff{\"ok\": tru"[..]))
        }
        Behaviour::Drip { milliseconds } => {
            let answer = serve(&shared, method, fields).await;
            drip(answer, Duration::from_millis(milliseconds)).await
        }
        Behaviour::TooMany { retry_after } => {
            let description = format!("Too Many Requests: retry after {retry_after}");
            no(&Refusal { code: 429, description, retry_after: Some(retry_after) })
        }
        Behaviour::Refuse { code, description } => no(&Refusal::new(code, &description)),
        Behaviour::HangUp => {
            line.cut();
            StatusCode::NO_CONTENT.into_response()
        }
    };
    tokio::time::sleep(delay).await;
    answer
}

/// `GET /file/bot<token>/<path>`.
pub(super) async fn download(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path((bot, path)): Path<(String, String)>,
) -> Response {
    if !is_ours(&bot) {
        return no(&Refusal::new(401, "Unauthorized"));
    }
    let (how, file) = {
        let mut world = shared.world();
        let how = world.manners.take("download");
        (how, world.files.values().find(|file| file.path == path).cloned())
    };
    tokio::time::sleep(how.delay()).await;
    match (how, file) {
        (Behaviour::TooMany { retry_after }, _) => {
            let description = "Too Many Requests".to_owned();
            no(&Refusal { code: 429, description, retry_after: Some(retry_after) })
        }
        (Behaviour::Refuse { code, description }, _) => no(&Refusal::new(code, &description)),
        (Behaviour::HangUp, _) => {
            line.cut();
            StatusCode::NO_CONTENT.into_response()
        }
        (_, Some(file)) => file.bytes.into_response(),
        (_, None) => no(&Refusal::new(404, "Not Found")),
    }
}

/// The same answer, whose body comes a byte at a time.
async fn drip(answer: Response, pause: Duration) -> Response {
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let slowly = futures::stream::unfold((bytes, pause), |(mut bytes, pause)| async move {
        if bytes.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let byte = bytes.split_to(1);
        Some((Ok::<_, Infallible>(byte), (bytes, pause)))
    });
    Response::from_parts(parts, Body::from_stream(slowly))
}

async fn serve(shared: &Shared, method: &Method, fields: Result<Fields, Refusal>) -> Response {
    let result = async {
        let fields = fields?;
        method.check(&fields)?;
        if method.name == "getUpdates" {
            return updates::poll(shared, &fields).await.map(yes);
        }
        let result = answer(shared, method, &fields)?;
        shared.changed.notify_waiters();
        Ok(yes(result))
    };
    result.await.unwrap_or_else(|refusal: Refusal| no(&refusal))
}

fn answer(shared: &Shared, method: &Method, fields: &Fields) -> Result<Value, Refusal> {
    let mut world = shared.world();
    match method.name {
        "getMe" => Ok(me()),
        "setWebhook" => world.set_webhook(fields),
        "deleteWebhook" => Ok(world.delete_webhook(fields)),
        "getWebhookInfo" => Ok(world.webhook_info()),
        "getFile" => world.find_file(fields),
        "sendChatAction" => world.act(fields),
        "answerCallbackQuery" => world.answer_press(fields),
        "editMessageText" => world.edit_text(fields),
        "deleteMessage" => world.delete(fields),
        _ => world.send(fields),
    }
}

fn me() -> Value {
    let mut me = world::bot();
    for (ability, can) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[ability] = json!(can);
    }
    me
}

fn is_ours(bot: &str) -> bool {
    bot.strip_prefix("bot") == Some(TOKEN)
}

/// The envelope of what went well; an update's bytes stay as they are.
#[derive(serde::Serialize)]
struct Yes<T> {
    ok: bool,
    result: T,
}

fn yes<T: serde::Serialize>(result: T) -> Response {
    Json(Yes { ok: true, result }).into_response()
}

fn no(refusal: &Refusal) -> Response {
    let mut body = json!({
        "ok": false, "error_code": refusal.code, "description": refusal.description,
    });
    if let Some(after) = refusal.retry_after {
        body["parameters"] = json!({"retry_after": after});
    }
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(body)).into_response()
}
