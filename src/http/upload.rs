//! A file that is uploaded by a form.

use axum::{
    RequestExt,
    extract::{FromRequest, Multipart, Request},
};

use super::AppError;

/// How many bytes of a file that is too large are read and forgotten, so that its sender learns why it is refused.
const READ_ON: usize = 64 << 20;

/// A form of `multipart/form-data` that has a file in its field `file`.
#[derive(Debug)]
pub struct Upload(Multipart);

/// What was uploaded.
#[derive(Debug)]
pub struct Uploaded {
    /// The name that its sender gave it, if he gave one.
    pub name: Option<String>,
    /// The type that its sender says it has.
    pub declared: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = AppError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let form = request.extract::<Multipart, _>().await;
        form.map(Self).map_err(|_| AppError::invalid("file", "send it as multipart/form-data"))
    }
}

impl Upload {
    /// Reads the file, which may have `limit` bytes.
    pub async fn read(mut self, limit: usize) -> Result<Uploaded, AppError> {
        let unreadable = |_| AppError::invalid("file", "is not a readable multipart form");
        while let Some(mut field) = self.0.next_field().await.map_err(unreadable)? {
            if field.name() != Some("file") {
                continue;
            }
            let name = field.file_name().map(str::to_owned);
            let declared = field.content_type().unwrap_or("application/octet-stream").to_owned();
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
                if bytes.len() + chunk.len() > limit {
                    // Most clients listen for the answer only when they have said all.
                    let mut rest = READ_ON;
                    while let Ok(Some(chunk)) = field.chunk().await
                        && chunk.len() <= rest
                    {
                        rest -= chunk.len();
                    }
                    return Err(AppError::TooLarge { limit });
                }
                bytes.extend_from_slice(&chunk);
            }
            return Ok(Uploaded { name, declared, bytes });
        }
        Err(AppError::invalid("file", "is missing"))
    }
}
