//! `sapa openapi`: the description of the API.

use std::{io::Write, path::Path, sync::Arc};

use anyhow::Context;
use sapa_channel::{SystemClock, new_id};

use super::lock;
use crate::{
    app::App,
    config::{Config, Database},
    http,
};

/// Prints it. It is made from the routes, which need a hub: one on an empty database that is removed again.
pub async fn run() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("sapa-openapi-{}", new_id().simple()));
    lock::make_folder(&folder)?;
    let described = describe(&folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    writeln!(std::io::stdout(), "{}", described?).context("writing the description")
}

async fn describe(folder: &Path) -> anyhow::Result<String> {
    let mut config =
        Config { database: Database::embedded(&folder.join("sapa.db")), ..Config::default() };
    config.files.folder = folder.join("files");
    let app = App::open(config, Arc::new(SystemClock), false).await?;
    let (_, description, _) = http::api(&app);
    let json = serde_json::to_string_pretty(&description);
    app.db().close().await;
    json.context("writing the description as JSON")
}
