//! A disk that is full.

use sapa::{
    db::{Db, DbError, DbResult, Embedded, Tx},
    on_db,
};
use sqlx::AssertSqlSafe;

use super::TestApp;

/// The tables into which arrivals, answers and files go.
const TABLES: [&str; 3] = ["originals", "messages", "files"];

/// The database takes nothing more that needs room.
pub async fn fill(app: &TestApp) {
    if app.app.db().name() == "postgres" {
        let function = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''No space left on device'' USING ERRCODE = ''53100''; END'";
        commit(app, function).await;
        for table in TABLES {
            commit(
                app,
                &format!("CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"),
            )
            .await;
        }
        return;
    }
    commit(app, "CREATE TABLE ballast (weight BLOB NOT NULL)").await;
    at_most(app, 1).await;
    // Pages that were freed before are room as well.
    while let Ok(()) = load(app).await {}
    let refused = load(app).await;
    assert!(matches!(refused, Err(DbError::Full(_))), "{refused:?}");
}

/// There is room again.
pub async fn make_room(app: &TestApp) {
    if app.app.db().name() == "sqlite" {
        return at_most(app, 1_000_000).await;
    }
    for table in TABLES {
        commit(app, &format!("DROP TRIGGER no_room ON {table}")).await;
    }
}

/// Words that need a page of their own.
pub fn long(word: &str) -> String {
    format!("{word} {}", "kopi ".repeat(780)).trim_end().to_owned()
}

async fn commit(app: &TestApp, sql: &str) {
    let mut tx = app.app.db().write().await.expect("writing");
    on_db!(&mut tx, |conn| {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(conn).await.expect("good SQL");
    });
    tx.commit().await.expect("committing");
}

/// Sets the most pages of SQLite's file, for this connection and those that take its place; it is never less
/// than the file has.
async fn at_most(app: &TestApp, pages: i64) {
    let Db::Sqlite(Embedded { writer, .. }) = app.app.db() else { unreachable!("it was asked") };
    let options = (*writer.connect_options()).clone();
    writer.set_connect_options(options.pragma("max_page_count", pages.to_string()));
    let sql = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(sql).execute(writer).await.expect("a pragma");
}

async fn load(app: &TestApp) -> DbResult<()> {
    let mut tx = app.app.db().write().await?;
    let Tx::Sqlite(conn) = &mut tx else { unreachable!("it was asked") };
    sqlx::query("INSERT INTO ballast VALUES (zeroblob(3000))").execute(&mut **conn).await?;
    tx.commit().await
}
