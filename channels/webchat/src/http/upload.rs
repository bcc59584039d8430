//! Files for messages to come.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequest, Multipart, Path, Request, State, multipart::Field},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use sapa_channel::File;
use serde::Serialize;
use uuid::Uuid;

use super::{answer::Refusal, enter};
use crate::{Caller, ChatServer, HubError, MAX_FILE};

#[derive(Serialize)]
struct Uploaded {
    id: Uuid,
    name: String,
    size: usize,
    media_type: String,
}

pub(super) async fn upload(
    State(server): State<Arc<ChatServer>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let (site, cors) = match enter(&server, &key, &headers).await {
        Ok(entered) => entered,
        Err(refusal) => return refusal.into_response(),
    };
    let secret = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    // Known before a byte of the file is read.
    let caller = match site.admit(secret, None, server.clock.now()) {
        Ok(caller) if server.uploads.once_more(caller.visitor, server.clock.now()) => caller,
        Ok(_) => return cors.allow(Refusal::TooMany),
        Err(_) => return cors.allow(Refusal::Visitor),
    };
    match keep(&server, &caller, request).await {
        Ok(uploaded) => cors.allow((StatusCode::CREATED, Json(uploaded))),
        Err(refusal) => cors.allow(refusal),
    }
}

async fn keep(server: &ChatServer, caller: &Caller, request: Request) -> Result<Uploaded, Refusal> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Refusal::BadRequest)?;
    while let Some(field) = form.next_field().await.map_err(|_| Refusal::BadRequest)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = file_name(field.file_name().unwrap_or_default());
        let media_type = media_type(field.content_type().unwrap_or_default());
        let bytes = read(field).await?;
        let (size, file) = (
            bytes.len(),
            File { name: name.clone(), media_type: media_type.clone(), bytes, content_id: None },
        );
        let id = server.hub.upload(caller, file).await.map_err(|error| match error {
            HubError::Full => Refusal::Full,
            HubError::Unavailable | HubError::NotFound => Refusal::Unavailable,
        })?;
        return Ok(Uploaded { id, name, size, media_type });
    }
    Err(Refusal::BadRequest)
}

async fn read(mut field: Field<'_>) -> Result<Bytes, Refusal> {
    let mut bytes = BytesMut::new();
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= MAX_FILE => {
                bytes.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => return Err(Refusal::TooLarge),
            Ok(None) => return Ok(bytes.freeze()),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Refusal::TooLarge);
            }
            Err(_) => return Err(Refusal::BadRequest),
        }
    }
}

/// The last part of a name, in one line. It is a label and never a path (`R24`).
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = name.trim();
    if name.is_empty() || name == "." || name == ".." { "file".into() } else { name.into() }
}

fn media_type(given: &str) -> String {
    let bare = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    match bare.split_once('/') {
        Some((kind, of)) if bare.len() <= 127 && word(kind) && word(of) => bare,
        _ => "application/octet-stream".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r24_names_are_labels_of_one_line_and_never_paths() {
        for (given, name) in [
            ("resi.jpg", "resi.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\rina\\foto.png", "foto.png"),
            ("a\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"),
            ("..", "file"),
            ("x/", "file"),
            ("", "file"),
        ] {
            assert_eq!(file_name(given), name, "{given:?}");
        }
        assert_eq!(file_name(&"ä".repeat(1_000)).chars().count(), 200);
    }

    #[test]
    fn r34_a_declared_type_is_one_or_none() {
        assert_eq!(media_type("Image/PNG; charset=x"), "image/png");
        for odd in ["", "html", "text/html\r\nx: y", "a/b/c", "/png"] {
            assert_eq!(media_type(odd), "application/octet-stream", "{odd:?}");
        }
    }
}
