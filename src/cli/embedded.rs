//! What is done with the file of an embedded database itself, beside the hub that may be running on it.

use std::path::Path;

use anyhow::{Context, bail};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::config::Config;

/// The file of the embedded database; refuses if it is a server.
pub fn file(config: &Config) -> anyhow::Result<std::path::PathBuf> {
    let Some(file) = config.database.embedded_file() else {
        let files = match &config.files.bucket {
            Some(bucket) => format!("bucket {}", bucket.name),
            None => format!("folder {}", config.files.folder.display()),
        };
        bail!(
            "this is for the embedded database only. On PostgreSQL, use pg_dump and pg_restore, and copy the {files} after the dump"
        );
    };
    Ok(file)
}

async fn open(file: &Path) -> anyhow::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false);
    SqliteConnection::connect_with(&options)
        .await
        .with_context(|| format!("opening {}", file.display()))
}

/// Writes the database as it is at this moment into another file. The hub may go on writing meanwhile.
pub async fn snapshot(file: &Path, into: &Path) -> anyhow::Result<()> {
    let mut connection = open(file).await?;
    let into = into.to_str().context("the path of the backup is no text")?;
    sqlx::query("VACUUM INTO $1")
        .bind(into)
        .execute(&mut connection)
        .await
        .context("copying the database")?;
    connection.close().await.context("closing the database")
}

/// Checks every page, index and reference of a database that nobody else uses.
pub async fn check(file: &Path) -> anyhow::Result<()> {
    let mut connection = open(file).await?;
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(5)")
        .fetch_all(&mut connection)
        .await
        .context("the database cannot be read")?;
    if found != ["ok"] {
        bail!("the database is damaged: {}", found.join("; "));
    }
    connection.close().await.context("closing the database")
}
