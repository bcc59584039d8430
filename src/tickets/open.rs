//! Opening tickets.

use std::time::Duration;

use sapa_channel::{Timestamp, new_id};
use serde_json::json;
use uuid::Uuid;

use super::{
    attach, categories,
    model::{Severity, TicketKind, number},
    queries,
    tree::{self, Tree},
};
use crate::{
    conversations,
    db::Tx,
    events::{Actor, NewEvent},
    http::AppError,
    officers::teams,
    on_db,
};

/// A ticket to be opened.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// From which conversation.
    pub conversation_id: Uuid,
    /// From which message of it: that one and what comes after it are the ticket's. Without one, all.
    pub message_id: Option<Uuid>,
    /// What it is.
    pub kind: TicketKind,
    /// What it is about.
    pub title: String,
    /// What exactly is the matter.
    pub description: String,
    /// Where it belongs.
    pub category_id: Option<Uuid>,
    /// How bad it is; as its category says if not given.
    pub severity: Option<Severity>,
    /// Until when it is to be solved: `None` is as its category says.
    pub due_at: Option<Option<Timestamp>>,
    /// Who sees to it; none if a bot opens it.
    pub owner_id: Option<Uuid>,
    /// Which team sees to it.
    pub team_id: Option<Uuid>,
}

/// A title as it may be: one line of at most 200 characters.
pub fn title(title: &str) -> Result<&str, AppError> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > 200 || title.chars().any(char::is_control) {
        return Err(AppError::invalid("title", "one line of 1 to 200 characters"));
    }
    Ok(title)
}

/// A description as it may be.
pub fn description(description: &str) -> Result<(), AppError> {
    if description.len() > 20_000 || description.contains('\0') {
        return Err(AppError::invalid("description", "at most 20,000 characters"));
    }
    Ok(())
}

/// A due time as it may be: within some years of now.
pub fn due(due_at: Option<Timestamp>, now: Timestamp) -> Result<(), AppError> {
    let years = Duration::from_secs(10 * 366 * 24 * 3600);
    if due_at.is_some_and(|due| due > now.after(years) || due < now.before(years)) {
        return Err(AppError::invalid("due_at", "is more than ten years away"));
    }
    Ok(())
}

/// When something of a category is due that begins at a time.
#[must_use]
pub fn due_after(due_hours: Option<i64>, at: Timestamp) -> Option<Timestamp> {
    let hours = u64::try_from(due_hours?).ok()?;
    Some(at.after(Duration::from_secs(hours * 3600)))
}

/// Refuses an owner who is no officer and a team that is none.
pub async fn refuse_unknown(
    tx: &mut Tx,
    owner_id: Option<Uuid>,
    team_id: Option<Uuid>,
) -> Result<(), AppError> {
    if !teams::are_officers(tx, owner_id.as_slice()).await? {
        return Err(AppError::invalid("owner_id", "is no officer"));
    }
    if !teams::are_teams(tx, team_id.as_slice()).await? {
        return Err(AppError::invalid("team_id", "is no team"));
    }
    Ok(())
}

/// Opens a ticket from a conversation. Tells its id and what to log.
pub async fn open(
    tx: &mut Tx,
    new: &NewTicket,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Uuid, Vec<NewEvent>), AppError> {
    let conversation =
        conversations::queries::core(tx, new.conversation_id).await?.ok_or(AppError::NotFound)?;
    let title = title(&new.title)?;
    description(&new.description)?;
    due(new.due_at.flatten(), now)?;
    tree::refuse_unknown(tx, Tree::Categories, new.category_id, None).await?;
    refuse_unknown(tx, new.owner_id, new.team_id).await?;
    if let Some(message) = new.message_id {
        attach::refuse_elsewhere(tx, message, conversation.id).await?;
    }
    queries::hold(tx, conversation.contact_id).await?;
    let category = match new.category_id {
        Some(id) => categories::find(tx, id).await?,
        None => None,
    };
    let severity =
        new.severity.or(category.as_ref().map(|category| category.severity)).unwrap_or_default();
    let due_at = new.due_at.unwrap_or_else(|| {
        due_after(category.as_ref().and_then(|category| category.due_hours), now)
    });
    let id = new_id();
    let ticket_number: i64 = on_db!(&mut *tx, |conn| {
        sqlx::query_scalar(
            "INSERT INTO tickets
                 (id, contact_id, kind, title, description, status, owner_id, message_id, opened_at, category_id,
                  severity, due_at, team_id, version)
             VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $11, $12, 1) RETURNING number",
        )
        .bind(id)
        .bind(conversation.contact_id)
        .bind(new.kind)
        .bind(title)
        .bind(&new.description)
        .bind(new.owner_id)
        .bind(new.message_id)
        .bind(now)
        .bind(new.category_id)
        .bind(severity)
        .bind(due_at)
        .bind(new.team_id)
        .fetch_one(conn)
        .await?
    });
    attach::link(tx, id, conversation.id, new.message_id, now).await?;
    let event = NewEvent::new("ticket.opened", now, actor.clone())
        .conversation(conversation.id, conversation.contact_id)
        .ticket(id)
        .in_history()
        .data(json!({ "number": number(ticket_number), "title": title }));
    Ok((id, vec![event]))
}
