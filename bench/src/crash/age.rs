//! Lets time pass for what waits in the database: retries are due, and dead hubs are buried.

use sapa::{
    db::{Db, DbError, DbResult},
    on_db,
};

/// What waits to be tried again.
const RETRIES: [&str; 4] = [
    "UPDATE deliveries SET run_at = 1 WHERE state = 'retrying'",
    "UPDATE mailing_recipients SET run_at = 1 WHERE state = 'retrying'",
    "UPDATE bot_turns SET run_at = 1 WHERE state = 'queued'",
    "UPDATE webhook_deliveries SET run_at = 1 WHERE state = 'queued' AND attempts > 0 AND error IS NOT NULL",
];

/// Every hub that is gone is buried, as another one would after some seconds.
const BURIED: [&str; 1] = ["DELETE FROM nodes"];

/// Retries are due.
pub async fn retries(db: &Db) -> DbResult<()> {
    run(db, &RETRIES).await
}

/// So long has passed that dead hubs are buried, too. Only while no hub runs.
pub async fn all(db: &Db) -> DbResult<()> {
    run(db, &BURIED).await?;
    run(db, &RETRIES).await
}

async fn run(db: &Db, statements: &[&'static str]) -> DbResult<()> {
    let mut tries = 0;
    loop {
        match once(db, statements).await {
            // What the dead hub began last may still be on its way through the server.
            Err(DbError::Conflict(_)) if tries < 10 => tries += 1,
            other => return other,
        }
    }
}

async fn once(db: &Db, statements: &[&'static str]) -> DbResult<()> {
    let mut tx = db.write().await?;
    for sql in statements {
        on_db!(&mut tx, |conn| sqlx::query(*sql).execute(conn).await.map(drop)?);
    }
    tx.commit().await
}
