//! The one error of the web server, answered as `application/problem+json` (RFC 9457).

use std::collections::BTreeMap;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::db::DbError;

/// Why a call was not done.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// Wrong e-mail address or password; which of them is not said (R14).
    #[error("the e-mail address or the password is wrong")]
    InvalidCredentials,
    /// The caller may not.
    #[error("you may not do this")]
    Forbidden,
    /// There is no such thing, or not for this caller.
    #[error("there is no such thing")]
    NotFound,
    /// The call cannot be understood: what is wrong, by field (`""` is the whole).
    #[error("the call cannot be understood")]
    Invalid(BTreeMap<String, String>),
    /// The call does not fit what is there now.
    #[error("{detail}")]
    Conflict {
        /// A stable name.
        code: &'static str,
        /// What is the matter and what to do.
        detail: String,
        /// More for a program.
        extra: Map<String, Value>,
    },
    /// What was to be changed has changed since it was read.
    #[error("it has changed since it was read: read it again")]
    Stale,
    /// Too many calls.
    #[error("too many attempts: wait a little")]
    TooMany {
        /// Seconds to wait.
        after: u64,
    },
    /// Too large.
    #[error("it is too large: at most {limit} bytes")]
    TooLarge {
        /// What would be taken.
        limit: usize,
    },
    /// No room on the disk.
    #[error("there is no room left on the disk: nothing was stored")]
    Full,
    /// The hub is stopping or overloaded.
    #[error("not available for the moment: try again")]
    Unavailable,
    /// A fault of ours. The log has it, the caller does not.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl AppError {
    /// One thing wrong with one field.
    pub fn invalid(field: &str, why: impl Into<String>) -> Self {
        Self::Invalid(BTreeMap::from([(field.to_owned(), why.into())]))
    }

    /// A conflict with nothing more to say of it.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into(), extra: Map::new() }
    }

    /// A fault of ours.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::InvalidCredentials => (StatusCode::UNAUTHORIZED, "invalid_credentials"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Conflict { code, .. } => (StatusCode::CONFLICT, code),
            Self::Stale => (StatusCode::PRECONDITION_FAILED, "stale"),
            Self::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Full => (StatusCode::INSUFFICIENT_STORAGE, "full"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Full(_) => Self::Full,
            DbError::Unavailable(_) => {
                tracing::error!(%error, "the database could not be reached");
                Self::Unavailable
            }
            DbError::TooSlow(_) => Self::conflict(
                "too_slow",
                "it takes too long to find out: ask for less, or try again when less is going on",
            ),
            DbError::Conflict(_) => {
                Self::conflict("conflict", "somebody else was first: read it again")
            }
            DbError::UnsupportedUrl
            | DbError::Newer(_)
            | DbError::Migrate(_)
            | DbError::Driver(_) => Self::internal(error),
        }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<std::io::Error> for AppError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            Self::Full
        } else {
            Self::internal(error)
        }
    }
}

/// The body of an error.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `urn:sapa:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is the matter, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable name for programs.
    pub code: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<BTreeMap<String, String>>,
    /// More, by code.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// The fault behind a 500, for the log; the gate takes it from the answer.
#[derive(Clone, Debug)]
pub struct Fault(pub String);

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let (status, code) = self.kind();
        let title = self.to_string();
        let mut retry_after = None;
        let mut fault = None;
        let (mut fields, mut extra) = (None, Map::new());
        match self {
            Self::Invalid(wrong) => fields = Some(wrong),
            Self::Conflict { extra: more, .. } => extra = more,
            Self::TooMany { after } => retry_after = Some(after),
            Self::Unavailable | Self::Full => retry_after = Some(5),
            Self::Internal(error) => {
                let mut chain = error.to_string();
                let mut next = error.source();
                while let Some(source) = next {
                    chain = format!("{chain}: {source}");
                    next = source.source();
                }
                fault = Some(Fault(chain));
            }
            _ => {}
        }
        let problem = Problem {
            kind: format!("urn:sapa:{code}"),
            title,
            status: status.as_u16(),
            code: code.to_owned(),
            fields,
            extra,
        };
        let mut response = (status, axum::Json(problem)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after));
        }
        if let Some(fault) = fault {
            response.extensions_mut().insert(fault);
        }
        response
    }
}
