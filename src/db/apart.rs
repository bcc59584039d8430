//! The search index of the embedded database: a file of its own beside the hub's, with a writer of its own, so that
//! neither waits for the other. All that is in it can be made again from the log, and is when it does not fit.

use std::{
    io,
    path::{Path, PathBuf},
};

use sqlx::{
    AssertSqlSafe, Connection as _, SqliteConnection, SqlitePool,
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
    attach_as(conn, &file.to_string_lossy(), "search").await
}

/// Lets the connection to the index see what is indexed. It takes no lock there.
async fn attach_hub(conn: &mut SqliteConnection, database: &Path) -> sqlx::Result<()> {
    let path = database.to_string_lossy();
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    attach_as(conn, &format!("file:{path}?mode=ro"), "hub").await
}

async fn attach_as(
    conn: &mut SqliteConnection,
    file: &str,
    name: &'static str,
) -> sqlx::Result<()> {
    let sql = AssertSqlSafe(format!("ATTACH DATABASE $1 AS {name}"));
    sqlx::query(sql).bind(file).execute(conn).await.map(drop)
}

/// Opens the index for writing. One that is damaged, of another form or of another database is made anew.
pub(super) async fn open(hub: &SqliteConnectOptions) -> DbResult<SqlitePool> {
    let database = hub.get_filename().to_path_buf();
    match open_fitting(hub, &database).await {
        Ok(Some(pool)) => return Ok(pool),
        Ok(None) => tracing::warn!("the search index is not of this database, and is made anew"),
        Err(error) => tracing::warn!(%error, "the search index cannot be used, and is made anew"),
    }
    remove(&database).map_err(sqlx::Error::Io)?;
    Ok(connect(hub, &database).await?)
}

async fn open_fitting(
    hub: &SqliteConnectOptions,
    database: &Path,
) -> sqlx::Result<Option<SqlitePool>> {
    let pool = connect(hub, database).await?;
    // What was indexed last is in the log: it is of this database, and the log was not put back to an earlier time.
    let fits: bool = sqlx::query_scalar(
        "SELECT i.seq = 0 OR EXISTS (SELECT 1 FROM events e WHERE e.seq = i.seq AND e.at = i.at) FROM indexed i",
    )
    .fetch_one(&pool)
    .await?;
    if !fits {
        pool.close().await;
    }
    Ok(fits.then_some(pool))
}

async fn connect(hub: &SqliteConnectOptions, database: &Path) -> sqlx::Result<SqlitePool> {
    let options = hub.clone().filename(beside(database)).pragma("wal_autocheckpoint", MOST_LOG);
    let database = database.to_path_buf();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
        .after_connect(move |conn, _| {
            let database = database.clone();
            Box::pin(async move { attach_hub(conn, &database).await })
        })
        .connect_with(options)
        .await?;
    sqlx::migrate!("migrations/search").run(&pool).await?;
    Ok(pool)
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
