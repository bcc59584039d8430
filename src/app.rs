//! The state that everything shares, and how it is wired.

use std::sync::Arc;

use sapa_channel::{Clock, Timestamp};

use crate::{
    channels::Registry, config::Config, db::Db, delivery::Wake, files::Store, http_client::OutboundClient,
    keys::Keys, live::Live, officers::throttle::Throttle,
};

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
    live: Live,
    wake: Wake,
    throttle: Throttle,
    outbound: OutboundClient,
    demo: bool,
}

impl App {
    /// Opens the database and the folder of files. Nothing runs yet.
    pub async fn open(config: Config, clock: Arc<dyn Clock>, demo: bool) -> anyhow::Result<Self> {
        use anyhow::Context;
        use secrecy::ExposeSecret;

        let db = Db::connect(config.database.url.expose_secret()).await.context("opening the database")?;
        let files = Store::open(&config.files.folder).context("opening the folder of files")?;
        let keys = Keys::load(&db).await.context("loading the signing secret")?;
        let outbound = OutboundClient::new(&config.outbound).context("preparing outbound calls")?;
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            keys,
            files,
            config,
            registry: Registry::default(),
            live: Live::default(),
            wake: Wake::default(),
            throttle: Throttle::default(),
            outbound,
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

    /// The folder of larger files.
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
}
