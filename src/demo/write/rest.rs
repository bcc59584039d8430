//! Tickets, who has seen what, and who is known not to be another.

use sapa_channel::new_id;
use serde_json::json;
use sqlx::{QueryBuilder, types::Json};

use crate::{
    db::{DbResult, SLICE, Tx, keep},
    demo::script::Script,
    insert_rows, on_db,
};

pub async fn tickets(tx: &mut Tx, script: &Script<'_>) -> DbResult<()> {
    for some in script.tickets.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO tickets
                 (number, id, contact_id, kind, title, description, status, remedy, owner_id, message_id, opened_at,
                  solved_at, version) ",
            some,
            |row, ticket| row
                .push_bind(ticket.number)
                .push_bind(ticket.id)
                .push_bind(ticket.contact_id)
                .push_bind(ticket.told.kind)
                .push_bind(&ticket.told.title)
                .push_bind(&ticket.told.description)
                .push_bind(ticket.told.status.as_str())
                .push_bind(&ticket.told.remedy)
                .push_bind(ticket.owner_id)
                .push_bind(ticket.message_id)
                .push_bind(ticket.opened_at)
                .push_bind(ticket.solved_at)
                .push_bind(1_i64 + i64::from(ticket.solved_at.is_some()))
        );
    }
    for some in script.attached.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO ticket_conversations (ticket_id, conversation_id, attached_at) ",
            some,
            |row, (ticket, conversation, at)| row
                .push_bind(*ticket)
                .push_bind(*conversation)
                .push_bind(*at)
        );
    }
    insert_rows!(
        tx,
        "INSERT INTO suggestions (id, one_id, other_id, evidence, state, created_at, decided_at, decided_by) ",
        &script.apart,
        |row, (pair, by, at)| row
            .push_bind(new_id())
            .push_bind(pair[0])
            .push_bind(pair[1])
            .push_bind(Json(json!([])))
            .push_bind("refused")
            .push_bind(*at)
            .push_bind(*at)
            .push_bind(*by)
    );
    Ok(())
}

/// Who has seen what: who wrote or was called, each for himself; all others up to what anybody has seen.
pub async fn seen(tx: &mut Tx, script: &Script<'_>) -> DbResult<()> {
    let own = script.talks.iter().flat_map(|talk| talk.concerned().map(move |by| (talk, by)));
    let own: Vec<_> = own.filter_map(|(talk, by)| Some((by, talk.id, talk.seen_by(by)?))).collect();
    for some in own.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO reads (officer_id, conversation_id, at) ",
            some,
            |row, own| row.push_bind(own.0).push_bind(own.1).push_bind(own.2)
        );
    }
    let seen: Vec<_> =
        script.talks.iter().filter_map(|talk| Some((talk.id, talk.seen_at?))).collect();
    for some in seen.chunks(SLICE) {
        on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new("WITH seen (conversation_id, at) AS (");
            query.push_values(some, |mut row, (talk, at)| {
                row.push_bind(*talk).push_bind(*at);
            });
            query.push(
                ") INSERT INTO reads (officer_id, conversation_id, at)
                   SELECT o.id, seen.conversation_id, seen.at FROM seen CROSS JOIN officers o WHERE TRUE
                   ON CONFLICT DO NOTHING",
            );
            query.build().persistent(keep(some.len())).execute(conn).await?;
        });
    }
    let called: Vec<_> = script
        .talks
        .iter()
        .flat_map(|talk| talk.mentions().map(move |(officer, at)| (officer, talk.id, at)))
        .collect();
    for some in called.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO mentions (officer_id, conversation_id, at) ",
            some,
            |row, called| row.push_bind(called.0).push_bind(called.1).push_bind(called.2)
        );
    }
    Ok(())
}

/// Lets the next conversation and ticket have the next number. SQLite goes on from the highest by itself.
pub async fn go_on_counting(tx: &mut Tx) -> DbResult<()> {
    if tx.is_sqlite() {
        return Ok(());
    }
    for table in ["conversations", "tickets"] {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'number'), MAX(number)) FROM {table}"
        );
        on_db!(&mut *tx, |conn| sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(conn)
            .await
            .map(drop)?);
    }
    Ok(())
}
