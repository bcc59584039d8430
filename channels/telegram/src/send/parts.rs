//! Which of Telegram's messages one message of ours becomes.
//!
//! Text is sent as it is, without a mark-up language: nothing in it can become a link or a button.

use sapa_channel::{OutFile, Outbound};
use serde::Serialize;
use teloxide::{
    payloads::SendMessage,
    types::{ChatId, InlineKeyboardMarkup, MessageId, ReplyMarkup, ReplyParameters},
};

use super::{MAX_FILE, MAX_TEXT, keyboard, split};
use crate::api::Upload;

/// The most UTF-16 units under a file.
const MAX_CAPTION: usize = 1024;
/// The most bytes of a picture that is shown as one.
const MAX_PICTURE: usize = 10_000_000;

/// One of Telegram's messages.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) chat: ChatId,
    pub(super) body: Body,
    pub(super) reply: Option<ReplyParameters>,
    pub(super) keyboard: Option<InlineKeyboardMarkup>,
}

/// What it consists of.
#[derive(Clone)]
pub(super) enum Body {
    Text(Box<SendMessage>),
    File { file: OutFile, caption: String, picture: bool },
}

/// Divides a message; the answered message goes with the first part, the buttons with the last. An error
/// says in words for an officer why it can never be sent.
pub(super) fn parts(message: &Outbound) -> Result<Vec<Part>, String> {
    let chat = message.to.address.parse().map(ChatId);
    let chat = chat.map_err(|_| "this is no address of Telegram's".to_owned())?;
    message.files.iter().try_for_each(check)?;
    let text = message.text.trim();
    let under_file = !message.files.is_empty() && split::length(text) <= MAX_CAPTION;
    let (caption, text) = if under_file { (text, "") } else { ("", text) };
    let texts = split::split(text, MAX_TEXT).into_iter();
    let texts = texts.map(|text| Body::Text(Box::new(SendMessage::new(chat, text))));
    let files = message.files.iter().enumerate().map(|(index, file)| Body::File {
        caption: if index == 0 { caption.to_owned() } else { String::new() },
        picture: is_picture(file),
        file: file.clone(),
    });
    let bodies = texts.chain(files);
    let part = |body| Part { chat, body, reply: None, keyboard: None };
    let mut parts: Vec<Part> = bodies.map(part).collect();
    let first = parts.first_mut().ok_or_else(|| "there is nothing to send".to_owned())?;
    first.reply = reply(message, chat);
    if let Some(last) = parts.last_mut() {
        last.keyboard = keyboard::keyboard(&message.buttons);
    }
    for part in &mut parts {
        if let Body::Text(request) = &mut part.body {
            request.reply_parameters.clone_from(&part.reply);
            request.reply_markup = part.keyboard.clone().map(ReplyMarkup::InlineKeyboard);
        }
    }
    Ok(parts)
}

fn check(file: &OutFile) -> Result<(), String> {
    match file.bytes.len() {
        0 => Err(format!("the file {} is empty, and Telegram takes no empty file", file.name)),
        1..=MAX_FILE => Ok(()),
        _ => Err(format!("the file {} is larger than the 50 MB that Telegram takes", file.name)),
    }
}

fn is_picture(file: &OutFile) -> bool {
    matches!(file.media_type.as_str(), "image/png" | "image/jpeg")
        && file.bytes.len() <= MAX_PICTURE
}

/// The answered message, if it is in this chat. One that is gone does not stop the answer.
fn reply(message: &Outbound, to: ChatId) -> Option<ReplyParameters> {
    let (chat, id) = message.parent.as_ref()?.external_id.split_once(':')?;
    let same = chat.parse() == Ok(to.0);
    let id = id.parse().ok().filter(|_| same)?;
    Some(ReplyParameters::new(MessageId(id)).allow_sending_without_reply())
}

impl Part {
    /// The fields beside the file. Telegram wants what is not text as JSON.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("chat_id", self.chat.0.to_string())];
        if let Body::File { caption, .. } = &self.body
            && !caption.is_empty()
        {
            fields.push(("caption", caption.clone()));
        }
        fields.extend(self.reply.as_ref().map(|reply| ("reply_parameters", json(reply))));
        fields.extend(self.keyboard.as_ref().map(|keyboard| ("reply_markup", json(keyboard))));
        fields
    }

    pub(super) fn upload(&self) -> Upload {
        match &self.body {
            Body::File { file, .. } => {
                Upload { name: label(&file.name), bytes: file.bytes.clone() }
            }
            Body::Text(_) => Upload { name: String::new(), bytes: bytes::Bytes::new() },
        }
    }
}

/// The name as one line without a path (`R18`, `R24`).
fn label(name: &str) -> String {
    let plain = |char: char| if char.is_control() || "/\\\"".contains(char) { '_' } else { char };
    let label: String = name.trim().chars().map(plain).take(200).collect();
    if label.is_empty() { "file".to_owned() } else { label }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("keyboards and replies are plain JSON")
}
