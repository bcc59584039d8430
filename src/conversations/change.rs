//! Assigning, labelling, snoozing, solving, reopening.

use sapa_channel::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{charge, model::Core, queries};
use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    http::AppError,
    insert_rows, on_db,
};

/// What to change; what is not named stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// Who serves it; `null` is nobody.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    pub assignee_id: Option<Option<Uuid>>,
    /// Which team serves it; `null` is none.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    pub team_id: Option<Option<Uuid>>,
    /// Where it stands.
    pub status: Option<Status>,
    /// When a snoozed one comes back.
    pub snoozed_until: Option<Timestamp>,
    /// All its labels.
    pub labels: Option<Vec<String>>,
    /// Its subject.
    pub subject: Option<String>,
}

/// Tells a field that is `null` from one that is not there.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for somebody.
    Open,
    /// Hidden until a time.
    Snoozed,
    /// Done.
    Solved,
}

/// The most labels of one conversation.
const MOST_LABELS: usize = 20;

/// Makes a change. Tells what to log; nothing if nothing changed.
pub async fn change(
    tx: &mut Tx,
    id: Uuid,
    change: &Change,
    expected: Option<i64>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let conversation = queries::core(tx, id).await?.ok_or(AppError::NotFound)?;
    if expected.is_some_and(|version| version != conversation.version) {
        return Err(AppError::Stale);
    }
    let mut events = Vec::new();
    if change.assignee_id.is_some() || change.team_id.is_some() {
        events.extend(assign(tx, &conversation, change, actor, now).await?);
        if change.assignee_id.flatten().is_some() {
            events.extend(charge::take_over(tx, &conversation, actor, now).await?);
        }
    }
    if let Some(labels) = &change.labels {
        label(tx, id, labels).await?;
        events.push(changed(&conversation, actor, now));
    }
    if let Some(subject) = &change.subject {
        set_subject(tx, id, subject).await?;
        events.push(changed(&conversation, actor, now));
    }
    match change.status {
        Some(Status::Solved) => events.extend(solve(tx, &conversation, actor, now).await?),
        Some(Status::Open) => events.extend(open(tx, &conversation, actor, now).await?),
        Some(Status::Snoozed) => {
            let until = change.snoozed_until.filter(|until| *until > now).ok_or_else(|| {
                AppError::invalid("snoozed_until", "say until when, in the future")
            })?;
            events.extend(snooze(tx, &conversation, until, actor, now).await?);
        }
        None if change.snoozed_until.is_some() => {
            return Err(AppError::invalid("snoozed_until", "goes with status snoozed"));
        }
        None => {}
    }
    Ok(events)
}

fn changed(conversation: &Core, actor: &Actor, now: Timestamp) -> NewEvent {
    NewEvent::new("conversation.changed", now, actor.clone())
        .conversation(conversation.id, conversation.contact_id)
}

async fn assign(
    tx: &mut Tx,
    conversation: &Core,
    change: &Change,
    actor: &Actor,
    now: Timestamp,
) -> Result<Option<NewEvent>, AppError> {
    let assignee = change.assignee_id.unwrap_or(conversation.assignee_id);
    let team = change.team_id.unwrap_or(conversation.team_id);
    if (assignee, team) == (conversation.assignee_id, conversation.team_id) {
        return Ok(None);
    }
    let assignee_name =
        name_of(tx, "SELECT name FROM officers WHERE id = $1 AND active", assignee, "assignee_id")
            .await?;
    let team_name = name_of(tx, "SELECT name FROM teams WHERE id = $1", team, "team_id").await?;
    on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE conversations
         SET assignee_id = $2, team_id = $3, version = version + 1,
             handed_over_at = CASE WHEN $2 IS NULL THEN handed_over_at END
         WHERE id = $1",
        )
        .bind(conversation.id)
        .bind(assignee)
        .bind(team)
        .execute(conn)
        .await
        .map(drop)?
    });
    Ok(Some(assigned_event(
        conversation,
        actor,
        assignee_name.as_deref(),
        team_name.as_deref(),
        now,
    )))
}

async fn name_of(
    tx: &mut Tx,
    sql: &'static str,
    id: Option<Uuid>,
    field: &'static str,
) -> Result<Option<String>, AppError> {
    let Some(id) = id else { return Ok(None) };
    let name: Option<String> =
        on_db!(&mut *tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await?);
    name.map(Some).ok_or_else(|| AppError::invalid(field, "there is no such one"))
}

/// The line of the history that says who serves from now on.
#[must_use]
pub fn assigned_event(
    conversation: &Core,
    actor: &Actor,
    officer: Option<&str>,
    team: Option<&str>,
    now: Timestamp,
) -> NewEvent {
    NewEvent::new("conversation.assigned", now, actor.clone())
        .conversation(conversation.id, conversation.contact_id)
        .in_history()
        .data(json!({ "officer": officer, "team": team }))
}

async fn label(tx: &mut Tx, id: Uuid, labels: &[String]) -> Result<(), AppError> {
    let mut clean: Vec<&str> =
        labels.iter().map(|label| label.trim()).filter(|label| !label.is_empty()).collect();
    clean.sort_unstable();
    clean.dedup();
    if clean.len() > MOST_LABELS
        || clean.iter().any(|label| label.chars().count() > 40 || label.contains('\0'))
    {
        return Err(AppError::invalid(
            "labels",
            format!("at most {MOST_LABELS}, each of at most 40 characters"),
        ));
    }
    on_db!(&mut *tx, |conn| sqlx::query(
        "DELETE FROM conversation_labels WHERE conversation_id = $1"
    )
    .bind(id)
    .execute(conn)
    .await
    .map(drop)?);
    add_labels(tx, id, &clean).await?;
    Ok(())
}

async fn add_labels(tx: &mut Tx, id: Uuid, labels: &[&str]) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO conversation_labels (conversation_id, label) ",
        labels,
        |row, label| row.push_bind(id).push_bind(*label)
    );
    Ok(())
}

async fn set_subject(tx: &mut Tx, id: Uuid, subject: &str) -> Result<(), AppError> {
    let subject = subject.trim();
    if subject.chars().count() > 200 || subject.chars().any(char::is_control) {
        return Err(AppError::invalid("subject", "one line of at most 200 characters"));
    }
    on_db!(tx, |conn| sqlx::query(
        "UPDATE conversations SET subject = $2, version = version + 1 WHERE id = $1"
    )
    .bind(id)
    .bind((!subject.is_empty()).then_some(subject))
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

async fn set_status(
    tx: &mut Tx,
    id: Uuid,
    status: &str,
    until: Option<Timestamp>,
    solved: Option<Timestamp>,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE conversations
         SET status = $2, snoozed_until = $3, solved_at = $4,
             waiting_since = CASE WHEN $2 = 'solved' THEN NULL ELSE waiting_since END, version = version + 1
         WHERE id = $1"
    )
    .bind(id)
    .bind(status)
    .bind(until)
    .bind(solved)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

fn status_event(
    kind: &'static str,
    conversation: &Core,
    actor: &Actor,
    now: Timestamp,
) -> NewEvent {
    NewEvent::new(kind, now, actor.clone())
        .conversation(conversation.id, conversation.contact_id)
        .in_history()
}

/// Solves a conversation. Nothing to log if it was solved.
pub async fn solve(
    tx: &mut Tx,
    conversation: &Core,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<Option<NewEvent>> {
    if conversation.status == "solved" {
        return Ok(None);
    }
    set_status(tx, conversation.id, "solved", None, Some(now)).await?;
    Ok(Some(status_event("conversation.solved", conversation, actor, now)))
}

/// Reopens or wakes a conversation. Nothing to log if it was open.
pub async fn open(
    tx: &mut Tx,
    conversation: &Core,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<Option<NewEvent>> {
    if conversation.status == "open" {
        return Ok(None);
    }
    set_status(tx, conversation.id, "open", None, None).await?;
    Ok(Some(status_event("conversation.reopened", conversation, actor, now)))
}

async fn snooze(
    tx: &mut Tx,
    conversation: &Core,
    until: Timestamp,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<Option<NewEvent>> {
    set_status(tx, conversation.id, "snoozed", Some(until), None).await?;
    Ok(Some(
        status_event("conversation.snoozed", conversation, actor, now)
            .data(json!({ "until": until })),
    ))
}
