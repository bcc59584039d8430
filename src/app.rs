//! The state that everything shares, and how it is wired.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::FutureExt;
use sapa_channel::{Clock, Timestamp};
use sapa_webchat::Rooms;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    bus::Bus,
    channels::{Registry, operate::Operation},
    config::Config,
    db::{Db, DbResult, Tx},
    delivery::Wake,
    events::{self, NewEvent},
    files::Store,
    http_client::OutboundClient,
    intake::Pressure,
    keys::Keys,
    live::Live,
    mailings::limit::Limit,
    nodes::Nodes,
    officers::throttle::Throttle,
};

pub mod running;

/// How long readers of the log wait for a word before they look by themselves (D5).
const SWEEP: Duration = Duration::from_secs(5);

/// The running hub. A clone is the same hub.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    keys: Keys,
    files: Store,
    config: Config,
    registry: Registry,
    nodes: Nodes,
    bus: Bus,
    live: Live,
    wake: Wake,
    pressure: Pressure,
    throttle: Throttle,
    ways_out: Limit,
    outbound: OutboundClient,
    rooms: Arc<Rooms>,
    operation: OnceLock<Operation>,
    stop: CancellationToken,
    tasks: TaskTracker,
    demo: bool,
}

impl App {
    /// Opens the database and the store of files. Nothing runs yet.
    pub async fn open(config: Config, clock: Arc<dyn Clock>, demo: bool) -> anyhow::Result<Self> {
        use anyhow::Context;
        use secrecy::ExposeSecret;

        let db = Db::connect(config.database.url.expose_secret())
            .await
            .context("opening the database")?;
        let newest = events::newest(&mut db.read().await.context("opening the database")?)
            .await
            .context("reading the log")?;
        if let Some(at) = newest
            && !clock.not_before(at)
        {
            tracing::error!(
                stored = %at,
                now = %clock.now(),
                "the clock is more than a day behind what is stored: what is said now will stand before it"
            );
        }
        let files = Store::open(&config.files).context("opening the store of files")?;
        let keys = Keys::load(&db).await.context("loading the signing secret")?;
        let outbound = OutboundClient::new(&config.outbound).context("preparing outbound calls")?;
        let nodes = Nodes::new(&db);
        let bus = config.bus.url.as_ref().map_or_else(Bus::default, |_| Bus::to_others());
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            keys,
            files,
            config,
            registry: Registry::default(),
            nodes,
            live: Live::new(bus.clone()),
            wake: Wake::new(bus.clone()),
            bus,
            pressure: Pressure::default(),
            throttle: Throttle::default(),
            ways_out: Limit::default(),
            outbound,
            rooms: Rooms::new(),
            operation: OnceLock::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            demo,
        })))
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The clock itself, for channels.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.clock.clone()
    }

    /// What signs the hub's tokens.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The store of larger files.
    #[must_use]
    pub fn files(&self) -> &Store {
        &self.0.files
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The channels in operation.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// This node among the others.
    #[must_use]
    pub fn nodes(&self) -> &Nodes {
        &self.0.nodes
    }

    /// Where it says words to the others.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// Who is looking at the screen, and what they must hear at once.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// Wakes those who wait for work.
    #[must_use]
    pub fn wake(&self) -> &Wake {
        &self.0.wake
    }

    /// Slows down those who guess passwords.
    #[must_use]
    pub fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// How many arrivals wait for their commit.
    #[must_use]
    pub fn pressure(&self) -> &Pressure {
        &self.0.pressure
    }

    /// Slows down those who guess links out of mailings.
    #[must_use]
    pub fn ways_out(&self) -> &Limit {
        &self.0.ways_out
    }

    /// The one client for calls to addresses that people entered (R4).
    #[must_use]
    pub fn outbound(&self) -> &OutboundClient {
        &self.0.outbound
    }

    /// Whether this is the demo.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0.demo
    }

    /// The visitors who are connected.
    #[must_use]
    pub fn rooms(&self) -> &Arc<Rooms> {
        &self.0.rooms
    }

    /// What channels need, once the hub is in operation.
    #[must_use]
    pub fn operation(&self) -> Option<&Operation> {
        self.0.operation.get()
    }

    fn operate(&self, operation: Operation) {
        assert!(self.0.operation.set(operation).is_ok(), "a hub is put into operation once");
    }

    /// Is cancelled when the hub shall stop.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    /// The tasks that must end before the hub has stopped.
    #[must_use]
    pub fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    /// Appends to the log, commits, and wakes those who react.
    pub async fn commit(&self, mut tx: Tx, events: &[NewEvent]) -> DbResult<()> {
        events::append(&mut tx, events).await?;
        tx.commit().await?;
        if !events.is_empty() {
            self.wake().log_grew();
        }
        self.wake().delivery_due();
        Ok(())
    }

    /// Keeps a task going until `stop`: if it panics or ends by itself it is started again, and nothing else
    /// is touched.
    pub fn supervise<F>(
        &self,
        name: &'static str,
        stop: CancellationToken,
        run: impl Fn() -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        self.tasks().spawn(async move {
            while !stop.is_cancelled() {
                if AssertUnwindSafe(run()).catch_unwind().await.is_err() {
                    tracing::error!(task = name, "a task panicked and is started again");
                }
                stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(1))).await;
            }
        });
    }
}

/// Waits until the log has grown, or for some seconds, for a word may be lost (D5).
pub async fn woken(grew: &mut watch::Receiver<i64>) {
    // It fails only when the hub is gone, and then nobody waits.
    let _ = tokio::time::timeout(SWEEP, grew.changed()).await;
}

/// Runs the hub until `stop`, and stops it gracefully.
pub async fn run(app: App, stop: CancellationToken) -> anyhow::Result<()> {
    let hub = app.stopping();
    let running = running::start(app).await?;
    tokio::spawn(async move {
        stop.cancelled().await;
        hub.cancel();
    });
    running.wait().await
}
