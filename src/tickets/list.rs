//! The list of tickets: filters, order, pages, and how many there are.

use sapa_channel::Timestamp;
use serde::Deserialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    model::{Severity, TicketCounts, TicketKind, TicketRef},
    queries::{Row, SELECT, shown},
    recurrence::SAME,
};
use crate::{
    db::{DbResult, Tx},
    http::{Cursor, Page},
    on_db,
};

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What was opened last first.
    #[default]
    Newest,
    /// What is due first; what has no due time last.
    Due,
}

/// Which tickets to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those in this state.
    pub status: Option<String>,
    /// Only of this owner.
    pub owner: Option<Uuid>,
    /// Only those without an owner.
    pub unowned: bool,
    /// Only of this team.
    pub team: Option<Uuid>,
    /// Only of this kind.
    pub kind: Option<TicketKind>,
    /// Only of this category and those below it.
    pub category: Option<Uuid>,
    /// Only with this cause or one below it.
    pub cause: Option<Uuid>,
    /// Only so bad.
    pub severity: Option<Severity>,
    /// Only open ones whose time was over then.
    pub overdue_at: Option<Timestamp>,
    /// Only those that are not the first of their matter.
    pub recurrent: bool,
    /// Only these, found by words.
    pub ids: Option<Vec<Uuid>>,
    /// The order.
    pub sort: Sort,
}

/// What stands at the end of an order by due times.
const NEVER: i64 = i64::MAX;

/// All states. An index has the order of each, and none that of both.
const STATES: [&str; 2] = ["open", "solved"];

/// A page of tickets.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Page<TicketRef>> {
    if filter.ids.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page::all(Vec::new()));
    }
    let place = |row: &Row| match filter.sort {
        Sort::Newest => Cursor::new(row.opened_at, row.id),
        Sort::Due => Cursor { at: row.due_at.map_or(NEVER, |due| due.0), id: row.id },
    };
    let rows = if filter.status.is_some() || filter.ids.is_some() {
        rows_of(tx, filter, filter.status.as_deref(), cursor, limit).await?
    } else {
        let mut rows = Vec::new();
        for status in STATES {
            rows.extend(rows_of(tx, filter, Some(status), cursor, limit).await?);
        }
        rows.sort_by_key(|row| (place(row).at, place(row).id));
        if filter.sort == Sort::Newest {
            rows.reverse();
        }
        rows
    };
    let page = Page::cut(rows, limit, place);
    Ok(Page { items: shown(tx, page.items).await?, next: page.next })
}

/// The rows of a page and one more, in one state if it is given.
async fn rows_of(
    tx: &mut Tx,
    filter: &Filter,
    status: Option<&str>,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Vec<Row>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        match status {
            Some(status) => query.push("WHERE t.status = ").push_bind(status),
            None => query.push("WHERE t.status IN ('open', 'solved')"),
        };
        if let Some(owner) = filter.owner {
            query.push(" AND t.owner_id = ").push_bind(owner);
        }
        if filter.unowned {
            query.push(" AND t.owner_id IS NULL");
        }
        if let Some(team) = filter.team {
            query.push(" AND t.team_id = ").push_bind(team);
        }
        if let Some(kind) = filter.kind {
            query.push(" AND t.kind = ").push_bind(kind);
        }
        if let Some(severity) = filter.severity {
            query.push(" AND t.severity = ").push_bind(severity);
        }
        for (column, table, id) in [
            ("category_id", "ticket_categories", filter.category),
            ("cause_id", "ticket_causes", filter.cause),
        ] {
            if let Some(id) = id {
                query
                    .push(" AND t.")
                    .push(column)
                    .push(" IN (WITH RECURSIVE below (id) AS (SELECT id FROM ")
                    .push(table)
                    .push(" WHERE id = ")
                    .push_bind(id)
                    .push(" UNION SELECT b.id FROM ")
                    .push(table)
                    .push(" b JOIN below ON b.parent_id = below.id) SELECT id FROM below)");
            }
        }
        if let Some(now) = filter.overdue_at {
            query.push(" AND t.status = 'open' AND t.due_at < ").push_bind(now);
        }
        if filter.recurrent {
            // One look at the contact's index for each ticket: as EXISTS it would become a join with all tickets.
            query.push(" AND (SELECT 1 FROM tickets p WHERE ").push(SAME).push(" LIMIT 1) = 1");
        }
        if let Some(ids) = &filter.ids {
            query.push(" AND t.id IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(")");
        }
        let (column, comparison, direction) = match filter.sort {
            Sort::Newest => ("t.opened_at", "<", "DESC"),
            Sort::Due => ("COALESCE(t.due_at, 9223372036854775807)", ">", "ASC"),
        };
        if let Some(cursor) = cursor {
            query
                .push(format_args!(" AND ({column}, t.id) {comparison} ("))
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(cursor.id)
                .push(")");
        }
        // As in the list of conversations: a limit that PostgreSQL sees.
        let limit = limit.saturating_add(1);
        query.push(format_args!(" ORDER BY {column} {direction}, t.id {direction} LIMIT {limit}"));
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// How many open tickets there are, as `me` counts them.
pub async fn counts(tx: &mut Tx, me: Uuid, now: Timestamp) -> DbResult<TicketCounts> {
    let sql = format!(
        "SELECT COUNT(*) AS open,
                COUNT(CASE WHEN t.owner_id = $1 THEN 1 END) AS mine,
                COUNT(CASE WHEN t.owner_id IS NULL THEN 1 END) AS unowned,
                COUNT(CASE WHEN t.due_at < $2 THEN 1 END) AS overdue,
                COUNT(CASE WHEN t.due_at >= $2 AND (t.due_at - $2 < 1800000000
                           OR ($2 - t.opened_at) >= (t.due_at - t.opened_at) / 4 * 3) THEN 1 END) AS due_soon,
                COUNT((SELECT 1 FROM tickets p WHERE {SAME} LIMIT 1)) AS recurrent
         FROM tickets t LEFT JOIN ticket_categories gc ON gc.id = t.category_id WHERE t.status = 'open'"
    );
    Ok(on_db!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(me)
        .bind(now)
        .fetch_one(conn)
        .await?))
}
