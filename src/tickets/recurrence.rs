//! The same again: how often a customer complained of one matter before.
//!
//! Counted are complaints of one customer with the same cause; where either has no cause yet, with the same
//! category. The window ends when the complaint was opened, so that the number of an old one does not change
//! by what came later, and is as long as the complaint's category says.

use std::collections::HashMap;

use sapa_channel::Timestamp;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::model::{EarlierTicket, Recurrence, number};
use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// The days of what has no category.
pub const DAYS: i64 = 60;

/// That `p` is an earlier complaint of the same matter as `t`, whose category is `gc`. Found by the index of a
/// contact's tickets.
pub const SAME: &str = "t.kind = 'complaint' AND p.kind = 'complaint' AND p.contact_id = t.contact_id
    AND p.opened_at <= t.opened_at AND p.opened_at >= t.opened_at - COALESCE(gc.recurs_days, 60) * 86400000000
    AND p.number <> t.number AND (p.opened_at < t.opened_at OR p.number < t.number)
    AND (p.cause_id = t.cause_id
         OR ((p.cause_id IS NULL OR t.cause_id IS NULL) AND p.category_id = t.category_id))";

/// The most earlier ones that are named.
const NAMED: i64 = 10;

#[derive(sqlx::FromRow)]
struct Row {
    ticket_id: Uuid,
    earlier: i64,
    days: i64,
    id: Uuid,
    number: i64,
    title: String,
    status: String,
    remedy: Option<String>,
    opened_at: Timestamp,
}

/// What came before some tickets, by one statement for all of them. Those that are the first are not in it.
pub async fn of(tx: &mut Tx, tickets: &[Uuid]) -> DbResult<HashMap<Uuid, Recurrence>> {
    let mut found: HashMap<Uuid, Recurrence> = HashMap::new();
    if tickets.is_empty() {
        return Ok(found);
    }
    let rows: Vec<Row> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT ticket_id, earlier, days, id, number, title, status, remedy, opened_at FROM (
                 SELECT t.id AS ticket_id, COALESCE(gc.recurs_days, 60) AS days, p.id, p.number, p.title, p.status,
                        p.remedy, p.opened_at, COUNT(*) OVER (PARTITION BY t.id) AS earlier,
                        ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY p.opened_at DESC, p.number DESC) AS place
                 FROM tickets t LEFT JOIN ticket_categories gc ON gc.id = t.category_id JOIN tickets p ON ",
        );
        query.push(SAME).push(" WHERE t.id IN (");
        let mut list = query.separated(", ");
        for id in tickets {
            list.push_bind(*id);
        }
        query.push(")) AS same WHERE place <= ").push_bind(NAMED);
        query.push(" ORDER BY ticket_id, opened_at, number");
        query.build_query_as().persistent(tickets.len() == 1).fetch_all(conn).await?
    });
    for row in rows {
        let recurrence = found.entry(row.ticket_id).or_insert_with(|| Recurrence {
            times: row.earlier + 1,
            days: row.days,
            earlier: Vec::new(),
        });
        recurrence.earlier.push(EarlierTicket {
            id: row.id,
            number: number(row.number),
            title: row.title,
            status: row.status,
            remedy: row.remedy,
            opened_at: row.opened_at,
        });
    }
    Ok(found)
}
