//! Rules on addresses: what comes to one opens a ticket.

use sapa_channel::{ChannelId, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::model::{Severity, TicketKind};
use crate::{
    db::{DbResult, Tx},
    http::AppError,
    on_db,
};

/// The most rules: each arrival is held against all of them.
pub const MOST: i64 = 200;

/// A rule.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = TicketRule)]
pub struct Rule {
    /// Which one.
    pub id: Uuid,
    /// Only what comes by this channel.
    pub channel_id: Option<ChannelId>,
    /// Only what was sent to this address, in any spelling; of a mail also one among those that it was sent to.
    pub address: Option<String>,
    /// What the ticket is.
    pub kind: TicketKind,
    /// Where it belongs.
    pub category_id: Option<Uuid>,
    /// How bad it is; as its category says if not given.
    pub severity: Option<Severity>,
    /// Which team sees to it.
    pub team_id: Option<Uuid>,
    /// Whether it is followed.
    pub enabled: bool,
}

const SELECT: &str = "SELECT id, channel_id, address, kind, category_id, severity, team_id, enabled FROM ticket_rules";

/// All rules in the order in which they are tried: those on an address before those on a channel, older ones first.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<Rule>> {
    let sql = format!("{SELECT} ORDER BY CASE WHEN address IS NULL THEN 1 ELSE 0 END, id");
    Ok(on_db!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?))
}

/// One rule.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Rule>> {
    let sql = format!("{SELECT} WHERE id = $1");
    Ok(on_db!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// Adds a rule, if there are not too many.
pub async fn add(tx: &mut Tx, rule: &Rule, now: Timestamp) -> Result<(), AppError> {
    let count: i64 = on_db!(&mut *tx, |conn| {
        sqlx::query_scalar("SELECT COUNT(*) FROM ticket_rules").fetch_one(conn).await?
    });
    if count >= MOST {
        return Err(AppError::invalid("", format!("at most {MOST} rules: delete one first")));
    }
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO ticket_rules
                 (id, channel_id, address, kind, category_id, severity, team_id, enabled, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(rule.id)
        .bind(rule.channel_id)
        .bind(&rule.address)
        .bind(rule.kind)
        .bind(rule.category_id)
        .bind(rule.severity)
        .bind(rule.team_id)
        .bind(rule.enabled)
        .bind(now)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Writes a rule anew.
pub async fn update(tx: &mut Tx, rule: &Rule) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE ticket_rules SET channel_id = $2, address = $3, kind = $4, category_id = $5, severity = $6,
                    team_id = $7, enabled = $8 WHERE id = $1",
        )
        .bind(rule.id)
        .bind(rule.channel_id)
        .bind(&rule.address)
        .bind(rule.kind)
        .bind(rule.category_id)
        .bind(rule.severity)
        .bind(rule.team_id)
        .bind(rule.enabled)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Deletes a rule. Tells whether there was one.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query("DELETE FROM ticket_rules WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await?
        .rows_affected()
        == 1))
}
