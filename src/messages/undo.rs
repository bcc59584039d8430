//! Taking an answer back: before it leaves, or from where the customer fetches it.

use sapa_channel::Timestamp;
use uuid::Uuid;

use crate::{
    conversations::drafts::{self, Draft},
    db::{DbResult, Tx},
    events::NewEvent,
    files,
    http::AppError,
    officers::caller::Caller,
    on_db,
};

use super::queries;

/// Takes an answer back. It becomes the officer's draft again, with its files. Tells what to log.
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
    // What waits and was never tried has surely not left, however long it is to wait.
    let undone = on_db!(&mut *tx, |conn| {
        sqlx::query(
            "UPDATE deliveries SET state = 'cancelled', updated_at = $2, fence = fence + 1
         WHERE message_id = $1 AND attempts = 0
           AND (state = 'queued' OR (state IN ('sent', 'delivered', 'read') AND undo_until > $2))",
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
    // Its files are uploads again, so that they can be sent anew, and a link to them leads nowhere (R3).
    let files = files::queries::detach(tx, id, &caller.officer_id.to_string(), now).await?;
    on_db!(&mut *tx, |conn| sqlx::query(
        "UPDATE messages SET retracted_at = $2, file_count = 0 WHERE id = $1"
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    // Who was not shown it has nothing to forget.
    let shown_to = message.identity_id.filter(|_| message.state.as_deref() != Some("queued"));
    restore_preview(tx, message.conversation_id).await?;
    let taken = Draft {
        kind: "reply".to_owned(),
        text: message.text,
        channel_id: message.channel_id,
        subject: message.subject,
        cc: message.details.0.cc,
        bcc: message.details.0.bcc,
        files,
        buttons: message.details.0.buttons,
    };
    drafts::put_back(tx, caller.officer_id, message.conversation_id, taken, now).await?;
    Ok(vec![
        NewEvent::new("message.retracted", now, caller.actor())
            .conversation(message.conversation_id, message.contact_id)
            .message(id, shown_to),
    ])
}

/// Lets the list show again what was said before, and that the customer waits if his word was the last.
async fn restore_preview(tx: &mut Tx, conversation_id: Uuid) -> DbResult<()> {
    let last: Option<(String, String, String, i64, Timestamp, bool)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "SELECT direction, text, author_name, file_count, at, automatic FROM messages
         WHERE conversation_id = $1 AND direction <> 'note' AND retracted_at IS NULL ORDER BY at DESC, id DESC LIMIT 1"
    )
    .bind(conversation_id)
    .fetch_optional(conn)
    .await?
    });
    let Some((direction, text, author, files, at, automatic)) = last else { return Ok(()) };
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
    .bind((inbound && !automatic).then_some(at))
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}
