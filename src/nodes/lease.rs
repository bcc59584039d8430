//! Work that one node alone may do.

use std::{collections::HashMap, future::Future, pin::pin};

use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{BEAT, Nodes, Wanted, queries};
use crate::db::DbResult;

/// The wish to hold a lease, until it is dropped.
#[derive(Debug)]
pub struct Lease {
    nodes: Nodes,
    name: String,
    held: watch::Receiver<Option<i64>>,
}

impl Lease {
    /// The fence, while it is held: it has risen each time that the lease changed hands.
    #[must_use]
    pub fn fence(&self) -> Option<i64> {
        *self.held.borrow()
    }

    /// Waits until it is held.
    pub async fn gained(&mut self) {
        // It fails only when the hub is gone, and then nobody waits.
        let _ = self.held.wait_for(Option::is_some).await;
    }

    /// Waits until it is held no more, or by another taking.
    async fn lost(&mut self, fence: Option<i64>) {
        let _ = self.held.wait_for(|held| *held != fence).await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut all = self.nodes.wanted();
        if let Some(wanted) = all.get_mut(&self.name) {
            wanted.by -= 1;
            if wanted.by == 0 {
                all.remove(&self.name);
                // It is given back at once.
                self.nodes.0.asked.notify_one();
            }
        }
    }
}

impl Nodes {
    /// Asks for a lease from now on. What is held once stays held as long as this node lives.
    #[must_use]
    pub fn want(&self, name: &str) -> Lease {
        let mut all = self.wanted();
        let wanted = all
            .entry(name.to_owned())
            .or_insert_with(|| Wanted { by: 0, held: watch::Sender::new(None) });
        wanted.by += 1;
        let held = wanted.held.subscribe();
        drop(all);
        self.0.asked.notify_one();
        Lease { nodes: self.clone(), name: name.to_owned(), held }
    }

    /// Does some work on one node alone: here whenever this node holds the lease of that name, until `stop`. The
    /// token that the work gets ends when the lease is lost or the hub stops.
    pub async fn alone<F: Future<Output = ()>>(
        &self,
        name: &str,
        stop: &CancellationToken,
        work: impl Fn(CancellationToken) -> F,
    ) {
        let mut lease = self.want(name);
        while stop.run_until_cancelled(lease.gained()).await.is_some() {
            let fence = lease.fence();
            let held = stop.child_token();
            let mut working = pin!(work(held.clone()));
            tokio::select! {
                () = &mut working => {}
                () = lease.lost(fence) => {
                    held.cancel();
                    working.await;
                }
            }
            // What ends by itself is not begun again in a hurry.
            if stop.run_until_cancelled(sleep(BEAT)).await.is_none() {
                return;
            }
        }
    }
}

/// Takes what is wanted and free, gives back what is wanted no more, and tells those who wait what this node holds.
pub(super) async fn settle(
    nodes: &Nodes,
    me: Uuid,
    seen: &HashMap<String, queries::Held>,
    lives: impl Fn(&Uuid) -> bool,
) -> DbResult<()> {
    let wanted: Vec<String> = nodes.wanted().keys().cloned().collect();
    let mut mine: HashMap<String, i64> = HashMap::new();
    let mut free: Vec<(String, Option<i64>)> = Vec::new();
    for name in wanted {
        match seen.get(&name) {
            Some((node, fence)) if *node == me => drop(mine.insert(name, *fence)),
            Some((node, _)) if lives(node) => {}
            other => free.push((name, other.map(|(_, fence)| *fence))),
        }
    }
    let spare: Vec<&String> = seen
        .iter()
        .filter(|(name, (node, _))| *node == me && !mine.contains_key(*name))
        .map(|(name, _)| name)
        .collect();
    if !free.is_empty() || !spare.is_empty() {
        // In one order on all nodes, so that no two wait for each other.
        free.sort();
        let mut tx = nodes.0.db.write().await?;
        for (name, fence) in free {
            if let Some(fence) = queries::take(&mut tx, &name, me, fence).await? {
                mine.insert(name, fence);
            }
        }
        for name in spare {
            queries::give_back(&mut tx, name, me).await?;
        }
        tx.commit().await?;
    }
    for (name, wanted) in nodes.wanted().iter() {
        let fence = mine.get(name).copied();
        wanted.held.send_if_modified(|held| std::mem::replace(held, fence) != fence);
    }
    Ok(())
}
