//! Categories: where a matter belongs, and what a new ticket of it is given.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    model::Severity,
    recurrence,
    tree::{self, Node, Tree},
};
use crate::{
    db::{DbResult, Tx},
    http::AppError,
    on_db,
};

/// What becomes of a customer's words beside the conversations of his only open ticket.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Joining {
    /// They are attached.
    Attach,
    /// An officer is asked.
    #[default]
    Offer,
}

/// The days after solving within which a reply reopens a ticket without a category.
pub const REOPEN_DAYS: i64 = 14;

/// A category.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Category {
    /// Its place in the tree.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub node: Node,
    /// What becomes of further words of the customer.
    pub attach: Joining,
    /// How bad a new ticket is.
    pub severity: Severity,
    /// Within how many hours a new ticket is to be solved.
    pub due_hours: Option<i64>,
    /// The same again within so many days is counted.
    pub recurs_days: i64,
    /// A reply within so many days after solving reopens the ticket; a later one opens another that goes on from it.
    pub reopen_days: i64,
}

impl Category {
    /// A new one.
    #[must_use]
    pub fn new(id: Uuid, name: String, parent_id: Option<Uuid>) -> Self {
        Self {
            node: Node { id, parent_id, name, archived: false },
            attach: Joining::default(),
            severity: Severity::default(),
            due_hours: None,
            recurs_days: recurrence::DAYS,
            reopen_days: REOPEN_DAYS,
        }
    }

    /// Refuses numbers that make no sense.
    pub fn bounded(self) -> Result<Self, AppError> {
        if self.due_hours.is_some_and(|hours| !(1..=8_760).contains(&hours)) {
            return Err(AppError::invalid("due_hours", "is 1 to 8760, or null for none"));
        }
        for (field, days, least) in
            [("recurs_days", self.recurs_days, 1), ("reopen_days", self.reopen_days, 0)]
        {
            if !(least..=3_650).contains(&days) {
                return Err(AppError::invalid(field, format!("is {least} to 3650")));
            }
        }
        Ok(self)
    }
}

const SELECT: &str =
    "SELECT id, parent_id, name, archived, attach, severity, due_hours, recurs_days, reopen_days
     FROM ticket_categories";

/// All categories, by name.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<Category>> {
    let sql = format!("{SELECT} ORDER BY LOWER(name), id");
    Ok(on_db!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?))
}

/// One category.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Category>> {
    let sql = format!("{SELECT} WHERE id = $1");
    Ok(on_db!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// Adds a category.
pub async fn add(tx: &mut Tx, category: &Category, now: Timestamp) -> DbResult<()> {
    on_db!(&mut *tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_categories
                 (id, parent_id, name, attach, severity, due_hours, recurs_days, reopen_days, archived, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(category.node.id)
        .bind(category.node.parent_id)
        .bind(&category.node.name)
        .bind(category.attach)
        .bind(category.severity)
        .bind(category.due_hours)
        .bind(category.recurs_days)
        .bind(category.reopen_days)
        .bind(category.node.archived)
        .bind(now)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Writes a category anew.
pub async fn update(tx: &mut Tx, category: &Category) -> DbResult<()> {
    let node = &category.node;
    tree::write(tx, Tree::Categories, node.id, &node.name, node.parent_id, node.archived).await?;
    on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE ticket_categories
             SET attach = $2, severity = $3, due_hours = $4, recurs_days = $5, reopen_days = $6 WHERE id = $1",
        )
        .bind(node.id)
        .bind(category.attach)
        .bind(category.severity)
        .bind(category.due_hours)
        .bind(category.recurs_days)
        .bind(category.reopen_days)
        .execute(conn)
        .await?;
    });
    Ok(())
}
