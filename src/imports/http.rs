//! The routes of imports.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use sapa_channel::new_id;
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    mapping::Mapping,
    model::{Import, ImportRow, ImportState},
    plan::Outcome,
    queries,
    read::{self, MOST_BYTES, Overview, Sheet},
    report,
};
use crate::{
    app::App,
    events::NewEvent,
    http::{Access, AppError, Body, Cursor, Page, Path, Problem, Query, Routes, Upload},
    messages::http::attachment,
    officers::{audit, caller::Caller, policy::Permission},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let may = Access::May(Permission::ContactsImport);
    // The handler has a limit of its own.
    let (schemas, paths, upload) = routes!(upload_contacts);
    routes
        .add(may, (schemas, paths, upload.layer(DefaultBodyLimit::disable())))
        .add(may, routes!(list_imports))
        .add(may, routes!(get_import, remove_import))
        .add(may, routes!(check_import))
        .add(may, routes!(run_import))
        .add(may, routes!(import_rows))
        .add(may, routes!(import_report))
}

/// Which part of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportsQuery {
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// All imports, the newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", params(ImportsQuery), responses((status = 200, body = Page<Import>)))]
async fn list_imports(
    State(app): State<App>,
    Query(query): Query<ImportsQuery>,
) -> Result<Json<Page<Import>>, AppError> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let mut tx = app.db().read().await?;
    Ok(Json(queries::list(&mut tx, cursor, limit).await?))
}

/// Takes a CSV file of at most 20 MiB and 100,000 rows, whose first row names the columns. Nothing is imported yet.
#[utoipa::path(post, path = "/imports", tag = "imports", request_body(content = Vec<u8>, content_type = "multipart/form-data"), responses(
    (status = 201, body = Import),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn upload_contacts(
    State(app): State<App>,
    caller: Caller,
    form: Upload,
) -> Result<(StatusCode, Json<Import>), AppError> {
    let file = form.read(MOST_BYTES).await?;
    let name = file.name.unwrap_or_else(|| "contacts.csv".to_owned());
    let bytes = file.bytes;
    let bytes = bytes::Bytes::from(bytes);
    let parsed = bytes.clone();
    let read = move || -> Result<(Sheet, Overview), read::ReadError> {
        let sheet = read::open(&parsed)?;
        let overview = sheet.overview()?;
        Ok((sheet, overview))
    };
    let (sheet, overview) = tokio::task::spawn_blocking(read)
        .await
        .map_err(AppError::internal)?
        .map_err(|error| AppError::invalid("file", error.to_string()))?;
    app.files().keep(bytes.clone()).await?;
    let (id, now) = (new_id(), app.now());
    let mut tx = app.db().write().await?;
    queries::add(&mut tx, id, (&name, &bytes), (&sheet, &overview), &caller, now).await?;
    let import = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    audit::record(&mut tx, &caller, "import.uploaded", &import.file_name, &caller.address, now)
        .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(import)))
}

/// One import: where it stands, and how far it is.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", responses((status = 200, body = Import)))]
async fn get_import(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Import>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?))
}

/// Removes an import and its report. The contacts that it brought stay.
#[utoipa::path(delete, path = "/imports/{id}", tag = "imports", responses(
    (status = 204),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_import(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let name = queries::remove(&mut tx, id).await?.ok_or_else(underway)?;
    audit::record(&mut tx, &caller, "import.removed", &name, &caller.address, app.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn underway() -> AppError {
    AppError::conflict("underway", "it is under way, or was done already: look at it again")
}

/// Begins the dry run: what would happen to each row, if its columns mean this. It may be done again with another
/// mapping as long as nothing was taken.
#[utoipa::path(post, path = "/imports/{id}/check", tag = "imports", request_body = Mapping, responses(
    (status = 200, body = Import),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn check_import(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(mapping): Body<Mapping>,
) -> Result<Json<Import>, AppError> {
    let from = [ImportState::Uploaded, ImportState::Checked, ImportState::Failed];
    begin(&app, &caller, id, &from, ImportState::Checking, Some(&mapping)).await
}

/// Takes the rows as the dry run told, but for what has changed since. It goes on by itself, over a crash too.
#[utoipa::path(post, path = "/imports/{id}/run", tag = "imports", responses(
    (status = 200, body = Import),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn run_import(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Import>, AppError> {
    begin(&app, &caller, id, &[ImportState::Checked], ImportState::Running, None).await
}

async fn begin(
    app: &App,
    caller: &Caller,
    id: Uuid,
    from: &[ImportState],
    to: ImportState,
    mapping: Option<&Mapping>,
) -> Result<Json<Import>, AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let there = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if let Some(mapping) = mapping {
        mapping.check(there.columns.len())?;
    }
    if !queries::begin(&mut tx, id, from, to, mapping).await? {
        return Err(underway());
    }
    if to == ImportState::Running {
        audit::record(&mut tx, caller, "import.begun", &there.file_name, &caller.address, now)
            .await?;
    }
    let import = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let data = serde_json::json!({ "import_id": id, "file": there.file_name });
    app.commit(tx, &[NewEvent::new("import.begun", now, caller.actor()).data(data)]).await?;
    Ok(Json(import))
}

/// Which rows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RowsQuery {
    /// Only of this outcome.
    outcome: Option<Outcome>,
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// What became of the rows, or would, in the order of the file.
#[utoipa::path(get, path = "/imports/{id}/rows", tag = "imports", params(RowsQuery), responses((status = 200, body = Page<ImportRow>)))]
async fn import_rows(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<RowsQuery>,
) -> Result<Json<Page<ImportRow>>, AppError> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let after = Cursor::parse(query.cursor.as_deref())?.map_or(0, |cursor| cursor.at);
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut tx = app.db().read().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let rows = queries::rows(&mut tx, id, query.outcome, after, most).await?;
    Ok(Json(Page::cut(rows, limit, |row| Cursor { at: row.line, id: Uuid::nil() })))
}

/// The whole report as a CSV file.
#[utoipa::path(get, path = "/imports/{id}/report", tag = "imports", responses((status = 200, content_type = "text/csv")))]
async fn import_report(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Response, AppError> {
    const STEP: i64 = 5000;
    let mut tx = app.db().read().await?;
    let import = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    // With its mark, spreadsheets read it as UTF-8.
    let (mut whole, mut after) = (b"\xef\xbb\xbf".to_vec(), 0);
    loop {
        let rows = queries::rows(&mut tx, id, None, after, STEP).await?;
        whole.extend(report::write(&rows, after == 0).map_err(AppError::internal)?);
        match rows.last() {
            Some(last) if rows.len() >= usize::try_from(STEP).unwrap_or(usize::MAX) => {
                after = last.line
            }
            _ => break,
        }
    }
    let name =
        import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(name, _)| name);
    let mut response = attachment(&format!("{name}-report.csv"), whole.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
