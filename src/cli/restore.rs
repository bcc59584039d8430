//! `sapa restore`: brings a backup back.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use sapa_channel::{Clock, SystemClock};
use secrecy::ExposeSecret;

use super::{
    archive::{self, Unfinished},
    embedded, lock,
};
use crate::{
    config::{Config, Database},
    db::{self, Db},
};

/// Restores the backup and tells of it.
pub async fn run(config: &Config, backup: &Path, force: bool) -> anyhow::Result<()> {
    let database = embedded::file(config)?;
    // Held to the end, so that no hub starts in the middle of it.
    let _lock = lock::take(&config.database)?;
    if database.exists() && !force {
        bail!("{} is there already; with --force it is put aside and replaced", database.display());
    }
    let unfinished = Unfinished::beside(&database)?;
    let mut file = unfinished.create()?;
    let (from, folder) = (backup.to_owned(), config.files.folder.clone());
    let unpacked = tokio::task::spawn_blocking(move || archive::unpack(&from, &mut file, &folder));
    let manifest = unpacked.await.context("unpacking")??;
    embedded::check(unfinished.path()).await?;
    bring_up_to_date(unfinished.path()).await?;
    let aside = put_aside(&database)?;
    db::remove_index(&database).context("removing the search index")?;
    unfinished.finish(&database)?;
    println!(
        "{} is as it was at {}, with {} files (made by sapa {})",
        database.display(),
        manifest.made_at,
        manifest.files,
        manifest.program
    );
    if let Some(aside) = aside {
        println!(
            "what was there before is {}; remove it when you no longer need it",
            aside.display()
        );
    }
    Ok(())
}

/// Migrates the copy before it takes the place of anything: a backup of a newer program is refused here.
async fn bring_up_to_date(copy: &Path) -> anyhow::Result<()> {
    let db = Db::connect(Database::embedded(copy).url.expose_secret())
        .await
        .context("the backup cannot be used by this version of sapa")?;
    db.close().await;
    Ok(())
}

/// Moves the present database out of the way. Its unfolded log goes with it: it must never meet another file.
fn put_aside(database: &Path) -> anyhow::Result<Option<PathBuf>> {
    if !database.exists() {
        return Ok(None);
    }
    let aside = with_suffix(database, &format!(".before-{}", SystemClock.now().seconds()));
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (with_suffix(database, suffix), with_suffix(&aside, suffix));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            moved => moved.with_context(|| format!("moving {}", from.display()))?,
        }
    }
    Ok(Some(aside))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests;
