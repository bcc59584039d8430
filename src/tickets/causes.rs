//! Causes: why complaints happen.

use sapa_channel::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::tree::Node;
use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// How many complaints have one cause.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct SameCause {
    /// How many tickets, this one included.
    pub tickets: i64,
    /// Of how many customers.
    pub contacts: i64,
}

/// How far a cause reaches.
pub async fn same(tx: &mut Tx, cause_id: Uuid) -> DbResult<SameCause> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
            "SELECT COUNT(*) AS tickets, COUNT(DISTINCT contact_id) AS contacts FROM tickets WHERE cause_id = $1",
        )
        .bind(cause_id)
        .fetch_one(conn)
        .await?
    }))
}

/// Adds a cause.
pub async fn add(tx: &mut Tx, cause: &Node, now: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_causes (id, parent_id, name, archived, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(cause.id)
        .bind(cause.parent_id)
        .bind(&cause.name)
        .bind(cause.archived)
        .bind(now)
        .execute(conn)
        .await?;
    });
    Ok(())
}
