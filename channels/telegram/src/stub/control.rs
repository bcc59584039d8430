//! The stub's own methods over HTTP, for programs in other languages; the parent module tells which.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Behaviour, Customer, Said, Sent, Shared};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sent", get(sent))
        .route("/state", get(state))
        .route("/behave", post(behave))
        .route("/reset", post(reset))
        .route("/{action}", post(act))
}

/// What a customer does; which fields count depends on the action.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    from: i64,
    name: String,
    username: Option<String>,
    language: Option<String>,
    #[serde(default)]
    text: String,
    payload: Option<String>,
    message_id: Option<i32>,
    #[serde(default)]
    label: String,
    #[serde(default)]
    base64: String,
    #[serde(default)]
    file_name: String,
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    latitude: f64,
    #[serde(default)]
    longitude: f64,
}

type Answer<T> = Result<Json<T>, (StatusCode, String)>;

async fn act(
    State(shared): State<Arc<Shared>>,
    Path(action): Path<String>,
    Json(act): Json<Act>,
) -> Answer<Said> {
    let mut customer = Customer::new(shared, act.from, &act.name);
    if let Some(username) = &act.username {
        customer = customer.username(username);
    }
    if let Some(language) = &act.language {
        customer = customer.language(language);
    }
    let bytes = BASE64_STANDARD
        .decode(&act.base64)
        .map_err(|_| (StatusCode::BAD_REQUEST, "base64 is malformed".to_owned()))?;
    let message = act.message_id.unwrap_or_default();
    let said = match action.as_str() {
        "say" => Some(match act.message_id {
            Some(answered) => customer.answers(answered, &act.text),
            None => customer.says(&act.text),
        }),
        "start" => Some(customer.starts(act.payload.as_deref())),
        "press" => customer.presses(message, &act.label),
        "edit" => customer.edits(message, &act.text),
        "photo" => Some(customer.photo(bytes, &act.text)),
        "document" => Some(customer.document(&act.file_name, &act.media_type, bytes, &act.text)),
        "sticker" => Some(customer.sticker(bytes, &act.text)),
        "voice" => Some(customer.voice(bytes)),
        "contact" => Some(customer.contact(&act.name, &act.phone, Some(act.from))),
        "location" => Some(customer.location(act.latitude, act.longitude)),
        "block" => Some(customer.blocks(true)),
        "unblock" => Some(customer.blocks(false)),
        _ => None,
    };
    let missing = || (StatusCode::NOT_FOUND, "no such action, message or button".to_owned());
    said.map(Json).ok_or_else(missing)
}

async fn sent(State(shared): State<Arc<Shared>>) -> Json<Vec<Sent>> {
    Json(shared.world().sent.clone())
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let world = shared.world();
    Json(json!({
        "pending": world.pending.keys().collect::<Vec<_>>(),
        "webhook": world.webhook.as_ref().map(|webhook| &webhook.url),
        "typing": world.typing,
        "released": world.released,
    }))
}

async fn behave(State(shared): State<Arc<Shared>>, Json(mut how): Json<Value>) -> Answer<bool> {
    let method = how.as_object_mut().and_then(|how| how.remove("method"));
    let how: Behaviour = serde_json::from_value(how)
        .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let mut world = shared.world();
    match method {
        Some(Value::String(method)) => world.manners.set(&method, how),
        _ => world.manners.sending = how,
    }
    Ok(Json(true))
}

async fn reset(State(shared): State<Arc<Shared>>) -> Json<bool> {
    shared.world().forget();
    Json(true)
}
