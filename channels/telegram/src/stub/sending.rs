//! What the bot sent, and the methods that send.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    check::{self, Refusal},
    fields::Fields,
    world::{World, bot, now},
};

/// A message that the bot sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The chat, which is the customer's user id.
    pub chat: i64,
    /// Its number in the chat.
    pub message: i32,
    /// The text, or what stands under the file.
    pub text: String,
    /// The file.
    pub file: Option<SentFile>,
    /// The labels of its buttons, row by row.
    pub buttons: Vec<Vec<String>>,
    /// The number of the message that it answers.
    pub answers: Option<i32>,
    /// Whether the bot has deleted it.
    pub deleted: bool,
}

/// A file that the bot sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SentFile {
    /// Its name.
    pub name: String,
    /// Whether it was sent as a picture.
    pub picture: bool,
    /// Its size in bytes.
    pub size: usize,
    /// Its content.
    #[serde(skip)]
    pub bytes: Bytes,
}

impl World {
    /// `sendMessage`, `sendPhoto` and `sendDocument`.
    pub(super) fn send(&mut self, fields: &Fields) -> Result<Value, Refusal> {
        let chat = self.reach(fields)?;
        let buttons = match fields.nested("reply_markup")? {
            Some(markup) => check::keyboard(&markup)?,
            None => Vec::new(),
        };
        let answers = self.answered(chat, fields)?;
        let number = self.next_message();
        let mut sent = Sent {
            chat,
            message: number,
            text: String::new(),
            file: None,
            buttons,
            answers,
            deleted: false,
        };
        let mut message = Map::new();
        if let Some(text) = fields.text("text")? {
            sent.text = check::text(text)?;
            message.insert("text".to_owned(), json!(sent.text));
        } else {
            sent.text = check::caption(fields.text("caption")?)?.unwrap_or_default();
            message.insert("caption".to_owned(), json!(sent.text));
            sent.file = Some(self.attach(fields, &mut message)?);
        }
        message.insert("message_id".to_owned(), json!(number));
        message.insert("from".to_owned(), bot());
        message.insert("chat".to_owned(), self.chat(chat));
        message.insert("date".to_owned(), json!(now()));
        if let Some(markup) = fields.nested("reply_markup")? {
            message.insert("reply_markup".to_owned(), markup);
        }
        self.messages.insert((chat, number), message.clone());
        self.sent.push(sent);
        Ok(Value::Object(message))
    }

    /// The chat that a message goes to, if its owner can be reached.
    pub(super) fn reach(&self, fields: &Fields) -> Result<i64, Refusal> {
        let chat = fields.number("chat_id")?.unwrap_or_default();
        match self.people.get(&chat) {
            Some(person) if person.has_blocked => {
                Err(Refusal::new(403, "Forbidden: bot was blocked by the user"))
            }
            Some(person) if person.has_written => Ok(chat),
            _ => Err(Refusal::bad("chat not found")),
        }
    }

    fn answered(&self, chat: i64, fields: &Fields) -> Result<Option<i32>, Refusal> {
        let Some(reply) = fields.nested("reply_parameters")? else { return Ok(None) };
        let number = reply.get("message_id").and_then(Value::as_i64);
        let number = number.and_then(|number| i32::try_from(number).ok());
        let number = number.ok_or_else(|| Refusal::bad("can't parse reply parameters"))?;
        let known = ["message_id", "allow_sending_without_reply"];
        if reply.as_object().is_some_and(|of| of.keys().any(|name| !known.contains(&name.as_str())))
        {
            return Err(Refusal::bad("the stub knows not all of these reply parameters"));
        }
        let there = self.messages.contains_key(&(chat, number));
        match (there, reply.get("allow_sending_without_reply")) {
            (true, _) => Ok(Some(number)),
            (false, Some(Value::Bool(true))) => Ok(None),
            _ => Err(Refusal::bad("message to be replied not found")),
        }
    }

    fn attach(
        &mut self,
        fields: &Fields,
        message: &mut Map<String, Value>,
    ) -> Result<SentFile, Refusal> {
        let picture = fields.files.get("photo");
        let Some(file) = picture.or_else(|| fields.files.get("document")) else {
            return Err(Refusal::bad("there is no file in the request"));
        };
        if picture.is_some() {
            check::picture(file)?;
        } else {
            check::document(file)?;
        }
        let id = self.keep(&file.name, file.bytes.clone());
        let size = file.bytes.len();
        let shown =
            json!({"file_unique_id": format!("AgAD{id}"), "file_id": id, "file_size": size});
        if picture.is_some() {
            let mut shown = shown;
            (shown["width"], shown["height"]) = (json!(800), json!(600));
            message.insert("photo".to_owned(), json!([shown]));
        } else {
            let mut shown = shown;
            shown["file_name"] = json!(file.name);
            message.insert("document".to_owned(), shown);
        }
        Ok(SentFile {
            name: file.name.clone(),
            picture: picture.is_some(),
            size,
            bytes: file.bytes.clone(),
        })
    }
}
