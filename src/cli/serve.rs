//! `sapa serve`: the hub.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use sapa_channel::SystemClock;

use super::{lock, stop};
use crate::{
    app::{
        App,
        running::{self, Running},
    },
    config::Config,
    officers, telemetry,
};

/// Runs the hub until it is told to stop.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let _lock = lock::take(&config.database)?;
    open_many_files();
    let app = open(config, false).await?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), database = app.db().name(), "starting");
    let running = start(&app).await?;
    let url = &app.config().server.public_url;
    tracing::info!(listen = %running.http, %url, "ready");
    if nobody_can_sign_in(&app).await? {
        tracing::info!(%url, "nobody can sign in yet: open this address and make the first administrator");
    }
    running.wait().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Lets this process have as many files and connections open as the system allows. Often it begins with 1024.
fn open_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let allowed = getrlimit(Resource::Nofile).maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: allowed, maximum: allowed }) {
        tracing::warn!(%error, "the number of open files could not be raised");
    }
}

/// Opens a hub whose folders nobody else on this machine can look into.
pub async fn open(config: Config, demo: bool) -> anyhow::Result<App> {
    let database = config.database.embedded_file();
    let database =
        database.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let folders = [database, config.files.own_folder(), config.mail.folder.as_deref()];
    folders.into_iter().flatten().try_for_each(lock::make_folder)?;
    App::open(config, Arc::new(SystemClock), demo).await
}

/// Puts a hub into operation, to be stopped by a signal.
pub async fn start(app: &App) -> anyhow::Result<Running> {
    stop::by_signal(app.stopping())?;
    let running = running::start(app.clone()).await?;
    let hub = app.clone();
    app.supervise("figures", app.stopping(), move || {
        telemetry::sampler::run(hub.clone(), hub.stopping())
    });
    Ok(running)
}

async fn nobody_can_sign_in(app: &App) -> anyhow::Result<bool> {
    let mut tx = app.db().read().await?;
    Ok(officers::queries::count(&mut tx).await.context("counting the officers")? == 0)
}
