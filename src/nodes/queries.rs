//! The SQL of nodes and of what they hold.

use std::collections::HashMap;

use sapa_channel::Timestamp;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// On the embedded database, whoever was here before is gone.
pub(super) async fn forget_all(tx: &mut Tx) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("DELETE FROM nodes").execute(conn).await.map(drop)?);
    Ok(())
}

/// Adds a node.
pub(super) async fn join(tx: &mut Tx, id: Uuid, now: Timestamp) -> DbResult<()> {
    let host = rustix::system::uname();
    let name = format!("{} {}", host.nodename().to_string_lossy(), std::process::id());
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO nodes (id, name, version, beat, started_at) VALUES ($1, $2, $3, 0, $4)"
    )
    .bind(id)
    .bind(name)
    .bind(env!("CARGO_PKG_VERSION"))
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Says that a node lives. Tells whether the others think so too. A beat that a power failure takes back is made
/// again, so it waits for no disk.
pub(super) async fn beat(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    tx.leave_to_the_disk().await?;
    let beaten = on_db!(tx, |conn| sqlx::query("UPDATE nodes SET beat = beat + 1 WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(beaten == 1)
}

/// All nodes with their beats.
pub(super) async fn living(tx: &mut Tx) -> DbResult<Vec<(Uuid, i64)>> {
    Ok(on_db!(tx, |conn| sqlx::query_as("SELECT id, beat FROM nodes").fetch_all(conn).await?))
}

/// Takes a node out, unless it has beaten meanwhile. Tells how many it were.
pub(super) async fn bury(tx: &mut Tx, id: Uuid, beat: Option<i64>) -> DbResult<u64> {
    Ok(on_db!(tx, |conn| sqlx::query(
        "DELETE FROM nodes WHERE id = $1 AND beat = COALESCE($2, beat)"
    )
    .bind(id)
    .bind(beat)
    .execute(conn)
    .await?
    .rows_affected()))
}

/// A lease: whose, and its fence.
pub(super) type Held = (Uuid, i64);

/// All leases by their names.
pub(super) async fn leases(tx: &mut Tx) -> DbResult<HashMap<String, Held>> {
    let rows: Vec<(String, Uuid, i64)> = on_db!(tx, |conn| {
        sqlx::query_as("SELECT name, node_id, fence FROM leases").fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(|(name, node, fence)| (name, (node, fence))).collect())
}

/// Takes a lease that is as it was seen, `None` if there was none. Tells the new fence, if nobody was faster.
pub(super) async fn take(
    tx: &mut Tx,
    name: &str,
    node: Uuid,
    seen: Option<i64>,
) -> DbResult<Option<i64>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO leases (name, node_id, fence) VALUES ($1, $2, 1)
         ON CONFLICT (name) DO UPDATE SET node_id = excluded.node_id, fence = leases.fence + 1
             WHERE leases.fence = $3
         RETURNING fence"
    )
    .bind(name)
    .bind(node)
    .bind(seen)
    .fetch_optional(conn)
    .await?))
}

/// Gives back a lease that a node holds.
pub(super) async fn give_back(tx: &mut Tx, name: &str, node: Uuid) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE leases SET node_id = $3 WHERE name = $1 AND node_id = $2"
    )
    .bind(name)
    .bind(node)
    .bind(Uuid::nil())
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}
