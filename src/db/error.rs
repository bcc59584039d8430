//! What can go wrong with the database, as far as callers tell it apart.

use sqlx::migrate::MigrateError;

/// A failure of the storage layer.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Another transaction was first; rolled back and tried again, it will see what that one did.
    #[error("a concurrent transaction took the same key or rows")]
    Conflict(#[source] sqlx::Error),

    /// It took longer than its unit of work may, and was given up.
    #[error("the statement took too long")]
    TooSlow(#[source] sqlx::Error),

    /// No room on the database's disk.
    #[error("the database has no room left on its disk")]
    Full(#[source] sqlx::Error),

    /// The database cannot be reached for the moment, or has no place for us.
    #[error("the database cannot be reached")]
    Unavailable(#[source] sqlx::Error),

    /// The database URL names neither SQLite nor PostgreSQL.
    #[error("the database URL must begin with sqlite: or postgres:")]
    UnsupportedUrl,

    /// A newer Sapa has used the database: what this one does not know it must not write.
    #[error(
        "the database was used by a newer sapa: its migration {0} is not known here. Use the newer sapa, or restore the backup from before the upgrade"
    )]
    Newer(i64),

    /// A migration could not be applied.
    #[error(transparent)]
    Migrate(MigrateError),

    /// Anything else the driver reports.
    #[error(transparent)]
    Driver(sqlx::Error),
}

impl From<MigrateError> for DbError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Newer(version),
            other => Self::Migrate(other),
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let reported = match &error {
            sqlx::Error::Database(reported) => reported,
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => return Self::Unavailable(error),
            _ => return Self::Driver(error),
        };
        if reported.is_unique_violation() {
            return Self::Conflict(error);
        }
        match reported.code().as_deref() {
            // Serialisation failure and deadlock on PostgreSQL, busy on SQLite: as good as a conflict, try again.
            Some("40001" | "40P01" | "5" | "261" | "517") => Self::Conflict(error),
            // Interrupted, by the limit of `Db::read_within`.
            Some("9" | "57014") => Self::TooSlow(error),
            // SQLITE_FULL, its I/O errors on writing; PostgreSQL's disk_full.
            Some("13" | "778" | "53100") => Self::Full(error),
            // SQLITE_IOERR in its kinds; PostgreSQL's lost connections, its lack of places and memory, and its going
            // down or coming up.
            Some(code) if is_outage(code) => Self::Unavailable(error),
            _ => Self::Driver(error),
        }
    }
}

fn is_outage(code: &str) -> bool {
    match code.len() {
        5 => ["08", "53", "57P"].iter().any(|class| code.starts_with(class)),
        _ => code.parse::<i32>().is_ok_and(|code| code & 0xff == 10),
    }
}

/// A short-hand for a [`Result`] of the storage layer.
pub type DbResult<T> = Result<T, DbError>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_apart_from_a_fault() {
        for code in ["08006", "08001", "53300", "53200", "57P01", "57P03", "10", "266", "1034"] {
            assert!(is_outage(code), "{code}");
        }
        for code in ["57014", "23502", "42601", "22021", "1", "19", "XX000", "P0001"] {
            assert!(!is_outage(code), "{code}");
        }
        for error in [sqlx::Error::PoolTimedOut, sqlx::Error::PoolClosed] {
            assert!(matches!(DbError::from(error), DbError::Unavailable(_)));
        }
        let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert!(matches!(DbError::from(sqlx::Error::Io(cut)), DbError::Unavailable(_)));
        assert!(matches!(DbError::from(sqlx::Error::RowNotFound), DbError::Driver(_)));
    }
}
