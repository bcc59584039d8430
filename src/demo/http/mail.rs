//! Reading the mail that the demonstration kept instead of sending it.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use sapa_channel::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::folder::{self, Folder, Mail};
use crate::{
    app::App,
    http::{AppError, Page, Path},
};

/// As much of a mail is shown as it stands in the file; the rest is attachments.
const MOST_RAW: usize = 256 * 1024;

/// A mail in the folder.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FolderMail {
    /// Its file.
    name: String,
    /// To whom.
    to: String,
    /// Its subject.
    subject: String,
    /// When it was written.
    at: Timestamp,
}

/// A mail in the folder, to be read.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FolderMailBody {
    /// As it stands in the file, at most 256 KiB of it.
    raw: String,
    /// Name and value of each header.
    #[schema(value_type = Vec<Vec<String>>)]
    headers: Vec<(String, String)>,
    /// What it says as plain text.
    text: String,
    /// Its formatted form, for a frame without scripts.
    html_url: Option<String>,
}

/// Does what blocks elsewhere. There is nothing to read where mail is sent.
async fn in_folder<T: Send + 'static>(
    app: &App,
    read: impl FnOnce(&Folder) -> std::io::Result<T> + Send + 'static,
) -> Result<T, AppError> {
    let folder = app.config().mail.folder.clone().ok_or(AppError::NotFound)?;
    let reading = tokio::task::spawn_blocking(move || read(&Folder(folder)));
    Ok(reading.await.map_err(AppError::internal)??)
}

async fn mail(app: &App, name: &str) -> Result<(Uuid, Mail), AppError> {
    let id = folder::id_of(name).ok_or(AppError::NotFound)?;
    let mail = in_folder(app, move |folder| folder.mail(id)).await?;
    Ok((id, mail.ok_or(AppError::NotFound)?))
}

/// Lists the mails that the demonstration kept instead of sending them, the newest 200.
#[utoipa::path(get, path = "/mail-folder", tag = "demo", responses((status = 200, body = Page<FolderMail>)))]
pub async fn list_mail_folder(State(app): State<App>) -> Result<Json<Page<FolderMail>>, AppError> {
    let listed = in_folder(&app, Folder::list).await?;
    let shown = listed.into_iter().map(|mail| FolderMail {
        name: format!("{}.eml", mail.id),
        to: mail.to.join(", "),
        subject: mail.subject,
        at: mail.at,
    });
    Ok(Json(Page::all(shown.collect())))
}

/// Reads one of these mails.
#[utoipa::path(get, path = "/mail-folder/{name}", tag = "demo",
    responses((status = 200, body = FolderMailBody)))]
pub async fn get_folder_mail(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<FolderMailBody>, AppError> {
    let (id, Mail { raw, message }) = mail(&app, &name).await?;
    let mut headers = folder::headers(&raw);
    for (name, value) in &mut headers {
        // The subject is the one that people read; in the file it may be encoded.
        if name.eq_ignore_ascii_case("subject")
            && let Some(subject) = &message.subject
        {
            value.clone_from(subject);
        }
    }
    let quoted = message.quoted.map(|quoted| format!("\n\n{quoted}")).unwrap_or_default();
    Ok(Json(FolderMailBody {
        headers,
        text: format!("{}{quoted}", message.text),
        html_url: message.html.map(|_| format!("/api/v1/mail-folder/{id}.eml/html")),
        raw: String::from_utf8_lossy(&raw[..raw.len().min(MOST_RAW)]).into_owned(),
    }))
}

/// The formatted form of one of these mails: a document for a frame of its own, without scripts (R1).
#[utoipa::path(get, path = "/mail-folder/{name}/html", tag = "demo",
    responses((status = 200, content_type = "text/html")))]
pub async fn folder_mail_html(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, AppError> {
    let (_, mail) = mail(&app, &name).await?;
    // It is sanitised when it is read.
    let html = mail.message.html.ok_or(AppError::NotFound)?;
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light\">\
         <base target=\"_blank\"><link rel=\"stylesheet\" href=\"/mail.css\"></head><body>{html}</body></html>"
    );
    Ok((
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; img-src data:; style-src 'self' 'unsafe-inline'; \
                 sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'; form-action 'none'; \
                 base-uri 'none'",
            ),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "private, no-cache"),
        ],
        page,
    )
        .into_response())
}
