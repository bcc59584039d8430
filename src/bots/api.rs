//! Answers by the API: what a bot says later, or on top of what it said at once. Each is done in one transaction with
//! the key that it bears, so that a repeated one is done once.

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    answer::{self, Answer},
    effects::{self, in_charge},
    guard,
    model::{Bot, Heard},
    queries, settle,
    turns::{self, Asked},
};
use crate::{
    app::App,
    conversations::charge::{self, Why},
    db::{DbResult, Tx},
    http::AppError,
    on_db,
};

/// The most messages of one turn, over all its answers.
const MOST_A_TURN: i64 = 10;

/// What became of an answer.
#[derive(Clone, Debug, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = BotAnswered)]
pub struct Given {
    /// Which turn.
    pub turn_id: Uuid,
    /// Its state from now on.
    pub state: String,
    /// How many messages were said in it so far.
    pub said: i64,
}

/// Does what a bot answers, if it is still in charge.
pub async fn give(
    app: &App,
    bot_id: Uuid,
    turn_id: Uuid,
    key: Option<&str>,
    answer: &Answer,
) -> Result<Given, AppError> {
    if answer.actions.is_empty() {
        return Err(AppError::invalid("actions", "say what is to be done"));
    }
    answer::check(&answer.actions)?;
    let kept = effects::keep_files(app, &answer.actions).await?;
    let body = serde_json::to_string(answer).map_err(AppError::internal)?;
    let fingerprint = Sha256::digest(body.as_bytes()).to_vec();
    let now = app.now();
    let mut tx = app.db().write().await?;
    let asked = turns::own(&mut tx, turn_id, bot_id).await?.ok_or(AppError::NotFound)?;
    if let Some(key) = key
        && let Some(given) = given(&mut tx, turn_id, key, &fingerprint).await?
    {
        return Ok(given);
    }
    let in_charge_still = lock(&mut tx, &asked, bot_id).await?;
    // Read again: the lock may have been waited for.
    let asked = turns::own(&mut tx, turn_id, bot_id).await?.ok_or(AppError::NotFound)?;
    refuse_if_over(&asked, in_charge_still)?;
    let bot = queries::find(&mut tx, bot_id).await?.ok_or(AppError::NotFound)?;
    let heard = turns::heard(&mut tx, asked.message_id).await?.ok_or(AppError::NotFound)?;
    let says = answer.actions.iter().filter(|action| action.kind() == "say").count();
    let over = asked.said + i64::try_from(says).unwrap_or(i64::MAX) > MOST_A_TURN;
    let too_much = if over && says > 0 {
        Some(format!("{MOST_A_TURN} messages are the most in one turn"))
    } else {
        guard::refuses(&mut tx, &heard, says, now).await?
    };
    if let Some(why) = too_much {
        stop(app, tx, turn_id, &bot, &heard, &why, &body).await?;
        return Err(AppError::conflict("too_much", format!("{why}: people go on")));
    }
    let done = effects::apply(app, &mut tx, &bot, &heard, &answer.actions, &kept).await?;
    let ends = match (done.handed_over, answer.more) {
        (true, _) => Some("handed_over"),
        (false, false) => Some("answered"),
        (false, true) => None,
    };
    let state = turns::answered_by_api(&mut tx, turn_id, ends, done.said, &body, now).await?;
    if done.handed_over {
        let conversation = [asked.conversation_id];
        turns::drop_of(&mut tx, &conversation, i64::MAX, "it was handed over", now).await?;
    }
    queries::note_good(&mut tx, bot_id, now).await?;
    let given = Given { turn_id, state, said: asked.said + done.said };
    if let Some(key) = key {
        keep(&mut tx, key, &fingerprint, &given, now).await?;
    }
    app.commit(tx, &done.events).await?;
    Ok(given)
}

/// Locks the conversation, so that a person cannot take over in between. Tells whether the bot is in charge of it.
async fn lock(tx: &mut Tx, asked: &Asked, bot_id: Uuid) -> DbResult<bool> {
    let held = on_db!(tx, |conn| sqlx::query(
        "UPDATE conversations SET version = version WHERE id = $1 AND bot_id = $2"
    )
    .bind(asked.conversation_id)
    .bind(bot_id)
    .execute(conn)
    .await?
    .rows_affected());
    Ok(held == 1)
}

fn refuse_if_over(asked: &Asked, in_charge: bool) -> Result<(), AppError> {
    let conflict = |code, detail: &str| Err(AppError::conflict(code, detail));
    match asked.state.as_str() {
        "handed_over" => conflict("handed_over", "the bot has handed this conversation over"),
        "timed_out" | "failed" => {
            conflict("too_late", "the bot's time for an answer was over: people go on")
        }
        "dropped" => conflict("person_took_over", "a person has taken over this conversation"),
        _ if !in_charge => {
            conflict("person_took_over", "a person has taken over this conversation")
        }
        _ => Ok(()),
    }
}

/// People get a conversation in which a bot says too much (R30).
async fn stop(
    app: &App,
    mut tx: Tx,
    turn_id: Uuid,
    bot: &Bot,
    heard: &Heard,
    why: &str,
    body: &str,
) -> DbResult<()> {
    let now = app.now();
    let mut events = settle::stop(app, &mut tx, bot, heard, why).await?;
    let (id, named) = (heard.conversation_id, in_charge(bot));
    events.extend(
        charge::hand_over(&mut tx, id, &named, bot.team_id, Why::TooMuch, app.now()).await?,
    );
    turns::answered_by_api(&mut tx, turn_id, Some("failed"), 0, body, now).await?;
    turns::drop_of(&mut tx, &[id], i64::MAX, "it was handed over", now).await?;
    queries::note_error(&mut tx, bot.id, why, now).await?;
    app.commit(tx, &events).await
}

/// What was answered to the same call before.
async fn given(
    tx: &mut Tx,
    turn_id: Uuid,
    key: &str,
    fingerprint: &[u8],
) -> Result<Option<Given>, AppError> {
    let known: Option<(Vec<u8>, String)> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT fingerprint, answer FROM bot_answers WHERE turn_id = $1 AND key = $2"
    )
    .bind(turn_id)
    .bind(key)
    .fetch_optional(conn)
    .await?);
    let Some((known, answer)) = known else { return Ok(None) };
    if known != fingerprint {
        return Err(AppError::invalid("Idempotency-Key", "was used for another answer"));
    }
    serde_json::from_str(&answer).map(Some).map_err(AppError::internal)
}

async fn keep(
    tx: &mut Tx,
    key: &str,
    fingerprint: &[u8],
    given: &Given,
    now: sapa_channel::Timestamp,
) -> Result<(), AppError> {
    let answer = serde_json::to_string(given).map_err(AppError::internal)?;
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO bot_answers (turn_id, key, fingerprint, answer, at) VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(given.turn_id)
    .bind(key)
    .bind(fingerprint)
    .bind(answer)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}
