//! The routes of API tokens, permissions and the audit log.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::words;
use crate::{
    app::App,
    http::{AppError, Body, Cursor, Page, Path, Problem, Query},
    officers::{
        audit::{self, AuditEntry},
        caller::Caller,
        policy::{Permission, Role, allows},
        tokens::{self, MadeToken, TokenView},
    },
};

/// The API tokens that are not revoked, the newest first. What they say is not kept.
#[utoipa::path(get, path = "/tokens", tag = "access", responses((status = 200, body = Page<TokenView>)))]
pub async fn list_tokens(State(app): State<App>) -> Result<Json<Page<TokenView>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(tokens::list(&mut tx).await?)))
}

/// A token to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    name: String,
    /// What it may be used for.
    scopes: Vec<Permission>,
    /// When it ends; when it is revoked, if none is given.
    expires_at: Option<Timestamp>,
}

/// Makes an API token. It is shown this one time. It can do nothing that its maker may not.
#[utoipa::path(post, path = "/tokens", tag = "access", request_body = NewToken, responses(
    (status = 201, body = MadeToken),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn make_token(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), AppError> {
    let name = words::one_line("name", &new.name, 100)?;
    let mut scopes = new.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(AppError::invalid("scopes", "names at least one"));
    }
    if scopes.iter().any(|scope| !caller.may(*scope)) {
        return Err(AppError::invalid("scopes", "names what you may not do yourself"));
    }
    let now = app.now();
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(AppError::invalid("expires_at", "is past"));
    }
    let mut tx = app.db().write().await?;
    let made = tokens::make(&mut tx, caller.officer_id, &name, scopes, new.expires_at, now).await?;
    audit::record(&mut tx, &caller, "token.made", &name, &caller.address, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revokes an API token at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let name = tokens::revoke(&mut tx, id, now).await?.ok_or(AppError::NotFound)?;
    audit::record(&mut tx, &caller, "token.revoked", &name, &caller.address, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which role may do what.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Permissions {
    /// What each role may do.
    roles: BTreeMap<String, Vec<Permission>>,
    /// What an API token can be given.
    scopes: Vec<Permission>,
}

/// Which role may do what, and what an API token can be given.
#[utoipa::path(get, path = "/permissions", tag = "access", responses((status = 200, body = Permissions)))]
pub async fn list_permissions() -> Json<Permissions> {
    let of =
        |role| Permission::ALL.into_iter().filter(|permission| allows(role, *permission)).collect();
    let roles =
        Role::ALL.into_iter().map(|role| (format!("{role:?}").to_lowercase(), of(role))).collect();
    Json(Permissions { roles, scopes: Permission::ALL.to_vec() })
}

/// Which part of the audit log.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditPart {
    /// From where on, as the last part said.
    cursor: Option<String>,
    /// At most so many lines, up to 200.
    limit: Option<i64>,
}

/// Who changed what about access, the newest first.
#[utoipa::path(get, path = "/audit", tag = "access", params(AuditPart),
    responses((status = 200, body = Page<AuditEntry>)))]
pub async fn list_audit(
    State(app): State<App>,
    Query(part): Query<AuditPart>,
) -> Result<Json<Page<AuditEntry>>, AppError> {
    let before = Cursor::parse(part.cursor.as_deref())?.map(|cursor| cursor.at);
    let limit = part.limit.unwrap_or(50).clamp(1, 200);
    let mut tx = app.db().read().await?;
    let entries = audit::list(&mut tx, before, limit + 1).await?;
    let at = |entry: &AuditEntry| Cursor { at: entry.id.parse().unwrap_or(0), id: Uuid::nil() };
    Ok(Json(Page::cut(entries, usize::try_from(limit).unwrap_or(0), at)))
}
