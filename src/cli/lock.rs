//! The lock by which no two processes share an embedded database.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use crate::config::Database;

/// An embedded database that is ours alone until this is dropped. The kernel lets go of it even after `kill -9`.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is held, not used")] File);

/// Takes the database for this process, and makes its folder if need be. A server needs no lock.
pub fn take(database: &Database) -> anyhow::Result<Option<Lock>> {
    let Some(database) = database.embedded_file() else { return Ok(None) };
    if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let path = beside(&database);
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path);
    let mut file = opened.with_context(|| format!("opening {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)
                .and_then(|()| write!(file, "{}", std::process::id()))
                .context("writing the lock")?;
            Ok(Some(Lock(file)))
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = if holder.is_empty() {
                "another process".to_owned()
            } else {
                format!("process {holder}")
            };
            bail!("{} is in use by {holder}: stop that first", database.display());
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("locking {}", path.display()))
        }
    }
}

/// Whether a process has taken the database.
pub fn is_taken(database: &Path) -> bool {
    File::open(beside(database))
        .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Makes a folder that others on this machine cannot look into: it will hold messages and tokens.
pub fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let made: io::Result<()> = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("making the folder {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_an_embedded_database_and_a_server_needs_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/sapa.db");
        let database = Database::embedded(&file);
        assert!(!is_taken(&file));
        let lock = take(&database).unwrap();
        assert!(lock.is_some() && is_taken(&file));
        let refused = take(&database).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("in use by process {}", std::process::id())),
            "{refused}"
        );
        drop(lock);
        assert!(!is_taken(&file));
        assert!(take(&database).unwrap().is_some());

        let server = Database { url: "postgres://db/sapa".into() };
        assert!(take(&server).unwrap().is_none());
    }
}
