//! The SQL of deliveries. Every write after a lease carries its fence, so that a stale worker changes nothing.

use std::time::Duration;

use sapa_channel::{ChannelId, Timestamp};
use sqlx::{AssertSqlSafe, QueryBuilder};
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx, keep},
    on_db,
};

/// How long a worker may hold a delivery. A send ends before that.
pub const LEASE: Duration = Duration::from_secs(600);

/// Queues the way out of a message.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub async fn queue(
    tx: &mut Tx,
    message_id: Uuid,
    conversation_id: Uuid,
    channel_id: ChannelId,
    address: &str,
    state: &str,
    run_at: Timestamp,
    undo_until: Option<Timestamp>,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO deliveries
             (message_id, conversation_id, channel_id, address, state, attempts, run_at, undo_until, fence, updated_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, 0, $8)"
    )
    .bind(message_id)
    .bind(conversation_id)
    .bind(channel_id)
    .bind(address)
    .bind(state)
    .bind(run_at)
    .bind(undo_until)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// A delivery that a worker holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Leased {
    /// The message.
    pub message_id: Uuid,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// The address it goes to.
    pub address: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// What later writes must carry.
    pub fence: i64,
    /// Its place in the order of writing.
    pub seq: i64,
    /// What is known of earlier tries, in words.
    pub reason: Option<String>,
}

/// Leases what is due on a channel, at most `limit`. Of a conversation only the first one that has not left
/// (D8); one that shall leave later does not hold up those that are due now.
pub async fn lease(
    tx: &mut Tx,
    channel_id: ChannelId,
    owner: Uuid,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<Leased>> {
    let sql = format!(
        "UPDATE deliveries SET state = 'leased', lease_owner = $2, lease_until = $4, fence = fence + 1, updated_at = $3
         WHERE seq IN (
             SELECT d.seq FROM deliveries d
             WHERE d.channel_id = $1 AND d.state IN ('queued', 'retrying') AND d.run_at <= $3
               AND NOT EXISTS (
                   SELECT 1 FROM deliveries e
                   WHERE e.conversation_id = d.conversation_id AND e.channel_id = d.channel_id AND e.seq < d.seq
                     AND e.state IN ('queued', 'retrying', 'leased', 'dispatching')
                     AND (e.state <> 'queued' OR e.run_at <= $3))
             ORDER BY d.run_at LIMIT 0 + $5 {skip_locked})
         RETURNING message_id, conversation_id, address, attempts, fence, seq, reason",
        skip_locked = tx.skip_locked(),
    );
    let mut leased: Vec<Leased> = on_db!(tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(channel_id)
        .bind(owner)
        .bind(now)
        .bind(now.after(LEASE))
        .bind(limit)
        .fetch_all(conn)
        .await?);
    leased.sort_by_key(|delivery| delivery.seq);
    Ok(leased)
}

/// Marks as sent what is due on a channel that customers fetch from, at most so many. Tells which messages, and
/// when each was to be sent.
pub async fn send_due(
    tx: &mut Tx,
    channel_id: ChannelId,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<(Uuid, Timestamp)>> {
    let sql = format!(
        "UPDATE deliveries SET state = 'sent', fence = fence + 1, updated_at = $2
         WHERE seq IN (SELECT seq FROM deliveries
                       WHERE channel_id = $1 AND state IN ('queued', 'retrying') AND run_at <= $2
                       ORDER BY run_at LIMIT 0 + $3 {skip_locked})
         RETURNING message_id, run_at",
        skip_locked = tx.skip_locked(),
    );
    Ok(on_db!(tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(channel_id)
        .bind(now)
        .bind(limit)
        .fetch_all(conn)
        .await?))
}

/// When the next delivery of a channel is due.
pub async fn next_due(tx: &mut Tx, channel_id: ChannelId) -> DbResult<Option<Timestamp>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_scalar(
        "SELECT MIN(run_at) FROM deliveries WHERE channel_id = $1 AND state IN ('queued', 'retrying')"
    )
    .bind(channel_id)
    .fetch_one(conn)
    .await?
    }))
}

/// A step of a delivery that is held.
#[derive(Clone, Debug)]
pub struct Step {
    /// The message.
    pub message_id: Uuid,
    /// The lease's fence.
    pub fence: i64,
    /// The new state.
    pub state: &'static str,
    /// One if this begins a try.
    pub tries: i64,
    /// When it is tried next.
    pub run_at: Timestamp,
    /// Why it failed or waits.
    pub reason: Option<String>,
    /// The channel's own id of it, if the channel gave one.
    pub external_id: Option<String>,
}

/// Makes steps, all by one statement. Tells which messages were still held; the others are left alone.
pub async fn step(tx: &mut Tx, steps: &[Step], now: Timestamp) -> DbResult<Vec<(Uuid, Uuid)>> {
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let made: Vec<(Uuid, Uuid)> = on_db!(&mut *tx, |conn| {
        let mut query =
            QueryBuilder::new("WITH step (message_id, fence, state, tries, run_at, reason) AS (");
        query.push_values(steps, |mut row, step| {
            row.push_bind(step.message_id)
                .push_bind(step.fence)
                .push_bind(step.state)
                .push_bind(step.tries)
                .push_bind(step.run_at)
                .push_bind(&step.reason);
        });
        query.push(
            ") UPDATE deliveries
               SET state = step.state, attempts = attempts + step.tries, run_at = step.run_at, reason = step.reason,
                   updated_at = ",
        );
        query.push_bind(now);
        query.push(
            " FROM step WHERE deliveries.message_id = step.message_id AND deliveries.fence = step.fence
                AND deliveries.state IN ('leased', 'dispatching')
              RETURNING deliveries.message_id, deliveries.conversation_id",
        );
        query.build_query_as().persistent(keep(steps.len())).fetch_all(conn).await?
    });
    let given: Vec<(Uuid, &str)> = steps
        .iter()
        .filter(|step| made.iter().any(|(id, _)| *id == step.message_id))
        .filter_map(|step| Some((step.message_id, step.external_id.as_deref()?)))
        .collect();
    if !given.is_empty() {
        on_db!(tx, |conn| {
            let mut query = QueryBuilder::new("WITH given (id, external_id) AS (");
            query.push_values(&given, |mut row, (id, external_id)| {
                row.push_bind(*id).push_bind(*external_id);
            });
            query.push(") UPDATE messages SET external_id = given.external_id FROM given WHERE messages.id = given.id");
            query.build().persistent(keep(given.len())).execute(conn).await?;
        });
    }
    Ok(made)
}

/// Of a node that died, or of a worker that broke.
const LEFT_LYING: &str =
    "(lease_until < $1 OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = deliveries.lease_owner))";

/// What nodes that died left lying: what was only leased is queued again; of what was being sent nobody knows
/// whether it left (D6). Tells the unknown ones.
pub async fn recover(tx: &mut Tx, now: Timestamp) -> DbResult<Vec<(Uuid, Uuid)>> {
    let queued = format!(
        "UPDATE deliveries SET state = CASE WHEN attempts = 0 THEN 'queued' ELSE 'retrying' END, fence = fence + 1
         WHERE state = 'leased' AND {LEFT_LYING}"
    );
    let unknown = format!(
        "UPDATE deliveries SET state = 'unknown', fence = fence + 1, updated_at = $1,
             reason = 'Sapa was interrupted while it was sending this'
         WHERE state = 'dispatching' AND {LEFT_LYING}
         RETURNING message_id, conversation_id"
    );
    Ok(on_db!(tx, |conn| {
        sqlx::query(AssertSqlSafe(queued)).bind(now).execute(&mut *conn).await?;
        sqlx::query_as(AssertSqlSafe(unknown)).bind(now).fetch_all(&mut *conn).await?
    }))
}

/// Whether a node that died left anything lying.
pub async fn has_stale(tx: &mut Tx, now: Timestamp) -> DbResult<bool> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE state IN ('leased', 'dispatching') AND {LEFT_LYING})"
    );
    Ok(on_db!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).bind(now).fetch_one(conn).await?))
}
