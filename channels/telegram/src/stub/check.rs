//! What is refused: by Telegram, or by the stub because Telegram would silently ignore it.

use serde_json::Value;

use super::fields::{Fields, Uploaded};

/// An answer that says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) description: String,
    pub(super) retry_after: Option<u64>,
}

impl Refusal {
    pub(super) fn new(code: u16, description: &str) -> Self {
        Self { code, description: description.to_owned(), retry_after: None }
    }

    pub(super) fn bad(description: &str) -> Self {
        Self::new(400, &format!("Bad Request: {description}"))
    }
}

/// A method: its name, the fields that it needs, and the others that it may have.
pub(super) struct Method {
    pub(super) name: &'static str,
    needs: &'static [&'static str],
    may_have: &'static [&'static str],
}

const fn method(
    name: &'static str,
    needs: &'static [&'static str],
    may_have: &'static [&'static str],
) -> Method {
    Method { name, needs, may_have }
}

const METHODS: [Method; 13] = [
    method("getMe", &[], &[]),
    method("getUpdates", &[], &["offset", "limit", "timeout", "allowed_updates"]),
    method(
        "setWebhook",
        &["url"],
        &["secret_token", "allowed_updates", "max_connections", "drop_pending_updates"],
    ),
    method("deleteWebhook", &[], &["drop_pending_updates"]),
    method("getWebhookInfo", &[], &[]),
    method("getFile", &["file_id"], &[]),
    method(
        "sendMessage",
        &["chat_id", "text"],
        &["reply_parameters", "reply_markup", "link_preview_options", "disable_notification"],
    ),
    method(
        "sendPhoto",
        &["chat_id", "photo"],
        &["caption", "reply_parameters", "reply_markup", "disable_notification"],
    ),
    method(
        "sendDocument",
        &["chat_id", "document"],
        &["caption", "reply_parameters", "reply_markup", "disable_notification"],
    ),
    method("sendChatAction", &["chat_id", "action"], &[]),
    method("answerCallbackQuery", &["callback_query_id"], &["text", "show_alert"]),
    method("editMessageText", &["chat_id", "message_id", "text"], &["reply_markup"]),
    method("deleteMessage", &["chat_id", "message_id"], &[]),
];

/// The method of this name; case does not matter.
pub(super) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name.eq_ignore_ascii_case(name))
}

impl Method {
    /// All that it needs and nothing that it does not know.
    pub(super) fn check(&self, fields: &Fields) -> Result<(), Refusal> {
        if let Some(missing) = self.needs.iter().find(|name| !fields.has(name)) {
            return Err(Refusal::bad(&format!("parameter \"{missing}\" is required")));
        }
        let known = |name: &str| self.needs.contains(&name) || self.may_have.contains(&name);
        match fields.names().find(|name| !known(name)) {
            Some(name) => Err(Refusal::bad(&format!("{} has no parameter \"{name}\"", self.name))),
            None => Ok(()),
        }
    }
}

/// The text of a message.
pub(super) fn text(text: &str) -> Result<String, Refusal> {
    match text.trim().encode_utf16().count() {
        0 => Err(Refusal::bad("message text is empty")),
        1..=4096 => Ok(text.trim().to_owned()),
        _ => Err(Refusal::bad("message is too long")),
    }
}

/// The text under a file.
pub(super) fn caption(caption: Option<&str>) -> Result<Option<String>, Refusal> {
    let caption = caption.unwrap_or_default().trim();
    if caption.encode_utf16().count() > 1024 {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok((!caption.is_empty()).then(|| caption.to_owned()))
}

/// A picture: what Telegram can shrink, of at most 10 MB.
pub(super) fn picture(file: &Uploaded) -> Result<(), Refusal> {
    document(file)?;
    if file.bytes.len() > 10_000_000 {
        return Err(Refusal::bad("file is too big"));
    }
    let known =
        file.bytes.starts_with(b"\x89PNG\r\n\x1a\n") || file.bytes.starts_with(b"\xff\xd8\xff");
    if known { Ok(()) } else { Err(Refusal::bad("IMAGE_PROCESS_FAILED")) }
}

/// A file of at most 50 MB.
pub(super) fn document(file: &Uploaded) -> Result<(), Refusal> {
    match file.bytes.len() {
        0 => Err(Refusal::bad("file must be non-empty")),
        1..=50_000_000 => Ok(()),
        _ => Err(Refusal::new(413, "Request Entity Too Large")),
    }
}

/// Rows of buttons, each with its text and its data.
pub(super) fn keyboard(markup: &Value) -> Result<Vec<Vec<String>>, Refusal> {
    let bad = |what: &str| Refusal::bad(&format!("can't parse inline keyboard: {what}"));
    let rows = markup.get("inline_keyboard").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| Refusal::bad("object expected as reply markup"))?;
    if markup.as_object().is_some_and(|markup| markup.len() > 1) {
        return Err(bad("it has other fields"));
    }
    let mut labels = Vec::new();
    for row in rows {
        let row = row.as_array().ok_or_else(|| bad("a row is no list"))?;
        if row.is_empty() || row.len() > 8 {
            return Err(bad("a row has 1 to 8 buttons"));
        }
        labels.push(row.iter().map(button).collect::<Result<_, _>>()?);
    }
    let count: usize = labels.iter().map(Vec::len).sum();
    if (1..=100).contains(&count) { Ok(labels) } else { Err(bad("it has 1 to 100 buttons")) }
}

fn button(button: &Value) -> Result<String, Refusal> {
    let field = |name: &str| button.get(name).and_then(Value::as_str).unwrap_or_default();
    let (label, data) = (field("text"), field("callback_data"));
    if label.trim().is_empty() {
        return Err(Refusal::bad("text buttons are unallowed in the inline keyboard"));
    }
    let only_known = button.as_object().is_some_and(|button| button.len() == 2);
    if !(1..=64).contains(&data.len()) || !only_known {
        return Err(Refusal::bad("BUTTON_DATA_INVALID"));
    }
    Ok(label.to_owned())
}
