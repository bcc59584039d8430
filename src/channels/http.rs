//! The routes of channels.

use axum::{Json, extract::State, http::StatusCode};
use sapa_channel::{ChannelId, new_id};
use serde::{Deserialize, Serialize};
use sqlx::types::Json as SqlJson;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    model::{ChannelRow, ChannelView, Settings},
    operate, queries,
};
use crate::{
    app::App,
    db::DbError,
    events::NewEvent,
    http::{Access, AppError, Body, Page, Path, Routes},
    keys::random_token,
    officers::{audit, caller::Caller, policy::Permission},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let manage = Access::May(Permission::ChannelsManage);
    routes
        .add(Access::May(Permission::ConversationsRead), routes!(list_channels))
        .add(manage, routes!(add_channel))
        .add(manage, routes!(change_channel, remove_channel))
        .add(manage, routes!(check_channel))
}

/// Lists the channels and how they fare.
#[utoipa::path(get, path = "/channels", tag = "channels", responses((status = 200, body = Page<ChannelView>)))]
async fn list_channels(State(app): State<App>) -> Result<Json<Page<ChannelView>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(queries::list(&mut tx).await?.into_iter().map(ChannelView::from).collect())))
}

/// A channel to be added.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewChannel {
    /// `email`, `telegram` or `webchat`.
    kind: String,
    /// Its name.
    name: String,
    /// E-mail: the address. Others have theirs from Telegram or from Sapa.
    address: Option<String>,
    /// Telegram: the bot's token, as `@BotFather` gave it.
    secret: Option<String>,
    /// Its settings.
    #[serde(default)]
    settings: Settings,
}

/// A channel that was added.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AddedChannel {
    /// The channel.
    #[serde(flatten)]
    channel: ChannelView,
    /// Web chat: the key that the shop signs its customers' tokens with. It is shown this once.
    signing_key: Option<String>,
}

fn clean(name: &str) -> Result<&str, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(AppError::invalid("name", "one line of 1 to 100 characters"));
    }
    Ok(name)
}

fn checked(kind: &str, settings: &Settings) -> Result<(), AppError> {
    if kind == "webchat" {
        for origin in &settings.allowed_origins {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            if !host
                .is_some_and(|host| !host.is_empty() && !host.trim_end_matches('/').contains('/'))
            {
                return Err(AppError::invalid(
                    "settings.allowed_origins",
                    "are like https://shop.example, without a path",
                ));
            }
        }
        if !["", "id", "en"].contains(&settings.language.as_str()) {
            return Err(AppError::invalid("settings.language", "is id or en"));
        }
        let accent = settings.accent.strip_prefix('#');
        let hex =
            accent.is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        if !settings.accent.is_empty() && !hex {
            return Err(AppError::invalid("settings.accent", "is a colour like #4a50d2"));
        }
        if settings.quick_replies.len() > 6
            || settings.quick_replies.iter().any(|reply| reply.chars().count() > 60)
        {
            return Err(AppError::invalid(
                "settings.quick_replies",
                "at most six, each of at most 60 characters",
            ));
        }
    }
    let long = [&settings.signature, &settings.title, &settings.greeting]
        .iter()
        .any(|text| text.len() > 2000);
    if long { Err(AppError::invalid("settings", "texts of at most 2000 bytes")) } else { Ok(()) }
}

/// Adds a channel and puts it into operation. A bot's token is checked with Telegram first.
#[utoipa::path(post, path = "/channels", tag = "channels", request_body = NewChannel,
    responses((status = 201, body = AddedChannel)))]
async fn add_channel(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewChannel>,
) -> Result<(StatusCode, Json<AddedChannel>), AppError> {
    let name = clean(&new.name)?.to_owned();
    checked(&new.kind, &new.settings)?;
    let (address, secret, shown) = match new.kind.as_str() {
        "email" => {
            let address = new.address.as_deref().and_then(sapa_email::normalise);
            (
                address.ok_or_else(|| AppError::invalid("address", "is not an e-mail address"))?,
                None,
                None,
            )
        }
        "telegram" => {
            let token = new.secret.as_deref().map(str::trim).filter(|token| !token.is_empty());
            let token = token
                .ok_or_else(|| AppError::invalid("secret", "is the bot's token from @BotFather"))?;
            let bot = sapa_telegram::get_me(&app.config().telegram.api_url, &token.into())
                .await
                .map_err(|why| AppError::invalid("secret", why))?;
            (bot.username, Some(token.to_owned()), None)
        }
        "webchat" => {
            let key = random_token();
            (random_token()[..16].to_owned(), Some(key.clone()), Some(key))
        }
        _ => return Err(AppError::invalid("kind", "is email, telegram or webchat")),
    };
    let now = app.now();
    let row = ChannelRow {
        id: ChannelId(new_id()),
        kind: new.kind,
        name,
        address,
        settings: SqlJson(new.settings),
        secret,
        enabled: true,
        created_at: now,
        last_message_at: None,
        last_good_at: None,
        error: None,
        error_at: None,
    };
    let mut tx = app.db().write().await?;
    queries::insert(&mut tx, &row).await.map_err(|error| match error {
        DbError::Conflict(_) => {
            AppError::conflict("address_taken", format!("{} is a channel already", row.address))
        }
        other => other.into(),
    })?;
    audit::record(&mut tx, &caller.actor(), "channel.added", &row.name, &caller.address, now)
        .await?;
    app.commit(tx, &[NewEvent::new("channel.changed", now, caller.actor())]).await?;
    operate::refresh(&app).await?;
    Ok((StatusCode::CREATED, Json(AddedChannel { channel: row.into(), signing_key: shown })))
}

/// What to change; what is not named stays.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ChannelChange {
    /// Its name.
    name: Option<String>,
    /// Whether it is switched on.
    enabled: Option<bool>,
    /// All its settings.
    settings: Option<Settings>,
    /// Telegram: another token of the same bot.
    secret: Option<String>,
    /// Web chat: make a new signing key; the old one is worth nothing from then on.
    new_signing_key: bool,
}

/// Changes a channel.
#[utoipa::path(patch, path = "/channels/{id}", tag = "channels", request_body = ChannelChange,
    responses((status = 200, body = AddedChannel)))]
async fn change_channel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(change): Body<ChannelChange>,
) -> Result<Json<AddedChannel>, AppError> {
    let id = ChannelId(id);
    let mut tx = app.db().read().await?;
    let before = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drop(tx);
    let name = change.name.as_deref().map(clean).transpose()?.unwrap_or(&before.name).to_owned();
    let settings = change.settings.unwrap_or_else(|| before.settings.0.clone());
    checked(&before.kind, &settings)?;
    let mut secret = None;
    if let Some(token) = change.secret.as_deref().filter(|_| before.kind == "telegram") {
        let bot = sapa_telegram::get_me(&app.config().telegram.api_url, &token.trim().into())
            .await
            .map_err(|why| AppError::invalid("secret", why))?;
        if bot.username != before.address {
            return Err(AppError::invalid("secret", format!("is the token of @{}", bot.username)));
        }
        secret = Some(token.trim().to_owned());
    }
    let signing_key = (before.kind == "webchat" && change.new_signing_key).then(random_token);
    let secret = secret.or_else(|| signing_key.clone());
    let enabled = change.enabled.unwrap_or(before.enabled);
    let now = app.now();
    let mut tx = app.db().write().await?;
    queries::update(&mut tx, id, &name, &settings, secret.as_deref(), enabled).await?;
    audit::record(&mut tx, &caller.actor(), "channel.changed", &name, &caller.address, now).await?;
    let row = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    app.commit(tx, &[NewEvent::new("channel.changed", now, caller.actor())]).await?;
    operate::refresh(&app).await?;
    Ok(Json(AddedChannel { channel: row.into(), signing_key }))
}

/// Removes a channel on which nothing was said; others are switched off instead, for the history needs them.
#[utoipa::path(delete, path = "/channels/{id}", tag = "channels", responses((status = 204)))]
async fn remove_channel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let id = ChannelId(id);
    let now = app.now();
    let mut tx = app.db().write().await?;
    let row = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    if queries::is_used(&mut tx, id).await? {
        return Err(AppError::conflict(
            "in_use",
            "messages came by this channel: switch it off instead",
        ));
    }
    queries::delete(&mut tx, id).await?;
    audit::record(&mut tx, &caller.actor(), "channel.removed", &row.name, &caller.address, now)
        .await?;
    app.commit(tx, &[NewEvent::new("channel.changed", now, caller.actor())]).await?;
    operate::refresh(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a check found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Checked {
    /// Whether the channel can work.
    ok: bool,
    /// What was found, in plain words.
    detail: String,
}

/// Checks whether a channel can work as it is configured.
#[utoipa::path(post, path = "/channels/{id}/check", tag = "channels", responses((status = 200, body = Checked)))]
async fn check_channel(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Checked>, AppError> {
    let id = ChannelId(id);
    let Some(operated) = app.registry().get(id) else {
        let mut tx = app.db().read().await?;
        let row = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
        let detail = row.error.unwrap_or_else(|| "it is switched off".to_owned());
        return Ok(Json(Checked { ok: false, detail }));
    };
    let (ok, detail) = match operated.channel.check().await {
        Ok(detail) => (true, detail),
        Err(detail) => (false, detail),
    };
    let health: &dyn sapa_channel::Health = &*operated.health;
    if ok {
        health.good()
    } else {
        health.bad(detail.clone())
    }
    Ok(Json(Checked { ok, detail }))
}
