//! Asking a bot: one call of one turn, and what follows from how it went.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;
use sapa_channel::{Timestamp, points::reach};

use super::{
    answer::{self, Action},
    context::{self, Told},
    model::{Bot, Claimed, Form, Heard},
    queries, rasa, settle,
    turns::{self, LONGEST_CALL},
};
use crate::{
    app::App,
    channels::webchat,
    conversations::{self, charge::Why},
    db::DbResult,
    http_client::{Bounds, CallError},
    webhooks::sign,
};

/// How long to wait before a bot that could not be reached is asked again; each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// What a call came to.
#[derive(Debug)]
pub enum Outcome {
    /// The bot answers so.
    Answered(Vec<Action>),
    /// It will answer by the API.
    Later,
    /// It could not be reached, or was in trouble: it may be asked again.
    Again(String),
    /// It answered what cannot be done, and would again.
    Broken(String),
}

/// A call that was made.
#[derive(Debug)]
pub struct Call {
    /// What it came to.
    pub outcome: Outcome,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What was posted.
    pub request: String,
    /// What came back, as far as it was read.
    pub response: Option<String>,
}

/// Takes a claimed turn one step further.
pub async fn ask(app: &App, turn: &Claimed) -> DbResult<()> {
    let mut tx = app.db().read().await?;
    let bot = queries::find(&mut tx, turn.bot_id).await?;
    let heard = turns::heard(&mut tx, turn.message_id).await?;
    let conversation = conversations::queries::core(&mut tx, turn.conversation_id).await?;
    let (Some(bot), Some(heard), Some(conversation)) = (bot, heard, conversation) else {
        drop(tx);
        return settle::dropped(app, turn, "its message is gone").await;
    };
    if conversation.bot_id != Some(bot.id) {
        drop(tx);
        return settle::dropped(app, turn, "a person took over").await;
    }
    if turn.give_up_at <= app.now() {
        drop(tx);
        let (state, why) = if turn.error.is_some() {
            ("failed", Why::Failed)
        } else {
            ("timed_out", Why::TooLate)
        };
        let late = format!("no answer within {} seconds", bot.patience);
        let error = turn.error.clone().unwrap_or(late);
        return settle::give_up(app, turn, &bot, &heard, state, why, &error, None).await;
    }
    let told = context::tell(app, &mut tx, turn, &bot, &heard).await?;
    drop(tx);
    let call = with_typing(app, &bot, &heard, call(app, &bot, turn, &heard, &told)).await;
    reach("bot.after_send");
    settle::settle(app, turn, &bot, &heard, call).await
}

/// Shows a visitor that the bot is writing, while it is asked.
async fn with_typing<T>(app: &App, bot: &Bot, heard: &Heard, asking: impl Future<Output = T>) -> T {
    // Best effort: the customer's side may miss it.
    let _ = webchat::writing(app, heard.conversation_id, true, &bot.name).await;
    let answer = asking.await;
    let _ = webchat::writing(app, heard.conversation_id, false, &bot.name).await;
    answer
}

async fn call(app: &App, bot: &Bot, turn: &Claimed, heard: &Heard, told: &Told) -> Call {
    let request = match bot.form {
        Form::Sapa => told.body.clone(),
        Form::Rasa => rasa::request(heard.conversation_id, &told.text, told.choice.as_ref()),
    };
    let left = turn.give_up_at.since(app.now());
    post(app, bot, turn.id, request, left).await
}

/// Posts something to a bot, and reads what it answers.
pub async fn post(
    app: &App,
    bot: &Bot,
    id: uuid::Uuid,
    request: String,
    patience: Duration,
) -> Call {
    let headers = match bot.form {
        Form::Sapa => sign::headers(&bot.secret, id, app.now(), &request),
        Form::Rasa => {
            let json = HeaderValue::from_static("application/json");
            HeaderMap::from_iter([(header::CONTENT_TYPE, json)])
        }
    };
    let bounds = Bounds {
        patience: patience.clamp(Duration::from_secs(1), LONGEST_CALL),
        most_answer: answer::MOST_BYTES,
    };
    let body = Bytes::from(request.clone());
    let (outcome, status, response) =
        match app.outbound().post_within(&bot.url, headers, body, bounds).await {
            Ok(answer) => {
                let text = String::from_utf8(answer.body.to_vec());
                let shown = match &text {
                    Ok(text) => text.clone(),
                    Err(bytes) => String::from_utf8_lossy(bytes.as_bytes()).into_owned(),
                };
                let text = text.map_err(|_| "it is no text".to_owned());
                let outcome = match answer.status {
                    204 => Outcome::Later,
                    200..300 if answer.cut => Outcome::Broken(format!(
                        "the answer is longer than {} bytes, or broke off",
                        answer::MOST_BYTES
                    )),
                    200..300 => read(bot.form, text),
                    status => refused(status),
                };
                (outcome, Some(answer.status), Some(shown))
            }
            Err(error) => {
                let words = error.to_string();
                let outcome = match error {
                    CallError::Url(_) | CallError::Denied(_) => Outcome::Broken(words),
                    CallError::NotConnected(_) | CallError::TimedOut(_) | CallError::Broken(_) => {
                        Outcome::Again(words)
                    }
                };
                (outcome, None, None)
            }
        };
    Call { outcome, status, request, response }
}

fn read(form: Form, text: Result<String, String>) -> Outcome {
    let actions = text.and_then(|text| match form {
        Form::Sapa => answer::read(&text),
        Form::Rasa => rasa::read(&text),
    });
    match actions {
        Ok(actions) if actions.is_empty() => Outcome::Later,
        Ok(actions) => Outcome::Answered(actions),
        Err(why) => Outcome::Broken(format!("the answer cannot be done: {why}")),
    }
}

fn refused(status: u16) -> Outcome {
    let words = format!("answered with status {status}");
    match status {
        300..400 => Outcome::Broken(format!("{words}: a redirect is not followed")),
        408 | 425 | 429 | 500.. => Outcome::Again(words),
        _ => Outcome::Broken(words),
    }
}

/// When to ask again after so many tries: never later than the end of the bot's time.
#[must_use]
pub fn again_at(attempts: i64, now: Timestamp, give_up_at: Timestamp) -> Timestamp {
    let doubled = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(10);
    now.after(FIRST_WAIT * 2_u32.pow(doubled)).min(give_up_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_double_and_end_with_the_bots_time() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let end = now.after(Duration::from_secs(30));
        let wait = |attempts| again_at(attempts, now, end).since(now).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 60].map(wait), [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn trouble_passes_and_refusals_do_not() {
        for status in [408, 429, 500, 503] {
            assert!(matches!(refused(status), Outcome::Again(_)), "{status}");
        }
        for status in [301, 302, 400, 401, 404, 410] {
            assert!(matches!(refused(status), Outcome::Broken(_)), "{status}");
        }
    }
}
