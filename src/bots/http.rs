//! The routes of bots: their settings, their log, who is in charge, and the door by which they answer.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use sapa_channel::new_id;
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    answer::Answer,
    api::{self, Given},
    ask, log,
    model::{AddedBot, BotView, Form, Renewed, Tested, TurnDetails, TurnView},
    queries,
    settings::{self, Change, MOST, New},
    switch,
    token::{self, CallingBot},
    turns,
};
use crate::{
    app::App,
    conversations::{
        self,
        change::{self, Change as Assignment},
        charge,
        model::Conversation,
    },
    db::Tx,
    http::{Access, AppError, Body, Cursor, Page, Path, Problem, Query, Routes},
    keys::token_hash,
    officers::{audit, caller::Caller, policy::Permission},
    webhooks::sign,
};

/// Over how long a bot's turns are counted.
const COUNTED: Duration = Duration::from_secs(24 * 3600);

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let manage = Access::May(Permission::BotsManage);
    routes
        .add(manage, routes!(list_bots, add_bot))
        .add(manage, routes!(change_bot, remove_bot))
        .add(manage, routes!(renew_bot_secrets))
        .add(manage, routes!(test_bot))
        .add(manage, routes!(list_bot_turns))
        .add(manage, routes!(get_bot_turn))
        .add(Access::Bot, routes!(answer_as_bot))
        .add(Access::May(Permission::ConversationsWrite), routes!(put_bot_in_charge))
}

async fn view(app: &App, tx: &mut Tx, id: Uuid) -> Result<BotView, AppError> {
    let since = app.now().before(COUNTED);
    queries::views(tx, Some(id), since).await?.pop().ok_or(AppError::NotFound)
}

/// All bots, without their secrets.
#[utoipa::path(get, path = "/bots", tag = "bots", responses((status = 200, body = Page<BotView>)))]
async fn list_bots(State(app): State<App>) -> Result<Json<Page<BotView>>, AppError> {
    let mut tx = app.db().read().await?;
    let since = app.now().before(COUNTED);
    Ok(Json(Page::all(queries::views(&mut tx, None, since).await?)))
}

/// Adds a bot. Its secret and its token are shown this one time.
#[utoipa::path(post, path = "/bots", tag = "bots", request_body = New, responses(
    (status = 201, body = AddedBot),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn add_bot(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<AddedBot>), AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    if queries::views(&mut tx, None, now).await?.len() >= MOST {
        return Err(AppError::conflict(
            "too_many_bots",
            format!("there are {MOST} already: remove one first"),
        ));
    }
    let channels = new.channels.clone();
    let written = new.checked(&app, &mut tx).await?;
    let (id, secret, token) = (new_id(), sign::new_secret(), token::new_token());
    queries::add(&mut tx, id, &written, &secret, &token_hash(&token), now).await?;
    settings::assign(&mut tx, id, &channels).await?;
    audit::record(&mut tx, &caller, "bot.added", &written.name, &caller.address, now).await?;
    let view = view(&app, &mut tx, id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(AddedBot { view, secret, token })))
}

/// Changes a bot. One that is switched off gives its conversations to people at once.
#[utoipa::path(patch, path = "/bots/{id}", tag = "bots", request_body = Change, responses(
    (status = 200, body = BotView),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn change_bot(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(change): Body<Change>,
) -> Result<Json<BotView>, AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let bot = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let written = change.checked(&app, &mut tx, &bot).await?;
    queries::update(&mut tx, id, &written).await?;
    if let Some(channels) = &change.channels {
        settings::assign(&mut tx, id, channels).await?;
    }
    let off = bot.enabled && !written.enabled;
    let mut events = Vec::new();
    if off {
        events = switch::off(&mut tx, &bot, now).await?;
    }
    let action = if off { "bot.switched_off" } else { "bot.changed" };
    audit::record(&mut tx, &caller, action, &written.name, &caller.address, now).await?;
    let view = view(&app, &mut tx, id).await?;
    app.commit(tx, &events).await?;
    Ok(Json(view))
}

/// Removes a bot with its log. Its conversations are people's at once, and what it said stays.
#[utoipa::path(delete, path = "/bots/{id}", tag = "bots", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn remove_bot(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let bot = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let events = switch::off(&mut tx, &bot, now).await?;
    queries::remove(&mut tx, id).await?;
    audit::record(&mut tx, &caller, "bot.removed", &bot.name, &caller.address, now).await?;
    app.commit(tx, &events).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which secrets to make anew.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BotSecretsToRenew)]
struct Renewal {
    /// What calls to it are signed with.
    secret: bool,
    /// By what it answers later.
    token: bool,
}

/// Makes a bot's secret or token anew; the old one is worth nothing from then on.
#[utoipa::path(post, path = "/bots/{id}/secrets", tag = "bots", request_body = Renewal, responses(
    (status = 200, body = Renewed),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn renew_bot_secrets(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(renewal): Body<Renewal>,
) -> Result<Json<Renewed>, AppError> {
    let renewed = Renewed {
        secret: renewal.secret.then(sign::new_secret),
        token: renewal.token.then(token::new_token),
    };
    let mut tx = app.db().write().await?;
    let bot = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let hash = renewed.token.as_deref().map(token_hash);
    queries::renew(&mut tx, id, renewed.secret.as_deref(), hash.as_deref()).await?;
    let now = app.now();
    audit::record(&mut tx, &caller, "bot.secrets_renewed", &bot.name, &caller.address, now).await?;
    tx.commit().await?;
    Ok(Json(renewed))
}

/// Asks a bot about nothing, and tells what it makes of it. Nothing is said to anybody.
#[utoipa::path(post, path = "/bots/{id}/test", tag = "bots", responses(
    (status = 200, body = Tested),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn test_bot(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Tested>, AppError> {
    let mut tx = app.db().read().await?;
    let bot = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    let (now, turn_id) = (app.now(), new_id());
    let request = match bot.form {
        Form::Sapa => serde_json::json!({
            "type": "bot.test", "timestamp": now,
            "data": { "turn_id": turn_id, "bot": bot.named() },
        }),
        Form::Rasa => serde_json::json!({ "sender": format!("test {turn_id}"), "message": "halo" }),
    };
    let patience = Duration::from_secs(bot.patience.unsigned_abs()).min(Duration::from_secs(20));
    let call = ask::post(&app, &bot, turn_id, request.to_string(), patience).await;
    let took = i64::try_from(app.now().since(now).as_millis()).unwrap_or(i64::MAX);
    let (error, actions) = match call.outcome {
        ask::Outcome::Answered(actions) => {
            (None, actions.iter().map(|action| action.kind().to_owned()).collect())
        }
        ask::Outcome::Later => (None, Vec::new()),
        ask::Outcome::Again(why) | ask::Outcome::Broken(why) => (Some(why), Vec::new()),
    };
    let mut tx = app.db().write().await?;
    match &error {
        Some(why) => queries::note_error(&mut tx, id, why, app.now()).await?,
        None => queries::note_good(&mut tx, id, app.now()).await?,
    }
    tx.commit().await?;
    Ok(Json(Tested {
        good: error.is_none(),
        status: call.status,
        error,
        took,
        actions,
        response: turns::excerpt(&call.response.unwrap_or_default()),
    }))
}

/// Which part of the log of turns.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// Only in this state.
    state: Option<String>,
    /// Only of this conversation.
    conversation: Option<Uuid>,
    /// From where on, as the last part said.
    cursor: Option<String>,
    /// At most so many, up to 200.
    limit: Option<usize>,
}

/// The states of turns.
const STATES: [&str; 8] =
    ["queued", "calling", "waiting", "answered", "handed_over", "timed_out", "failed", "dropped"];

/// Each time that a bot was asked, the newest first.
#[utoipa::path(get, path = "/bots/{id}/turns", tag = "bots", params(Part), responses(
    (status = 200, body = Page<TurnView>),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn list_bot_turns(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(part): Query<Part>,
) -> Result<Json<Page<TurnView>>, AppError> {
    if part.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(AppError::invalid("state", format!("is one of {}", STATES.join(", "))));
    }
    let cursor = Cursor::parse(part.cursor.as_deref())?;
    let filter = log::Filter { state: part.state, conversation_id: part.conversation };
    let mut tx = app.db().read().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let limit = part.limit.unwrap_or(50).clamp(1, 200);
    Ok(Json(log::list(&mut tx, id, &filter, cursor, limit).await?))
}

/// One time that a bot was asked, with the beginnings of what was posted and of what came back.
#[utoipa::path(get, path = "/bots/{id}/turns/{turn_id}", tag = "bots", responses(
    (status = 200, body = TurnDetails),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn get_bot_turn(
    State(app): State<App>,
    Path((id, turn_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<TurnDetails>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(log::find(&mut tx, id, turn_id).await?.ok_or(AppError::NotFound)?))
}

/// Answers as a bot, with the bot's own token: `Authorization: Bearer sapabot_…`. It is done in the conversation of
/// the turn and nowhere else, once for each `Idempotency-Key`, as long as the bot is in charge.
#[utoipa::path(post, path = "/bots/turns/{turn_id}/actions", tag = "bots", request_body = Answer, responses(
    (status = 200, body = Given),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json",
     description = "`person_took_over`, `handed_over`, `too_late` or `too_much`"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn answer_as_bot(
    State(app): State<App>,
    bot: CallingBot,
    Path(turn_id): Path<Uuid>,
    headers: HeaderMap,
    Body(answer): Body<Answer>,
) -> Result<Json<Given>, AppError> {
    let key = match headers.get("idempotency-key") {
        Some(value) => {
            Some(value.to_str().ok().filter(|value| (1..=200).contains(&value.len())).ok_or_else(
                || AppError::invalid("Idempotency-Key", "is 1 to 200 plain characters"),
            )?)
        }
        None => None,
    };
    Ok(Json(api::give(&app, bot.id, turn_id, key, &answer).await?))
}

/// Who shall be in charge.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct WhoIsInCharge {
    /// The channel's bot, or people.
    bot: bool,
}

/// Takes a conversation over from its bot, or gives it back to the bot of its channel. Who takes over serves from
/// then on; a bot that gets it back answers what the customer still waits for.
#[utoipa::path(post, path = "/conversations/{id}/bot", tag = "conversations", request_body = WhoIsInCharge, responses(
    (status = 200, body = Conversation),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "`no_bot`"),
))]
async fn put_bot_in_charge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(who): Body<WhoIsInCharge>,
) -> Result<Json<Conversation>, AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let conversation =
        conversations::queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let actor = caller.actor();
    let events = if who.bot {
        let bot = charge::of_channel(&mut tx, conversation.channel_id).await?.ok_or_else(|| {
            AppError::conflict("no_bot", "no bot answers on the channel of this conversation")
        })?;
        charge::give(&mut tx, &conversation, &bot, &actor, now).await?.into_iter().collect()
    } else if conversation.assignee_id.is_some() {
        charge::take_over(&mut tx, &conversation, &actor, now).await?.into_iter().collect()
    } else if conversation.bot_id.is_some() {
        let mine =
            Assignment { assignee_id: Some(Some(caller.officer_id)), ..Assignment::default() };
        change::change(&mut tx, id, &mine, None, &actor, now).await?
    } else {
        Vec::new()
    };
    app.commit(tx, &events).await?;
    Ok(Json(conversations::http::whole(&app, &caller, id).await?))
}
