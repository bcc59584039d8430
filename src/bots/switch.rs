//! Switching a bot off: its open turns are dropped, and its conversations are people's at once.

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::model::Bot;
use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
};

/// Takes everything from a bot. Tells what to log.
pub async fn off(tx: &mut Tx, bot: &Bot, now: Timestamp) -> DbResult<Vec<NewEvent>> {
    let given: Vec<(Uuid, Uuid, String)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "UPDATE conversations
         SET bot_id = NULL, handed_over_at = CASE WHEN status = 'open' THEN $2 ELSE handed_over_at END,
             team_id = CASE WHEN status = 'open' THEN COALESCE($3, team_id) ELSE team_id END, version = version + 1
         WHERE bot_id = $1 RETURNING id, contact_id, status"
    )
    .bind(bot.id)
    .bind(now)
    .bind(bot.team_id)
    .fetch_all(conn)
    .await?
    });
    on_db!(&mut *tx, |conn| {
        sqlx::query(
        "UPDATE bot_turns SET state = 'dropped', fence = fence + 1, error = 'the bot was switched off', ended_at = $2
         WHERE bot_id = $1 AND state IN ('queued', 'calling', 'waiting')"
    )
    .bind(bot.id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    let team: Option<String> = match bot.team_id {
        Some(id) => on_db!(tx, |conn| sqlx::query_scalar("SELECT name FROM teams WHERE id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?),
        None => None,
    };
    let actor = Actor { kind: "bot", id: Some(bot.id), name: bot.name.clone() };
    let open = given.into_iter().filter(|(.., status)| status == "open");
    Ok(open
        .map(|(id, contact_id, _)| {
            NewEvent::new("conversation.handed_over", now, actor.clone())
                .conversation(id, contact_id)
                .in_history()
                .data(json!({ "bot": bot.name, "why": "switched_off", "team": team }))
        })
        .collect())
}
