//! An empty database for each test.

use std::path::Path;

use sapa::{db::Db, on_db};
use sapa_channel::new_id;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::TestApp;

/// On which database a test runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The URL of an empty database.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where PostgreSQL is"
)]
pub async fn fresh(backend: Backend, folder: &Path) -> String {
    if backend == Backend::Sqlite {
        return format!("sqlite:{}", folder.join("sapa.db").display());
    }
    let url = std::env::var("TEST_POSTGRES_URL").expect(
        "TEST_POSTGRES_URL names a PostgreSQL: `script/with-postgres cargo test` starts one",
    );
    let schema = format!("test_{}", new_id().simple());
    let mut admin = PgConnection::connect(&url).await.expect("connecting to PostgreSQL");
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .execute(&mut admin)
        .await
        .expect("making a schema");
    format!("{url}&options=-csearch_path%3D{schema}")
}

/// From now on the database refuses to write a state in a table, as one that is away does.
pub async fn refuse(app: &TestApp, table: &str, state: &str) {
    let sql = match app.app.db() {
        Db::Sqlite(_) => format!(
            "CREATE TRIGGER away BEFORE UPDATE ON {table} WHEN NEW.state = '{state}'
             BEGIN SELECT RAISE(ABORT, 'away'); END"
        ),
        Db::Postgres { .. } => {
            format!("ALTER TABLE {table} ADD CONSTRAINT away CHECK (state <> '{state}')")
        }
    };
    change(app, sql).await;
}

/// The database takes again what it refused.
pub async fn take_again(app: &TestApp, table: &str) {
    let sql = match app.app.db() {
        Db::Sqlite(_) => "DROP TRIGGER away".to_owned(),
        Db::Postgres { .. } => format!("ALTER TABLE {table} DROP CONSTRAINT away"),
    };
    change(app, sql).await;
}

async fn change(app: &TestApp, sql: String) {
    let mut tx = app.app.db().write().await.unwrap();
    on_db!(&mut tx, |conn| sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(drop).unwrap());
    tx.commit().await.unwrap();
}
