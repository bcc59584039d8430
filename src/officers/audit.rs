//! The audit log: who changed what about access, and from where.

use sapa_channel::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::caller::Caller;
use crate::{
    db::{DbResult, Tx},
    events::Actor,
    on_db,
};

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        caller.actor()
    }
}

impl From<&Actor> for Actor {
    fn from(actor: &Actor) -> Self {
        actor.clone()
    }
}

/// A line of the audit log.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Which one.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActor,
    /// What, as `session.begun` or `officer.role_changed`.
    pub action: String,
    /// To whom or what, in words.
    pub subject: String,
    /// From which network address.
    pub address: String,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AuditActor {
    /// `officer` or `system`.
    pub kind: String,
    /// Which one.
    pub id: Option<Uuid>,
    /// His name then.
    pub name: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at: Timestamp,
    actor_kind: String,
    actor_id: Option<Uuid>,
    actor_name: String,
    action: String,
    subject: String,
    address: String,
}

/// Writes a line, in the transaction of what it tells of. The subject names and never quotes: no secret and
/// no message belongs into it (R28).
pub async fn record(
    tx: &mut Tx,
    by: impl Into<Actor>,
    action: &str,
    subject: &str,
    address: &str,
    at: Timestamp,
) -> DbResult<()> {
    let by = by.into();
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO audit (at, actor_kind, actor_id, actor_name, action, subject, address)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(at)
    .bind(by.kind)
    .bind(by.id)
    .bind(by.name)
    .bind(action)
    .bind(subject)
    .bind(address)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// The lines before one, the newest first.
pub async fn list(tx: &mut Tx, before: Option<i64>, limit: i64) -> DbResult<Vec<AuditEntry>> {
    let rows: Vec<Row> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT seq, at, actor_kind, actor_id, actor_name, action, subject, address FROM audit
         WHERE seq < $1 ORDER BY seq DESC LIMIT 0 + $2"
    )
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(conn)
    .await?);
    Ok(rows.into_iter().map(Row::shown).collect())
}

impl Row {
    fn shown(self) -> AuditEntry {
        AuditEntry {
            id: self.seq.to_string(),
            at: self.at,
            actor: AuditActor { kind: self.actor_kind, id: self.actor_id, name: self.actor_name },
            action: self.action,
            subject: self.subject,
            address: self.address,
        }
    }
}
