//! Who makes a call: an officer by a session, or a program by an API token.

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;

use super::policy::{Permission, Role, allows};
use crate::{events::Actor, http::AppError};

/// Who makes a call, as the gate before each route found out. As an extractor it is there on every route
/// that is not public.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The officer; for a program the one who made its token.
    pub officer_id: Uuid,
    /// The officer's or the token's name.
    pub name: String,
    /// The officer's role.
    pub role: Role,
    /// The session, if it is one.
    pub session_id: Option<Uuid>,
    /// The token's scopes, if it is one.
    pub scopes: Option<Vec<Permission>>,
    /// The network address it comes from.
    pub address: String,
}

impl Caller {
    /// Whether the caller may: by his role, and within the token's scopes.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        allows(self.role, permission)
            && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission))
    }

    /// As the log and the history name him.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { kind: "officer", id: Some(self.officer_id), name: self.name.clone() }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(AppError::Unauthenticated)
    }
}
