//! The SQL of the log of turns, as administrators read it.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::model::{TurnDetails, TurnView};
use crate::{
    db::{DbResult, Tx},
    http::{Cursor, Page},
    on_db,
};

const SHORT: &str = "t.id, t.conversation_id, c.number AS conversation_number, k.name AS contact_name,
        m.text AS said_by_customer, t.state, t.attempts, t.said, t.status, t.error, t.created_at, t.called_at,
        t.ended_at, t.give_up_at";

const FROM: &str = " FROM bot_turns t JOIN conversations c ON c.id = t.conversation_id
    JOIN contacts k ON k.id = c.contact_id JOIN messages m ON m.id = t.message_id ";

/// Which turns to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<String>,
    /// Only of this conversation.
    pub conversation_id: Option<Uuid>,
}

/// A page of a bot's turns, the newest first.
pub async fn list(
    tx: &mut Tx,
    bot_id: Uuid,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Page<TurnView>> {
    let mut rows: Vec<TurnView> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("SELECT ");
        query.push(SHORT).push(FROM).push("WHERE t.bot_id = ").push_bind(bot_id);
        if let Some(state) = &filter.state {
            query.push(" AND t.state = ").push_bind(state);
        }
        if let Some(id) = filter.conversation_id {
            query.push(" AND t.conversation_id = ").push_bind(id);
        }
        if let Some(cursor) = cursor {
            query
                .push(" AND (t.created_at, t.id) < (")
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(cursor.id)
                .push(")");
        }
        query.push(" ORDER BY t.created_at DESC, t.id DESC LIMIT 0 + ");
        query.push_bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1));
        query.build_query_as().fetch_all(conn).await?
    });
    for row in &mut rows {
        row.said_by_customer = crate::router::one_line(&row.said_by_customer);
    }
    Ok(Page::cut(rows, limit, |row| Cursor::new(row.created_at, row.id)))
}

/// One turn of a bot, with what was exchanged.
pub async fn find(tx: &mut Tx, bot_id: Uuid, id: Uuid) -> DbResult<Option<TurnDetails>> {
    let mut row: Option<TurnDetails> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("SELECT ");
        query.push(SHORT).push(", t.request, t.response").push(FROM);
        query.push("WHERE t.id = ").push_bind(id).push(" AND t.bot_id = ").push_bind(bot_id);
        query.build_query_as().fetch_optional(conn).await?
    });
    if let Some(row) = &mut row {
        row.turn.said_by_customer = crate::router::one_line(&row.turn.said_by_customer);
    }
    Ok(row)
}
