//! Who has seen what: the visitor ours, officers the visitor's.

use sapa_channel::{Address, Kind};
use sapa_webchat::{Caller, Marks, Push};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::identities;
use crate::{
    app::App,
    bus::Word,
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
};

/// Up to where officers got what came from some identities.
pub async fn of(tx: &mut Tx, identities: &[Uuid]) -> DbResult<Marks> {
    if identities.is_empty() {
        return Ok(Marks::default());
    }
    let (delivered, read): (i64, i64) = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT COALESCE(MAX(e.seq), 0),
                    COALESCE(MAX(CASE WHEN e.at <= (SELECT MAX(r.at) FROM reads r
                                                    WHERE r.conversation_id = e.conversation_id) THEN e.seq END), 0)
             FROM events e WHERE e.kind = 'message.received' AND e.identity_id IN (",
        );
        let mut list = query.separated(", ");
        for id in identities {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().fetch_one(conn).await?
    });
    Ok(Marks { delivered, read })
}

/// Notes that a visitor has our messages up to a place in the log.
pub async fn seen(app: &App, who: &Caller, seq: i64, read: bool) -> DbResult<()> {
    let mut tx = app.db().write().await?;
    let known = identities(&mut tx, who).await?;
    let Some(contact_id) = known.first().map(|known| known.contact_id) else { return Ok(()) };
    let (state, before) = if read { ("read", "delivered") } else { ("delivered", "sent") };
    let now = app.now();
    let changed: Vec<(Uuid, Uuid)> = on_db!(&mut tx, |conn| {
        let mut query = QueryBuilder::new("UPDATE deliveries SET state = ");
        query.push_bind(state).push(", updated_at = ").push_bind(now);
        query.push(" WHERE message_id IN (SELECT message_id FROM events WHERE kind = 'message.sent' AND seq <= ");
        query.push_bind(seq).push(" AND identity_id IN (");
        let mut list = query.separated(", ");
        for known in &known {
            list.push_bind(known.id);
        }
        query
            .push(")) AND state IN ('sent', ")
            .push_bind(before)
            .push(") AND state <> ")
            .push_bind(state);
        query.push(" RETURNING message_id, conversation_id");
        query.build_query_as().fetch_all(conn).await?
    });
    if changed.is_empty() {
        return Ok(());
    }
    let actor = Actor { kind: "contact", id: Some(contact_id), name: String::new() };
    let events: Vec<NewEvent> = changed
        .into_iter()
        .map(|(message, conversation)| {
            NewEvent::new("delivery.changed", now, actor.clone())
                .conversation(conversation, contact_id)
                .message(message, None)
        })
        .collect();
    app.commit(tx, &events).await
}

/// Tells the visitors of a conversation who are there, on whichever node, that an officer has read it.
pub async fn officer_read(app: &App, conversation_id: Uuid) -> DbResult<()> {
    app.bus().say(Word::OfficerRead { conversation_id });
    officer_read_elsewhere(app, conversation_id).await
}

/// Tells those who are at this node.
pub async fn officer_read_elsewhere(app: &App, conversation_id: Uuid) -> DbResult<()> {
    if app.rooms().is_empty() {
        return Ok(());
    }
    let mut tx = app.db().read().await?;
    let visitors: Vec<(Uuid, String, String)> = on_db!(&mut tx, |conn| {
        sqlx::query_as(
        "SELECT i.id, i.kind, i.value FROM conversations c JOIN identities i ON i.contact_id = c.contact_id
         WHERE c.id = $1 AND i.kind = $2"
    )
    .bind(conversation_id)
    .bind(sapa_webchat::KIND.as_str())
    .fetch_all(conn)
    .await?
    });
    for (identity, kind, value) in visitors {
        let address = Address { kind: Kind(kind.into()), value };
        if app.rooms().present(&address) {
            let marks = of(&mut tx, &[identity]).await?;
            app.rooms().push(&address, Push::State(marks));
        }
    }
    Ok(())
}

/// Tells the visitor of a conversation, if he is there, at whichever node, that one of ours is writing, or stopped.
pub async fn writing(app: &App, conversation_id: Uuid, on: bool, name: &str) -> DbResult<()> {
    app.bus().say(Word::OfficerTyping { conversation_id, on, name: name.to_owned() });
    writing_elsewhere(app, conversation_id, on, name).await
}

/// Tells him if he is at this node.
pub async fn writing_elsewhere(
    app: &App,
    conversation_id: Uuid,
    on: bool,
    name: &str,
) -> DbResult<()> {
    if app.rooms().is_empty() {
        return Ok(());
    }
    let mut tx = app.db().read().await?;
    let visitor: Option<(String, String)> = on_db!(&mut tx, |conn| {
        sqlx::query_as(
        "SELECT i.kind, i.value FROM conversations c JOIN identities i ON i.id = c.identity_id WHERE c.id = $1"
    )
    .bind(conversation_id)
    .fetch_optional(conn)
    .await?
    });
    if let Some((kind, value)) = visitor {
        let address = Address { kind: Kind(kind.into()), value };
        let first_name = name.split_whitespace().next().unwrap_or(name).to_owned();
        app.rooms().push(&address, Push::Typing { on, name: first_name });
    }
    Ok(())
}
