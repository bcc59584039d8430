//! The log of the embedded database, as far as the hub itself brings it to the disk.
//!
//! Left to itself SQLite waits for the disk at the end of each commit, with the one writer in its hand. Here a commit
//! writes to the log and gives the writer back; then it waits until the log is on the disk. So the next transaction
//! works while the disk does, and commits that wait at the same time share one wait (D1, D2).

use std::{
    io,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::sync::Mutex;

use super::{DbError, DbResult};

/// The log of one database.
#[derive(Debug)]
pub struct Log {
    file: PathBuf,
    /// How many commits were written.
    written: AtomicU64,
    /// How many of them are on the disk.
    kept: Mutex<u64>,
    broken: AtomicBool,
}

impl Log {
    /// The log beside a database's file.
    pub(super) fn beside(database: &std::path::Path) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-wal");
        Self {
            file: file.into(),
            written: AtomicU64::new(0),
            kept: Mutex::new(0),
            broken: AtomicBool::new(false),
        }
    }

    /// Waits until what this caller committed is on the disk.
    ///
    /// If the disk fails, nothing that was written since is certain, also if it should take later writes: from then
    /// on every call fails until the hub is started again.
    pub(super) async fn keep(&self) -> DbResult<()> {
        let mine = self.written.fetch_add(1, Ordering::SeqCst) + 1;
        let mut kept = self.kept.lock().await;
        if self.broken.load(Ordering::SeqCst) {
            return Err(failed(io::Error::other("it failed before")));
        }
        if *kept >= mine {
            return Ok(());
        }
        let all = self.written.load(Ordering::SeqCst);
        let file = self.file.clone();
        let synced = tokio::task::spawn_blocking(move || std::fs::File::open(file)?.sync_data());
        match synced.await.map_err(io::Error::other).flatten() {
            Ok(()) => {
                *kept = all;
                Ok(())
            }
            Err(error) => {
                self.broken.store(true, Ordering::SeqCst);
                tracing::error!(%error, "the disk does not keep the database's log: start the hub again when it does");
                Err(failed(error))
            }
        }
    }
}

fn failed(error: io::Error) -> DbError {
    sqlx::Error::Io(error).into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn d2_commits_that_wait_at_the_same_time_share_one_wait() {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(Log::beside(&folder.path().join("hub.db")));
        std::fs::write(folder.path().join("hub.db-wal"), "frames").unwrap();
        let held = log.kept.lock().await;
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let log = log.clone();
                tokio::spawn(async move { log.keep().await })
            })
            .collect();
        while log.written.load(Ordering::SeqCst) < 5 {
            tokio::task::yield_now().await;
        }
        drop(held);
        for keeping in waiting {
            keeping.await.unwrap().unwrap();
        }
        assert_eq!(*log.kept.lock().await, 5);
    }

    #[tokio::test]
    async fn d1_after_the_disk_failed_nothing_is_called_durable() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::beside(&folder.path().join("hub.db"));
        assert!(matches!(log.keep().await, Err(DbError::Unavailable(_))), "there is no file");
        std::fs::write(folder.path().join("hub.db-wal"), "frames").unwrap();
        assert!(matches!(log.keep().await, Err(DbError::Unavailable(_))));
    }
}
