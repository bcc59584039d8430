//! Changing what a ticket says of itself.

use sapa_channel::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    model::{Severity, TicketKind, number},
    open, queries,
    tree::{self, Tree},
};
use crate::{
    db::Tx,
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// What to change; what is not named stays, and `null` empties.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TicketChange)]
pub struct Change {
    /// What it is about.
    pub title: Option<String>,
    /// What exactly is the matter.
    pub description: Option<String>,
    /// What it is.
    pub kind: Option<TicketKind>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Where it belongs.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    pub category_id: Option<Option<Uuid>>,
    /// Why it happened.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    pub cause_id: Option<Option<Uuid>>,
    /// Until when it is to be solved.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Timestamp>)]
    pub due_at: Option<Option<Timestamp>>,
    /// Who sees to it.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    pub owner_id: Option<Option<Uuid>>,
    /// Which team sees to it.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    pub team_id: Option<Option<Uuid>>,
}

/// Tells a field that is `null` from one that is not there.
pub(super) fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Makes a change. Tells what to log; nothing if nothing changed.
pub async fn change(
    tx: &mut Tx,
    id: Uuid,
    change: &Change,
    expected: Option<i64>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let old = queries::row(tx, id).await?.ok_or(AppError::NotFound)?;
    if expected.is_some_and(|version| version != old.version) {
        return Err(AppError::Stale);
    }
    let title = match &change.title {
        Some(title) => open::title(title)?.to_owned(),
        None => old.title.clone(),
    };
    if let Some(description) = &change.description {
        open::description(description)?;
    }
    let due_at = change.due_at.unwrap_or(old.due_at);
    open::due(change.due_at.flatten(), now)?;
    let category_id = change.category_id.unwrap_or(old.category_id);
    let cause_id = change.cause_id.unwrap_or(old.cause_id);
    let owner_id = change.owner_id.unwrap_or(old.owner_id);
    let team_id = change.team_id.unwrap_or(old.team_id);
    let kind = change.kind.unwrap_or(old.kind);
    tree::refuse_unknown(tx, Tree::Categories, category_id, old.category_id).await?;
    tree::refuse_unknown(tx, Tree::Causes, cause_id, old.cause_id).await?;
    open::refuse_unknown(tx, owner_id, team_id).await?;
    if old.status == "solved" && kind == TicketKind::Complaint && cause_id.is_none() {
        return Err(AppError::invalid("cause_id", "a solved complaint has a cause"));
    }
    on_db!(&mut *tx, |conn| {
        sqlx::query(
            "UPDATE tickets
             SET title = $2, description = $3, kind = $4, severity = $5, category_id = $6, cause_id = $7, due_at = $8,
                 owner_id = $9, team_id = $10, version = version + 1
             WHERE id = $1",
        )
        .bind(id)
        .bind(&title)
        .bind(change.description.as_deref().unwrap_or(&old.description))
        .bind(kind)
        .bind(change.severity.unwrap_or(old.severity))
        .bind(category_id)
        .bind(cause_id)
        .bind(due_at)
        .bind(owner_id)
        .bind(team_id)
        .execute(conn)
        .await?;
    });
    let new = queries::row(tx, id).await?.ok_or(AppError::NotFound)?;
    let changed = differences(&old, &new);
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let mut event = NewEvent::new("ticket.changed", now, actor.clone())
        .contact(old.contact_id)
        .ticket(id)
        .data(json!({ "number": number(old.number), "title": new.title, "changed": changed }));
    event.conversation_id = queries::last_conversation(tx, id).await?;
    Ok(vec![event])
}

/// What was and what is, by field, in the words of people; of texts only that they changed.
fn differences(old: &queries::Row, new: &queries::Row) -> Map<String, Value> {
    let all = [
        ("title", json!(old.title), json!(new.title)),
        ("kind", json!(old.kind), json!(new.kind)),
        ("severity", json!(old.severity), json!(new.severity)),
        ("category", json!(old.category_name), json!(new.category_name)),
        ("cause", json!(old.cause_name), json!(new.cause_name)),
        ("due_at", json!(old.due_at), json!(new.due_at)),
        ("owner", json!(old.owner_name), json!(new.owner_name)),
        ("team", json!(old.team_name), json!(new.team_name)),
    ];
    let mut changed: Map<String, Value> = all
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| (field.to_owned(), json!({ "from": old, "to": new })))
        .collect();
    if old.description != new.description {
        changed.insert("description".to_owned(), json!({}));
    }
    changed
}
