//! Taking an answer back: before it leaves, or from where the customer fetches it.

use sapa_channel::Timestamp;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    events::NewEvent,
    http::AppError,
    officers::caller::Caller,
    on_db,
};

use super::queries;

/// Takes an answer back. Its text becomes the officer's draft again. Tells what to log.
pub async fn take_back(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let message = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    if message.author_id != Some(caller.officer_id) || message.direction != "out" {
        return Err(AppError::Forbidden);
    }
    let undone = on_db!(&mut *tx, |conn| {
        sqlx::query(
        "UPDATE deliveries SET state = 'cancelled', updated_at = $2, fence = fence + 1
         WHERE message_id = $1 AND undo_until > $2 AND (state = 'queued' OR state IN ('sent', 'delivered', 'read'))
           AND attempts = 0"
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await?
    .rows_affected()
    });
    if undone == 0 {
        return Err(AppError::conflict("too_late", "it has left already and cannot be taken back"));
    }
    on_db!(&mut *tx, |conn| sqlx::query("UPDATE messages SET retracted_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)?);
    restore_preview(tx, message.conversation_id).await?;
    crate::conversations::drafts::put_back(
        tx,
        caller.officer_id,
        message.conversation_id,
        &message.text,
        now,
    )
    .await?;
    Ok(vec![
        NewEvent::new("message.retracted", now, caller.actor())
            .conversation(message.conversation_id, message.contact_id)
            .message(id, message.identity_id),
    ])
}

/// Lets the list show again what was said before, and that the customer waits if his word was the last.
async fn restore_preview(tx: &mut Tx, conversation_id: Uuid) -> DbResult<()> {
    let last: Option<(String, String, String, i64, Timestamp)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "SELECT direction, text, author_name, file_count, at FROM messages
         WHERE conversation_id = $1 AND direction <> 'note' AND retracted_at IS NULL ORDER BY at DESC, id DESC LIMIT 1"
    )
    .bind(conversation_id)
    .fetch_optional(conn)
    .await?
    });
    let Some((direction, text, author, files, at)) = last else { return Ok(()) };
    let inbound = direction == "in";
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE conversations
         SET preview = $2, preview_kind = $3, preview_author = $4, has_files = $5, waiting_since = $6,
             version = version + 1
         WHERE id = $1"
    )
    .bind(conversation_id)
    .bind(crate::router::one_line(&text))
    .bind(&direction)
    .bind((!inbound).then_some(author))
    .bind(files > 0)
    .bind(inbound.then_some(at))
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}
