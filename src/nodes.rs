//! The nodes of the hub: who lives, and who does what one alone may do.
//!
//! Every node beats in the database. A node whose beat has stood still for some seconds, by the watch of another that
//! looked on all the while, is buried: its row goes, and with it all that it held. No clock is ever compared with
//! another one's, so clocks may be wrong. A node that cannot beat stops what it does alone before the others take it.
//!
//! On the embedded database there is one node, and whatever another one held was left by a process that is gone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use sapa_channel::new_id;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, timeout},
};
use uuid::Uuid;

use crate::{
    app::App,
    db::{Db, DbResult},
    telemetry,
};

mod lease;
mod queries;

pub use lease::Lease;

/// How often a node beats, and looks at the others.
const BEAT: Duration = Duration::from_secs(1);

/// A node that has not beaten for so long is dead to the others.
const SILENCE: Duration = Duration::from_secs(6);

/// A node that could not beat for so long holds nothing any more, by its own word: well before the others bury it.
const DOUBT: Duration = Duration::from_secs(4);

/// How long one look may take, and how soon after one that failed comes the next: two fit into the time of doubt.
const LOOK: Duration = Duration::from_millis(1500);
const SOON: Duration = Duration::from_millis(250);

/// A lease that this node would like to hold, and how many of its tasks ask for it.
#[derive(Debug)]
struct Wanted {
    by: usize,
    /// The fence, while it is held.
    held: watch::Sender<Option<i64>>,
}

/// This node among the others.
#[derive(Clone, Debug)]
pub struct Nodes(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Apart from the pool, so that a busy node does not pass for a dead one.
    db: Db,
    me: RwLock<Uuid>,
    wanted: Mutex<HashMap<String, Wanted>>,
    /// Something new is wanted.
    asked: Notify,
    /// How many were buried, as far as this node saw.
    buried: watch::Sender<u64>,
}

impl Nodes {
    /// This node, which the others do not know yet.
    #[must_use]
    pub fn new(db: &Db) -> Self {
        Self(Arc::new(Inner {
            db: db.aside(),
            me: RwLock::new(new_id()),
            wanted: Mutex::default(),
            asked: Notify::new(),
            buried: watch::Sender::new(0),
        }))
    }

    /// This node's id. It changes if the others took it for dead.
    #[must_use]
    pub fn me(&self) -> Uuid {
        *self.0.me.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes whenever a node was buried.
    #[must_use]
    pub fn buried(&self) -> watch::Receiver<u64> {
        self.0.buried.subscribe()
    }

    fn wanted(&self) -> MutexGuard<'_, HashMap<String, Wanted>> {
        self.0.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes this node one of those that live.
    pub async fn join(&self, app: &App) -> DbResult<()> {
        let mut tx = self.0.db.write().await?;
        if tx.is_sqlite() {
            queries::forget_all(&mut tx).await?;
        }
        queries::join(&mut tx, self.me(), app.now()).await?;
        tx.commit().await
    }

    /// Takes this node out: what it still holds is free at once.
    pub async fn leave(&self) {
        let left: DbResult<()> = async {
            let mut tx = self.0.db.write().await?;
            queries::bury(&mut tx, self.me(), None).await?;
            tx.commit().await
        }
        .await;
        if let Err(error) = left {
            tracing::warn!(%error, "the other nodes will have to find out that this one has ended");
        }
        self.0.db.close().await;
    }

    /// Whether there is nobody else and nothing to take.
    fn has_all(&self) -> bool {
        self.0.db.is_embedded()
            && self.wanted().values().all(|wanted| wanted.held.borrow().is_some())
    }

    fn hold_nothing(&self) {
        for wanted in self.wanted().values() {
            wanted.held.send_if_modified(|held| held.take().is_some());
        }
    }
}

/// What one node has seen of the others: their beats, and since when each stands still.
type Seen = HashMap<Uuid, (i64, Instant)>;

/// Beats and looks as long as this node does anything, so also while it finishes what it began.
pub async fn run(app: App) {
    let nodes = app.nodes();
    let (mut seen, mut good) = (Seen::new(), Instant::now());
    loop {
        match timeout(LOOK, look(&app, &mut seen)).await {
            Ok(Ok(())) => {
                good = Instant::now();
                let _ = timeout(BEAT, nodes.0.asked.notified()).await;
            }
            failed => {
                // Whom this node could not see was not silent.
                seen.clear();
                if good.elapsed() >= DOUBT {
                    nodes.hold_nothing();
                }
                let why = match failed {
                    Ok(Err(error)) => error.to_string(),
                    _ => "it took too long".to_owned(),
                };
                tracing::warn!(error = why, "this node could not beat");
                tokio::time::sleep(SOON).await;
            }
        }
    }
}

/// Beats, buries the dead, and takes what is wanted and free.
async fn look(app: &App, seen: &mut Seen) -> DbResult<()> {
    let nodes = app.nodes();
    if nodes.has_all() {
        return Ok(());
    }
    let me = nodes.me();
    let mut tx = nodes.0.db.write().await?;
    if !queries::beat(&mut tx, me).await? {
        tracing::error!("the other nodes took this one for dead: it begins anew");
        nodes.hold_nothing();
        let fresh = new_id();
        queries::join(&mut tx, fresh, app.now()).await?;
        tx.commit().await?;
        *nodes.0.me.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        nodes.0.asked.notify_one();
        return Ok(());
    }
    let living = queries::living(&mut tx).await?;
    let held = queries::leases(&mut tx).await?;
    tx.commit().await?;

    telemetry::nodes(living.len());
    let now = Instant::now();
    seen.retain(|id, _| living.iter().any(|(living, _)| living == id));
    let mut dead = Vec::new();
    for (id, beat) in living.iter().filter(|(id, _)| *id != me) {
        let known = seen.entry(*id).or_insert((*beat, now));
        if known.0 != *beat {
            *known = (*beat, now);
        } else if now.duration_since(known.1) >= SILENCE {
            dead.push((*id, *beat));
        }
    }
    if !dead.is_empty() {
        let mut tx = nodes.0.db.write().await?;
        let mut buried = 0;
        for (id, beat) in &dead {
            buried += queries::bury(&mut tx, *id, Some(*beat)).await?;
        }
        tx.commit().await?;
        if buried > 0 {
            tracing::warn!(nodes = buried, "nodes have died: the others go on with what they did");
            nodes.0.buried.send_modify(|count| *count += buried);
        }
    }
    let lives = |id: &Uuid| {
        living.iter().any(|(living, _)| living == id) && !dead.iter().any(|(dead, _)| dead == id)
    };
    lease::settle(nodes, me, &held, lives).await
}
