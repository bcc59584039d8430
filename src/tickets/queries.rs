//! The SQL of tickets beside their list.

use std::collections::HashMap;

use sapa_channel::Timestamp;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    causes,
    model::{
        Money, OtherTicket, Severity, TermRef, Ticket, TicketConversation, TicketKind, TicketRef,
        number,
    },
    recurrence,
};
use crate::{
    contacts::model::ContactRef,
    conversations::model::TeamRef,
    db::{DbResult, Tx},
    officers::model::OfficerRef,
    on_db,
};

/// A ticket with the names of what it refers to.
#[derive(Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns, named as what they become in TicketRef")]
pub struct Row {
    pub id: Uuid,
    pub number: i64,
    pub contact_id: Uuid,
    pub contact_name: String,
    pub kind: TicketKind,
    pub title: String,
    pub description: String,
    pub status: String,
    pub category_id: Option<Uuid>,
    pub category_name: Option<String>,
    pub severity: Severity,
    pub cause_id: Option<Uuid>,
    pub cause_name: Option<String>,
    pub remedy: Option<String>,
    pub remedy_cost: Option<i64>,
    pub remedy_currency: Option<String>,
    pub owner_id: Option<Uuid>,
    pub owner_name: Option<String>,
    pub team_id: Option<Uuid>,
    pub team_name: Option<String>,
    pub solver_id: Option<Uuid>,
    pub solver_name: Option<String>,
    pub follows_id: Option<Uuid>,
    pub follows_number: Option<i64>,
    pub message_id: Option<Uuid>,
    pub opened_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
    pub version: i64,
}

/// All joins are by primary key; `gc` is the category.
pub const SELECT: &str = "SELECT t.id, t.number, t.contact_id, k.name AS contact_name, t.kind, t.title, t.description,
        t.status, t.category_id, gc.name AS category_name, t.severity, t.cause_id, ca.name AS cause_name, t.remedy,
        t.remedy_cost, t.remedy_currency, t.owner_id, o.name AS owner_name, t.team_id, tm.name AS team_name,
        t.solved_by AS solver_id, so.name AS solver_name, t.follows_id,
        (SELECT f.number FROM tickets f WHERE f.id = t.follows_id) AS follows_number, t.message_id,
        t.opened_at, t.due_at, t.solved_at, t.version
    FROM tickets t JOIN contacts k ON k.id = t.contact_id
    LEFT JOIN officers o ON o.id = t.owner_id
    LEFT JOIN teams tm ON tm.id = t.team_id
    LEFT JOIN ticket_categories gc ON gc.id = t.category_id
    LEFT JOIN ticket_causes ca ON ca.id = t.cause_id
    LEFT JOIN officers so ON so.id = t.solved_by ";

fn named<T>(id: Option<Uuid>, name: Option<String>, make: impl Fn(Uuid, String) -> T) -> Option<T> {
    id.zip(name).map(|(id, name)| make(id, name))
}

impl From<Row> for TicketRef {
    fn from(row: Row) -> Self {
        let officer = |id, name| OfficerRef { id, name };
        let term = |id, name| TermRef { id, name };
        Self {
            id: row.id,
            number: number(row.number),
            title: row.title,
            kind: row.kind,
            description: row.description,
            status: row.status,
            category: named(row.category_id, row.category_name, term),
            severity: row.severity,
            opened_at: row.opened_at,
            due_at: row.due_at,
            solved_at: row.solved_at,
            solved_by: named(row.solver_id, row.solver_name, officer),
            cause: named(row.cause_id, row.cause_name, term),
            remedy: row.remedy,
            remedy_cost: row
                .remedy_cost
                .zip(row.remedy_currency)
                .map(|(minor, currency)| Money { minor, currency }),
            owner: named(row.owner_id, row.owner_name, officer),
            team: named(row.team_id, row.team_name, |id, name| TeamRef { id, name }),
            contact: ContactRef { id: row.contact_id, name: row.contact_name },
            follows: row
                .follows_id
                .zip(row.follows_number)
                .map(|(id, n)| OtherTicket { id, number: number(n) }),
            recurrence: None,
        }
    }
}

/// Rows as the API shows them, with how often each has come before: one statement for all.
pub async fn shown(tx: &mut Tx, rows: Vec<Row>) -> DbResult<Vec<TicketRef>> {
    let complaints: Vec<Uuid> =
        rows.iter().filter(|row| row.kind == TicketKind::Complaint).map(|row| row.id).collect();
    let mut before = recurrence::of(tx, &complaints).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let recurrence = before.remove(&row.id);
            TicketRef { recurrence, ..row.into() }
        })
        .collect())
}

/// Some tickets, by id.
pub async fn refs(tx: &mut Tx, ids: &[Uuid]) -> DbResult<HashMap<Uuid, TicketRef>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("WHERE t.id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    Ok(shown(tx, rows).await?.into_iter().map(|ticket| (ticket.id, ticket)).collect())
}

/// The tickets of a contact, open ones first, the newest first; a hundred at most.
pub async fn of_contact(tx: &mut Tx, contact_id: Uuid) -> DbResult<Vec<TicketRef>> {
    let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("WHERE t.contact_id = ").push_bind(contact_id).push(
            " ORDER BY CASE t.status WHEN 'open' THEN 0 ELSE 1 END, t.opened_at DESC LIMIT 100",
        );
        query.build_query_as().fetch_all(conn).await?
    });
    shown(tx, rows).await
}

/// The open tickets of some contacts, the newest first; a hundred at most.
pub async fn open_of(tx: &mut Tx, contacts: &[Uuid]) -> DbResult<Vec<TicketRef>> {
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("WHERE t.status = 'open' AND t.contact_id IN (");
        let mut list = query.separated(", ");
        for id in contacts {
            list.push_bind(*id);
        }
        query.push(") ORDER BY t.opened_at DESC LIMIT 100");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    shown(tx, rows).await
}

/// The tickets of a conversation, open ones first.
pub async fn of_conversation(tx: &mut Tx, conversation_id: Uuid) -> DbResult<Vec<TicketRef>> {
    let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query
            .push("JOIN ticket_conversations tc ON tc.ticket_id = t.id WHERE tc.conversation_id = ")
            .push_bind(conversation_id)
            .push(" ORDER BY CASE t.status WHEN 'open' THEN 0 ELSE 1 END, t.opened_at DESC");
        query.build_query_as().fetch_all(conn).await?
    });
    shown(tx, rows).await
}

/// The row of a ticket.
pub async fn row(tx: &mut Tx, id: Uuid) -> DbResult<Option<Row>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("WHERE t.id = ").push_bind(id);
        query.build_query_as().fetch_optional(conn).await?
    }))
}

/// The conversation of a ticket that was spoken in last, for what is logged of the ticket.
pub async fn last_conversation(tx: &mut Tx, id: Uuid) -> DbResult<Option<Uuid>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_scalar(
            "SELECT c.id FROM ticket_conversations tc JOIN conversations c ON c.id = tc.conversation_id
             WHERE tc.ticket_id = $1 ORDER BY c.last_message_at DESC LIMIT 1",
        )
        .bind(id)
        .fetch_optional(conn)
        .await?
    }))
}

/// One ticket.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Ticket>> {
    let Some(row) = row(tx, id).await? else { return Ok(None) };
    let (conversations, followed_by, message_count) = on_db!(&mut *tx, |conn| {
        let conversations: Vec<TicketConversation> = sqlx::query_as(
            "SELECT c.id, c.number, c.subject, c.preview, c.status, ch.kind AS channel_kind,
                    o.name AS assignee_name, c.last_message_at
             FROM ticket_conversations tc JOIN conversations c ON c.id = tc.conversation_id
             JOIN channels ch ON ch.id = c.channel_id LEFT JOIN officers o ON o.id = c.assignee_id
             WHERE tc.ticket_id = $1 ORDER BY c.last_message_at DESC",
        )
        .bind(id)
        .fetch_all(&mut *conn)
        .await?;
        let followed_by: Vec<(Uuid, i64)> = sqlx::query_as(
            "SELECT id, number FROM tickets WHERE follows_id = $1 ORDER BY number LIMIT 20",
        )
        .bind(id)
        .fetch_all(&mut *conn)
        .await?;
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM ticket_messages WHERE ticket_id = $1")
                .bind(id)
                .fetch_one(&mut *conn)
                .await?;
        (conversations, followed_by, count)
    });
    let (message_id, version) = (row.message_id, row.version);
    let same_cause = match row.cause_id {
        Some(cause) => Some(causes::same(tx, cause).await?),
        None => None,
    };
    let Some(ticket) = shown(tx, vec![row]).await?.pop() else { return Ok(None) };
    let followed_by =
        followed_by.into_iter().map(|(id, n)| OtherTicket { id, number: number(n) }).collect();
    Ok(Some(Ticket {
        ticket,
        message_id,
        conversations,
        message_count,
        same_cause,
        followed_by,
        version,
    }))
}

/// Keeps the router away from a customer's tickets until the commit, so that a word of his that comes at this
/// moment meets the ticket either as it was or as it will be.
pub async fn hold(tx: &mut Tx, contact_id: Uuid) -> DbResult<()> {
    let sql = format!("SELECT c.id FROM contacts c WHERE c.id = $1{}", tx.lock_contacts());
    on_db!(tx, |conn| {
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(contact_id).execute(conn).await?;
    });
    Ok(())
}
