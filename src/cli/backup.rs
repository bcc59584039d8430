//! `sapa backup`: everything into one file, while the hub runs.

use std::path::Path;

use anyhow::Context;
use sapa_channel::{Clock, SystemClock};

use super::{
    archive::{self, Manifest, Unfinished},
    embedded,
};
use crate::config::Config;

/// Writes the backup and tells of it.
pub async fn run(config: &Config, target: &Path) -> anyhow::Result<()> {
    let manifest = write(config, target).await?;
    let size = std::fs::metadata(target)?.len().div_ceil(1024 * 1024);
    println!("{}: the database and {} files, {size} MiB", target.display(), manifest.files);
    Ok(())
}

/// Writes the backup. It is at its place when it is whole and on the disk, and not before.
///
/// The files are packed after the database: what the database names was there before it was named.
pub async fn write(config: &Config, target: &Path) -> anyhow::Result<Manifest> {
    let database = embedded::file(config)?;
    let (copy, out) = (Unfinished::beside(target)?, Unfinished::beside(target)?);
    // Created first, for its permissions; SQLite takes an empty file.
    copy.create()?;
    embedded::snapshot(&database, copy.path()).await?;
    let file = out.create()?;
    let (folder, now) = (config.files.folder.clone(), SystemClock.now());
    let (copy, manifest) = tokio::task::spawn_blocking(move || {
        let manifest = archive::pack(file, copy.path(), &folder, now)?;
        anyhow::Ok((copy, manifest))
    })
    .await
    .context("packing")??;
    drop(copy);
    out.finish(target)?;
    Ok(manifest)
}
