//! The SQL of the ledger's rows on their way out. Every write after a lease carries its fence, so that a worker
//! who is late changes nothing; and no statement is made for one row.

use std::time::Duration;

use sapa_channel::Timestamp;
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, QueryBuilder, types::Json};
use uuid::Uuid;

use super::audience::why_not_any_more;
use crate::{
    db::{DbResult, Tx, keep},
    on_db,
};

/// How long a worker's word is good that it lives, if its node does. It repeats it long before.
pub const LIFE: Duration = Duration::from_secs(45);

/// A row that a worker holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Leased {
    /// Its place in the ledger.
    pub seq: i64,
    /// Which row.
    pub id: Uuid,
    /// Who.
    pub contact_id: Uuid,
    /// His address.
    pub address: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// What later writes must carry.
    pub fence: i64,
}

#[derive(sqlx::FromRow)]
struct Picked {
    state: String,
    #[sqlx(flatten)]
    row: Leased,
}

/// Says that a worker of a node lives, and what it works on.
pub async fn alive(
    tx: &mut Tx,
    worker: Uuid,
    node: Uuid,
    mailing: Uuid,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO mailing_workers (id, mailing_id, until, node_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET until = excluded.until, node_id = excluded.node_id"
    )
    .bind(worker)
    .bind(mailing)
    .bind(now.after(LIFE))
    .bind(node)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Takes rows that are due, at most `limit`; who gets nothing any more is left out at once (mail 20). Tells what
/// it holds now, and how many were left out.
pub async fn lease(
    tx: &mut Tx,
    mailing: Uuid,
    kind: &str,
    worker: Uuid,
    now: Timestamp,
    limit: i64,
) -> DbResult<(Vec<Leased>, usize)> {
    let lock = match tx.skip_locked() {
        "" => "",
        _ => "FOR UPDATE OF r SKIP LOCKED",
    };
    let sql = format!(
        "UPDATE mailing_recipients
         SET state = CASE WHEN picked.why IS NULL THEN 'leased' ELSE 'excluded' END, exclusion = picked.why,
             lease_owner = $2, fence = fence + 1, updated_at = $3
         FROM (SELECT r.seq, {} AS why
               FROM mailing_recipients r JOIN mailings m ON m.id = r.mailing_id AND m.state = 'running'
               WHERE r.mailing_id = $1 AND r.state IN ('queued', 'retrying') AND r.run_at <= $3
               ORDER BY r.run_at, r.seq LIMIT 0 + $4 {lock}) picked
         WHERE mailing_recipients.seq = picked.seq
         RETURNING mailing_recipients.seq, mailing_recipients.id, mailing_recipients.contact_id,
                   mailing_recipients.address, mailing_recipients.attempts, mailing_recipients.fence,
                   mailing_recipients.state",
        why_not_any_more(kind),
    );
    let picked: Vec<Picked> = on_db!(tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(mailing)
        .bind(worker)
        .bind(now)
        .bind(limit)
        .fetch_all(conn)
        .await?);
    let all = picked.len();
    let mut rows: Vec<Leased> = picked
        .into_iter()
        .filter(|picked| picked.state == "leased")
        .map(|picked| picked.row)
        .collect();
    rows.sort_by_key(|row| row.seq);
    let excluded = all - rows.len();
    Ok((rows, excluded))
}

/// A row that shall be sent now, and what goes into the template for it.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Its place in the ledger.
    pub seq: i64,
    /// The lease's fence.
    pub fence: i64,
    /// What is put into the template.
    pub vars: Map<String, Value>,
}

/// Records the tries of rows that are held, before anything can have an effect (D6); who gets nothing any more is
/// left out at the last moment (mail 20). Tells the rows that may be sent. Those that are not told are no longer
/// held, or were left out, or the mailing was stopped.
pub async fn mark(tx: &mut Tx, kind: &str, marks: &[Mark], now: Timestamp) -> DbResult<Vec<i64>> {
    if marks.is_empty() {
        return Ok(Vec::new());
    }
    let made: Vec<(i64, String)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("WITH want (seq, fence, vars) AS (");
        query.push_values(marks, |mut row, mark| {
            row.push_bind(mark.seq).push_bind(mark.fence).push_bind(Json(&mark.vars));
        });
        query.push(
            ") UPDATE mailing_recipients
               SET state = CASE WHEN p.why IS NULL THEN 'dispatching' ELSE 'excluded' END, exclusion = p.why,
                   attempts = attempts + CASE WHEN p.why IS NULL THEN 1 ELSE 0 END, vars = p.vars,
                   sent_at = CASE WHEN p.why IS NULL THEN ",
        );
        query.push_bind(now).push(" END, updated_at = ").push_bind(now);
        query
            .push(" FROM (SELECT want.seq, want.fence, want.vars, ")
            .push(why_not_any_more(kind))
            .push(
                " AS why FROM want
                  JOIN mailing_recipients r ON r.seq = want.seq AND r.fence = want.fence AND r.state = 'leased'
                  JOIN mailings m ON m.id = r.mailing_id AND m.state = 'running') p
                  WHERE mailing_recipients.seq = p.seq AND mailing_recipients.fence = p.fence
                    AND mailing_recipients.state = 'leased'
                  RETURNING mailing_recipients.seq, mailing_recipients.state",
            );
        query.build_query_as().persistent(keep(marks.len())).fetch_all(conn).await?
    });
    Ok(made.into_iter().filter(|(_, state)| state == "dispatching").map(|(seq, _)| seq).collect())
}

/// What became of a try.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its place in the ledger.
    pub seq: i64,
    /// The lease's fence.
    pub fence: i64,
    /// The new state: `sent`, `failed`, `retrying` or `unknown`.
    pub state: &'static str,
    /// When it is tried next.
    pub run_at: Timestamp,
    /// Why it failed or waits, in words.
    pub reason: Option<String>,
    /// The channel's own id of it, if the channel gave one.
    pub external_id: Option<String>,
}

/// Records what became of tries, all by one statement. Rows that are no longer held are left alone.
pub async fn finish(tx: &mut Tx, done: &[Done], now: Timestamp) -> DbResult<()> {
    if done.is_empty() {
        return Ok(());
    }
    on_db!(tx, |conn| {
        let mut query =
            QueryBuilder::new("WITH done (seq, fence, state, run_at, reason, external_id) AS (");
        query.push_values(done, |mut row, done| {
            row.push_bind(done.seq)
                .push_bind(done.fence)
                .push_bind(done.state)
                .push_bind(done.run_at)
                .push_bind(&done.reason)
                .push_bind(&done.external_id);
        });
        query.push(
            ") UPDATE mailing_recipients
               SET state = done.state, run_at = done.run_at, reason = done.reason, lease_owner = NULL,
                   external_id = COALESCE(done.external_id, mailing_recipients.external_id),
                   sent_at = CASE WHEN done.state IN ('sent', 'unknown') THEN mailing_recipients.sent_at END,
                   updated_at = ",
        );
        query.push_bind(now).push(
            " FROM done WHERE mailing_recipients.seq = done.seq AND mailing_recipients.fence = done.fence
                AND mailing_recipients.state = 'dispatching'",
        );
        query.build().persistent(keep(done.len())).execute(conn).await?;
    });
    Ok(())
}

/// Gives back what a worker holds and has not begun, and takes its name off.
pub async fn leave(tx: &mut Tx, worker: Uuid, now: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE mailing_recipients
             SET state = CASE WHEN attempts = 0 THEN 'queued' ELSE 'retrying' END, lease_owner = NULL,
                 fence = fence + 1, updated_at = $2
             WHERE lease_owner = $1 AND state = 'leased'",
        )
        .bind(worker)
        .bind(now)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "DELETE FROM mailing_workers WHERE id = $1 AND NOT EXISTS (
                 SELECT 1 FROM mailing_recipients WHERE lease_owner = $1 AND state IN ('leased', 'dispatching'))",
        )
        .bind(worker)
        .execute(&mut *conn)
        .await?;
    });
    Ok(())
}

const LEFT_LYING: &str = "state IN ('leased', 'dispatching')
     AND NOT EXISTS (SELECT 1 FROM mailing_workers w JOIN nodes n ON n.id = w.node_id
                     WHERE w.id = mailing_recipients.lease_owner AND w.until >= $1)";

/// Whether a worker that died, or is of a node that died, left anything lying.
pub async fn has_stale(tx: &mut Tx, now: Timestamp) -> DbResult<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM mailing_recipients WHERE {LEFT_LYING})");
    Ok(on_db!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).bind(now).fetch_one(conn).await?))
}

/// What workers that died left lying: what was only leased is queued again; of what was being sent nobody knows
/// whether it left (D6). Tells of which mailings something is unknown now.
pub async fn recover(tx: &mut Tx, now: Timestamp) -> DbResult<Vec<Uuid>> {
    let unknown = format!(
        "UPDATE mailing_recipients
         SET state = 'unknown', fence = fence + 1, lease_owner = NULL, updated_at = $1,
             reason = 'Sapa was interrupted while it was sending this'
         WHERE state = 'dispatching' AND {LEFT_LYING} RETURNING mailing_id"
    );
    let queued = format!(
        "UPDATE mailing_recipients
         SET state = CASE WHEN attempts = 0 THEN 'queued' ELSE 'retrying' END, fence = fence + 1,
             lease_owner = NULL, updated_at = $1
         WHERE state = 'leased' AND {LEFT_LYING}"
    );
    let mut of: Vec<Uuid> = on_db!(tx, |conn| {
        let of = sqlx::query_scalar(AssertSqlSafe(unknown)).bind(now).fetch_all(&mut *conn).await?;
        sqlx::query(AssertSqlSafe(queued)).bind(now).execute(&mut *conn).await?;
        sqlx::query("DELETE FROM mailing_workers WHERE until < $1")
            .bind(now)
            .execute(&mut *conn)
            .await?;
        of
    });
    of.sort_unstable();
    of.dedup();
    Ok(of)
}

/// When the next row of a mailing is due; none if none waits.
pub async fn next_due(tx: &mut Tx, mailing: Uuid) -> DbResult<Option<Timestamp>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT MIN(run_at) FROM mailing_recipients
         WHERE mailing_id = $1 AND state IN ('queued', 'retrying')"
    )
    .bind(mailing)
    .fetch_one(conn)
    .await?))
}

/// Whether anybody still holds a row of a mailing.
pub async fn is_held(tx: &mut Tx, mailing: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM mailing_recipients
                        WHERE mailing_id = $1 AND state IN ('leased', 'dispatching'))"
    )
    .bind(mailing)
    .fetch_one(conn)
    .await?))
}
