//! The database handle, the unit of work and the little that differs between SQLite and PostgreSQL.
//!
//! Only this module names a backend. Queries are written once, as plain SQL inside [`on_db!`].

use std::{
    ops::{Deref, DerefMut},
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{
    Database, Postgres, Sqlite, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::SqliteConnectOptions,
};

mod apart;
mod batch;
mod embedded;
mod error;
mod log;

pub use apart::{INDEX_FILES, remove as remove_index};
pub use batch::{BETWEEN, Batch, Found, Row};
pub use embedded::{Embedded, checkpoint};
pub use error::{DbError, DbResult};
use log::Log;

/// A pool of connections to one of the supported databases.
#[derive(Clone, Debug)]
pub enum Db {
    /// The embedded database: many readers, one writer.
    Sqlite(Embedded),
    /// A PostgreSQL server.
    Postgres {
        /// Connections for [`Db::read`], which the server keeps from writing.
        readers: PgPool,
        /// Connections for [`Db::write`].
        writers: PgPool,
    },
}

/// A unit of work: what every query function takes.
///
/// One from [`Db::write`] is a transaction: dropping it rolls back, and [`Tx::commit`] makes its writes
/// visible at once. One from [`Db::read`] is a bare connection that cannot write.
#[derive(Debug)]
pub enum Tx {
    /// A unit of work on SQLite.
    Sqlite(Unit<Sqlite>),
    /// A unit of work on PostgreSQL.
    Postgres(Unit<Postgres>),
}

/// What a [`Tx`] holds of one backend.
#[derive(Debug)]
pub enum Unit<DB: Database> {
    /// A connection that only reads.
    Read(PoolConnection<DB>),
    /// A connection that only reads, with a limit on its statements that ends with this unit of work.
    Limited(PoolConnection<DB>, Arc<()>),
    /// A transaction, and the log that is to be on the disk when it has committed.
    Write(Transaction<'static, DB>, Option<Arc<Log>>),
}

impl<DB: Database> Deref for Unit<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Read(connection) | Self::Limited(connection, _) => connection,
            Self::Write(transaction, _) => transaction,
        }
    }
}

impl<DB: Database> DerefMut for Unit<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Read(connection) | Self::Limited(connection, _) => connection,
            Self::Write(transaction, _) => transaction,
        }
    }
}

/// Runs one query body on whichever database a [`Tx`] belongs to.
///
/// The body is expanded twice, once with `$conn: &mut SqliteConnection` and once with
/// `$conn: &mut PgConnection`. Use `&mut *$conn` when the body runs more than one statement.
///
/// A limit that is bound is written `LIMIT 0 + $1`: of a bare one SQLite looks at the value, and prepares the statement
/// anew each time.
#[macro_export]
macro_rules! on_db {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(tx) => {
                let $conn: &mut ::sqlx::SqliteConnection = &mut **tx;
                $body
            }
            $crate::db::Tx::Postgres(tx) => {
                let $conn: &mut ::sqlx::PgConnection = &mut **tx;
                $body
            }
        }
    };
}

/// Inserts all `rows`, many by a statement; with no rows it does nothing.
#[macro_export]
macro_rules! insert_rows {
    ($tx:expr, $into:literal, $rows:expr, |$b:ident, $row:pat_param| $binds:expr) => {
        $crate::insert_rows!($tx, $into, $rows, |$b, $row| $binds, "")
    };
    ($tx:expr, $into:literal, $rows:expr, |$b:ident, $row:pat_param| $binds:expr, $then:literal) => {
        for portion in $rows[..].chunks($crate::db::SLICE) {
            let mut batch = $tx.batch(portion.len());
            batch.insert(
                $into,
                portion,
                |$b, $row| {
                    $binds;
                },
                $then,
            );
            batch.run(&mut *$tx).await?;
        }
    };
}

/// What a text that is otherwise the same for both databases differs in. It is for statements that are built in
/// generic functions; all others stand in [`on_db!`] and need none of it.
pub trait Dialect: Database {
    /// What stands before and after an expression to fold the letters A to Z, and no others, to lower case.
    const FOLD_ASCII: (&'static str, &'static str);
    /// The tags of the contact `k`, as rows of `t` with a `value`.
    const EACH_TAG: &'static str;
}

impl Dialect for Sqlite {
    const FOLD_ASCII: (&'static str, &'static str) = ("LOWER(", ")");
    const EACH_TAG: &'static str = "json_each(k.tags) t";
}

impl Dialect for Postgres {
    // Any other collation folds by its locale.
    const FOLD_ASCII: (&'static str, &'static str) = ("LOWER((", ") COLLATE \"C\")");
    const EACH_TAG: &'static str = "jsonb_array_elements_text(k.tags) AS t (value)";
}

/// How long a call waits for a connection to the database server.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most rows that the hot paths handle at a time.
pub const SLICE: usize = 64;

/// Whether a statement over so many rows shall stay prepared: the text differs with the number of rows, so only
/// some do. Lists are [`padded`] to these.
#[must_use]
pub fn keep(rows: usize) -> bool {
    rows == padding(rows) && rows <= 4 * SLICE
}

/// To how many rows so many are padded: a power of two, or three quarters of a large one.
fn padding(rows: usize) -> usize {
    let power = rows.next_power_of_two();
    if power >= 32 && rows <= power / 4 * 3 { power / 4 * 3 } else { power }
}

/// The items, and the last of them again until there are as many as a prepared statement takes.
pub fn padded<T: Copy>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = items.into_iter().collect();
    if let Some(last) = all.last().copied() {
        all.resize(padding(all.len()), last);
    }
    all
}

/// Does what must not stay undone while the database is away: again and again, with waits that double up to five
/// seconds, but begins no try later than after `at_most`.
pub async fn insist<T, E, F>(at_most: Duration, mut work: impl FnMut() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let began = Instant::now();
    let mut wait = Duration::from_millis(100);
    loop {
        match work().await {
            Err(_) if began.elapsed() + wait < at_most => tokio::time::sleep(wait).await,
            done => return done,
        }
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

/// Begins a transaction on the server, in a task that sees it through: of one that nobody waits for any more while it
/// begins, the driver knows nothing, and the connection would go back to the pool with it open.
async fn begin(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    tokio::spawn(async move { pool.begin().await }).await.unwrap_or(Err(sqlx::Error::PoolClosed))
}

/// How many statements a connection keeps prepared: each of the hot ones in a few sizes.
const STATEMENTS: usize = 400;

impl Db {
    /// Connects to `sqlite:` or `postgres:` and applies the migrations.
    pub async fn connect(url: &str) -> DbResult<Self> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::postgres(PgConnectOptions::from_str(url)?).await
        } else if url.starts_with("sqlite:") {
            Ok(Self::Sqlite(Embedded::open(SqliteConnectOptions::from_str(url)?).await?))
        } else {
            Err(DbError::UnsupportedUrl)
        }
    }

    async fn postgres(options: PgConnectOptions) -> DbResult<Self> {
        let pool = || PgPoolOptions::new().max_connections(10).acquire_timeout(PATIENCE);
        // All statements read little: compiling one takes longer than it can save.
        let options = options.options([("jit", "off")]).statement_cache_capacity(STATEMENTS);
        let writers = pool().connect_with(options.clone()).await?;
        sqlx::migrate!("migrations/postgres").run(&writers).await?;
        let readers =
            pool().connect_with(options.options([("default_transaction_read_only", "on")])).await?;
        Ok(Self::Postgres { readers, writers })
    }

    /// The same database by a connection of its own, which no other work can keep waiting.
    #[must_use]
    pub fn aside(&self) -> Self {
        match self {
            Self::Sqlite(_) => self.clone(),
            Self::Postgres { writers, .. } => {
                let options = (*writers.connect_options()).clone();
                let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
                let one = pool.connect_lazy_with(options);
                Self::Postgres { readers: one.clone(), writers: one }
            }
        }
    }

    /// Starts a unit of work that only reads.
    pub async fn read(&self) -> DbResult<Tx> {
        Ok(match self {
            Self::Sqlite(Embedded { readers, .. }) => {
                Tx::Sqlite(Unit::Read(readers.acquire().await?))
            }
            Self::Postgres { readers, .. } => Tx::Postgres(Unit::Read(readers.acquire().await?)),
        })
    }

    /// Starts a unit of work that only reads, and must have read within some time: a statement that runs longer
    /// fails as [`DbError::TooSlow`].
    pub async fn read_within(&self, limit: Duration) -> DbResult<Tx> {
        Ok(match self {
            Self::Sqlite(Embedded { readers, .. }) => {
                let mut connection = readers.acquire().await?;
                let (deadline, alive) = (Instant::now() + limit, Arc::new(()));
                let unit = Arc::downgrade(&alive);
                // It stays with the connection, and limits nothing once its unit of work is gone.
                connection.lock_handle().await?.set_progress_handler(10_000, move || {
                    unit.strong_count() == 0 || Instant::now() < deadline
                });
                Tx::Sqlite(Unit::Limited(connection, alive))
            }
            Self::Postgres { readers, .. } => {
                let mut transaction = begin(readers).await?;
                sqlx::query("SELECT set_config('statement_timeout', $1, true)")
                    .bind(limit.as_millis().to_string())
                    .execute(&mut *transaction)
                    .await?;
                Tx::Postgres(Unit::Write(transaction, None))
            }
        })
    }

    /// Starts a unit of work that writes.
    pub async fn write(&self) -> DbResult<Tx> {
        Ok(match self {
            // A deferred transaction that starts by reading cannot always be upgraded; taking the write
            // lock at once cannot fail half-way.
            Self::Sqlite(Embedded { writer, log, .. }) => {
                Tx::Sqlite(Unit::Write(writer.begin_with("BEGIN IMMEDIATE").await?, log.clone()))
            }
            Self::Postgres { writers, .. } => {
                Tx::Postgres(Unit::Write(begin(writers).await?, None))
            }
        })
    }

    /// Starts a unit of work that writes the search index. On SQLite that is a file of its own: nobody else waits for it,
    /// and it does not wait for the disk.
    pub async fn index(&self) -> DbResult<Tx> {
        match self {
            Self::Sqlite(Embedded { indexer, .. }) => {
                Ok(Tx::Sqlite(Unit::Write(indexer.begin_with("BEGIN IMMEDIATE").await?, None)))
            }
            Self::Postgres { .. } => self.write().await,
        }
    }

    /// Waits until all that could be read before is on the disk.
    pub async fn settled(&self) -> DbResult<()> {
        match self {
            Self::Sqlite(Embedded { log: Some(log), .. }) => log.keep().await,
            // A server shows nothing before that.
            Self::Sqlite(_) | Self::Postgres { .. } => Ok(()),
        }
    }

    /// How many tasks may route at once. On SQLite one works while the log of the other's work goes to the disk;
    /// PostgreSQL gains little beyond four.
    #[must_use]
    pub fn routers(&self) -> usize {
        match self {
            Self::Sqlite(_) => 2,
            Self::Postgres { .. } => 4,
        }
    }

    /// Whether it is the embedded one, which one process alone opens.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// `sqlite` or `postgres`, for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres { .. } => "postgres",
        }
    }

    /// Closes all connections; on SQLite this also folds the log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(embedded) => embedded.close().await,
            Self::Postgres { readers, writers } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }
}

impl Tx {
    /// Makes the writes of this unit of work visible to others, and returns when they are on the disk (D1).
    pub async fn commit(self) -> DbResult<()> {
        match self {
            Self::Sqlite(Unit::Write(transaction, log)) => {
                transaction.commit().await?;
                if let Some(log) = log {
                    log.keep().await?;
                }
            }
            Self::Postgres(Unit::Write(transaction, _)) => transaction.commit().await?,
            Self::Sqlite(Unit::Read(_) | Unit::Limited(..))
            | Self::Postgres(Unit::Read(_) | Unit::Limited(..)) => {}
        }
        Ok(())
    }

    /// Lets the commit return before it is on the disk: for what a power failure may take back.
    pub async fn leave_to_the_disk(&mut self) -> DbResult<()> {
        match self {
            Self::Sqlite(Unit::Write(_, log)) => *log = None,
            Self::Sqlite(_) => {}
            Self::Postgres(tx) => {
                sqlx::query("SET LOCAL synchronous_commit = off").execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// The clause that keeps other routers away from the contacts (`c`) that this one works on.
    #[must_use]
    pub fn lock_contacts(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " ORDER BY c.id FOR NO KEY UPDATE OF c",
        }
    }

    /// The clause that lets concurrent workers skip rows another one holds.
    #[must_use]
    pub fn skip_locked(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// Whether this is SQLite, for the few statements that are written twice (full text).
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_padded_with_what_is_in_them() {
        assert_eq!(padded([7, 8, 9]), [7, 8, 9, 9]);
        assert_eq!(padded([7]), [7]);
        let sizes = [9, 17, 24, 25, 33, 48, 49, 65].map(|rows| padded(0..rows).len());
        assert_eq!(sizes, [16, 24, 24, 32, 48, 48, 64, 96]);
        assert!([1, 2, 16, 24, 48, SLICE].into_iter().all(keep) && !keep(12));
        assert!(padded::<u8>([]).is_empty());
        assert_eq!(padded(0..SLICE).len(), SLICE);
    }
}
