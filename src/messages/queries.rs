//! The SQL of messages.

use std::collections::HashMap;

use sapa_channel::Timestamp;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::model::{MessageRow, MessageView, Version};
use crate::{
    db::{DbResult, Tx},
    files,
    http::Cursor,
    on_db,
};

const SELECT: &str = "SELECT m.id, m.conversation_id, c.number AS conversation_number, m.contact_id, m.direction,
        m.author_kind, m.author_id, m.author_name, m.channel_id, ch.kind AS channel_kind, ch.name AS channel_name,
        m.identity_id, i.shown, m.subject, m.text, m.quoted, m.html IS NOT NULL AS has_html, m.original_id, m.details,
        m.file_count, m.automatic, m.at, m.edited_at, m.retracted_at,
        d.state, d.attempts, d.run_at, d.undo_until, d.reason, d.updated_at
    FROM messages m
    JOIN conversations c ON c.id = m.conversation_id
    LEFT JOIN channels ch ON ch.id = m.channel_id
    LEFT JOIN identities i ON i.id = m.identity_id
    LEFT JOIN deliveries d ON d.message_id = m.id ";

/// One message.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<MessageRow>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("WHERE m.id = ").push_bind(id);
        query.build_query_as().fetch_optional(conn).await?
    }))
}

/// One message as the API shows it.
pub async fn view(tx: &mut Tx, id: Uuid, now: Timestamp) -> DbResult<Option<MessageView>> {
    let Some(row) = find(tx, id).await? else { return Ok(None) };
    Ok(shown(tx, vec![row], now).await?.pop())
}

/// The messages of a contact, or of one of his conversations, before a place in his history, the newest first.
pub async fn before(
    tx: &mut Tx,
    contact_id: Uuid,
    conversation_id: Option<Uuid>,
    cursor: Option<Cursor>,
    limit: i64,
) -> DbResult<Vec<MessageRow>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        match conversation_id {
            Some(id) => query.push("WHERE m.conversation_id = ").push_bind(id),
            None => query.push("WHERE m.contact_id = ").push_bind(contact_id),
        };
        if let Some(cursor) = cursor {
            query
                .push(" AND (m.at, m.id) < (")
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(cursor.id)
                .push(")");
        }
        query.push(" ORDER BY m.at DESC, m.id DESC LIMIT 0 + ").push_bind(limit);
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// The messages of a ticket before a place in its time line, the newest first.
pub async fn of_ticket(
    tx: &mut Tx,
    ticket_id: Uuid,
    cursor: Option<Cursor>,
    limit: i64,
) -> DbResult<Vec<MessageRow>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query
            .push("JOIN ticket_messages tm ON tm.message_id = m.id WHERE tm.ticket_id = ")
            .push_bind(ticket_id);
        if let Some(cursor) = cursor {
            query
                .push(" AND (m.at, m.id) < (")
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(cursor.id)
                .push(")");
        }
        query.push(" ORDER BY m.at DESC, m.id DESC LIMIT 0 + ").push_bind(limit);
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// Rows with their files and versions, in the same order.
pub async fn shown(
    tx: &mut Tx,
    rows: Vec<MessageRow>,
    now: Timestamp,
) -> DbResult<Vec<MessageView>> {
    let with_files: Vec<Uuid> =
        rows.iter().filter(|row| row.file_count > 0).map(|row| row.id).collect();
    let edited: Vec<Uuid> =
        rows.iter().filter(|row| row.edited_at.is_some()).map(|row| row.id).collect();
    let mut files = files::queries::of_messages(tx, &with_files).await?;
    let mut versions = versions(tx, &edited).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let files = files.remove(&row.id).unwrap_or_default();
            let versions = versions.remove(&row.id).unwrap_or_default();
            row.shown(files.into_iter().map(files::model::FileRow::shown).collect(), versions, now)
        })
        .collect())
}

async fn versions(tx: &mut Tx, messages: &[Uuid]) -> DbResult<HashMap<Uuid, Vec<Version>>> {
    let mut by_message: HashMap<Uuid, Vec<Version>> = HashMap::new();
    if messages.is_empty() {
        return Ok(by_message);
    }
    let rows: Vec<Version> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT message_id, text, at FROM message_versions WHERE message_id IN (",
        );
        let mut list = query.separated(", ");
        for id in messages {
            list.push_bind(*id);
        }
        query.push(") ORDER BY at");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    for row in rows {
        by_message.entry(row.message_id).or_default().push(row);
    }
    Ok(by_message)
}

/// The sanitised HTML of a message.
pub async fn html(tx: &mut Tx, id: Uuid) -> DbResult<Option<String>> {
    let html: Option<Option<String>> =
        on_db!(tx, |conn| sqlx::query_scalar("SELECT html FROM messages WHERE id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?);
    Ok(html.flatten())
}

/// The original of a message: its media type, its hash, and its bytes if they lie in the database.
pub async fn original(
    tx: &mut Tx,
    id: Uuid,
) -> DbResult<Option<(String, Vec<u8>, Option<Vec<u8>>)>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT o.media_type, o.digest, o.body FROM messages m JOIN originals o ON o.id = m.original_id WHERE m.id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    }))
}
