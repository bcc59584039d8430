//! The database: whether it can be reached, its form, and whether the clock fits what it holds.

use std::time::Duration;

use anyhow::Context;
use sapa_channel::{Clock, SystemClock, Timestamp};
use secrecy::ExposeSecret;
use sqlx::{
    Connection, PgConnection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions,
};
use tokio::time::timeout;

use super::Finding;
use crate::config::Config;

/// The forms that this version knows of each database.
static EMBEDDED: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// This program is not older than this.
const BUILT_AFTER: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// What a database tells without being changed.
#[derive(Debug)]
struct State {
    name: &'static str,
    known: &'static Migrator,
    /// The migrations that were applied; none if it is empty.
    applied: Vec<i64>,
    /// When the newest thing in it happened.
    newest: Option<Timestamp>,
}

impl State {
    fn new(name: &'static str, known: &'static Migrator) -> Self {
        Self { name, known, applied: Vec::new(), newest: None }
    }
}

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let now = SystemClock.now();
    match timeout(Duration::from_secs(10), look(config)).await {
        Ok(Ok(Some(state))) => vec![form(&state), clock(now, state.newest)],
        Ok(Ok(None)) => {
            vec![
                Finding::good("database", "is not there yet and will be made at the first start"),
                clock(now, None),
            ]
        }
        Ok(Err(error)) => vec![bad(&format!("cannot be used: {error:#}")), clock(now, None)],
        Err(_) => vec![bad("does not answer within ten seconds"), clock(now, None)],
    }
}

fn bad(what: &str) -> Finding {
    Finding::bad(
        "database",
        what,
        "look at database.url, and whether the server runs and lets the hub in",
    )
}

fn form(state: &State) -> Finding {
    let known = || state.known.iter().map(|migration| migration.version);
    let missing = known().filter(|version| !state.applied.contains(version)).count();
    let newer = state.applied.iter().any(|version| known().all(|known| known != *version));
    let answers = format!("{} answers", state.name);
    if newer {
        let then = "use the newer sapa, or restore the backup from before the upgrade";
        Finding::bad("database", format!("{answers}, and was used by a newer sapa"), then)
    } else if missing > 0 {
        let then = "nothing: the next start does it, or sapa migrate";
        Finding::note(
            "database",
            format!("{answers}; {missing} migrations are still to be applied"),
            then,
        )
    } else {
        Finding::good("database", format!("{answers} and has the right form"))
    }
}

/// A clock that is behind would put new messages before old ones, and end no link in time.
fn clock(now: Timestamp, newest: Option<Timestamp>) -> Finding {
    let then = "set the clock and keep it right: timedatectl set-ntp true";
    match newest {
        _ if now < BUILT_AFTER => Finding::bad("clock", format!("it says {now}"), then),
        Some(newest) if newest > now.after(Duration::from_secs(60)) => Finding::bad(
            "clock",
            format!("it says {now}, and the newest event is of {newest}"),
            then,
        ),
        _ => Finding::good("clock", format!("it says {now}")),
    }
}

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";
const NEWEST: &str = "SELECT at FROM events ORDER BY seq DESC LIMIT 1";

/// Looks without migrating; nothing if an embedded database is not there yet.
async fn look(config: &Config) -> anyhow::Result<Option<State>> {
    let Some(file) = config.database.embedded_file() else {
        let mut connection = PgConnection::connect(config.database.url.expose_secret()).await?;
        let begun: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
            .fetch_one(&mut connection)
            .await?;
        let mut state = State::new("PostgreSQL", &POSTGRES);
        if begun {
            state.applied = sqlx::query_scalar(APPLIED).fetch_all(&mut connection).await?;
            state.newest = sqlx::query_scalar(NEWEST).fetch_optional(&mut connection).await?;
        }
        connection.close().await?;
        return Ok(Some(state));
    };
    if !file.exists() {
        return Ok(None);
    }
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(false);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let begun: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')",
    )
    .fetch_one(&mut connection)
    .await?;
    let mut state = State::new("the embedded database", &EMBEDDED);
    if begun {
        state.applied = sqlx::query_scalar(APPLIED).fetch_all(&mut connection).await?;
        state.newest = sqlx::query_scalar(NEWEST).fetch_optional(&mut connection).await?;
    }
    let pages: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    anyhow::ensure!(pages == "ok", "it is damaged ({pages}): restore a backup");
    connection.close().await.context("closing it")?;
    Ok(Some(state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::doctor::Verdict, config::Database, db::Db};

    #[test]
    fn a_clock_that_is_behind_is_bad() {
        let now = BUILT_AFTER.after(Duration::from_secs(1000));
        assert_eq!(clock(now, None).verdict, Verdict::Good);
        assert_eq!(clock(now, Some(now.after(Duration::from_secs(30)))).verdict, Verdict::Good);
        assert_eq!(clock(now, Some(now.after(Duration::from_secs(90)))).verdict, Verdict::Bad);
        assert_eq!(clock(Timestamp(0), None).verdict, Verdict::Bad);
    }

    #[test]
    fn each_database_has_forms_of_its_own() {
        for known in [&EMBEDDED, &POSTGRES] {
            let mut state = State::new("it", known);
            assert_eq!(form(&state).verdict, Verdict::Note);
            state.applied = known.iter().map(|migration| migration.version).collect();
            assert_eq!(form(&state).verdict, Verdict::Good);
            state.applied.push(9999);
            assert_eq!(form(&state).verdict, Verdict::Bad);
        }
    }

    #[tokio::test]
    async fn the_form_of_a_database_is_told_without_changing_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sapa.db");
        let config = Config { database: Database::embedded(&file), ..Config::default() };
        assert_eq!(check(&config).await[0].verdict, Verdict::Good);
        assert!(!file.exists());

        std::fs::File::create(&file).unwrap();
        assert_eq!(check(&config).await[0].verdict, Verdict::Note);

        Db::connect(config.database.url.expose_secret()).await.unwrap().close().await;
        let findings = check(&config).await;
        assert!(findings[0].what.contains("has the right form"), "{findings:?}");

        std::fs::write(&file, vec![b'x'; 4096]).unwrap();
        assert_eq!(check(&config).await[0].verdict, Verdict::Bad);
    }

    #[tokio::test]
    async fn r28_a_server_that_is_not_there_is_bad_and_its_password_is_not_told() {
        let port = crate::cli::port::free().unwrap();
        let url = format!("postgres://sapa:s3cret@127.0.0.1:{port}/sapa");
        let config = Config { database: Database { url: url.into() }, ..Config::default() };
        let findings = check(&config).await;
        assert_eq!(findings[0].verdict, Verdict::Bad);
        assert!(!format!("{findings:?}").contains("s3cret"), "{findings:?}");
    }
}
