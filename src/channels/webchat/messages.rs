//! The messages of one address, as its owner sees them.

use std::collections::HashMap;

use sapa_channel::{Address, Kind, Timestamp};
use sapa_webchat::{Author, ChosenAnswer, Push, SentFile, ServerMessage};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::LINK_SECONDS;
use crate::{
    app::App,
    db::{DbResult, Tx},
    events::{self, Event},
    files,
    messages::Details,
    on_db,
};

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: Uuid,
    kind: String,
    value: String,
    direction: String,
    author_kind: String,
    author_name: String,
    external_id: Option<String>,
    text: String,
    details: Json<Details>,
    file_count: i64,
    at: Timestamp,
    edited_at: Option<Timestamp>,
}

const SELECT: &str =
    "SELECT e.seq, m.id, i.kind, i.value, m.direction, m.author_kind, m.author_name, m.external_id,
        m.text, m.details, m.file_count, CASE WHEN m.direction = 'out' THEN e.at ELSE m.at END AS at, m.edited_at
    FROM events e JOIN messages m ON m.id = e.message_id JOIN identities i ON i.id = e.identity_id
    WHERE m.retracted_at IS NULL AND ";

/// The events of some identities between two places in the log, the oldest first.
pub async fn events_of(
    tx: &mut Tx,
    identities: &[Uuid],
    after: i64,
    until: i64,
    limit: usize,
) -> DbResult<Vec<Event>> {
    if identities.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(concat!(events::select!(), " WHERE identity_id IN ("));
        let mut list = query.separated(", ");
        for id in identities {
            list.push_bind(*id);
        }
        query.push(") AND seq > ").push_bind(after).push(" AND seq <= ").push_bind(until);
        query.push(" ORDER BY seq LIMIT 0 + ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// The messages of some identities before a place in the log, at most `limit`, the oldest first.
pub async fn before(
    app: &App,
    tx: &mut Tx,
    identities: &[Uuid],
    before: Option<i64>,
    limit: usize,
) -> DbResult<Vec<ServerMessage>> {
    if identities.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("e.kind IN ('message.received', 'message.sent') AND e.identity_id IN (");
        let mut list = query.separated(", ");
        for id in identities {
            list.push_bind(*id);
        }
        query.push(") AND e.seq < ").push_bind(before.unwrap_or(i64::MAX));
        query
            .push(" ORDER BY e.seq DESC LIMIT 0 + ")
            .push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        query.build_query_as().fetch_all(conn).await?
    });
    rows.reverse();
    Ok(shown(app, tx, rows).await?.into_iter().map(|(_, message)| message).collect())
}

async fn shown(app: &App, tx: &mut Tx, rows: Vec<Row>) -> DbResult<Vec<(Address, ServerMessage)>> {
    let with_files: Vec<Uuid> =
        rows.iter().filter(|row| row.file_count > 0).map(|row| row.id).collect();
    let mut files = files::queries::of_messages(tx, &with_files).await?;
    let expires = app.now().seconds() + LINK_SECONDS;
    Ok(rows
        .into_iter()
        .map(|row| {
            let files =
                files.remove(&row.id).unwrap_or_default().into_iter().map(|file| SentFile {
                    id: file.id,
                    url: format!(
                        "/chat/files/{}?e={expires}&s={}",
                        file.id,
                        app.keys().sign_link(file.id, expires)
                    ),
                    name: file.name,
                    media_type: file.media_type,
                    size: u64::try_from(file.size).unwrap_or(0),
                });
            let visitor = row.direction == "in";
            let message = ServerMessage {
                seq: row.seq,
                id: row.id,
                client_id: row.external_id.filter(|_| visitor).and_then(|id| id.parse().ok()),
                from: match (visitor, row.author_kind.as_str()) {
                    (true, _) => Author::Visitor,
                    (false, "officer") => Author::Officer,
                    (false, _) => Author::Bot,
                },
                name: (!visitor).then_some(row.author_name),
                text: row.text,
                files: files.collect(),
                buttons: row
                    .details
                    .0
                    .buttons
                    .into_iter()
                    .map(|label| ChosenAnswer { label })
                    .collect(),
                at: row.at,
                edited: row.edited_at.is_some(),
            };
            (Address { kind: Kind(row.kind.into()), value: row.value }, message)
        })
        .collect())
}

/// What events mean for the addresses that they concern, in the order of the log.
pub async fn pushes(app: &App, tx: &mut Tx, events: &[Event]) -> DbResult<Vec<(Address, Push)>> {
    let concerned: Vec<&Event> = events
        .iter()
        .filter(|event| event.identity_id.is_some() && event.kind.starts_with("message."))
        .collect();
    if concerned.is_empty() {
        return Ok(Vec::new());
    }
    // By their numbers: from a message no index leads to its event.
    let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("e.seq IN (");
        let mut list = query.separated(", ");
        for event in &concerned {
            list.push_bind(event.seq);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    let told: HashMap<i64, (Address, ServerMessage)> = shown(app, tx, rows)
        .await?
        .into_iter()
        .map(|(address, message)| (message.seq, (address, message)))
        .collect();
    let mut retracted: HashMap<Uuid, Address> = HashMap::new();
    for event in concerned.iter().filter(|event| event.kind == "message.retracted") {
        let Some(identity) = event.identity_id else { continue };
        let owner: Option<(String, String)> = on_db!(&mut *tx, |conn| sqlx::query_as(
            "SELECT kind, value FROM identities WHERE id = $1"
        )
        .bind(identity)
        .fetch_optional(conn)
        .await?);
        if let Some((kind, value)) = owner {
            retracted.insert(identity, Address { kind: Kind(kind.into()), value });
        }
    }
    Ok(concerned
        .into_iter()
        .filter_map(|event| {
            let id = event.message_id?;
            match event.kind.as_str() {
                "message.received" | "message.sent" => {
                    let (address, message) = told.get(&event.seq)?.clone();
                    Some((address, Push::Message(message)))
                }
                "message.edited" => {
                    let (address, message) = told.get(&event.seq)?.clone();
                    Some((
                        address,
                        Push::Edit { seq: event.seq, id, text: message.text, at: event.at },
                    ))
                }
                "message.retracted" => {
                    let address = retracted.get(&event.identity_id?)?.clone();
                    Some((address, Push::Retract { seq: event.seq, id }))
                }
                _ => None,
            }
        })
        .collect())
}
