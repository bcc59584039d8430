//! The routes of messages and their files.

use axum::{
    Json,
    body::Body as Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sapa_channel::{ChannelId, Timestamp, new_id};
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Details,
    model::{ButtonRef, MessageView},
    queries, retry,
    send::{self, Said},
    speaker::Speaker,
    undo,
};
use crate::{
    app::App,
    files::{self, model::FileRef},
    http::{Access, AppError, Body, Idempotent, Path, Routes, Upload, idempotent},
    officers::{caller::Caller, policy::Permission},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    let write = Access::May(Permission::ConversationsWrite);
    let (schemas, paths, upload) = routes!(upload_file);
    routes
        .add(write, routes!(say))
        .add(write, routes!(take_back))
        .add(write, routes!(try_again))
        .add(write, routes!(has_arrived))
        .add(read, routes!(message_html))
        .add(read, routes!(message_original))
        .add(write, (schemas, paths, upload.layer(DefaultBodyLimit::disable())))
        .add(read, routes!(download_file))
        .add(read, routes!(preview_file))
}

/// What an officer says.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMessage)]
struct NewMessage {
    /// `reply` or `note`.
    kind: String,
    /// What.
    text: String,
    /// By which channel; the customer's last one if none is given.
    channel_id: Option<ChannelId>,
    /// To which address; the last one heard if none is given.
    identity_id: Option<Uuid>,
    /// The subject of a letter.
    subject: Option<String>,
    /// Copies.
    #[serde(default)]
    cc: Vec<String>,
    /// Blind copies.
    #[serde(default)]
    bcc: Vec<String>,
    /// Uploads to attach.
    #[serde(default)]
    files: Vec<Uuid>,
    /// Answers to choose from.
    #[serde(default)]
    buttons: Vec<ButtonRef>,
    /// When it shall leave.
    send_at: Option<Timestamp>,
    /// Solve the conversation with it.
    #[serde(default)]
    solve: bool,
    /// The newest event that was shown; if a colleague answered after it, the answer is refused with
    /// `answered_meanwhile`.
    seen_seq: Option<i64>,
    /// Send it all the same.
    #[serde(default)]
    anyway: bool,
    /// Officers who are called.
    #[serde(default)]
    mentions: Vec<Uuid>,
}

/// Answers a customer, or writes a private note.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "messages", request_body = NewMessage,
    responses((status = 201, body = MessageView)))]
async fn say(
    State(app): State<App>,
    caller: Caller,
    Path(conversation): Path<Uuid>,
    key: Idempotent,
    Body(new): Body<NewMessage>,
) -> Result<(StatusCode, Json<serde_json::Value>), AppError> {
    let note = match new.kind.as_str() {
        "note" => true,
        "reply" => false,
        _ => return Err(AppError::invalid("kind", "is reply or note")),
    };
    if new.text.contains('\0') {
        return Err(AppError::invalid("text", "has a NUL character"));
    }
    if new
        .subject
        .as_deref()
        .is_some_and(|subject| subject.chars().any(char::is_control) || subject.len() > 500)
    {
        return Err(AppError::invalid("subject", "one line of at most 500 bytes"));
    }
    if new.buttons.len() > 10
        || new.buttons.iter().any(|button| !(1..=40).contains(&button.label.chars().count()))
    {
        return Err(AppError::invalid("buttons", "at most ten, each of 1 to 40 characters"));
    }
    if new.files.len() > 20 || new.mentions.len() > 50 {
        return Err(AppError::invalid("files", "too many"));
    }
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let said = Said {
            note,
            text: new.text,
            channel_id: new.channel_id,
            identity_id: new.identity_id,
            subject: new.subject,
            files: new.files,
            details: Details {
                cc: new.cc,
                bcc: new.bcc,
                buttons: new.buttons.into_iter().map(|button| button.label).collect(),
                mentions: new.mentions,
                ..Details::default()
            },
            send_at: new.send_at,
            seen_seq: new.seen_seq.filter(|_| !new.anyway),
            solve: new.solve,
        };
        let (id, events) =
            send::say(&app, tx, Speaker::Officer(&caller), conversation, said).await?;
        let view = queries::view(tx, id, app.now()).await?.ok_or(AppError::NotFound)?;
        Ok((view, events))
    })
    .await
}

async fn shown(app: &App, id: Uuid) -> Result<MessageView, AppError> {
    let mut tx = app.db().read().await?;
    queries::view(&mut tx, id, app.now()).await?.ok_or(AppError::NotFound)
}

/// Takes an answer back while that is possible.
#[utoipa::path(delete, path = "/messages/{id}", tag = "messages", responses((status = 200, body = MessageView)))]
async fn take_back(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<MessageView>, AppError> {
    let mut tx = app.db().write().await?;
    let events = undo::take_back(&mut tx, &caller, id, app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(shown(&app, id).await?))
}

/// By which channel to try again.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Again {
    /// Another channel; the same if none is given.
    channel_id: Option<ChannelId>,
}

/// Sends a failed answer again, or one of which it is not known whether it was sent.
#[utoipa::path(post, path = "/messages/{id}/retry", tag = "messages", request_body = Again,
    responses((status = 200, body = MessageView)))]
async fn try_again(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(again): Body<Again>,
) -> Result<Json<MessageView>, AppError> {
    let mut tx = app.db().write().await?;
    let (id, events) =
        retry::again(&app, &mut tx, &caller, id, again.channel_id, app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(shown(&app, id).await?))
}

/// Says that an answer arrived of which it is not known whether it was sent.
#[utoipa::path(post, path = "/messages/{id}/arrived", tag = "messages", responses((status = 200, body = MessageView)))]
async fn has_arrived(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<MessageView>, AppError> {
    let mut tx = app.db().write().await?;
    let event = retry::arrived(&mut tx, &caller, id, app.now()).await?;
    app.commit(tx, &[event]).await?;
    Ok(Json(shown(&app, id).await?))
}

/// The formatted form of a message: a document for a frame of its own, without scripts (R1).
#[utoipa::path(get, path = "/messages/{id}/html", tag = "messages",
    responses((status = 200, content_type = "text/html")))]
async fn message_html(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Response, AppError> {
    let mut tx = app.db().read().await?;
    let html = queries::html(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let files = files::queries::of_messages(&mut tx, &[id]).await?.remove(&id).unwrap_or_default();
    drop(tx);
    let mut html = html;
    for file in files.into_iter().map(files::model::FileRow::shown) {
        if let (Some(cid), Some(url)) = (&file.content_id, &file.preview_url) {
            html = html.replace(&format!("\"cid:{cid}\""), &format!("\"{url}\""));
        }
    }
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light\">\
         <base target=\"_blank\"><link rel=\"stylesheet\" href=\"/mail.css\"></head><body>{html}</body></html>"
    );
    Ok((
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
                 sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'; form-action 'none'; \
                 base-uri 'none'",
            ),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "private, max-age=3600"),
        ],
        page,
    )
        .into_response())
}

/// A message as it came.
#[utoipa::path(get, path = "/messages/{id}/original", tag = "messages",
    responses((status = 200, content_type = "application/octet-stream")))]
async fn message_original(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let mut tx = app.db().read().await?;
    let (media_type, digest, body) =
        queries::original(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    original(&app, id, &media_type, &digest, body).await
}

/// Something as it came, for download.
pub async fn original(
    app: &App,
    id: Uuid,
    media_type: &str,
    digest: &[u8],
    body: Option<Vec<u8>>,
) -> Result<Response, AppError> {
    let bytes = app.files().read(body, digest).await?;
    let ending = if media_type == "message/rfc822" { "eml" } else { "json" };
    Ok(attachment(&format!("{id}.{ending}"), bytes))
}

/// Takes a file to attach later.
#[utoipa::path(post, path = "/files", tag = "messages", request_body(content = Vec<u8>, content_type = "multipart/form-data"),
    responses((status = 201, body = FileRef)))]
async fn upload_file(
    State(app): State<App>,
    caller: Caller,
    form: Upload,
) -> Result<(StatusCode, Json<FileRef>), AppError> {
    let file = form.read(app.config().files.max_bytes).await?;
    let bytes = bytes::Bytes::from(file.bytes);
    app.files().keep(bytes.clone()).await?;
    let mut tx = app.db().write().await?;
    let row = files::queries::upload(
        &mut tx,
        new_id(),
        &caller.officer_id.to_string(),
        file.name.as_deref().unwrap_or("file"),
        &file.declared,
        &bytes,
        app.now(),
    )
    .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(row.shown())))
}

async fn content(
    app: &App,
    caller: &Caller,
    id: Uuid,
) -> Result<(files::queries::Content, bytes::Bytes), AppError> {
    let mut tx = app.db().read().await?;
    let mut content = files::queries::content(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    // An upload that is not sent yet is its uploader's alone.
    let own = content.uploaded_by.as_deref() == Some(&caller.officer_id.to_string());
    if content.message_id.is_none() && !own {
        return Err(AppError::NotFound);
    }
    let bytes = app.files().read(content.body.take(), &content.digest).await?;
    Ok((content, bytes))
}

/// Downloads a file.
#[utoipa::path(get, path = "/files/{id}", tag = "messages",
    responses((status = 200, content_type = "application/octet-stream")))]
async fn download_file(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let (content, bytes) = content(&app, &caller, id).await?;
    Ok(attachment(&content.name, bytes))
}

/// Shows a picture; of other kinds there is none (R2).
#[utoipa::path(get, path = "/files/{id}/preview", tag = "messages", responses((status = 200, content_type = "image/png")))]
async fn preview_file(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let (content, bytes) = content(&app, &caller, id).await?;
    picture(&content.media_type, bytes)
}

/// A picture to be shown in a page.
pub fn picture(media_type: &str, bytes: bytes::Bytes) -> Result<Response, AppError> {
    if !files::model::is_picture(media_type) {
        return Err(AppError::NotFound);
    }
    let mut response = attachment("picture", bytes);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::try_from(media_type).map_err(AppError::internal)?,
    );
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    Ok(response)
}

/// A file to be downloaded and never run (R2, R24).
#[must_use]
pub fn attachment(name: &str, bytes: bytes::Bytes) -> Response {
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    let mut response = Response::new(Bytes::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let disposition = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::try_from(disposition).unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=86400, immutable"),
    );
    response
}
