//! The hub under test: where it keeps its data, and how it is started.

use std::{net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};

use anyhow::ensure;
use bench::{
    hub::{Backend, folder},
    process::{Process, free_port},
};
use sapa::db::Db;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{clock::SetClock, postgres::Server, proxy::Proxy};

/// Where a hub lives through all its deaths.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    url: String,
    /// The PostgreSQL.
    pub server: Option<Server>,
    /// The clock of its machine.
    pub clock: SetClock,
    /// The hub's way to PostgreSQL.
    pub proxy: Option<Proxy>,
    /// Its web server.
    pub http: SocketAddr,
    /// Its listener for mail.
    pub smtp: SocketAddr,
    /// Its listener for LMTP.
    pub lmtp: SocketAddr,
}

fn free() -> anyhow::Result<SocketAddr> {
    Ok(SocketAddr::from(([127, 0, 0, 1], free_port()?)))
}

impl Place {
    /// An empty place, with settings for a relay at a port and a Telegram at an address.
    pub async fn new(backend: Backend, relay: u16, telegram: &str) -> anyhow::Result<Self> {
        let folder = folder()?;
        let clock = SetClock::new(folder.path())?;
        let mut url = format!("sqlite:{}", folder.path().join("sapa.db").display());
        let (mut server, mut proxy) = (None, None);
        if backend == Backend::Postgres {
            let started = Server::start().await?;
            url = started.url();
            proxy = Some(Proxy::listen(started.folder())?);
            server = Some(started);
        }
        let place =
            Self { folder, url, server, clock, proxy, http: free()?, smtp: free()?, lmtp: free()? };
        let settings = format!(
            "server.listen = \"{0}\"\nserver.public_url = \"http://{0}\"\ndatabase.url = {1:?}\nfiles.folder = \"{2}\"\n\
             smtp.listen = \"{3}\"\nsmtp.lmtp_listen = \"{4}\"\ntelegram.api_url = \"{telegram}\"\n\
             delivery.undo_seconds = 0\noutbound.allow = [\"127.0.0.1\"]\nlog.level = \"warn\"\n\
             [mail.relay]\nhost = \"127.0.0.1\"\nport = {relay}\ntls = \"none\"\n",
            place.http,
            place.hubs_url(),
            place.path("files").display(),
            place.smtp,
            place.lmtp,
        );
        std::fs::write(place.path("sapa.toml"), settings)?;
        Ok(place)
    }

    /// The hub's address of the database.
    fn hubs_url(&self) -> String {
        match (&self.server, &self.proxy) {
            (Some(server), Some(proxy)) => {
                let (straight, by_proxy) = (server.folder().display(), proxy.folder().display());
                self.url.replace(&straight.to_string(), &by_proxy.to_string())
            }
            _ => self.url.clone(),
        }
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its database. It must not be held over a death, or the next hub would find it in use.
    pub async fn database(&self) -> anyhow::Result<Db> {
        Ok(Db::connect(&self.url).await?)
    }

    /// Starts the hub with these variables, and waits for nothing.
    pub fn start(&self, variables: &[(&str, String)]) -> anyhow::Result<Process> {
        let log = std::fs::File::options().create(true).append(true).open(self.path("log"))?;
        let config = self.path("sapa.toml");
        let line = ["serve".as_ref(), "--config".as_ref(), config.as_os_str()];
        let mut variables = variables.to_vec();
        if !variables.iter().any(|(name, _)| *name == SetClock::LIBRARY) {
            variables.extend(self.clock.variables());
        }
        Process::spawn(line, &variables, self.http.port(), Stdio::from(log))
    }

    /// Starts the hub, and waits until it is ready.
    pub async fn ready(&self) -> anyhow::Result<Process> {
        let mut hub = self.start(&[])?;
        wait_ready(&mut hub).await?;
        Ok(hub)
    }

    /// Removes what was stored; with `keep` the folder stays, and its path is told.
    pub fn remove(mut self, keep: bool) {
        if !keep {
            return;
        }
        let folder = self.folder.keep();
        eprintln!("the ledger, the hub's log and its files are kept in {}", folder.display());
        if let Some(server) = &mut self.server {
            eprintln!("PostgreSQL's data are kept in {}", server.keep().display());
        }
    }
}

/// Waits until a hub is ready. `false` if it ended before.
pub async fn wait_ready(hub: &mut Process) -> anyhow::Result<bool> {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if hub.ended()?.is_some() {
            return Ok(false);
        }
        if tokio::task::block_in_place(|| hub.is_ready()) {
            return Ok(true);
        }
        ensure!(Instant::now() < end, "the hub does not become ready");
        sleep(Duration::from_millis(10)).await;
    }
}
