//! Parsing by teloxide's types, and once more with less when they are older than the update.
//!
//! One unknown entity or field value would hide a whole message, its text included. Then the message is
//! reduced to fields that never changed, and parsed again.

use serde_json::{Map, Value, json};
use teloxide::types::{self as telegram, MessageKind, UpdateKind};

use super::envelope::Envelope;

/// Fields that are taken over as they are.
const PLAIN: [&str; 6] = ["message_id", "date", "edit_date", "text", "caption", "location"];
/// Fields that belong to every message and say nothing of its content.
const FRAME: [&str; 8] = [
    "message_id",
    "date",
    "edit_date",
    "from",
    "chat",
    "reply_to_message",
    "has_protected_content",
    "entities",
];
/// Kinds of files, and what each is when Telegram does not say, which the types do not allow.
const MEDIA: [(&str, &str); 7] = [
    ("animation", "video/mp4"),
    ("audio", "audio/mpeg"),
    ("document", "application/octet-stream"),
    ("sticker", "application/octet-stream"),
    ("video", "video/mp4"),
    ("video_note", "video/mp4"),
    ("voice", "audio/ogg"),
];

/// The update, and the name of its content if that is unknown. `None` if it has no form that can be parsed.
pub(super) fn parse(raw: &[u8], envelope: &Envelope) -> Option<(UpdateKind, Option<String>)> {
    if let Some(kind) = typed(raw).filter(|kind| !is_empty(kind)) {
        return Some((kind, None));
    }
    let reduced = match envelope.kind.as_str() {
        "message" | "edited_message" => reduce_message(envelope.body.as_object()?),
        "callback_query" => reduce_query(envelope.body.as_object()?),
        _ => return None,
    };
    let mut update = Map::new();
    update.insert("update_id".to_owned(), json!(0));
    update.insert(envelope.kind.clone(), reduced);
    // By way of text: from a value, the types take every kind for an unknown one.
    let kind = typed(&serde_json::to_vec(&update).ok()?)?;
    let unknown = is_empty(&kind).then(|| content_name(&envelope.body));
    Some((kind, unknown))
}

fn typed(raw: &[u8]) -> Option<UpdateKind> {
    match serde_json::from_slice::<telegram::Update>(raw).ok()?.kind {
        UpdateKind::Error(_) => None,
        kind => Some(kind),
    }
}

fn is_empty(kind: &UpdateKind) -> bool {
    matches!(kind, UpdateKind::Message(message) | UpdateKind::EditedMessage(message)
        if matches!(message.kind, MessageKind::Empty {}))
}

/// The field that is not in every message, for the officer.
fn content_name(message: &Value) -> String {
    let fields = message.as_object().into_iter().flat_map(Map::keys);
    let name = fields.map(String::as_str).find(|field| !FRAME.contains(field));
    name.unwrap_or("nothing").replace('_', " ")
}

fn reduce_message(message: &Map<String, Value>) -> Value {
    let mut reduced = keep(message, &PLAIN);
    for person in ["from", "chat"] {
        if let Some(Value::Object(of)) = message.get(person) {
            reduced.insert(person.to_owned(), Value::Object(reduce_person(of)));
        }
    }
    if let Some(Value::Object(answered)) = message.get("reply_to_message") {
        let mut answered_reduced = keep(answered, &["message_id", "date"]);
        if let Some(Value::Object(chat)) = answered.get("chat") {
            answered_reduced.insert("chat".to_owned(), Value::Object(reduce_person(chat)));
        }
        reduced.insert("reply_to_message".to_owned(), Value::Object(answered_reduced));
    }
    if let Some(Value::Array(sizes)) = message.get("photo") {
        let sizes = sizes.iter().filter_map(Value::as_object).map(reduce_file).collect();
        reduced.insert("photo".to_owned(), Value::Array(sizes));
    }
    for (name, media_type) in MEDIA {
        let Some(Value::Object(file)) = message.get(name) else { continue };
        let mut file = reduce_file(file);
        let given = message[name].get("mime_type").filter(|given| is_media_type(given));
        file["mime_type"] = given.cloned().unwrap_or_else(|| json!(media_type));
        // There are ever new kinds of stickers; each is a file.
        let name = if name == "sticker" { "document" } else { name };
        reduced.insert(name.to_owned(), file);
    }
    Value::Object(reduced)
}

fn reduce_query(query: &Map<String, Value>) -> Value {
    let mut reduced = keep(query, &["id", "data", "chat_instance"]);
    if let Some(Value::Object(from)) = query.get("from") {
        reduced.insert("from".to_owned(), Value::Object(reduce_person(from)));
    }
    if let Some(Value::Object(message)) = query.get("message") {
        reduced.insert("message".to_owned(), reduce_message(message));
    }
    Value::Object(reduced)
}

fn reduce_person(person: &Map<String, Value>) -> Map<String, Value> {
    const FIELDS: [&str; 7] =
        ["id", "type", "is_bot", "first_name", "last_name", "username", "language_code"];
    keep(person, &FIELDS)
}

/// What is needed of a file to fetch it, and what the types demand besides.
fn reduce_file(file: &Map<String, Value>) -> Value {
    let mut reduced = keep(file, &["file_id", "file_unique_id", "file_size", "file_name"]);
    for measure in ["width", "height", "length", "duration"] {
        reduced.insert(measure.to_owned(), file.get(measure).cloned().unwrap_or(json!(0)));
    }
    Value::Object(reduced)
}

fn is_media_type(given: &Value) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte);
    given.as_str().is_some_and(|text| text.matches('/').count() == 1 && text.bytes().all(plain))
}

fn keep(of: &Map<String, Value>, fields: &[&str]) -> Map<String, Value> {
    let kept = of.iter().filter(|(name, _)| fields.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
