//! Inviting officers and changing what they are.

use sapa_channel::Timestamp;
use uuid::Uuid;

use super::{
    audit,
    caller::Caller,
    invitations,
    model::{Language, OfficerView},
    policy::Role,
    queries, sessions, teams,
};
use crate::{
    db::{DbError, Tx},
    http::AppError,
};

/// An officer to be invited.
#[derive(Clone, Debug)]
pub struct New {
    /// The address he will sign in with.
    pub email: String,
    /// His name.
    pub name: String,
    /// What he will be.
    pub role: Role,
    /// The language he reads.
    pub language: Language,
    /// The teams he will be in.
    pub teams: Vec<Uuid>,
}

/// What is to change; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// His name.
    pub name: Option<String>,
    /// What he is.
    pub role: Option<Role>,
    /// Whether he may sign in.
    pub active: Option<bool>,
    /// The teams he is in.
    pub teams: Option<Vec<Uuid>>,
}

/// Adds an officer without a password. Tells him, and the token of his invitation.
pub async fn invite(
    tx: &mut Tx,
    caller: &Caller,
    new: &New,
    now: Timestamp,
) -> Result<(OfficerView, String), AppError> {
    if queries::by_email(tx, &new.email).await?.is_some() {
        return Err(taken());
    }
    refuse_unknown_teams(tx, &new.teams).await?;
    let added =
        queries::add_officer(tx, &new.email, &new.name, new.role, new.language, None, now).await;
    let id = added.map_err(|error| {
        if matches!(error, DbError::Conflict(_)) { taken() } else { error.into() }
    })?;
    queries::set_teams_of(tx, id, &new.teams).await?;
    let token = invitations::make(tx, id, now).await?;
    audit::record(tx, caller, "officer.invited", &new.email, &caller.address, now).await?;
    Ok((view(tx, id).await?, token))
}

fn taken() -> AppError {
    AppError::invalid("email", "belongs to an officer already")
}

/// Invites an officer again: his first time, or to choose a new password. Tells the token.
pub async fn invite_again(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    now: Timestamp,
) -> Result<String, AppError> {
    let officer = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    if !officer.active {
        return Err(AppError::conflict(
            "inactive",
            "this officer is switched off: switch him on first",
        ));
    }
    let token = invitations::make(tx, id, now).await?;
    audit::record(tx, caller, "officer.invited_again", &officer.email, &caller.address, now)
        .await?;
    Ok(token)
}

/// Changes an officer. Another role or being switched off ends his sessions (R13); tells which, so that their
/// sockets are closed after the commit (R6). The last administrator who can sign in stays one.
pub async fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    change: Change,
    now: Timestamp,
) -> Result<(OfficerView, Vec<Uuid>), AppError> {
    queries::lock(tx).await?;
    let officer = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    let name = change.name.as_deref().unwrap_or(&officer.name);
    let role = change.role.unwrap_or(officer.role);
    let active = change.active.unwrap_or(officer.active);
    let was_administrator =
        officer.role == Role::Administrator && officer.active && officer.password_hash.is_some();
    let stays_administrator = role == Role::Administrator && active;
    if was_administrator
        && !stays_administrator
        && queries::other_administrators(tx, id).await? == 0
    {
        return Err(AppError::conflict(
            "last_administrator",
            "make another officer administrator first",
        ));
    }
    queries::update_duty(tx, id, name, role, active).await?;
    for (changed, action) in [
        (name != officer.name, "officer.renamed"),
        (role != officer.role, "officer.role_changed"),
        (active && !officer.active, "officer.switched_on"),
        (!active && officer.active, "officer.switched_off"),
    ] {
        if changed {
            let subject = match action {
                "officer.role_changed" => {
                    format!("{}: {}", officer.email, format!("{role:?}").to_lowercase())
                }
                "officer.renamed" => format!("{}: {name}", officer.email),
                _ => officer.email.clone(),
            };
            audit::record(tx, caller, action, &subject, &caller.address, now).await?;
        }
    }
    if let Some(teams) = &change.teams {
        refuse_unknown_teams(tx, teams).await?;
        let mut before = queries::teams_of(tx, id).await?;
        let mut after = teams.clone();
        before.sort_unstable();
        after.sort_unstable();
        if before != after {
            queries::set_teams_of(tx, id, teams).await?;
            audit::record(
                tx,
                caller,
                "officer.teams_changed",
                &officer.email,
                &caller.address,
                now,
            )
            .await?;
        }
    }
    let mut ended = Vec::new();
    if role != officer.role || active != officer.active {
        ended = sessions::end_all(tx, id, None).await?;
    }
    if !active {
        invitations::withdraw(tx, id).await?;
    }
    Ok((view(tx, id).await?, ended))
}

/// Ends all sessions of an officer. Tells which.
pub async fn end_sessions(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    now: Timestamp,
) -> Result<Vec<Uuid>, AppError> {
    let officer = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    let ended = sessions::end_all(tx, id, None).await?;
    audit::record(tx, caller, "officer.sessions_ended", &officer.email, &caller.address, now)
        .await?;
    Ok(ended)
}

async fn refuse_unknown_teams(tx: &mut Tx, ids: &[Uuid]) -> Result<(), AppError> {
    if teams::are_teams(tx, ids).await? {
        return Ok(());
    }
    Err(AppError::invalid("teams", "names a team that there is not, or one twice"))
}

async fn view(tx: &mut Tx, id: Uuid) -> Result<OfficerView, AppError> {
    let officer = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    let teams = queries::teams_of(tx, id).await?;
    Ok(officer.shown(teams))
}
