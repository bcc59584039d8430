//! Signing in, and choosing a password by an invitation or at the first start.

use sapa_channel::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{
    audit, invitations,
    model::{Language, Me},
    password,
    policy::Role,
    queries, sessions,
};
use crate::{
    app::App,
    db::{DbError, Tx},
    events::{self, Actor},
    http::AppError,
};

/// Where a call comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The network address.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// A session that was begun.
#[derive(Debug)]
pub struct SignedIn {
    /// What the cookie carries.
    pub token: SecretString,
    /// Who he is.
    pub me: Me,
}

/// Signs in with an address and a password. Whether the account is unknown, not active, or the password wrong
/// is neither said nor to be seen by the time it takes (R14).
pub async fn with_password(
    app: &App,
    email: &str,
    given: &SecretString,
    origin: &Origin,
) -> Result<SignedIn, AppError> {
    let now = app.now();
    app.throttle().begin(email, &origin.address, now)?;
    // No address has more, and PostgreSQL takes no NUL.
    let tried = if email.len() > 254 || email.contains('\0') { "" } else { email };
    let mut tx = app.db().read().await?;
    let officer = queries::by_email(&mut tx, tried).await?.filter(|officer| officer.active);
    drop(tx);
    let stored = officer.as_ref().and_then(|officer| officer.password_hash.as_deref());
    let right = password::is_right(stored, given.expose_secret()).await?;

    let mut tx = app.db().write().await?;
    // What was checked must still be so.
    let current = match &officer {
        Some(officer) if right => queries::find(&mut tx, officer.id)
            .await?
            .filter(|now| now.active && now.password_hash == officer.password_hash),
        _ => None,
    };
    let Some(officer) = current else {
        let tried = if tried.contains('@') { tried.trim() } else { "" };
        audit::record(&mut tx, Actor::system(), "session.refused", tried, &origin.address, now)
            .await?;
        tx.commit().await?;
        return Err(AppError::InvalidCredentials);
    };
    let signed_in = begin(app, &mut tx, officer.id, "session.begun", origin, now).await?;
    tx.commit().await?;
    app.throttle().passed(email, &origin.address);
    Ok(signed_in)
}

/// Begins a session for an officer who has proved who he is, in the transaction of that.
async fn begin(
    app: &App,
    tx: &mut Tx,
    officer_id: Uuid,
    action: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<SignedIn, AppError> {
    let token = sessions::begin(tx, officer_id, &origin.address, &origin.agent, now).await?;
    let officer = queries::find(tx, officer_id).await?.ok_or(AppError::Unauthenticated)?;
    let teams = queries::teams_of(tx, officer_id).await?;
    let actor = Actor { kind: "officer", id: Some(officer_id), name: officer.name.clone() };
    audit::record(tx, actor, action, &officer.email, &origin.address, now).await?;
    let seq = events::head(tx).await?;
    Ok(SignedIn { token: token.into(), me: officer.me(app, teams, seq) })
}

/// Chooses a password by an invitation, which is used up by it. All other sessions of the officer end (R13).
pub async fn with_invitation(
    app: &App,
    token: &str,
    new: &SecretString,
    name: Option<&str>,
    origin: &Origin,
) -> Result<SignedIn, AppError> {
    let gone = || {
        AppError::conflict(
            "invalid_token",
            "this invitation was used or is too old: ask for another",
        )
    };
    let now = app.now();
    let mut tx = app.db().read().await?;
    let officer = invitations::invited(&mut tx, token, now).await?.ok_or_else(gone)?;
    drop(tx);
    let name = name.unwrap_or(&officer.name);
    let hash = checked_hash(new, &officer.email, name).await?;

    let mut tx = app.db().write().await?;
    if !invitations::use_up(&mut tx, token, now).await? {
        return Err(gone());
    }
    queries::set_password(&mut tx, officer.id, &hash).await?;
    queries::update_own(&mut tx, officer.id, name, officer.language, &officer.preferences).await?;
    let ended = sessions::end_all(&mut tx, officer.id, None).await?;
    let signed_in = begin(app, &mut tx, officer.id, "invitation.accepted", origin, now).await?;
    tx.commit().await?;
    app.live().close_sessions(&ended);
    Ok(signed_in)
}

/// Adds the first officer, an administrator; refused as soon as there is one.
pub async fn first(
    app: &App,
    email: &str,
    name: &str,
    new: &SecretString,
    origin: &Origin,
) -> Result<SignedIn, AppError> {
    let done = || AppError::conflict("already_set_up", "there is an officer already: sign in");
    let mut tx = app.db().read().await?;
    if queries::count(&mut tx).await? > 0 {
        return Err(done());
    }
    drop(tx);
    let hash = checked_hash(new, email, name).await?;

    let now = app.now();
    let mut tx = app.db().write().await?;
    queries::lock(&mut tx).await?;
    if queries::count(&mut tx).await? > 0 {
        return Err(done());
    }
    let added = queries::add_officer(
        &mut tx,
        email,
        name,
        Role::Administrator,
        Language::Id,
        Some(hash),
        now,
    )
    .await;
    let id =
        added.map_err(
            |error| if matches!(error, DbError::Conflict(_)) { done() } else { error.into() },
        )?;
    let signed_in = begin(app, &mut tx, id, "officer.first", origin, now).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Changes the own password. The old one is asked for as at signing in, and all other sessions end (R13).
pub async fn change_password(
    app: &App,
    caller: &super::caller::Caller,
    old: &SecretString,
    new: &SecretString,
) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.db().read().await?;
    let officer = queries::find(&mut tx, caller.officer_id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    app.throttle().begin(&officer.email, &caller.address, now)?;
    if !password::is_right(officer.password_hash.as_deref(), old.expose_secret()).await? {
        return Err(AppError::invalid("password.old", "is wrong"));
    }
    app.throttle().passed(&officer.email, &caller.address);
    let hash =
        checked_hash(new, &officer.email, &officer.name).await.map_err(|error| match error {
            AppError::Invalid(mut fields) => {
                let why = fields.remove("password").unwrap_or_default();
                AppError::invalid("password.new", why)
            }
            other => other,
        })?;

    let mut tx = app.db().write().await?;
    queries::set_password(&mut tx, officer.id, &hash).await?;
    invitations::withdraw(&mut tx, officer.id).await?;
    let ended = sessions::end_all(&mut tx, officer.id, caller.session_id).await?;
    audit::record(
        &mut tx,
        caller,
        "officer.password_changed",
        &officer.email,
        &caller.address,
        now,
    )
    .await?;
    tx.commit().await?;
    app.live().close_sessions(&ended);
    Ok(())
}

/// The hash of a new password, if it may be one.
async fn checked_hash(new: &SecretString, email: &str, name: &str) -> Result<String, AppError> {
    password::check(new.expose_secret(), email, name)
        .map_err(|weak| AppError::invalid("password", weak.to_string()))?;
    password::hash(new.expose_secret()).await
}
