//! SQLite: one writer, some readers, a connection that copies the log into the file beside them, and the writer of the
//! search index, which is a file of its own.

use std::{sync::Arc, time::Duration};

use sqlx::{
    Connection as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio_util::sync::CancellationToken;

use super::{Db, DbResult, STATEMENTS, apart, log::Log};
use crate::app::{App, woken};

/// From so many pages in the log on, [`checkpoint`] lets the writer wait while it copies the last of them, for the log to
/// begin anew.
const LONG_LOG: i64 = 16_000;

/// How often [`checkpoint`] copies what came into a long log meanwhile, before it lets the writer wait for the rest.
const CATCH_UP: u32 = 4;

/// From so many pages in the log on, the writer copies them into the file itself when it commits: where [`checkpoint`]
/// cannot keep up, or does not run.
const MOST_LOG: &str = "48000";

/// How long [`checkpoint`] leaves the log alone: a page that is written again and again shall be copied once.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(250);

/// How long it leaves it alone when that failed, as on a full disk.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The connections to the embedded database.
#[derive(Clone, Debug)]
pub struct Embedded {
    /// Connections for [`Db::read`].
    pub(super) readers: SqlitePool,
    /// The single connection for [`Db::write`]; SQLite allows one writer at a time, and waiting here is fairer than
    /// `SQLITE_BUSY`.
    pub writer: SqlitePool,
    /// The single connection for [`checkpoint`].
    checkpointer: SqlitePool,
    /// The single connection for [`Db::index`].
    pub(super) indexer: SqlitePool,
    /// The log that a commit waits for; none if the database itself waits as its connection says.
    pub(super) log: Option<Arc<Log>>,
}

impl Embedded {
    pub(super) async fn open(options: SqliteConnectOptions) -> DbResult<Self> {
        let log = Some(Arc::new(Log::beside(options.get_filename())));
        let options = options
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit does not wait for the disk; `Log` does (D1). The log is on the disk before it is copied into
            // the file, and the file before the log begins anew, so that what is read is whole at all times.
            .synchronous(SqliteSynchronous::Normal)
            .pragma("wal_autocheckpoint", MOST_LOG)
            .statement_cache_capacity(STATEMENTS)
            .busy_timeout(Duration::from_secs(5));
        // A slice of the router touches some hundred pages, most of them of indexes. A larger cache costs more than it
        // saves: at many commits SQLite looks through all of it. Before a statement of many rows changes a page it
        // keeps the old one, in case the last row fails: in memory, or these copies would be written to a file.
        let writing = options.clone().pragma("cache_size", "-12288").pragma("temp_store", "MEMORY");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // On a full disk SQLite rolls back by itself. The driver then believes in the transaction for ever,
            // and would begin no other on this connection: another one takes its place.
            .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
            .connect_with(writing.clone())
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let indexer = apart::open(&writing, &writer).await?;
        let readers = with_index(&options).max_connections(4);
        let readers = readers.connect_with(options.clone().read_only(true)).await?;
        let checkpointer = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
        Ok(Self { readers, writer, checkpointer, indexer, log })
    }

    /// One connection for everything: to fill a database in haste, or to read it beside a hub. A hub must have made it.
    pub async fn single(options: SqliteConnectOptions) -> DbResult<Self> {
        let one = with_index(&options).max_connections(1).connect_with(options).await?;
        Ok(Self {
            readers: one.clone(),
            writer: one.clone(),
            checkpointer: one.clone(),
            indexer: one,
            log: None,
        })
    }

    /// Closes all connections, the writer last: that copies the rest of the log into the file, and removes it.
    pub(super) async fn close(&self) {
        self.checkpointer.close().await;
        self.readers.close().await;
        self.indexer.close().await;
        self.writer.close().await;
    }

    /// Copies what is in the log into the file, as far as no reader needs the old pages. The writer goes on meanwhile,
    /// but when the log is long: then it waits while the last of it is copied, and begins the log anew.
    async fn checkpoint(&self) -> DbResult<()> {
        for _ in 0..CATCH_UP {
            let (length, copied) = copy(&mut *self.checkpointer.acquire().await?).await?;
            if length < LONG_LOG {
                return Ok(());
            }
            if length - copied < LONG_LOG / 16 {
                break;
            }
        }
        copy(&mut *self.writer.acquire().await?).await?;
        Ok(())
    }
}

/// Copies what is in the log into the file. Tells how many pages are in the log, and how many of them are in the file.
async fn copy(connection: &mut SqliteConnection) -> DbResult<(i64, i64)> {
    let (_, length, copied): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await?;
    Ok((length, copied))
}

/// A pool whose connections see the search index too.
fn with_index(options: &SqliteConnectOptions) -> SqlitePoolOptions {
    let database = options.get_filename().to_path_buf();
    SqlitePoolOptions::new().after_connect(move |conn, _| {
        let database = database.clone();
        Box::pin(async move { apart::attach(conn, &database).await })
    })
}

/// Copies the log of the embedded database into its file while it grows, until told to stop.
pub async fn checkpoint(app: App, stop: CancellationToken) {
    let Db::Sqlite(embedded) = app.db() else { return stop.cancelled().await };
    let mut grew = app.wake().subscribe_log();
    while stop.run_until_cancelled(woken(&mut grew)).await.is_some() {
        let pause = match embedded.checkpoint().await {
            Ok(()) => CHECKPOINT_EVERY,
            Err(error) => {
                tracing::warn!(%error, "the database's log was not copied into its file; it will be");
                AFTER_FAILURE
            }
        };
        let _ = stop.run_until_cancelled(tokio::time::sleep(pause)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_log_is_copied_into_the_file_while_the_writer_works() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hub.db");
        let embedded = Embedded::open(SqliteConnectOptions::new().filename(&file)).await.unwrap();
        let size = || std::fs::metadata(&file).unwrap().len();
        let bytes = 1 << 20;
        let mut writing = embedded.writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
        for sql in
            ["CREATE TABLE large (body BLOB)", "INSERT INTO large VALUES (zeroblob(1048576))"]
        {
            sqlx::query(sql).execute(&mut *writing).await.unwrap();
        }
        writing.commit().await.unwrap();
        let before = size();
        assert!(before < bytes, "the commit writes to the log only");

        let writing = embedded.writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
        embedded.checkpoint().await.unwrap();
        assert!(size() >= before + bytes);
        writing.rollback().await.unwrap();
        embedded.close().await;
    }
}
