//! An empty database for each test.

use std::path::Path;

use sapa_channel::new_id;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

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
