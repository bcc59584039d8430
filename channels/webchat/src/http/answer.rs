//! Answers to pages of other origins.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NoSite,
    Origin,
    BadRequest,
    Protocol,
    Visitor,
    TooLarge,
    TooMany,
    Full,
    Unavailable,
}

impl Refusal {
    fn say(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NoSite => (StatusCode::NOT_FOUND, "not_found", "There is no such site"),
            Self::Origin => {
                (StatusCode::FORBIDDEN, "forbidden", "This page may not use the site's chat")
            }
            Self::BadRequest => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not understood")
            }
            Self::Protocol => {
                (StatusCode::BAD_REQUEST, "invalid", "The subprotocol must be sapa.chat.v1")
            }
            Self::Visitor => {
                (StatusCode::UNAUTHORIZED, "unauthenticated", "The visitor is not known")
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_long", "A file has at most 10 MiB")
            }
            Self::TooMany => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many", "Too many files in a minute")
            }
            Self::Full => (StatusCode::INSUFFICIENT_STORAGE, "full", "There is no room"),
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available for the moment")
            }
        }
    }
}

impl IntoResponse for Refusal {
    /// As RFC 9457 has it.
    fn into_response(self) -> Response {
        let (status, code, title) = self.say();
        let problem = json!({
            "type": format!("urn:sapa:{code}"),
            "title": title,
            "status": status.as_u16(),
            "code": code,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, kind, problem.to_string()).into_response()
    }
}

/// The origin that may read an answer.
pub(super) struct Cors(pub(super) HeaderValue);

impl Cors {
    pub(super) fn allow(self, answer: impl IntoResponse) -> Response {
        let mut answer = answer.into_response();
        let headers = answer.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.0);
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
        answer
    }

    pub(super) fn allow_preflight(self) -> Response {
        self.allow((
            StatusCode::NO_CONTENT,
            [
                (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
                (header::ACCESS_CONTROL_MAX_AGE, "600"),
            ],
        ))
    }
}
