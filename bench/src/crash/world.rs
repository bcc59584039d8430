//! What all who speak to the hub share.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bench::client::Client;
use sapa_telegram::stub::Stub;
use tokio::sync::watch;

use crate::{ledger::Ledger, peers::Came};

/// The world around the hub.
#[derive(Debug)]
pub struct World {
    /// What was said and taken.
    pub ledger: Ledger,
    /// Where chance begins.
    pub seed: u64,
    /// The hub's web server.
    pub http: SocketAddr,
    /// Where it takes mail.
    pub smtp: SocketAddr,
    /// Where it takes mail by LMTP.
    pub lmtp: SocketAddr,
    /// An officer, signed in.
    pub client: Client,
    /// The key of the web site's chat.
    pub site: String,
    /// The mailbox's channel.
    pub mailbox: String,
    /// Telegram.
    pub telegram: TelegramStub,
    /// What came out to the peers.
    pub came: Arc<Came>,
    /// The visitors of the web site: their number and secret.
    pub visitors: Mutex<Vec<(u32, String)>>,
    go: watch::Sender<bool>,
    busy: AtomicUsize,
}

/// Telegram; the stub says nothing of itself.
pub struct TelegramStub(pub Stub);

impl std::fmt::Debug for TelegramStub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TelegramStub")
    }
}

/// Somebody is at it, until this is dropped.
#[derive(Debug)]
pub struct Turn<'a>(&'a AtomicUsize);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How long anybody waits for an answer before he tries again.
pub const PATIENCE: Duration = Duration::from_secs(8);

impl World {
    /// Nobody speaks yet.
    #[expect(clippy::too_many_arguments, reason = "the parts of the world")]
    pub fn new(
        ledger: Ledger,
        seed: u64,
        [http, smtp, lmtp]: [SocketAddr; 3],
        client: Client,
        site: String,
        mailbox: String,
        telegram: Stub,
        came: Arc<Came>,
    ) -> Self {
        Self {
            ledger,
            seed,
            http,
            smtp,
            lmtp,
            client,
            site,
            mailbox,
            telegram: TelegramStub(telegram),
            came,
            visitors: Mutex::default(),
            go: watch::Sender::new(false),
            busy: AtomicUsize::new(0),
        }
    }

    /// Waits until one may speak, and holds the calm off until what is said is through.
    pub async fn turn(&self) -> Turn<'_> {
        let mut go = self.go.subscribe();
        loop {
            self.busy.fetch_add(1, Ordering::SeqCst);
            let turn = Turn(&self.busy);
            if *go.borrow_and_update() {
                return turn;
            }
            drop(turn);
            // The sender lives as long as the world.
            let _ = go.changed().await;
        }
    }

    /// Everybody may speak.
    pub fn go(&self) {
        self.came.be_gentle(false);
        self.go.send_replace(true);
    }

    /// Nobody begins anything more; waits until all that was begun is through.
    pub async fn calm(&self) -> anyhow::Result<()> {
        self.came.be_gentle(true);
        self.go.send_replace(false);
        let end = tokio::time::Instant::now() + Duration::from_secs(60);
        while self.busy.load(Ordering::SeqCst) > 0 {
            anyhow::ensure!(
                tokio::time::Instant::now() < end,
                "somebody waits for the hub in vain"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}
