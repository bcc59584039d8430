//! How the databases find what is asked for often: by an index, and without reading or sorting everything.
//!
//! The statements are those that the hub really runs, as the driver logs them.

mod asked;
mod audience;
mod bots;
mod filled;

use std::sync::{Mutex, OnceLock, PoisonError};

use sapa::{db::Tx, on_db};
use sqlx::{AssertSqlSafe, Row};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*};

/// The statements that were run in this process.
static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps the statements that the driver logs.
struct Keeper;

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.trim().clone_into(&mut self.whole),
            _ => {}
        }
    }
}

impl<S: Subscriber> Layer<S> for Keeper {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let sql = if statement.whole.is_empty() { statement.summary } else { statement.whole };
        let each = sql.split(sapa::db::BETWEEN).filter(|sql| !sql.is_empty()).map(str::to_owned);
        STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner).extend(each);
    }
}

/// From now on statements are kept.
fn keep_statements() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let keeper = Keeper.with_filter(tracing_subscriber::filter::filter_fn(|meta| {
            meta.target() == "sqlx::query"
        }));
        tracing_subscriber::registry().with(keeper).init();
    });
}

/// The last statement that was run on this kind of database and has all of these parts.
async fn statement(tx: &Tx, parts: &[&str]) -> String {
    crate::support::eventually(|| async {
        let kept = STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner);
        let flat = |sql: &String| sql.split_whitespace().collect::<Vec<_>>().join(" ");
        kept.iter().rev().map(flat).find(|sql| {
            sql.contains("$1") != (tx.is_sqlite() && sql.contains('?'))
                && parts.iter().all(|part| sql.contains(part))
                && !sql.starts_with("EXPLAIN")
        })
    })
    .await
}

/// Puts values into the places of a statement.
fn with_values(sql: &str, values: &[String]) -> String {
    let mut sql = sql.to_owned();
    for (n, value) in values.iter().enumerate().rev() {
        sql = sql.replace(&format!("${}", n + 1), value);
    }
    sql
}

/// The steps in which the database would run a statement.
async fn steps(tx: &mut Tx, sql: &str, values: &[String]) -> Vec<String> {
    if tx.is_sqlite() {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let Tx::Sqlite(conn) = tx else { unreachable!("it was asked") };
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut **conn).await.unwrap();
        return rows.iter().map(|row| row.get::<String, _>("detail")).collect();
    }
    let sql = format!("EXPLAIN {}", with_values(sql, values));
    let Tx::Postgres(conn) = tx else { unreachable!("it was asked") };
    let rows =
        sqlx::query_scalar::<_, String>(AssertSqlSafe(sql.clone())).fetch_all(&mut **conn).await;
    rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
}

/// The tables that must not be read as a whole.
const LARGE: [&str; 10] = [
    "bot_turns",
    "conversations",
    "messages",
    "deliveries",
    "events",
    "contacts",
    "identities",
    "tickets",
    "ticket_messages",
    "mailing_recipients",
];

/// The other names of the large tables in the hub's statements.
const ALIASES: [&str; 11] = ["c", "m", "d", "e", "k", "i", "t", "p", "tm", "r", "messages_fts"];

/// What is bad in a plan.
fn faults(steps: &[String], may_sort: bool) -> Vec<String> {
    // What is sorted may also be few of the customers, all of whom are read for them.
    let read = |table: &&&str| !may_sort || !["contacts", "identities"].contains(*table);
    let whole = |step: &str| {
        let sqlite = step.strip_prefix("SCAN ").is_some_and(|rest| {
            let table = rest.split(' ').next().unwrap_or_default();
            (LARGE.contains(&table) || ALIASES.contains(&table)) && !rest.contains("INDEX")
        });
        sqlite
            || LARGE
                .iter()
                .filter(read)
                .any(|table| step.contains(&format!("Seq Scan on {table} ")))
    };
    let sorts = |step: &str| step.contains("TEMP B-TREE FOR") || step.contains("Sort Key");
    steps
        .iter()
        .map(|step| step.trim())
        .filter(|step| whole(step) || (!may_sort && sorts(step)))
        .map(str::to_owned)
        .collect()
}

/// Reads the statistics that a database in operation has, of this test's tables alone: other tests' stand in
/// the same PostgreSQL. The hub lets SQLite plan without any, and so do the tests.
async fn analyse(tx: &mut Tx) {
    if tx.is_sqlite() {
        return;
    }
    let tables: Vec<String> = on_db!(&mut *tx, |conn| {
        sqlx::query_scalar(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
        )
        .fetch_all(conn)
        .await
        .unwrap()
    });
    let sql = format!("ANALYZE {}", tables.join(", "));
    on_db!(tx, |conn| {
        sqlx::query(AssertSqlSafe(sql)).execute(conn).await.unwrap();
    });
}
