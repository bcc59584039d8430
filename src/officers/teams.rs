//! Teams of officers.

use std::collections::HashMap;

use sapa_channel::{Timestamp, new_id};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::model::TeamView;
use crate::{
    db::{DbResult, Tx},
    insert_rows, on_db,
};

/// All teams by name.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<TeamView>> {
    type Rows = (Vec<(Uuid, String)>, Vec<(Uuid, Uuid)>);
    let (teams, members): Rows = on_db!(tx, |conn| (
        sqlx::query_as("SELECT id, name FROM teams ORDER BY name, id")
            .fetch_all(&mut *conn)
            .await?,
        sqlx::query_as("SELECT team_id, officer_id FROM team_members ORDER BY team_id, officer_id")
            .fetch_all(&mut *conn)
            .await?
    ));
    let mut by_team: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (team, officer) in members {
        by_team.entry(team).or_default().push(officer);
    }
    Ok(teams
        .into_iter()
        .map(|(id, name)| TeamView { id, name, members: by_team.remove(&id).unwrap_or_default() })
        .collect())
}

/// One team.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<TeamView>> {
    let (name, members): (Option<String>, Vec<Uuid>) = on_db!(tx, |conn| (
        sqlx::query_scalar("SELECT name FROM teams WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?,
        sqlx::query_scalar(
            "SELECT officer_id FROM team_members WHERE team_id = $1 ORDER BY officer_id"
        )
        .bind(id)
        .fetch_all(&mut *conn)
        .await?
    ));
    Ok(name.map(|name| TeamView { id, name, members }))
}

/// Adds a team. A taken name is a [`Conflict`](crate::db::DbError::Conflict).
pub async fn add(tx: &mut Tx, name: &str, members: &[Uuid], now: Timestamp) -> DbResult<Uuid> {
    let id = new_id();
    on_db!(&mut *tx, |conn| sqlx::query(
        "INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)"
    )
    .bind(id)
    .bind(name)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    set_members(tx, id, members).await?;
    Ok(id)
}

/// Gives a team another name.
pub async fn rename(tx: &mut Tx, id: Uuid, name: &str) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("UPDATE teams SET name = $2 WHERE id = $1")
        .bind(id)
        .bind(name)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Puts these officers into a team and no others. All of them must exist.
pub async fn set_members(tx: &mut Tx, id: Uuid, members: &[Uuid]) -> DbResult<()> {
    on_db!(&mut *tx, |conn| sqlx::query("DELETE FROM team_members WHERE team_id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)?);
    insert_rows!(tx, "INSERT INTO team_members (team_id, officer_id) ", members, |row, officer| {
        row.push_bind(id).push_bind(*officer)
    });
    Ok(())
}

/// Removes a team. Its conversations, its tickets and the tickets of rules belong to no team then.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE conversations SET team_id = NULL, version = version + 1 WHERE team_id = $1",
        )
        .bind(id)
        .execute(&mut *conn)
        .await?;
        sqlx::query("UPDATE tickets SET team_id = NULL, version = version + 1 WHERE team_id = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?;
        sqlx::query("UPDATE ticket_rules SET team_id = NULL WHERE team_id = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?;
        sqlx::query("DELETE FROM teams WHERE id = $1").bind(id).execute(&mut *conn).await?;
    });
    Ok(())
}

/// Which of some rows of a table there are.
async fn known(tx: &mut Tx, table: &'static str, ids: &[Uuid]) -> DbResult<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let count: i64 = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM ");
        query.push(table).push(" WHERE id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_scalar().persistent(false).fetch_one(conn).await?
    });
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Whether all of these are teams, and none is named twice.
pub async fn are_teams(tx: &mut Tx, ids: &[Uuid]) -> DbResult<bool> {
    Ok(known(tx, "teams", ids).await? == ids.len() as u64)
}

/// Whether all of these are officers, and none is named twice.
pub async fn are_officers(tx: &mut Tx, ids: &[Uuid]) -> DbResult<bool> {
    Ok(known(tx, "officers", ids).await? == ids.len() as u64)
}
