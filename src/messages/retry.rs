//! Trying a failed answer again, by the same channel or another; and saying of an unknown one that it arrived.

use sapa_channel::{ChannelId, Timestamp};
use uuid::Uuid;

use super::{queries, send, speaker::Speaker};
use crate::{app::App, db::Tx, events::NewEvent, http::AppError, officers::caller::Caller, on_db};

/// Sends a failed or unknown answer again. By the same channel it is the same message with the same id, so
/// that the other side can tell a double; by another channel it is a new message. Tells which message it is,
/// and what to log.
pub async fn again(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    channel_id: Option<ChannelId>,
    now: Timestamp,
) -> Result<(Uuid, Vec<NewEvent>), AppError> {
    let message = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    if !matches!(message.state.as_deref(), Some("failed" | "unknown" | "retrying")) {
        return Err(AppError::conflict(
            "not_failed",
            "only an answer that failed or waits can be sent again",
        ));
    }
    if let Some(other) = channel_id.filter(|other| message.channel_id != Some(*other)) {
        if message.file_count > 0 {
            return Err(AppError::invalid(
                "channel_id",
                "attach its files anew to send it by another channel",
            ));
        }
        if message.state.as_deref() == Some("retrying") {
            give_up(tx, id, now).await?;
        }
        let said =
            send::Said { text: message.text, channel_id: Some(other), ..send::Said::default() };
        let by = Speaker::Officer(caller);
        let (new, mut events) = send::say(app, tx, by, message.conversation_id, said).await?;
        events.push(
            NewEvent::new("delivery.changed", now, caller.actor())
                .conversation(message.conversation_id, message.contact_id)
                .message(id, None),
        );
        return Ok((new, events));
    }
    on_db!(&mut *tx, |conn| {
        sqlx::query(
        "UPDATE deliveries SET state = 'queued', run_at = $2, undo_until = NULL, reason = NULL, fence = fence + 1,
                               updated_at = $2
         WHERE message_id = $1 AND state IN ('failed', 'unknown', 'retrying')"
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    let event = NewEvent::new("delivery.changed", now, caller.actor())
        .conversation(message.conversation_id, message.contact_id)
        .message(id, message.identity_id);
    Ok((id, vec![event]))
}

/// Notes that an answer arrived of which that was not known: an officer has heard it. Tells what to log.
pub async fn arrived(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    now: Timestamp,
) -> Result<NewEvent, AppError> {
    let message = queries::find(tx, id).await?.ok_or(AppError::NotFound)?;
    let settled = on_db!(&mut *tx, |conn| {
        sqlx::query(
            "UPDATE deliveries SET state = 'sent', reason = 'An officer heard that it arrived', fence = fence + 1,
                                   updated_at = $2
             WHERE message_id = $1 AND state = 'unknown'",
        )
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected()
    });
    if settled == 0 {
        return Err(AppError::conflict("not_unknown", "what became of this answer is known"));
    }
    Ok(NewEvent::new("delivery.changed", now, caller.actor())
        .conversation(message.conversation_id, message.contact_id)
        .message(id, message.identity_id))
}

/// Stops what is still tried, for it goes by another channel now.
async fn give_up(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<(), AppError> {
    let stopped = on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE deliveries SET state = 'cancelled', fence = fence + 1, updated_at = $2
             WHERE message_id = $1 AND state = 'retrying'",
        )
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected()
    });
    if stopped == 0 {
        return Err(AppError::conflict(
            "being_sent",
            "it is being tried at this moment: wait for what becomes of it",
        ));
    }
    Ok(())
}
