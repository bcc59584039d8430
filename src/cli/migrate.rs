//! `sapa migrate`: the database's form alone.

use anyhow::Context;
use secrecy::ExposeSecret;

use super::lock;
use crate::{config::Config, db::Db};

/// Brings the database to the form that this version needs, as every start does too. On an embedded one, no hub may run.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let _lock = lock::take(&config.database)?;
    let db =
        Db::connect(config.database.url.expose_secret()).await.context("migrating the database")?;
    println!("the {} database has the form of sapa {}", db.name(), env!("CARGO_PKG_VERSION"));
    db.close().await;
    Ok(())
}
