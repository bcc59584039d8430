//! A hub in this process, on a database of its own.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use sapa::{
    app::{
        App,
        running::{self, Running},
    },
    config::{Config, Database},
    events,
    search::index,
};
use sapa_channel::{SystemClock, new_id};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use crate::client::Client;

/// On which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The embedded one.
    Sqlite,
    /// The server that `TEST_POSTGRES_URL` names.
    Postgres,
}

/// A hub in operation, with a signed-in officer.
#[derive(Debug)]
pub struct Hub {
    /// The hub.
    pub app: App,
    /// Its listeners.
    pub running: Running,
    /// The officer.
    pub client: Client,
    place: Place,
}

/// Where a hub keeps its data.
#[derive(Debug)]
pub struct Place {
    schema: Option<String>,
    _folder: TempDir,
}

/// Where PostgreSQL is, if the environment says so.
#[expect(clippy::disallowed_methods, reason = "told by the environment, as the tests are")]
#[must_use]
pub fn postgres_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

/// An empty folder on the disk of the build, for temporary folders may lie in memory.
pub fn folder() -> anyhow::Result<TempDir> {
    let beside = std::env::current_exe()?.parent().map(PathBuf::from).unwrap_or_default();
    tempfile::Builder::new().prefix("bench-").tempdir_in(beside).context("making a folder")
}

impl Hub {
    /// A new hub.
    pub async fn new(
        backend: Backend,
        change: impl FnOnce(&mut Config, &TempDir),
    ) -> anyhow::Result<Self> {
        let folder = folder()?;
        let mut config = Config {
            database: Database::embedded(&folder.path().join("sapa.db")),
            ..Config::default()
        };
        let mut schema = None;
        if backend == Backend::Postgres {
            let url = postgres_url().context("TEST_POSTGRES_URL names no PostgreSQL")?;
            let name = format!("bench_{}", new_id().simple());
            let mut admin = PgConnection::connect(&url).await?;
            sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut admin).await?;
            config.database.url = format!("{url}&options=-csearch_path%3D{name}").into();
            schema = Some(name);
        }
        config.files.folder = folder.path().join("files");
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.smtp.listen = Some(([127, 0, 0, 1], 0).into());
        config.mail.folder = Some(folder.path().join("mail"));
        config.delivery.undo_seconds = 0;
        change(&mut config, &folder);
        let app = App::open(config, Arc::new(SystemClock), false).await?;
        let running = running::start(app.clone()).await?;
        let client = Client::set_up(running.http).await?;
        Ok(Self { app, running, client, place: Place { schema, _folder: folder } })
    }

    /// How many events search has not read yet, and how old the first of them is.
    pub async fn behind(&self) -> anyhow::Result<(i64, Duration)> {
        let mut tx = self.app.db().read().await?;
        let read = index::indexed(&mut tx).await?;
        let head = events::head(&mut tx).await?;
        let first = events::after(&mut tx, read, 1).await?;
        let age = first.first().map(|event| self.app.now().since(event.at)).unwrap_or_default();
        Ok((head - read, age))
    }

    /// Waits until search has read the whole log.
    pub async fn indexed(&self) -> anyhow::Result<()> {
        while self.behind().await?.0 > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Stops it and removes what it stored.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.running.stop().await?;
        self.place.remove().await
    }

    /// Stops it and opens its database alone, on which nothing runs any more.
    pub async fn quiet(self) -> anyhow::Result<(App, Place)> {
        let config = self.app.config().clone();
        self.running.stop().await?;
        Ok((App::open(config, Arc::new(SystemClock), false).await?, self.place))
    }
}

impl Place {
    /// Removes what was stored.
    pub async fn remove(self) -> anyhow::Result<()> {
        if let (Some(schema), Some(url)) = (&self.schema, postgres_url()) {
            let mut admin = PgConnection::connect(&url).await?;
            let drop = format!("DROP SCHEMA {schema} CASCADE");
            sqlx::query(AssertSqlSafe(drop)).execute(&mut admin).await?;
        }
        Ok(())
    }
}
