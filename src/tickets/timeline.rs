//! The time line of a ticket: what was said of it, on any channel, and what happened to it.

use sqlx::QueryBuilder;
use uuid::Uuid;

use sapa_channel::Timestamp;

use crate::{
    conversations::timeline::{EventRow, TimelineItem, event_seq},
    db::{DbResult, Tx},
    http::{Cursor, Page},
    messages, on_db,
};

/// What happened to a ticket, and to the conversations that are its, before a place, the newest first.
pub async fn events(
    tx: &mut Tx,
    ticket_id: Uuid,
    contact_id: Uuid,
    cursor: Option<Cursor>,
    limit: i64,
) -> DbResult<Vec<EventRow>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT seq, kind, at, actor_kind, actor_id, actor_name, conversation_id, ticket_id, data
             FROM events WHERE kind NOT LIKE 'message.%' AND (ticket_id = ",
        );
        query
            .push_bind(ticket_id)
            .push(" OR (history AND ticket_id IS NULL AND contact_id = ")
            .push_bind(contact_id)
            .push(
                " AND kind LIKE 'conversation.%' AND conversation_id IN
                     (SELECT conversation_id FROM ticket_conversations WHERE ticket_id = ",
            )
            .push_bind(ticket_id)
            .push(")))");
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

/// A page of the time line, going back from `cursor`; within a page the newest is last.
pub async fn page(
    tx: &mut Tx,
    ticket_id: Uuid,
    contact_id: Uuid,
    cursor: Option<Cursor>,
    limit: usize,
    now: Timestamp,
) -> DbResult<Page<TimelineItem>> {
    let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows = messages::queries::of_ticket(tx, ticket_id, cursor, more).await?;
    let messages = messages::queries::shown(tx, rows, now).await?;
    let events = events(tx, ticket_id, contact_id, cursor, more).await?;
    let said = messages.into_iter().map(TimelineItem::from);
    Ok(TimelineItem::page(said.chain(events.into_iter().map(TimelineItem::from)).collect(), limit))
}
