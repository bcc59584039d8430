//! The SQL of webhooks.

use sapa_channel::{Timestamp, new_id};
use sqlx::{AssertSqlSafe, QueryBuilder, types::Json};
use uuid::Uuid;

use super::model::{Claimed, DeliveryView, NewDelivery, Target, Tried, WebhookView};
use crate::{
    db::{DbResult, Tx},
    http::Cursor,
    insert_rows, on_db,
};

const SELECT: &str = "SELECT w.id, w.url, w.events, w.enabled, w.created_at,
        (SELECT COUNT(*) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'queued') AS waiting,
        (SELECT d.error FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.attempts > 0
         ORDER BY d.created_at DESC, d.id DESC LIMIT 1) AS error
    FROM webhooks w ";

const DELIVERY: &str = "SELECT id, created_at AS at, event, state, status, error, attempts,
        CASE WHEN state = 'queued' THEN run_at END AS next_try_at
    FROM webhook_deliveries ";

/// How many rows one statement inserts: eight values each, and SQLite takes 32,766.
const CHUNK: usize = 500;

/// Adds a webhook.
pub async fn add(
    tx: &mut Tx,
    url: &str,
    secret: &str,
    events: &[String],
    enabled: bool,
    now: Timestamp,
) -> DbResult<Uuid> {
    let id = new_id();
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO webhooks (id, url, secret, events, enabled, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(id)
    .bind(url)
    .bind(secret)
    .bind(Json(events))
    .bind(enabled)
    .bind(now)
    .execute(conn)
    .await?;
    });
    Ok(id)
}

/// All webhooks, the oldest first.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<WebhookView>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("ORDER BY w.created_at, w.id");
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// One webhook.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<WebhookView>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push("WHERE w.id = ").push_bind(id);
        query.build_query_as().fetch_optional(conn).await?
    }))
}

/// Writes what can change of a webhook.
pub async fn update(tx: &mut Tx, webhook: &WebhookView) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE webhooks SET url = $2, events = $3, enabled = $4 WHERE id = $1"
    )
    .bind(webhook.id)
    .bind(&webhook.url)
    .bind(&webhook.events)
    .bind(webhook.enabled)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Removes a webhook and what waits for it. Tells where it posted to, if there was one.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<Option<String>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("DELETE FROM webhooks WHERE id = $1 RETURNING url")
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// Which webhooks are told of what.
pub async fn wanted(tx: &mut Tx) -> DbResult<Vec<(Uuid, Json<Vec<String>>)>> {
    Ok(on_db!(tx, |conn| sqlx::query_as("SELECT id, events FROM webhooks WHERE enabled")
        .fetch_all(conn)
        .await?))
}

/// Where a webhook posts to.
pub async fn target(tx: &mut Tx, id: Uuid) -> DbResult<Option<Target>> {
    Ok(on_db!(tx, |conn| sqlx::query_as("SELECT id, url, secret FROM webhooks WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// The enabled webhooks that have something due.
pub async fn due(tx: &mut Tx, now: Timestamp) -> DbResult<Vec<Target>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT w.id, w.url, w.secret FROM webhooks w
         WHERE w.enabled AND EXISTS (SELECT 1 FROM webhook_deliveries d
             WHERE d.webhook_id = w.id AND d.state = 'queued' AND d.run_at <= $1)"
    )
    .bind(now)
    .fetch_all(conn)
    .await?))
}

/// Queues deliveries. One that is there already stays as it is, so that reading an event twice tells of it
/// once.
pub async fn queue(tx: &mut Tx, deliveries: &[NewDelivery], now: Timestamp) -> DbResult<()> {
    for some in deliveries.chunks(CHUNK) {
        insert_rows!(
            tx,
            "INSERT INTO webhook_deliveries (id, webhook_id, event, body, state, attempts, run_at, created_at) ",
            some,
            |row, new| row
                .push_bind(new.id)
                .push_bind(new.webhook_id)
                .push_bind(&new.event)
                .push_bind(&new.body)
                .push_bind("queued")
                .push_bind(0_i64)
                .push_bind(now)
                .push_bind(now),
            " ON CONFLICT DO NOTHING"
        );
    }
    Ok(())
}

/// Leases deliveries of a webhook that are due, the oldest first. The try counts from here (D6); if its outcome
/// is not noted by the end of the lease, or before its node dies, it is made again with the same id.
pub async fn claim(
    tx: &mut Tx,
    webhook_id: Uuid,
    owner: Uuid,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> DbResult<Vec<Claimed>> {
    let sql = format!(
        "UPDATE webhook_deliveries SET attempts = attempts + 1, run_at = $3, lease_owner = $5
         WHERE id IN (SELECT id FROM webhook_deliveries
                      WHERE webhook_id = $1 AND state = 'queued' AND run_at <= $2
                      ORDER BY run_at LIMIT 0 + $4 {skip_locked})
         RETURNING id, body, attempts, created_at",
        skip_locked = tx.skip_locked()
    );
    Ok(on_db!(tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(webhook_id)
        .bind(now)
        .bind(lease_until)
        .bind(limit)
        .bind(owner)
        .fetch_all(conn)
        .await?))
}

/// Leases one delivery, whenever it is due.
pub async fn claim_one(tx: &mut Tx, id: Uuid, owner: Uuid, lease_until: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE webhook_deliveries SET attempts = attempts + 1, run_at = $2, lease_owner = $3 WHERE id = $1"
    )
    .bind(id)
    .bind(lease_until)
    .bind(owner)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Notes what became of some tries. Most succeed alike, so that they take one statement.
pub async fn note(tx: &mut Tx, tried: &[Tried]) -> DbResult<()> {
    for some in
        tried.chunk_by(|a, b| (a.status, &a.error, a.again_at) == (b.status, &b.error, b.again_at))
    {
        let Some(first) = some.first() else { continue };
        on_db!(&mut *tx, |conn| {
            let mut query =
                QueryBuilder::new("UPDATE webhook_deliveries SET lease_owner = NULL, state = ");
            query.push_bind(first.state()).push(", status = ").push_bind(first.status);
            query.push(", error = ").push_bind(&first.error);
            if let Some(at) = first.again_at {
                query.push(", run_at = ").push_bind(at);
            }
            query.push(" WHERE state = 'queued' AND id IN (");
            let mut list = query.separated(", ");
            for one in some {
                list.push_bind(one.id);
            }
            query.push(")");
            query.build().persistent(false).execute(conn).await?;
        });
    }
    Ok(())
}

/// Of a node that died.
const LEFT_LYING: &str = "state = 'queued' AND lease_owner IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = webhook_deliveries.lease_owner)";

/// Whether a node that died left any delivery lying.
pub async fn has_stale(tx: &mut Tx) -> DbResult<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM webhook_deliveries WHERE {LEFT_LYING})");
    Ok(on_db!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await?))
}

/// Makes due what nodes that died were posting.
pub async fn recover(tx: &mut Tx, now: Timestamp) -> DbResult<()> {
    let sql =
        format!("UPDATE webhook_deliveries SET run_at = $1, lease_owner = NULL WHERE {LEFT_LYING}");
    on_db!(tx, |conn| sqlx::query(AssertSqlSafe(sql)).bind(now).execute(conn).await.map(drop)?);
    Ok(())
}

/// One delivery.
pub async fn delivery(tx: &mut Tx, id: Uuid) -> DbResult<Option<DeliveryView>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(DELIVERY);
        query.push("WHERE id = ").push_bind(id);
        query.build_query_as().fetch_optional(conn).await?
    }))
}

/// The deliveries of a webhook before a place in their list, the newest first.
pub async fn deliveries(
    tx: &mut Tx,
    webhook_id: Uuid,
    before: Option<Cursor>,
    limit: i64,
) -> DbResult<Vec<DeliveryView>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(DELIVERY);
        query.push("WHERE webhook_id = ").push_bind(webhook_id);
        if let Some(cursor) = before {
            query
                .push(" AND (created_at, id) < (")
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(cursor.id)
                .push(")");
        }
        query.push(" ORDER BY created_at DESC, id DESC LIMIT 0 + ").push_bind(limit);
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// Forgets what was sent or given up before a time.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "DELETE FROM webhook_deliveries
         WHERE webhook_id IN (SELECT id FROM webhooks) AND created_at < $1 AND state <> 'queued'"
    )
    .bind(before)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}
