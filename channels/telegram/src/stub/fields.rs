//! The fields of a request, from JSON or from a form with files.

use std::collections::HashMap;

use axum::{
    RequestExt,
    body::Body,
    extract::{FromRequest, Multipart, Request},
    http::header::CONTENT_TYPE,
};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::check::Refusal;

/// What a request carries.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) values: Map<String, Value>,
    pub(super) files: HashMap<String, Uploaded>,
}

/// A file in a form.
#[derive(Clone, Debug)]
pub(super) struct Uploaded {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

impl Fields {
    /// Reads a request to its end.
    pub(super) async fn read(request: Request<Body>) -> Result<Self, Refusal> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default();
        match media_type.trim() {
            "application/json" => Self::json(request).await,
            "multipart/form-data" => Self::form(request).await,
            "" => Ok(Self::default()),
            other => Err(Refusal::bad(&format!("the stub reads no {other}"))),
        }
    }

    async fn json(request: Request<Body>) -> Result<Self, Refusal> {
        let body: Bytes =
            request.extract().await.map_err(|_| Refusal::bad("the body broke off"))?;
        let values = serde_json::from_slice(&body)
            .map_err(|_| Refusal::bad("can't parse request JSON object"))?;
        Ok(Self { values, files: HashMap::new() })
    }

    async fn form(request: Request<Body>) -> Result<Self, Refusal> {
        let broken = |_| Refusal::bad("the form is malformed or broke off");
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|_| Refusal::bad("the form has no boundary"))?;
        let mut fields = Self::default();
        while let Some(part) = form.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            if let Some(file_name) = file_name {
                fields.files.insert(name, Uploaded { name: file_name, bytes });
            } else {
                let text = String::from_utf8(bytes.to_vec())
                    .map_err(|_| Refusal::bad("strings must be encoded in UTF-8"))?;
                fields.values.insert(name, Value::String(text));
            }
        }
        Ok(fields)
    }

    /// Whether a field is there, as a value or as a file.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name) || self.files.contains_key(name)
    }

    /// All names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().chain(self.files.keys()).map(String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::bad(&format!("field \"{name}\" must be of type String"))),
        }
    }

    /// A number, which in a form is written out.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let number = match self.values.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text.parse().ok(),
            Some(value) => value.as_i64(),
        };
        number.map(Some).ok_or_else(|| Refusal::bad(&format!("field \"{name}\" must be a Number")))
    }

    /// An object or a list, which in a form is JSON.
    pub(super) fn nested(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| Refusal::bad(&format!("can't parse {name} JSON object"))),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}
