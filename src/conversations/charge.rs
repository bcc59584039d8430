//! Who is in charge of a conversation: a bot, or people. A person takes over at any moment, and gives back.

use sapa_channel::{ChannelId, Timestamp};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::model::Core;
use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
};

/// A bot that is in charge, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = BotInCharge)]
pub struct InCharge {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// The bot that answers on a channel, if it is switched on.
pub async fn of_channel(tx: &mut Tx, channel_id: ChannelId) -> DbResult<Option<InCharge>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT b.id, b.name FROM bot_channels bc JOIN bots b ON b.id = bc.bot_id
         WHERE bc.channel_id = $1 AND b.enabled"
    )
    .bind(channel_id)
    .fetch_optional(conn)
    .await?))
}

/// Ends a bot's charge because a person serves from now on. Nothing to log if no bot was in charge.
pub async fn take_over(
    tx: &mut Tx,
    conversation: &Core,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<Option<NewEvent>> {
    let Some(name) = &conversation.bot_name else { return Ok(None) };
    on_db!(tx, |conn| sqlx::query(
        "UPDATE conversations SET bot_id = NULL, version = version + 1 WHERE id = $1"
    )
    .bind(conversation.id)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(Some(
        NewEvent::new("conversation.taken_over", now, actor.clone())
            .conversation(conversation.id, conversation.contact_id)
            .in_history()
            .data(json!({ "bot": name })),
    ))
}

/// Puts a bot in charge; nobody is assigned from then on. Nothing to log if it was.
pub async fn give(
    tx: &mut Tx,
    conversation: &Core,
    bot: &InCharge,
    actor: &Actor,
    now: Timestamp,
) -> DbResult<Option<NewEvent>> {
    if conversation.bot_id == Some(bot.id) {
        return Ok(None);
    }
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE conversations SET bot_id = $2, assignee_id = NULL, handed_over_at = NULL, version = version + 1
         WHERE id = $1"
    )
    .bind(conversation.id)
    .bind(bot.id)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(Some(
        NewEvent::new("conversation.given_to_bot", now, actor.clone())
            .conversation(conversation.id, conversation.contact_id)
            .in_history()
            .data(json!({ "bot": bot.name })),
    ))
}

/// Why a bot hands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It wants to.
    Asked,
    /// It did not answer in time.
    TooLate,
    /// It answered what cannot be done, or could not be reached.
    Failed,
    /// It says too much without hearing anything (R30).
    TooMuch,
    /// The customer went on by a channel that is not the bot's.
    Channel,
    /// It was switched off.
    SwitchedOff,
}

impl Why {
    /// As the log names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::TooLate => "too_late",
            Self::Failed => "failed",
            Self::TooMuch => "too_much",
            Self::Channel => "channel",
            Self::SwitchedOff => "switched_off",
        }
    }
}

/// Gives a conversation from a bot to people: to a team, if one is named, else to whoever takes it. The customer
/// waits for them from now on. Nothing to log if the bot was not in charge any more.
pub async fn hand_over(
    tx: &mut Tx,
    conversation_id: Uuid,
    bot: &InCharge,
    team_id: Option<Uuid>,
    why: Why,
    now: Timestamp,
) -> DbResult<Option<NewEvent>> {
    let given: Option<(Uuid, Option<Uuid>)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "UPDATE conversations
         SET bot_id = NULL, handed_over_at = $3, team_id = COALESCE($4, team_id), status = 'open', snoozed_until = NULL,
             solved_at = NULL, waiting_since = COALESCE(waiting_since, $3), version = version + 1
         WHERE id = $1 AND bot_id = $2 RETURNING contact_id, team_id"
    )
    .bind(conversation_id)
    .bind(bot.id)
    .bind(now)
    .bind(team_id)
    .fetch_optional(conn)
    .await?
    });
    let Some((contact_id, team_id)) = given else { return Ok(None) };
    let team: Option<String> = match team_id {
        Some(id) => on_db!(tx, |conn| sqlx::query_scalar("SELECT name FROM teams WHERE id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?),
        None => None,
    };
    let actor = Actor { kind: "bot", id: Some(bot.id), name: bot.name.clone() };
    Ok(Some(
        NewEvent::new("conversation.handed_over", now, actor)
            .conversation(conversation_id, contact_id)
            .in_history()
            .data(json!({ "bot": bot.name, "why": why.as_str(), "team": team })),
    ))
}
