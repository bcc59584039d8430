//! The SQL of tickets.

use sapa_channel::Timestamp;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::model::{Ticket, TicketConversation, TicketKind, TicketRef, number};
use crate::{
    contacts::model::ContactRef,
    db::{DbResult, Tx},
    http::{Cursor, Page},
    officers::model::OfficerRef,
    on_db,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: i64,
    contact_id: Uuid,
    contact_name: String,
    kind: TicketKind,
    title: String,
    description: String,
    status: String,
    outcome: Option<String>,
    owner_id: Option<Uuid>,
    owner_name: Option<String>,
    message_id: Option<Uuid>,
    opened_at: Timestamp,
    solved_at: Option<Timestamp>,
    version: i64,
}

const SELECT: &str = "SELECT t.id, t.number, t.contact_id, k.name AS contact_name, t.kind, t.title, t.description,
        t.status, t.outcome, t.owner_id, o.name AS owner_name, t.message_id, t.opened_at, t.solved_at, t.version
    FROM tickets t JOIN contacts k ON k.id = t.contact_id LEFT JOIN officers o ON o.id = t.owner_id ";

impl From<Row> for TicketRef {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            number: number(row.number),
            title: row.title,
            kind: row.kind,
            description: row.description,
            status: row.status,
            opened_at: row.opened_at,
            solved_at: row.solved_at,
            outcome: row.outcome,
            owner: row.owner_id.zip(row.owner_name).map(|(id, name)| OfficerRef { id, name }),
            contact: ContactRef { id: row.contact_id, name: row.contact_name },
        }
    }
}

/// Which tickets to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those in this state.
    pub status: Option<String>,
    /// Only of this owner.
    pub owner: Option<Uuid>,
    /// Only of this kind.
    pub kind: Option<TicketKind>,
    /// Only these, found by words.
    pub ids: Option<Vec<Uuid>>,
}

/// A page of tickets, the newest first.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Page<TicketRef>> {
    if filter.ids.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page::all(Vec::new()));
    }
    let rows: Vec<Row> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        match &filter.status {
            Some(status) => query.push("WHERE t.status = ").push_bind(status),
            None => query.push("WHERE t.status IN ('open', 'solved')"),
        };
        if let Some(owner) = filter.owner {
            query.push(" AND t.owner_id = ").push_bind(owner);
        }
        if let Some(kind) = filter.kind {
            query.push(" AND t.kind = ").push_bind(kind);
        }
        if let Some(ids) = &filter.ids {
            query.push(" AND t.id IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(")");
        }
        if let Some(cursor) = cursor {
            query
                .push(" AND (t.opened_at, t.id) < (")
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(cursor.id)
                .push(")");
        }
        query.push(" ORDER BY t.opened_at DESC, t.id DESC LIMIT ");
        query.push_bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1));
        query.build_query_as().fetch_all(conn).await?
    });
    let page = Page::cut(rows, limit, |row| Cursor::new(row.opened_at, row.id));
    Ok(Page { items: page.items.into_iter().map(TicketRef::from).collect(), next: page.next })
}

/// The tickets of a contact, the newest first.
pub async fn of_contact(tx: &mut Tx, contact_id: Uuid) -> DbResult<Vec<TicketRef>> {
    let rows: Vec<Row> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query
            .push("WHERE t.contact_id = ")
            .push_bind(contact_id)
            .push(" ORDER BY t.opened_at DESC LIMIT 100");
        query.build_query_as().fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(TicketRef::from).collect())
}

/// The tickets of a conversation, open ones first.
pub async fn of_conversation(tx: &mut Tx, conversation_id: Uuid) -> DbResult<Vec<TicketRef>> {
    let rows: Vec<Row> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query
            .push("JOIN ticket_conversations tc ON tc.ticket_id = t.id WHERE tc.conversation_id = ")
            .push_bind(conversation_id)
            .push(" ORDER BY CASE t.status WHEN 'open' THEN 0 ELSE 1 END, t.opened_at DESC");
        query.build_query_as().fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(TicketRef::from).collect())
}

/// One ticket.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Ticket>> {
    let row: Option<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("WHERE t.id = ").push_bind(id);
        query.build_query_as().fetch_optional(conn).await?
    });
    let Some(row) = row else { return Ok(None) };
    let conversations: Vec<TicketConversation> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT c.id, c.number, c.subject, c.preview, c.status, ch.kind AS channel_kind, c.last_message_at
         FROM ticket_conversations tc JOIN conversations c ON c.id = tc.conversation_id
         JOIN channels ch ON ch.id = c.channel_id
         WHERE tc.ticket_id = $1 ORDER BY c.last_message_at DESC"
    )
    .bind(id)
    .fetch_all(conn)
    .await?
    });
    let (message_id, version) = (row.message_id, row.version);
    Ok(Some(Ticket { ticket: row.into(), message_id, conversations, version }))
}
