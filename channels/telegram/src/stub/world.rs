//! What the stub knows: people, messages, updates, files, and what the bot sent.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use sapa_channel::{Clock, SystemClock};
use serde_json::{Map, Value, json};

use super::{NAME, TOKEN, USERNAME, behaviour::Manners, sending::Sent};

/// Everything.
#[derive(Debug)]
pub(super) struct World {
    pub(super) people: HashMap<i64, Person>,
    /// Every message of either side by chat and number, as Telegram shows it.
    pub(super) messages: BTreeMap<(i64, i32), Map<String, Value>>,
    pub(super) files: HashMap<String, StoredFile>,
    pub(super) sent: Vec<Sent>,
    pub(super) typing: Vec<i64>,
    pub(super) manners: Manners,

    pub(super) next_update: i64,
    last_message: i32,
    pub(super) pending: BTreeMap<i64, String>,
    pub(super) past: HashMap<i64, String>,
    /// The kinds that the bot asked for, if it asked.
    pub(super) allowed: Option<Vec<String>>,
    pub(super) polled: Vec<Option<i64>>,
    /// Counts polls; a poll that sees another number was overtaken.
    pub(super) poll: u64,
    /// How many polls were overtaken.
    pub(super) conflicts: u64,

    pub(super) webhook: Option<Webhook>,
    pub(super) posted: Vec<(i64, Option<u16>)>,
    /// The presses that wait for an answer.
    pub(super) pressed: Vec<String>,
    pub(super) released: Vec<String>,
}

/// A person who may write to the bot.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) username: Option<String>,
    pub(super) language: Option<String>,
    pub(super) has_written: bool,
    pub(super) has_blocked: bool,
}

/// A file that can be downloaded.
#[derive(Clone, Debug)]
pub(super) struct StoredFile {
    pub(super) path: String,
    pub(super) bytes: Bytes,
}

/// Where updates are posted.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    /// When posting failed last, and why.
    pub(super) error: Option<(i64, String)>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            people: HashMap::new(),
            messages: BTreeMap::new(),
            files: HashMap::new(),
            sent: Vec::new(),
            typing: Vec::new(),
            manners: Manners::default(),
            // Numbers go on rising when the stub begins anew: no two updates of one bot are equal.
            next_update: now() - 1_000_000_000,
            last_message: i32::try_from(now() % 100_000_000).unwrap_or_default(),
            pending: BTreeMap::new(),
            past: HashMap::new(),
            allowed: None,
            polled: Vec::new(),
            poll: 0,
            conflicts: 0,
            webhook: None,
            posted: Vec::new(),
            pressed: Vec::new(),
            released: Vec::new(),
        }
    }
}

impl World {
    /// Begins anew; whoever polls or has a webhook goes on, and no number comes twice.
    pub(super) fn forget(&mut self) {
        *self = Self {
            next_update: self.next_update,
            last_message: self.last_message,
            allowed: self.allowed.take(),
            poll: self.poll,
            webhook: self.webhook.take(),
            ..Self::default()
        };
    }

    /// The next number of a message.
    pub(super) fn next_message(&mut self) -> i32 {
        self.last_message += 1;
        self.last_message
    }

    /// Queues an update, unless the bot did not ask for this kind.
    pub(super) fn queue(&mut self, kind: &str, content: Value) -> i64 {
        let number = self.next_update;
        self.next_update += 1;
        let mut update = Map::new();
        update.insert("update_id".to_owned(), json!(number));
        update.insert(kind.to_owned(), content);
        let update = Value::Object(update).to_string();
        self.past.insert(number, update.clone());
        if self.allowed.as_ref().is_none_or(|allowed| allowed.iter().any(|one| one == kind)) {
            self.pending.insert(number, update);
        }
        number
    }

    pub(super) fn again(&mut self, update: i64) -> bool {
        let Some(raw) = self.past.get(&update) else { return false };
        self.pending.insert(update, raw.clone());
        true
    }

    pub(super) fn keep(&mut self, name: &str, bytes: Bytes) -> String {
        let number = self.files.len() + 1;
        let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
        let plain: String = ending.chars().filter(char::is_ascii_alphanumeric).collect();
        let id = format!("BQACAgUAAxkBAAIB{number:06}");
        let file = StoredFile { path: format!("documents/file_{number}.{plain}"), bytes };
        self.files.insert(id.clone(), file);
        id
    }

    /// A private chat as it is part of messages.
    pub(super) fn chat(&self, id: i64) -> Value {
        let mut chat = self.names(id);
        chat.insert("type".to_owned(), json!("private"));
        Value::Object(chat)
    }

    /// A customer as the author of messages.
    pub(super) fn user(&self, id: i64) -> Value {
        let mut user = self.names(id);
        user.insert("is_bot".to_owned(), json!(false));
        if let Some(language) = self.people.get(&id).and_then(|person| person.language.as_ref()) {
            user.insert("language_code".to_owned(), json!(language));
        }
        Value::Object(user)
    }

    fn names(&self, id: i64) -> Map<String, Value> {
        let person = self.people.get(&id).cloned().unwrap_or_default();
        let (first, last) = person.name.split_once(' ').unwrap_or((&person.name, ""));
        let mut names = Map::new();
        names.insert("id".to_owned(), json!(id));
        names.insert("first_name".to_owned(), json!(first));
        if !last.is_empty() {
            names.insert("last_name".to_owned(), json!(last));
        }
        if let Some(username) = person.username {
            names.insert("username".to_owned(), json!(username));
        }
        names
    }
}

/// The bot as the author of messages.
pub(super) fn bot() -> Value {
    let id: i64 = TOKEN.split(':').next().and_then(|id| id.parse().ok()).unwrap_or_default();
    json!({"id": id, "is_bot": true, "first_name": NAME, "username": USERNAME})
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    SystemClock.now().seconds()
}
