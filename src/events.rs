//! The event log: what happened, in order.
//!
//! Everything that reacts (live inbox, webhooks, search) reads it with a cursor of its own; nothing else
//! couples the capabilities.

use sapa_channel::Timestamp;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    db::{Batch, DbResult, SLICE, Tx},
    on_db,
};

pub mod kinds;
pub mod reader;

/// Who does something, as the log and the history name him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `contact`, `officer`, `bot` or `system`.
    pub kind: &'static str,
    /// Which one.
    pub id: Option<Uuid>,
    /// His name then.
    pub name: String,
}

impl Actor {
    /// The hub itself.
    #[must_use]
    pub fn system() -> Self {
        Self { kind: "system", id: None, name: "Sapa".to_owned() }
    }
}

/// An entry of the log.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// To whom.
    pub contact_id: Option<Uuid>,
    /// Where.
    pub conversation_id: Option<Uuid>,
    /// Which message.
    pub message_id: Option<Uuid>,
    /// Which ticket.
    pub ticket_id: Option<Uuid>,
    /// The address a message came from, if the hub itself shows the conversation there, or goes to.
    pub identity_id: Option<Uuid>,
    /// Whether it is a line of the contact's history.
    pub history: bool,
    /// What else is to be known.
    pub data: serde_json::Value,
}

impl NewEvent {
    /// An event of this kind, about nothing yet.
    #[must_use]
    pub fn new(kind: &'static str, at: Timestamp, actor: Actor) -> Self {
        Self {
            kind,
            at,
            actor,
            contact_id: None,
            conversation_id: None,
            message_id: None,
            ticket_id: None,
            identity_id: None,
            history: false,
            data: serde_json::Value::Object(serde_json::Map::new()),
        }
    }
}

impl NewEvent {
    /// About a contact.
    #[must_use]
    pub fn contact(mut self, id: Uuid) -> Self {
        self.contact_id = Some(id);
        self
    }

    /// About a conversation of a contact.
    #[must_use]
    pub fn conversation(mut self, id: Uuid, contact_id: Uuid) -> Self {
        self.conversation_id = Some(id);
        self.contact_id = Some(contact_id);
        self
    }

    /// About a message; with the address that it came from, if that is shown it by the hub itself, or goes to.
    #[must_use]
    pub fn message(mut self, id: Uuid, identity_id: Option<Uuid>) -> Self {
        self.message_id = Some(id);
        self.identity_id = identity_id;
        self
    }

    /// About a ticket.
    #[must_use]
    pub fn ticket(mut self, id: Uuid) -> Self {
        self.ticket_id = Some(id);
        self
    }

    /// A line of the contact's history.
    #[must_use]
    pub fn in_history(mut self) -> Self {
        self.history = true;
        self
    }

    /// With this beside it.
    #[must_use]
    pub fn data(mut self, data: serde_json::Value) -> Self {
        self.data = data;
        self
    }
}

/// An entry of the log, as it is read.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Event {
    /// Its place in the log; it rises.
    pub seq: i64,
    /// What happened, as `message.received`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// `contact`, `officer`, `bot` or `system`.
    pub actor_kind: String,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// His name then.
    pub actor_name: String,
    /// To whom.
    pub contact_id: Option<Uuid>,
    /// Where.
    pub conversation_id: Option<Uuid>,
    /// Which message.
    pub message_id: Option<Uuid>,
    /// Which ticket.
    pub ticket_id: Option<Uuid>,
    /// The address a message came from, if the hub itself shows the conversation there, or goes to.
    #[serde(skip)]
    #[schema(ignore)]
    pub identity_id: Option<Uuid>,
    /// What else is to be known.
    #[schema(value_type = Object)]
    pub data: Json<serde_json::Value>,
}

/// Appends to the log. It must be the last thing before the commit, for the log is locked from here to there.
pub async fn append(tx: &mut Tx, events: &[NewEvent]) -> DbResult<()> {
    for portion in events.chunks(SLICE) {
        let mut batch = tx.batch(portion.len());
        add(&mut batch, portion);
        batch.run(tx).await?;
    }
    Ok(())
}

/// Appends to the log as the last statement of a batch, just before the commit.
pub fn add(batch: &mut Batch, events: &[NewEvent]) {
    for new in events {
        debug_assert!(kinds::heard_by(new.kind).is_some(), "who may hear of {}?", new.kind);
    }
    if events.is_empty() {
        return;
    }
    batch.lock_log();
    batch.insert(
        "INSERT INTO events
             (kind, at, actor_kind, actor_id, actor_name, contact_id, conversation_id, message_id, ticket_id,
              identity_id, history, data) ",
        events,
        |row, new| {
            row.push_bind(new.kind)
                .push_bind(new.at)
                .push_bind(new.actor.kind)
                .push_bind(new.actor.id)
                .push_bind(&new.actor.name)
                .push_bind(new.contact_id)
                .push_bind(new.conversation_id)
                .push_bind(new.message_id)
                .push_bind(new.ticket_id)
                .push_bind(new.identity_id)
                .push_bind(new.history)
                .push_bind(Json(&new.data));
        },
        "",
    );
}

/// The rows of [`Event`].
macro_rules! select {
    () => {
        "SELECT seq, kind, at, actor_kind, actor_id, actor_name, contact_id, conversation_id, message_id, ticket_id,
                identity_id, data FROM events"
    };
}
pub(crate) use select;

/// The events after `seq`, the oldest first.
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> DbResult<Vec<Event>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(concat!(
        select!(),
        " WHERE seq > $1 ORDER BY seq LIMIT 0 + $2"
    ))
    .bind(seq)
    .bind(limit)
    .fetch_all(conn)
    .await?))
}

/// The number of the newest event, zero if there is none.
pub async fn head(tx: &mut Tx) -> DbResult<i64> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("SELECT COALESCE(MAX(seq), 0) FROM events")
        .fetch_one(conn)
        .await?))
}

/// When the newest event happened; none if nothing has.
pub async fn newest(tx: &mut Tx) -> DbResult<Option<Timestamp>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("SELECT at FROM events ORDER BY seq DESC LIMIT 1")
        .fetch_optional(conn)
        .await?))
}

/// When an event happened; none if there is no such event.
pub async fn time_of(tx: &mut Tx, seq: i64) -> DbResult<Option<Timestamp>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("SELECT at FROM events WHERE seq = $1")
        .bind(seq)
        .fetch_optional(conn)
        .await?))
}
