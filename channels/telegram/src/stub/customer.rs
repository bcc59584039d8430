//! What customers do.

#![expect(clippy::must_use_candidate, reason = "a test need not know the numbers of what is said")]

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Shared, world};

/// A customer of the bot, in his private chat with it.
#[derive(Clone)]
pub struct Customer {
    shared: Arc<Shared>,
    id: i64,
}

/// Something that a customer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The number of the update.
    pub update: i64,
    /// The number of the message in the chat.
    pub message: i32,
}

impl Customer {
    pub(super) fn new(shared: Arc<Shared>, id: i64, name: &str) -> Self {
        name.clone_into(&mut shared.world().people.entry(id).or_default().name);
        Self { shared, id }
    }

    /// Gives him a name for links.
    #[must_use]
    pub fn username(self, username: &str) -> Self {
        self.person(|person| person.username = Some(username.to_owned()));
        self
    }

    /// Sets the language of his Telegram.
    #[must_use]
    pub fn language(self, language: &str) -> Self {
        self.person(|person| person.language = Some(language.to_owned()));
        self
    }

    /// He has written to the bot before, so that it can write to him.
    #[must_use]
    pub fn known(self) -> Self {
        self.person(|person| person.has_written = true);
        self
    }

    /// Writes a text.
    pub fn says(&self, text: &str) -> Said {
        self.sends(json!({"text": text}))
    }

    /// Writes a text as the answer to a message of the chat.
    pub fn answers(&self, message: i32, text: &str) -> Said {
        let answered = self.shared.world().messages.get(&(self.id, message)).cloned();
        self.sends(json!({"text": text, "reply_to_message": answered}))
    }

    /// Presses "Start", having come by a deep link if there is a payload.
    pub fn starts(&self, payload: Option<&str>) -> Said {
        let text = payload.map_or("/start".to_owned(), |payload| format!("/start {payload}"));
        let entities = json!([{"type": "bot_command", "offset": 0, "length": 6}]);
        self.sends(json!({"text": text, "entities": entities}))
    }

    /// Sends a picture, which Telegram keeps in two sizes.
    pub fn photo(&self, bytes: impl Into<Bytes>, caption: &str) -> Said {
        let large = self.file("photo.jpg", bytes.into());
        let mut small = large.clone();
        small["file_id"] = json!("AgACThumbnail");
        let size = |mut file: Value, width: u32, height: u32| {
            (file["width"], file["height"]) = (json!(width), json!(height));
            file
        };
        let photo = json!([size(small, 90, 67), size(large, 1280, 960)]);
        self.sends(json!({"photo": photo, "caption": caption}))
    }

    /// Sends a file.
    pub fn document(
        &self,
        name: &str,
        media_type: &str,
        bytes: impl Into<Bytes>,
        caption: &str,
    ) -> Said {
        let mut document = self.file(name, bytes.into());
        (document["file_name"], document["mime_type"]) = (json!(name), json!(media_type));
        self.sends(json!({"document": document, "caption": caption}))
    }

    /// Sends a sticker, which stands for an emoji.
    pub fn sticker(&self, bytes: impl Into<Bytes>, emoji: &str) -> Said {
        let mut sticker = self.file("sticker.webp", bytes.into());
        (sticker["type"], sticker["emoji"]) = (json!("regular"), json!(emoji));
        (sticker["width"], sticker["height"]) = (json!(512), json!(512));
        (sticker["is_animated"], sticker["is_video"]) = (json!(false), json!(false));
        self.sends(json!({"sticker": sticker}))
    }

    /// Speaks.
    pub fn voice(&self, bytes: impl Into<Bytes>) -> Said {
        let mut voice = self.file("voice.ogg", bytes.into());
        (voice["duration"], voice["mime_type"]) = (json!(3), json!("audio/ogg"));
        self.sends(json!({"voice": voice}))
    }

    /// Shares a place.
    pub fn location(&self, latitude: f64, longitude: f64) -> Said {
        self.sends(json!({"location": {"latitude": latitude, "longitude": longitude}}))
    }

    /// Shares a contact's card; with his own `user_id` it is his own.
    pub fn contact(&self, name: &str, phone: &str, user_id: Option<i64>) -> Said {
        let mut contact = json!({"phone_number": phone, "first_name": name});
        if let Some(user_id) = user_id {
            contact["user_id"] = json!(user_id);
        }
        self.sends(json!({"contact": contact}))
    }

    /// Sends a message with these fields.
    pub fn sends(&self, content: Value) -> Said {
        let mut world = self.shared.world();
        let number = world.next_message();
        let mut message = Map::new();
        message.insert("message_id".to_owned(), json!(number));
        message.insert("from".to_owned(), world.user(self.id));
        message.insert("chat".to_owned(), world.chat(self.id));
        message.insert("date".to_owned(), json!(world::now()));
        if let Value::Object(content) = content {
            let empty = |value: &Value| value.is_null() || value.as_str() == Some("");
            message.extend(content.into_iter().filter(|(_, value)| !empty(value)));
        }
        world.messages.insert((self.id, number), message.clone());
        world.people.entry(self.id).or_default().has_written = true;
        let update = world.queue("message", Value::Object(message));
        drop(world);
        self.shared.changed.notify_waiters();
        Said { update, message: number }
    }

    /// Changes the text of a message of his. `None` if there is none.
    pub fn edits(&self, message: i32, text: &str) -> Option<Said> {
        let mut world = self.shared.world();
        let edited = world.messages.get_mut(&(self.id, message))?;
        let field = if edited.contains_key("text") { "text" } else { "caption" };
        edited.insert(field.to_owned(), json!(text));
        edited.insert("edit_date".to_owned(), json!(world::now()));
        let edited = Value::Object(edited.clone());
        let update = world.queue("edited_message", edited);
        drop(world);
        self.shared.changed.notify_waiters();
        Some(Said { update, message })
    }

    /// Presses the button with this label under a message of the bot's. `None` if there is none.
    pub fn presses(&self, message: i32, label: &str) -> Option<Said> {
        let mut world = self.shared.world();
        let shown = world.messages.get(&(self.id, message))?.clone();
        let rows = shown.get("reply_markup")?.get("inline_keyboard")?.as_array()?.clone();
        let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
        let data = buttons.find(|button| button["text"] == label)?.get("callback_data")?.clone();
        let id = format!("{}{:04}", self.id, world.next_update);
        world.pressed.push(id.clone());
        let user = world.user(self.id);
        let query = json!({
            "id": id, "from": user, "message": shown, "chat_instance": "-330", "data": data,
        });
        let update = world.queue("callback_query", query);
        drop(world);
        self.shared.changed.notify_waiters();
        Some(Said { update, message })
    }

    /// Blocks the bot, or lets it speak again.
    pub fn blocks(&self, blocks: bool) -> Said {
        self.person(|person| person.has_blocked = blocks);
        let mut world = self.shared.world();
        let (user, chat) = (world.user(self.id), world.chat(self.id));
        let member = |out: bool| {
            if out {
                json!({"user": world::bot(), "status": "kicked", "until_date": 0})
            } else {
                json!({"user": world::bot(), "status": "member"})
            }
        };
        let change = json!({
            "from": user, "chat": chat, "date": world::now(),
            "old_chat_member": member(!blocks), "new_chat_member": member(blocks),
        });
        let update = world.queue("my_chat_member", change);
        drop(world);
        self.shared.changed.notify_waiters();
        Said { update, message: 0 }
    }

    fn person(&self, change: impl FnOnce(&mut world::Person)) {
        change(self.shared.world().people.entry(self.id).or_default());
    }

    fn file(&self, name: &str, bytes: Bytes) -> Value {
        let size = bytes.len();
        let id = self.shared.world().keep(name, bytes);
        json!({"file_unique_id": format!("AgAD{id}"), "file_id": id, "file_size": size})
    }
}
