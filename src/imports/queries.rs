//! The SQL of imports.

use sapa_channel::Timestamp;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::{
    mapping::{Mapping, suggested},
    model::{Counts, Import, ImportRow, ImportState},
    plan::Outcome,
    read::{Overview, Sheet},
};
use crate::{
    db::{DbResult, Tx},
    files,
    http::{Cursor, Page},
    officers::caller::Caller,
    on_db,
};

macro_rules! columns {
    () => {
        "SELECT id, file_name, size, columns, sample, delimiter, encoding, mapping, state, total, done, counts, error,
                created_by_name, created_at, finished_at FROM imports "
    };
}

fn whole(mut import: Import) -> Import {
    import.suggested = suggested(&import.columns.0);
    import
}

/// Keeps an uploaded file. Bytes that are too many for the database must be in the store of files already.
pub async fn add(
    tx: &mut Tx,
    id: Uuid,
    file: (&str, &[u8]),
    sheet: (&Sheet, &Overview),
    by: &Caller,
    now: Timestamp,
) -> DbResult<()> {
    let ((name, bytes), (sheet, overview)) = (file, sheet);
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO imports (id, file_name, size, digest, body, columns, sample, delimiter, encoding, state, total, done,
                              counts, created_by, created_by_name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14, $15)"
    )
    .bind(id)
    .bind(files::model::clean_name(name))
    .bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
    .bind(files::hash(bytes).to_vec())
    .bind(files::inline(bytes))
    .bind(Json(&overview.columns))
    .bind(Json(&overview.sample))
    .bind(char::from(sheet.delimiter).to_string())
    .bind(sheet.encoding)
    .bind(ImportState::Uploaded)
    .bind(i64::try_from(overview.rows).unwrap_or(i64::MAX))
    .bind(Json(Counts::default()))
    .bind(by.officer_id)
    .bind(&by.name)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// One import.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Import>> {
    let found: Option<Import> =
        on_db!(tx, |conn| sqlx::query_as(concat!(columns!(), "WHERE id = $1"))
            .bind(id)
            .fetch_optional(conn)
            .await?);
    Ok(found.map(whole))
}

/// A page of imports, the newest first.
pub async fn list(tx: &mut Tx, cursor: Option<Cursor>, limit: usize) -> DbResult<Page<Import>> {
    let rows: Vec<Import> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(columns!());
        if let Some(cursor) = cursor {
            query
                .push("WHERE (created_at, id) < (")
                .push_bind(cursor.at)
                .push(", ")
                .push_bind(cursor.id)
                .push(") ");
        }
        query
            .push("ORDER BY created_at DESC, id DESC LIMIT 0 + ")
            .push_bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1));
        query.build_query_as().fetch_all(conn).await?
    });
    let page = Page::cut(rows, limit, |row| Cursor::new(row.created_at, row.id));
    Ok(Page { items: page.items.into_iter().map(whole).collect(), next: page.next })
}

/// The content of a file: its hash, and its bytes if they lie in the database.
pub async fn content(tx: &mut Tx, id: Uuid) -> DbResult<Option<(Vec<u8>, Option<Vec<u8>>)>> {
    Ok(on_db!(tx, |conn| sqlx::query_as("SELECT digest, body FROM imports WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// Begins a dry run, or the run itself, from the first row; only from one of these states. Tells whether it did.
pub async fn begin(
    tx: &mut Tx,
    id: Uuid,
    from: &[ImportState],
    to: ImportState,
    mapping: Option<&Mapping>,
) -> DbResult<bool> {
    let begun = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "UPDATE imports SET done = 0, error = NULL, finished_at = NULL, state = ",
        );
        query.push_bind(to).push(", counts = ").push_bind(Json(Counts::default()));
        if let Some(mapping) = mapping {
            query.push(", mapping = ").push_bind(Json(mapping));
        }
        query.push(" WHERE id = ").push_bind(id).push(" AND state IN (");
        let mut states = query.separated(", ");
        for state in from {
            states.push_bind(*state);
        }
        query.push(")");
        query.build().execute(conn).await?.rows_affected()
    });
    if begun == 1 {
        on_db!(tx, |conn| sqlx::query("DELETE FROM import_rows WHERE import_id = $1")
            .bind(id)
            .execute(conn)
            .await
            .map(drop)?);
    }
    Ok(begun == 1)
}

/// The oldest import that is under way.
pub async fn underway(tx: &mut Tx) -> DbResult<Option<Uuid>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT id FROM imports WHERE state IN ('checking', 'running') ORDER BY created_at LIMIT 1"
    )
    .fetch_optional(conn)
    .await?))
}

/// How far an import is; locks it, so that two nodes never take the same rows.
pub async fn progress(tx: &mut Tx, id: Uuid) -> DbResult<Option<(ImportState, i64, Counts)>> {
    let sql = if tx.is_sqlite() {
        "SELECT state, done, counts FROM imports WHERE id = $1"
    } else {
        "SELECT state, done, counts FROM imports WHERE id = $1 FOR UPDATE"
    };
    let row: Option<(ImportState, i64, Json<Counts>)> =
        on_db!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await?);
    Ok(row.map(|(state, done, Json(counts))| (state, done, counts)))
}

/// Writes how far an import is.
pub async fn advance(tx: &mut Tx, id: Uuid, done: i64, counts: Counts) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("UPDATE imports SET done = $2, counts = $3 WHERE id = $1")
        .bind(id)
        .bind(done)
        .bind(Json(counts))
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Ends what is under way.
pub async fn finish(
    tx: &mut Tx,
    id: Uuid,
    state: ImportState,
    error: Option<&str>,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE imports SET state = $2, error = $3, finished_at = $4 WHERE id = $1"
    )
    .bind(id)
    .bind(state)
    .bind(error)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Removes an import that is not under way; what it brought stays. Tells the name of its file.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<Option<String>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_scalar(
        "DELETE FROM imports WHERE id = $1 AND state NOT IN ('checking', 'running') RETURNING file_name"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    }))
}

/// What became of the rows after a line.
pub async fn rows(
    tx: &mut Tx,
    id: Uuid,
    outcome: Option<Outcome>,
    after: i64,
    limit: i64,
) -> DbResult<Vec<ImportRow>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT line, outcome, reason, detail, shown, contact_id FROM import_rows WHERE import_id = ",
        );
        query.push_bind(id);
        if let Some(outcome) = outcome {
            query.push(" AND outcome = ").push_bind(outcome);
        }
        query
            .push(" AND line > ")
            .push_bind(after)
            .push(" ORDER BY line LIMIT 0 + ")
            .push_bind(limit);
        query.build_query_as().fetch_all(conn).await?
    }))
}
