//! Reading an update: from its JSON to what the hub is told. It asks nobody and cannot fail.

mod content;
mod envelope;
mod files;
mod people;
mod rescue;

#[cfg(test)]
mod tests;

use sapa_channel::{Edit, Inbound, Message, Thread, Timestamp, Unreadable};
use teloxide::types::{
    self as telegram, CallbackQuery, CallbackQueryId, InlineKeyboardButtonKind, MessageKind,
    UpdateKind,
};

use content::Content;
use envelope::Envelope;
pub(crate) use files::Wanted;

use crate::{TELEGRAM, link::is_start_token, send::keyboard};

/// Understands the JSON of an update that was kept, without fetching files again.
pub fn read(raw: &[u8]) -> Result<Inbound, Unreadable> {
    Update::read(raw).content
}

/// An update as it was understood.
#[derive(Debug)]
pub(crate) struct Update {
    /// Telegram's number of it, if it has one.
    pub(crate) id: Option<i64>,
    /// What it says, without its files.
    pub(crate) content: Result<Inbound, Unreadable>,
    /// The files that belong to it and are still to be fetched.
    pub(crate) wanted: Vec<Wanted>,
    /// The pressed button that waits for an answer.
    pub(crate) pressed: Option<CallbackQueryId>,
    /// The chat it came from: updates of one chat keep their order.
    pub(crate) chat: Option<i64>,
    /// When the customer did it.
    pub(crate) at: Option<Timestamp>,
}

impl Update {
    /// Reads the JSON of one update.
    pub(crate) fn read(raw: &[u8]) -> Self {
        let envelope = match Envelope::read(raw) {
            Ok(envelope) => envelope,
            Err(unreadable) => return Self::with(None, Err(unreadable)),
        };
        let id = Some(envelope.id);
        if !envelope.is_ours() {
            return Self::with(id, Ok(Inbound::Nothing));
        }
        let mut update = match rescue::parse(raw, &envelope) {
            Some((kind, unknown)) => Self::of(kind, unknown),
            None => Self::with(
                id,
                Err(Unreadable(format!("Telegram's {} has an unknown form", envelope.kind))),
            ),
        };
        update.id = id;
        update
    }

    fn with(id: Option<i64>, content: Result<Inbound, Unreadable>) -> Self {
        Self { id, content, wanted: Vec::new(), pressed: None, chat: None, at: None }
    }

    fn of(kind: UpdateKind, unknown: Option<String>) -> Self {
        match kind {
            UpdateKind::Message(message) => Self::said(&message, unknown),
            UpdateKind::EditedMessage(message) => Self::edited(&message),
            UpdateKind::CallbackQuery(query) => Self::pressed(query),
            _ => Self::with(None, Ok(Inbound::Nothing)),
        }
    }

    fn said(message: &telegram::Message, unknown: Option<String>) -> Self {
        let mut update = Self::with(None, Ok(Inbound::Nothing));
        update.chat = Some(message.chat.id.0);
        update.at = Some(Timestamp::from_seconds(message.date.timestamp()));
        if !message.chat.is_private() {
            return update;
        }
        let Some(content) = Content::of(message, unknown) else { return update };
        let id = external_id(message.chat.id.0, message.id.0);
        let mut sender = people::author(message);
        sender.claims = content.claims;
        let (text, token) = start(content.text);
        update.wanted = content.wanted;
        update.content = Ok(Inbound::Message(Box::new(Message {
            automatic: message.from.as_ref().is_some_and(|user| user.is_bot),
            sender,
            logical_key: Some(id.clone()),
            external_id: Some(id),
            thread: Thread {
                token,
                answers: message
                    .reply_to_message()
                    .map(|answered| external_id(answered.chat.id.0, answered.id.0))
                    .into_iter()
                    .collect(),
            },
            text,
            quoted: message.quote().map(|quote| clean(&quote.text)),
            place: content.place,
            sent_at: update.at,
            warnings: content.warnings,
            ..Message::default()
        })));
        update
    }

    fn edited(message: &telegram::Message) -> Self {
        let mut update = Self::with(None, Ok(Inbound::Nothing));
        let edited_at = *message.edit_date().unwrap_or(&message.date);
        update.chat = Some(message.chat.id.0);
        update.at = Some(Timestamp::from_seconds(edited_at.timestamp()));
        // A live location is "edited" with each step; its first place is what the customer shared.
        let has_text = matches!(&message.kind, MessageKind::Common(common)
            if !matches!(common.media_kind, telegram::MediaKind::Location(_)));
        if message.chat.is_private() && has_text {
            update.content = Ok(Inbound::Edit(Edit {
                sender: people::author(message).address,
                external_id: external_id(message.chat.id.0, message.id.0),
                text: Content::of(message, None).map(|content| content.text).unwrap_or_default(),
                edited_at: update.at.unwrap_or_default(),
            }));
        }
        update
    }

    fn pressed(query: CallbackQuery) -> Self {
        let mut update = Self::with(None, Ok(Inbound::Nothing));
        if let Some(message) = query.message.as_ref().filter(|message| message.chat().is_private())
        {
            let chat = message.chat().id.0;
            update.chat = Some(chat);
            update.content = Ok(Inbound::Message(Box::new(Message {
                sender: people::sender(&query.from),
                logical_key: Some(format!("callback:{}", query.id)),
                thread: Thread { token: None, answers: vec![external_id(chat, message.id().0)] },
                text: clean(&label(&query)),
                ..Message::default()
            })));
        }
        update.pressed = Some(query.id);
        update
    }
}

/// The id of a message on this channel: a message's own number counts within its chat alone.
pub(crate) fn external_id(chat: i64, message: i32) -> String {
    format!("{chat}:{message}")
}

/// Takes out what no database text may have.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}

/// The text, and the token that a deep link brought back with it.
fn start(text: String) -> (String, Option<String>) {
    let Some((command, payload)) = text.split_once(' ') else { return (text, None) };
    let is_start = command == "/start" || command.starts_with("/start@");
    if !is_start || !is_start_token(payload) {
        return (text, None);
    }
    ("/start".to_owned(), Some(payload.to_owned()))
}

/// What is written on the pressed button: from the message that it is on, or else from its own data.
fn label(query: &CallbackQuery) -> String {
    let data = query.data.as_deref().unwrap_or_default();
    let rows = query.message.as_ref().and_then(|message| message.regular_message());
    let rows = rows.and_then(|message| message.reply_markup());
    let mut buttons = rows.iter().flat_map(|markup| markup.inline_keyboard.iter().flatten());
    let pressed = buttons.find(
        |button| matches!(&button.kind, InlineKeyboardButtonKind::CallbackData(of) if of == data),
    );
    pressed.map_or_else(|| keyboard::label_in(data).to_owned(), |button| button.text.clone())
}

/// An address on this channel.
fn address(user: u64) -> sapa_channel::Address {
    sapa_channel::Address { kind: TELEGRAM, value: user.to_string() }
}
