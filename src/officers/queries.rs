//! The SQL of officers.

use std::collections::HashMap;

use sapa_channel::{Timestamp, new_id};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    model::{Language, OfficerRow},
    policy::Role,
};
use crate::{
    db::{DbResult, Tx},
    insert_rows, on_db,
};

/// Adds an officer. Without a password he waits for his invitation. A taken address is a
/// [`Conflict`](crate::db::DbError::Conflict).
pub async fn add_officer(
    tx: &mut Tx,
    email: &str,
    name: &str,
    role: Role,
    language: Language,
    password_hash: Option<String>,
    now: Timestamp,
) -> DbResult<Uuid> {
    let id = new_id();
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO officers (id, email, name, role, language, password_hash, active, preferences, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, TRUE, $7, $8)"
    )
    .bind(id)
    .bind(email.trim().to_lowercase())
    .bind(name)
    .bind(role)
    .bind(language)
    .bind(password_hash)
    .bind(Json(Value::Object(serde_json::Map::new())))
    .bind(now)
    .execute(conn)
    .await?;
    });
    Ok(id)
}

/// The rows of officers `o`.
macro_rules! select {
    () => {
        "SELECT o.id, o.email, o.name, o.role, o.language, o.password_hash, o.active, o.preferences, o.created_at,
                o.last_seen_at FROM officers o"
    };
}
pub(super) use select;

/// One officer.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<OfficerRow>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(concat!(select!(), " WHERE o.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await?))
}

/// The officer with this address, in any case.
pub async fn by_email(tx: &mut Tx, email: &str) -> DbResult<Option<OfficerRow>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(concat!(select!(), " WHERE o.email = $1"))
        .bind(email.trim().to_lowercase())
        .fetch_optional(conn)
        .await?))
}

/// All officers by name, those who left among them: history still names them.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<OfficerRow>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(concat!(select!(), " ORDER BY o.name, o.id"))
        .fetch_all(conn)
        .await?))
}

/// How many officers there are.
pub async fn count(tx: &mut Tx) -> DbResult<i64> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("SELECT COUNT(*) FROM officers")
        .fetch_one(conn)
        .await?))
}

/// How many administrators can sign in, this one left out.
pub async fn other_administrators(tx: &mut Tx, id: Uuid) -> DbResult<i64> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_scalar(
        "SELECT COUNT(*) FROM officers WHERE role = $1 AND active AND password_hash IS NOT NULL AND id <> $2"
    )
    .bind(Role::Administrator)
    .bind(id)
    .fetch_one(conn)
    .await?
    }))
}

/// Lets one transaction at a time change who runs the hub, so that two can neither both be the first officer
/// nor both remove the other's last administrator. SQLite has one writer anyway.
pub async fn lock(tx: &mut Tx) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO settings (name, value) VALUES ('officers', '')
         ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Writes what an officer may change of himself.
pub async fn update_own(
    tx: &mut Tx,
    id: Uuid,
    name: &str,
    language: Language,
    preferences: &Value,
) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE officers SET name = $2, language = $3, preferences = $4 WHERE id = $1"
    )
    .bind(id)
    .bind(name)
    .bind(language)
    .bind(Json(preferences))
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Writes what an administrator may change of an officer; [`lock`] comes first.
pub async fn update_duty(
    tx: &mut Tx,
    id: Uuid,
    name: &str,
    role: Role,
    active: bool,
) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE officers SET name = $2, role = $3, active = $4 WHERE id = $1"
    )
    .bind(id)
    .bind(name)
    .bind(role)
    .bind(active)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Gives an officer a password.
pub async fn set_password(tx: &mut Tx, id: Uuid, hash: &str) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("UPDATE officers SET password_hash = $2 WHERE id = $1")
        .bind(id)
        .bind(hash)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

/// The teams that an officer is in.
pub async fn teams_of(tx: &mut Tx, id: Uuid) -> DbResult<Vec<Uuid>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT team_id FROM team_members WHERE officer_id = $1 ORDER BY team_id"
    )
    .bind(id)
    .fetch_all(conn)
    .await?))
}

/// The teams of all officers.
pub async fn teams_of_all(tx: &mut Tx) -> DbResult<HashMap<Uuid, Vec<Uuid>>> {
    let rows: Vec<(Uuid, Uuid)> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT officer_id, team_id FROM team_members ORDER BY officer_id, team_id"
    )
    .fetch_all(conn)
    .await?);
    let mut teams: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (officer, team) in rows {
        teams.entry(officer).or_default().push(team);
    }
    Ok(teams)
}

/// Puts an officer into these teams and no others. All of them must exist.
pub async fn set_teams_of(tx: &mut Tx, id: Uuid, teams: &[Uuid]) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("DELETE FROM team_members WHERE officer_id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)?);
    insert_rows!(tx, "INSERT INTO team_members (officer_id, team_id) ", teams, |row, team| row
        .push_bind(id)
        .push_bind(*team));
    Ok(())
}
