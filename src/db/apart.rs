//! The search index of the embedded database: a file of its own beside the hub's, with a writer of its own, so that
//! neither waits for the other. All that is in it can be made again from the log, and is when it does not fit.

use std::{
    io,
    path::{Path, PathBuf},
};

use sqlx::{
    Connection as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::DbResult;

/// The endings of the files that belong to an index, after the name of the hub's own file.
pub const INDEX_FILES: [&str; 3] = ["-search-wal", "-search-shm", "-search"];

/// From so many pages in the log of the index on, its writer copies them into the file.
const MOST_LOG: &str = "4000";

/// The file of the index of a database.
fn beside(database: &Path) -> PathBuf {
    with_ending(database, "-search")
}

fn with_ending(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Lets a connection to the hub's file see the index too, and write it if it may write.
pub(super) async fn attach(conn: &mut SqliteConnection, database: &Path) -> sqlx::Result<()> {
    let file = beside(database);
    let attached = sqlx::query("ATTACH DATABASE $1 AS search").bind(file.to_string_lossy());
    attached.execute(conn).await.map(drop)
}

/// Opens the index for writing. One that is damaged, of another form or of another database is made anew.
pub(super) async fn open(hub: &SqliteConnectOptions, writer: &SqlitePool) -> DbResult<SqlitePool> {
    match open_fitting(hub, writer).await {
        Ok(Some(pool)) => return Ok(pool),
        Ok(None) => tracing::warn!("the search index is not of this database, and is made anew"),
        Err(error) => tracing::warn!(%error, "the search index cannot be used, and is made anew"),
    }
    remove(hub.get_filename()).map_err(sqlx::Error::Io)?;
    let pool = connect(hub).await?;
    sqlx::migrate!("migrations/search").run(&pool).await?;
    Ok(pool)
}

async fn open_fitting(
    hub: &SqliteConnectOptions,
    writer: &SqlitePool,
) -> sqlx::Result<Option<SqlitePool>> {
    let pool = connect(hub).await?;
    let fits = fits(&pool, writer).await;
    if !matches!(fits, Ok(true)) {
        // A connection that is closed later would take the log of the next index for its own.
        pool.close().await;
    }
    Ok(fits?.then_some(pool))
}

/// Whether what was indexed last is in the log: the index is of this database, and the log was not put back to an
/// earlier time.
async fn fits(index: &SqlitePool, hub: &SqlitePool) -> sqlx::Result<bool> {
    sqlx::migrate!("migrations/search").run(index).await?;
    let (seq, at): (i64, i64) =
        sqlx::query_as("SELECT seq, at FROM indexed").fetch_one(index).await?;
    let known: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM events WHERE seq = $1 AND at = $2)")
            .bind(seq)
            .bind(at)
            .fetch_one(hub)
            .await?;
    Ok(seq == 0 || known)
}

async fn connect(hub: &SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    let file = beside(hub.get_filename());
    let options = hub.clone().filename(file).pragma("wal_autocheckpoint", MOST_LOG);
    SqlitePoolOptions::new()
        .max_connections(1)
        .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
        .connect_with(options)
        .await
}

/// Removes the index of a database that nobody has open.
pub fn remove(database: &Path) -> io::Result<()> {
    for ending in INDEX_FILES {
        match std::fs::remove_file(with_ending(database, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use tempfile::TempDir;

    use super::{
        super::{Db, Tx},
        *,
    };

    struct Hub {
        folder: TempDir,
        db: Db,
    }

    impl Hub {
        /// A hub in whose log something happened at 7, which is indexed.
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let hub = Self { db: open(&folder).await, folder };
            let event = "INSERT INTO events (kind, at, actor_kind, actor_name, history, data)
                         VALUES ('contact.changed', 7, 'system', 'Sapa', FALSE, '{}')";
            run(hub.db.write().await.unwrap(), event).await;
            run(hub.db.index().await.unwrap(), "UPDATE indexed SET seq = 1, at = 7").await;
            hub
        }

        fn index(&self) -> PathBuf {
            beside(&self.folder.path().join("hub.db"))
        }

        /// The last event that is indexed, after it was started again.
        async fn again(self, meanwhile: impl FnOnce(&Path)) -> i64 {
            self.db.close().await;
            meanwhile(&self.index());
            let db = open(&self.folder).await;
            let Tx::Sqlite(mut conn) = db.read().await.unwrap() else { unreachable!() };
            let seq = sqlx::query_scalar("SELECT seq FROM indexed").fetch_one(&mut *conn).await;
            drop(conn);
            db.close().await;
            seq.unwrap()
        }
    }

    async fn open(folder: &TempDir) -> Db {
        let url = format!("sqlite:{}", folder.path().join("hub.db").display());
        let options = SqliteConnectOptions::from_str(&url).unwrap();
        Db::Sqlite(super::super::Embedded::open(options).await.unwrap())
    }

    async fn run(mut tx: Tx, sql: &'static str) {
        let Tx::Sqlite(conn) = &mut tx else { unreachable!() };
        sqlx::query(sql).execute(&mut **conn).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn an_index_that_fits_stays() {
        assert_eq!(Hub::new().await.again(|_| {}).await, 1);
    }

    #[tokio::test]
    async fn an_index_that_is_gone_or_damaged_is_made_anew() {
        assert_eq!(Hub::new().await.again(|index| std::fs::remove_file(index).unwrap()).await, 0);
        let damage = |index: &Path| std::fs::write(index, "no database").unwrap();
        assert_eq!(Hub::new().await.again(damage).await, 0);
    }

    #[tokio::test]
    async fn an_index_of_another_database_or_a_later_time_is_made_anew() {
        for sql in ["UPDATE indexed SET at = 8", "UPDATE indexed SET seq = 2"] {
            let hub = Hub::new().await;
            run(hub.db.index().await.unwrap(), sql).await;
            assert_eq!(hub.again(|_| {}).await, 0, "{sql}");
        }
    }

    #[tokio::test]
    async fn an_index_of_a_newer_form_is_made_anew() {
        let hub = Hub::new().await;
        let newer =
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                     VALUES (999, 'newer', TRUE, X'00', 0)";
        run(hub.db.index().await.unwrap(), newer).await;
        assert_eq!(hub.again(|_| {}).await, 0);
    }

    #[tokio::test]
    async fn the_index_and_the_hub_do_not_wait_for_each_other() {
        let hub = Hub::new().await;
        let writing = hub.db.write().await.unwrap();
        let index = hub.db.index().await.unwrap();
        run(index, "INSERT INTO entries (kind, id, words) VALUES ('contact', X'01', 'kopi')").await;
        let index = hub.db.index().await.unwrap();
        run(writing, "UPDATE events SET at = 9").await;
        // Nor does it keep the hub's log from being copied whole and begun anew.
        let Db::Sqlite(embedded) = &hub.db else { unreachable!() };
        let copied = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)");
        let (busy, left, _): (i64, i64, i64) = copied.fetch_one(&embedded.writer).await.unwrap();
        assert_eq!((busy, left), (0, 0));
        index.commit().await.unwrap();
        hub.db.close().await;
    }
}
