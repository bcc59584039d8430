//! The hub as a program of its own, on a database that outlives it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::Context;
use sapa::db::{Db, Embedded};
use sapa_channel::new_id;
use sqlx::{
    AssertSqlSafe, Connection, PgConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tempfile::TempDir;

use crate::{
    hub::{Backend, folder, postgres_url},
    process::{Process, free_port},
};

/// Where a hub lives, whether it runs or not.
#[derive(Debug)]
pub struct Served {
    /// Its folder.
    pub folder: PathBuf,
    url: String,
    http: u16,
    smtp: u16,
    schema: Option<String>,
    made: Option<TempDir>,
}

impl Served {
    /// A new one with `settings` beside those of its place.
    pub async fn new(backend: Backend, settings: &str) -> anyhow::Result<Self> {
        let made = folder()?;
        let mut served = Self::at(made.path(), settings)?;
        served.made = Some(made);
        if backend == Backend::Postgres {
            let url = postgres_url().context("TEST_POSTGRES_URL names no PostgreSQL")?;
            let name = format!("bench_{}", new_id().simple());
            let mut admin = PgConnection::connect(&url).await?;
            sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut admin).await?;
            served.url = format!("{url}&options=-csearch_path%3D{name}");
            served.schema = Some(name);
            served.settle(settings)?;
        }
        Ok(served)
    }

    /// One on the embedded database in a folder that stays.
    pub fn at(folder: &Path, settings: &str) -> anyhow::Result<Self> {
        let folder = &std::path::absolute(folder)?;
        std::fs::create_dir_all(folder)?;
        let served = Self {
            url: format!("sqlite:{}", folder.join("sapa.db").display()),
            folder: folder.to_owned(),
            http: free_port()?,
            smtp: free_port()?,
            schema: None,
            made: None,
        };
        served.settle(settings)?;
        Ok(served)
    }

    /// Another node on the same database and files.
    pub fn beside(&self, name: &str, settings: &str) -> anyhow::Result<Self> {
        let node = Self {
            folder: self.folder.join(name),
            url: self.url.clone(),
            http: free_port()?,
            smtp: free_port()?,
            schema: None,
            made: None,
        };
        std::fs::create_dir_all(&node.folder)?;
        node.write(settings, &self.folder.join("files"))?;
        Ok(node)
    }

    fn settle(&self, settings: &str) -> anyhow::Result<()> {
        self.write(settings, &self.folder.join("files"))
    }

    fn write(&self, settings: &str, files: &Path) -> anyhow::Result<()> {
        // Visitors come to several addresses of the loopback network.
        let text = format!(
            "server.listen = \"0.0.0.0:{0}\"\nserver.public_url = \"http://127.0.0.1:{0}\"\ndatabase.url = {1:?}\nfiles.folder = \"{2}\"\n\
             smtp.listen = \"127.0.0.1:{3}\"\nmail.folder = \"{4}\"\ndelivery.undo_seconds = 0\nlog.level = \"warn\"\n{settings}",
            self.http,
            self.url,
            files.display(),
            self.smtp,
            self.folder.join("mail").display(),
        );
        Ok(std::fs::write(self.folder.join("sapa.toml"), text)?)
    }

    /// Its web server.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.http).into()
    }

    /// Where it takes mail.
    #[must_use]
    pub fn smtp(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.smtp).into()
    }

    /// Starts it, and waits until it is ready.
    pub fn start(&self) -> anyhow::Result<Process> {
        let config = self.folder.join("sapa.toml");
        Process::start(["serve".as_ref(), "--config".as_ref(), config.as_os_str()], self.http)
    }

    /// The log of the embedded database.
    #[must_use]
    pub fn wal(&self) -> PathBuf {
        self.folder.join("sapa.db-wal")
    }

    /// Its database as the hub opens it. Only while it does not run.
    pub async fn database(&self) -> anyhow::Result<Db> {
        Ok(Db::connect(&self.url).await?)
    }

    /// Its database for filling it in haste: a power failure costs all of it. Only while it does not run.
    pub async fn hasty(&self) -> anyhow::Result<Db> {
        if self.schema.is_some() {
            let url = format!("{}%20-csynchronous_commit%3Doff", self.url);
            return Ok(Db::connect(&url).await?);
        }
        let options = SqliteConnectOptions::from_str(&self.url)?
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .foreign_keys(false)
            .pragma("cache_size", "-400000")
            .pragma("locking_mode", "EXCLUSIVE");
        Ok(Db::Sqlite(Embedded::single(options).await?))
    }

    /// Its database for reading it while the hub runs.
    pub async fn reading(&self) -> anyhow::Result<Db> {
        if self.schema.is_some() {
            return self.database().await;
        }
        let options = SqliteConnectOptions::from_str(&self.url)?.read_only(true);
        Ok(Db::Sqlite(Embedded::single(options).await?))
    }

    /// The address of its schema, if it lives on PostgreSQL.
    #[must_use]
    pub fn server(&self) -> Option<String> {
        self.schema.as_ref().map(|_| self.url.clone())
    }

    /// Removes what was stored, unless its folder is one that stays.
    pub async fn remove(self) -> anyhow::Result<()> {
        if let (Some(schema), Some(url)) = (&self.schema, postgres_url()) {
            let mut admin = PgConnection::connect(&url).await?;
            let drop = format!("DROP SCHEMA {schema} CASCADE");
            sqlx::query(AssertSqlSafe(drop)).execute(&mut admin).await?;
        }
        Ok(())
    }
}
