//! Ending a turn, or keeping it: what follows from a call is done in the transaction that writes the turn's state,
//! and only by the worker that holds it. So it is done once, whatever is cut off in between: a call whose outcome
//! was not written is made again with the same id.

use sapa_channel::{Timestamp, points::reach};

use super::{
    answer::{self, Action},
    ask::{Call, Outcome, again_at},
    effects::{self, in_charge},
    guard,
    model::{Bot, Claimed, Heard},
    queries,
    turns::{self, Step},
};
use crate::{
    app::App,
    conversations::charge::{self, Why},
    db::{DbError, DbResult, Tx},
    events::NewEvent,
    http::AppError,
    messages::{
        send::{Said, say},
        speaker::Speaker,
    },
    on_db,
};

/// Does what follows from a call.
pub async fn settle(
    app: &App,
    turn: &Claimed,
    bot: &Bot,
    heard: &Heard,
    call: Call,
) -> DbResult<()> {
    match &call.outcome {
        Outcome::Answered(actions) => answered(app, turn, bot, heard, &call, actions).await,
        Outcome::Later => {
            let step = Step { state: "waiting", run_at: Some(turn.give_up_at), ..seen(&call) };
            write(app, turn, bot, &step, true).await
        }
        Outcome::Again(why) => {
            let run_at = Some(again_at(turn.attempts, app.now(), turn.give_up_at));
            let step = Step { state: "queued", run_at, error: Some(why), ..seen(&call) };
            write(app, turn, bot, &step, false).await
        }
        Outcome::Broken(why) => {
            give_up(app, turn, bot, heard, "failed", Why::Failed, why, Some(&call)).await
        }
    }
}

fn seen(call: &Call) -> Step<'_> {
    Step {
        status: call.status,
        request: Some(&call.request),
        response: call.response.as_deref(),
        ..Step::default()
    }
}

async fn write(app: &App, turn: &Claimed, bot: &Bot, step: &Step<'_>, good: bool) -> DbResult<()> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    if turns::step(&mut tx, turn, step).await? {
        match step.error {
            Some(why) => queries::note_error(&mut tx, bot.id, why, now).await?,
            None if good => queries::note_good(&mut tx, bot.id, now).await?,
            None => {}
        }
    }
    tx.commit().await
}

async fn answered(
    app: &App,
    turn: &Claimed,
    bot: &Bot,
    heard: &Heard,
    call: &Call,
    actions: &[Action],
) -> DbResult<()> {
    match try_to_do(app, turn, bot, heard, call, actions).await {
        Ok(()) => Ok(()),
        Err(Undone::Db(error)) => Err(error),
        Err(Undone::Refused(why)) => {
            let why = format!("the answer cannot be done: {why}");
            give_up(app, turn, bot, heard, "failed", Why::Failed, &why, Some(call)).await
        }
        Err(Undone::TooMuch(why)) => too_much(app, turn, bot, heard, &why, call).await,
    }
}

/// Why nothing of an answer was done.
enum Undone {
    Db(DbError),
    Refused(String),
    TooMuch(String),
}

impl Undone {
    /// A rule refused it, or the storage failed and it is tried again.
    fn by(error: AppError) -> Self {
        match error {
            AppError::Invalid(_) | AppError::NotFound | AppError::TooLarge { .. } => {
                Self::Refused(answer::words(&error))
            }
            other => Self::Db(storage(&other)),
        }
    }
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

async fn try_to_do(
    app: &App,
    turn: &Claimed,
    bot: &Bot,
    heard: &Heard,
    call: &Call,
    actions: &[Action],
) -> Result<(), Undone> {
    let kept = effects::keep_files(app, actions).await.map_err(Undone::by)?;
    let now = app.now();
    let mut tx = app.db().write().await?;
    if !still_in_charge(&mut tx, turn, bot).await? {
        let step = Step {
            state: "dropped",
            error: Some("a person took over"),
            ended_at: Some(now),
            ..seen(call)
        };
        turns::step(&mut tx, turn, &step).await?;
        return Ok(tx.commit().await?);
    }
    let says = actions.iter().filter(|action| action.kind() == "say").count();
    if let Some(why) = guard::refuses(&mut tx, heard, says, now).await? {
        return Err(Undone::TooMuch(why));
    }
    let done =
        effects::apply(app, &mut tx, bot, heard, actions, &kept).await.map_err(Undone::by)?;
    let state = if done.handed_over { "handed_over" } else { "answered" };
    let step = Step { state, said: done.said, ended_at: Some(now), ..seen(call) };
    if !turns::step(&mut tx, turn, &step).await? {
        // Another worker has it: what was done here is rolled back.
        return Ok(());
    }
    if done.handed_over {
        drop_others(&mut tx, turn, now).await?;
    }
    queries::note_good(&mut tx, bot.id, now).await?;
    reach("bot.before_record");
    app.commit(tx, &done.events).await?;
    reach("bot.after_record");
    Ok(())
}

/// Whether the bot is still in charge; the conversation is locked until the end of the transaction, so that a person
/// cannot take over in between.
pub async fn still_in_charge(tx: &mut Tx, turn: &Claimed, bot: &Bot) -> DbResult<bool> {
    let held = on_db!(tx, |conn| sqlx::query(
        "UPDATE conversations SET version = version WHERE id = $1 AND bot_id = $2"
    )
    .bind(turn.conversation_id)
    .bind(bot.id)
    .execute(conn)
    .await?
    .rows_affected());
    Ok(held == 1)
}

/// What the customer said meanwhile is for people now.
async fn drop_others(tx: &mut Tx, turn: &Claimed, now: Timestamp) -> DbResult<()> {
    turns::drop_of(tx, &[turn.conversation_id], i64::MAX, "it was handed over", now).await
}

/// Says that a person will answer, once, and gives the conversation to people.
#[expect(clippy::too_many_arguments, reason = "what is known of a turn that failed")]
pub async fn give_up(
    app: &App,
    turn: &Claimed,
    bot: &Bot,
    heard: &Heard,
    state: &str,
    why: Why,
    error: &str,
    call: Option<&Call>,
) -> DbResult<()> {
    let now = app.now();
    let mut step = call.map(seen).unwrap_or_default();
    (step.state, step.error, step.ended_at) = (state, Some(error), Some(now));
    let mut tx = app.db().write().await?;
    let mut events = Vec::new();
    if still_in_charge(&mut tx, turn, bot).await? {
        events = fall_back(app, bot, heard, &mut tx).await?;
        step.said = i64::from(!events.is_empty());
        let (id, named) = (turn.conversation_id, in_charge(bot));
        events.extend(charge::hand_over(&mut tx, id, &named, bot.team_id, why, app.now()).await?);
    } else {
        (step.state, step.error) = ("dropped", Some("a person took over"));
    }
    if !turns::step(&mut tx, turn, &step).await? {
        return Ok(());
    }
    drop_others(&mut tx, turn, now).await?;
    queries::note_error(&mut tx, bot.id, error, now).await?;
    app.commit(tx, &events).await
}

/// Says what the administrator wrote for this. A channel that is off takes nothing, and people go on all the same.
async fn fall_back(app: &App, bot: &Bot, heard: &Heard, tx: &mut Tx) -> DbResult<Vec<NewEvent>> {
    let Some(text) = bot.fallback(heard.language.as_deref()) else { return Ok(Vec::new()) };
    if guard::refuses(tx, heard, 1, app.now()).await?.is_some() {
        return Ok(Vec::new());
    }
    let said = Said {
        text: text.to_owned(),
        channel_id: Some(heard.channel_id),
        identity_id: Some(heard.identity_id),
        ..Said::default()
    };
    let speaker = Speaker::Bot { id: bot.id, name: &bot.name };
    match say(app, tx, speaker, heard.conversation_id, said).await {
        Ok((_, events)) => Ok(events),
        // It is refused before anything is written.
        Err(AppError::Invalid(_) | AppError::NotFound) => Ok(Vec::new()),
        Err(error) => Err(storage(&error)),
    }
}

/// The failure of the storage behind an error that no rule explains.
fn storage(error: &AppError) -> DbError {
    DbError::Driver(sqlx::Error::Protocol(error.to_string()))
}

/// A bot that talks on and on: people get the conversation, with a note that says why (R30).
async fn too_much(
    app: &App,
    turn: &Claimed,
    bot: &Bot,
    heard: &Heard,
    why: &str,
    call: &Call,
) -> DbResult<()> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let step = Step { state: "failed", error: Some(why), ended_at: Some(now), ..seen(call) };
    let mut events = stop(app, &mut tx, bot, heard, why).await?;
    let (id, named) = (turn.conversation_id, in_charge(bot));
    events.extend(
        charge::hand_over(&mut tx, id, &named, bot.team_id, Why::TooMuch, app.now()).await?,
    );
    if !turns::step(&mut tx, turn, &step).await? {
        return Ok(());
    }
    drop_others(&mut tx, turn, now).await?;
    queries::note_error(&mut tx, bot.id, why, now).await?;
    app.commit(tx, &events).await
}

/// The note that says why a bot was stopped.
pub async fn stop(
    app: &App,
    tx: &mut Tx,
    bot: &Bot,
    heard: &Heard,
    why: &str,
) -> DbResult<Vec<NewEvent>> {
    let text = format!("{} was stopped: {why}.", bot.name);
    let speaker = Speaker::System { name: "Sapa" };
    effects::note(app, tx, speaker, heard, &text).await.map_err(|error| storage(&error))
}

/// Drops a turn because its bot is not in charge any more.
pub async fn dropped(app: &App, turn: &Claimed, why: &str) -> DbResult<()> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let step = Step { state: "dropped", error: Some(why), ended_at: Some(now), ..Step::default() };
    turns::step(&mut tx, turn, &step).await?;
    tx.commit().await
}
