//! The hub under test: where it keeps its data, and how it is started.

use std::{net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, ensure};
use bench::{
    hub::{Backend, folder, postgres_url},
    process::{Process, free_port},
};
use sapa::db::Db;
use sapa_channel::new_id;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::proxy::{self, Proxy};

/// Where a hub lives through all its deaths.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    schema: Option<String>,
    url: String,
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
        let (mut url, mut schema) =
            (format!("sqlite:{}", folder.path().join("sapa.db").display()), None);
        let mut proxy = None;
        if backend == Backend::Postgres {
            let server = postgres_url().context("TEST_POSTGRES_URL names no PostgreSQL")?;
            let name = format!("crash_{}", new_id().simple());
            let mut admin = PgConnection::connect(&server).await?;
            sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut admin).await?;
            url = format!("{server}&options=-csearch_path%3D{name}");
            schema = Some(name);
            proxy = Some(Proxy::listen(&proxy::folder_of(&server)?)?);
        }
        let place =
            Self { folder, schema, url, proxy, http: free()?, smtp: free()?, lmtp: free()? };
        let settings = format!(
            "server.listen = \"{0}\"\nserver.public_url = \"http://{0}\"\ndatabase.url = {1:?}\nfiles.folder = \"{2}\"\n\
             smtp.listen = \"{3}\"\nsmtp.lmtp_listen = \"{4}\"\ntelegram.api_url = \"{telegram}\"\n\
             delivery.undo_seconds = 0\noutbound.allow = [\"127.0.0.1\"]\nlog.level = \"warn\"\n\
             [mail.relay]\nhost = \"127.0.0.1\"\nport = {relay}\ntls = \"none\"\n",
            place.http,
            place.hubs_url()?,
            place.path("files").display(),
            place.smtp,
            place.lmtp,
        );
        std::fs::write(place.path("sapa.toml"), settings)?;
        Ok(place)
    }

    /// The hub's address of the database.
    fn hubs_url(&self) -> anyhow::Result<String> {
        let Some(proxy) = &self.proxy else { return Ok(self.url.clone()) };
        let server = proxy::folder_of(&self.url)?.display().to_string();
        Ok(self.url.replace(&server, &proxy.folder().display().to_string()))
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
        Process::spawn(line, variables, self.http.port(), Stdio::from(log))
    }

    /// Starts the hub, and waits until it is ready.
    pub async fn ready(&self) -> anyhow::Result<Process> {
        let mut hub = self.start(&[])?;
        wait_ready(&mut hub).await?;
        Ok(hub)
    }

    /// Removes what was stored; with `keep` the folder stays, and its path is told.
    pub async fn remove(self, keep: bool) -> anyhow::Result<()> {
        if keep {
            eprintln!(
                "the ledger, the hub's log and its files are kept in {}",
                self.folder.keep().display()
            );
            return Ok(());
        }
        if let (Some(schema), Some(url)) = (&self.schema, postgres_url()) {
            let mut admin = PgConnection::connect(&url).await?;
            let drop = format!("DROP SCHEMA {schema} CASCADE");
            sqlx::query(AssertSqlSafe(drop)).execute(&mut admin).await?;
        }
        Ok(())
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
