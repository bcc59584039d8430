//! The history of a contact: every message on every channel and what happened around them, in one scroll.

use sapa_channel::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    http::{Cursor, Page},
    mailings::{self, history::SentMailing},
    messages::{
        self,
        model::{Author, MessageView},
    },
    on_db,
};

/// Something in the history.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TimelineItem {
    /// Something was said.
    Message {
        /// When.
        at: Timestamp,
        /// What.
        message: Box<MessageView>,
    },
    /// Something happened.
    Event {
        /// When.
        at: Timestamp,
        /// Its place in the log.
        seq: i64,
        /// What.
        kind: String,
        /// Who did it.
        actor: Author,
        /// In which conversation.
        conversation_id: Option<Uuid>,
        /// With which ticket.
        ticket_id: Option<Uuid>,
        /// What else is to be known.
        #[schema(value_type = Object)]
        data: serde_json::Value,
    },
    /// A mailing went to him.
    Mailing {
        /// When.
        at: Timestamp,
        /// Which one, and what became of it.
        mailing: Box<SentMailing>,
    },
}

/// An event, as a history shows it.
#[derive(Debug, sqlx::FromRow)]
pub struct EventRow {
    seq: i64,
    kind: String,
    at: Timestamp,
    actor_kind: String,
    actor_id: Option<Uuid>,
    actor_name: String,
    conversation_id: Option<Uuid>,
    ticket_id: Option<Uuid>,
    data: Json<serde_json::Value>,
}

impl From<EventRow> for TimelineItem {
    fn from(row: EventRow) -> Self {
        Self::Event {
            at: row.at,
            seq: row.seq,
            kind: row.kind,
            actor: Author { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
            conversation_id: row.conversation_id,
            ticket_id: row.ticket_id,
            data: row.data.0,
        }
    }
}

impl From<MessageView> for TimelineItem {
    fn from(message: MessageView) -> Self {
        Self::Message { at: message.at, message: Box::new(message) }
    }
}

/// Events have numbers and messages have ids: as a cursor's id a number sorts before every id of its time.
fn event_key(seq: i64) -> Uuid {
    Uuid::from_u64_pair(0, seq.cast_unsigned())
}

/// The number of the event before which a cursor stands, among those of its time.
#[must_use]
pub fn event_seq(cursor: Cursor) -> i64 {
    let (high, low) = cursor.id.as_u64_pair();
    if high == 0 { low.cast_signed() } else { i64::MAX }
}

impl TimelineItem {
    /// A page of what is the newest of each kind; within the page the newest is last.
    #[must_use]
    pub fn page(mut items: Vec<Self>, limit: usize) -> Page<Self> {
        items.sort_by_key(|item| std::cmp::Reverse((item.place().at, item.place().id)));
        let mut page = Page::cut(items, limit, Self::place);
        page.items.reverse();
        page
    }

    fn place(&self) -> Cursor {
        match self {
            Self::Message { at, message } => Cursor::new(*at, message.id),
            Self::Event { at, seq, .. } => Cursor::new(*at, event_key(*seq)),
            Self::Mailing { at, mailing } => Cursor::new(*at, mailing.recipient_id),
        }
    }
}

async fn events(
    tx: &mut Tx,
    contact_id: Uuid,
    conversation_id: Option<Uuid>,
    cursor: Option<Cursor>,
    limit: i64,
) -> DbResult<Vec<EventRow>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT seq, kind, at, actor_kind, actor_id, actor_name, conversation_id, ticket_id, data
             FROM events WHERE history AND contact_id = ",
        );
        query.push_bind(contact_id);
        if let Some(id) = conversation_id {
            query
                .push(" AND (conversation_id IS NULL OR conversation_id = ")
                .push_bind(id)
                .push(")");
        }
        if let Some(cursor) = cursor {
            query
                .push(" AND (at, seq) < (")
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(event_seq(cursor))
                .push(")");
        }
        query.push(" ORDER BY at DESC, seq DESC LIMIT 0 + ").push_bind(limit);
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// A page of the history, going back from `cursor`; within a page the newest is last.
pub async fn page(
    tx: &mut Tx,
    contact_id: Uuid,
    conversation_id: Option<Uuid>,
    cursor: Option<Cursor>,
    limit: usize,
    now: Timestamp,
) -> DbResult<Page<TimelineItem>> {
    let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows = messages::queries::before(tx, contact_id, conversation_id, cursor, more).await?;
    let messages = messages::queries::shown(tx, rows, now).await?;
    let events = events(tx, contact_id, conversation_id, cursor, more).await?;
    // What went to many belongs to no conversation; it stands in all of them.
    let mailings = mailings::history::before(tx, contact_id, cursor, more).await?;
    let behind = |item: &TimelineItem| {
        let place = item.place();
        cursor.is_none_or(|cursor| (place.at, place.id) < (cursor.at, cursor.id))
    };
    let mailings = mailings
        .into_iter()
        .map(|mailing| TimelineItem::Mailing { at: mailing.sent_at, mailing: Box::new(mailing) })
        .filter(behind);
    let said = messages.into_iter().map(TimelineItem::from);
    let done = events.into_iter().map(TimelineItem::from);
    Ok(TimelineItem::page(said.chain(done).chain(mailings).collect(), limit))
}
