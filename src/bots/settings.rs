//! What an administrator may write of a bot.

use std::collections::BTreeMap;

use sapa_channel::ChannelId;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::{
    model::{Bot, Fallback, Form},
    queries::{self, Written},
};
use crate::{app::App, db::Tx, http::AppError};

/// The most bots.
pub const MOST: usize = 50;

/// The most characters of an address.
const LONGEST_URL: usize = 2000;

/// How many seconds a bot has, if nobody says.
const PATIENCE: i64 = 30;

/// A bot to be added.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BotToAdd)]
pub struct New {
    /// Its name, as customers see it.
    pub name: String,
    /// Where it is asked.
    pub url: String,
    /// How it is spoken to; `sapa`, if it is left out.
    pub form: Option<Form>,
    /// Whether it is switched on; yes, if it is left out.
    pub enabled: Option<bool>,
    /// How many seconds it has for an answer: 5 to 300, 30 if it is left out.
    pub patience: Option<i64>,
    /// What is said when it does not answer, by language: `id`, `en`.
    pub fallback: Option<BTreeMap<String, String>>,
    /// The team that it hands over to.
    pub team_id: Option<Uuid>,
    /// The channels whose customers it answers.
    #[serde(default)]
    pub channels: Vec<ChannelId>,
}

/// What is to change; what is left out stays.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BotChange)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// Where it is asked.
    pub url: Option<String>,
    /// How it is spoken to.
    pub form: Option<Form>,
    /// Whether it is switched on. Switched off, its conversations are people's at once.
    pub enabled: Option<bool>,
    /// How many seconds it has for an answer.
    pub patience: Option<i64>,
    /// What is said when it does not answer, all of it.
    pub fallback: Option<BTreeMap<String, String>>,
    /// The team that it hands over to; `null` is none.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    pub team_id: Option<Option<Uuid>>,
    /// The channels whose customers it answers, all of them.
    pub channels: Option<Vec<ChannelId>>,
}

/// Tells a field that is `null` from one that is not there.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What is said when a bot does not answer, if nobody wrote it.
#[must_use]
pub fn usual() -> Fallback {
    BTreeMap::from([
        (
            "id".to_owned(),
            "Terima kasih, pesan Anda sudah kami terima. Petugas kami akan menjawab.".to_owned(),
        ),
        (
            "en".to_owned(),
            "Thank you, we have your message. One of our people will answer.".to_owned(),
        ),
    ])
}

impl New {
    /// As it is written, if it may be.
    pub async fn checked(self, app: &App, tx: &mut Tx) -> Result<Written, AppError> {
        let written = Written {
            name: self.name.trim().to_owned(),
            url: self.url.trim().to_owned(),
            form: self.form.unwrap_or(Form::Sapa),
            enabled: self.enabled.unwrap_or(true),
            patience: self.patience.unwrap_or(PATIENCE),
            fallback: self.fallback.unwrap_or_else(usual),
            team_id: self.team_id,
        };
        check(app, tx, &written).await?;
        Ok(written)
    }
}

impl Change {
    /// What the bot becomes, if it may.
    pub async fn checked(&self, app: &App, tx: &mut Tx, bot: &Bot) -> Result<Written, AppError> {
        let written = Written {
            name: self.name.as_ref().unwrap_or(&bot.name).trim().to_owned(),
            url: self.url.as_ref().unwrap_or(&bot.url).trim().to_owned(),
            form: self.form.unwrap_or(bot.form),
            enabled: self.enabled.unwrap_or(bot.enabled),
            patience: self.patience.unwrap_or(bot.patience),
            fallback: self.fallback.clone().unwrap_or_else(|| bot.fallback.0.clone()),
            team_id: self.team_id.unwrap_or(bot.team_id),
        };
        check(app, tx, &written).await?;
        Ok(written)
    }
}

async fn check(app: &App, tx: &mut Tx, bot: &Written) -> Result<(), AppError> {
    let one_line = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if !one_line(&bot.name) || bot.name.chars().count() > 60 {
        return Err(AppError::invalid("name", "one line of 1 to 60 characters"));
    }
    if bot.url.len() > LONGEST_URL {
        return Err(AppError::invalid("url", format!("at most {LONGEST_URL} characters")));
    }
    app.outbound().check(&bot.url).map_err(|error| AppError::invalid("url", error.to_string()))?;
    if !(5..=300).contains(&bot.patience) {
        return Err(AppError::invalid("patience", "5 to 300 seconds"));
    }
    for (language, text) in &bot.fallback {
        if !matches!(language.as_str(), "id" | "en") {
            return Err(AppError::invalid(
                "fallback",
                format!("{language:?} is neither id nor en"),
            ));
        }
        if text.chars().count() > 500 || text.contains('\0') {
            return Err(AppError::invalid("fallback", "at most 500 characters each"));
        }
    }
    if let Some(team) = bot.team_id
        && !queries::team_exists(tx, team).await?
    {
        return Err(AppError::invalid("team_id", "there is no such team"));
    }
    Ok(())
}

/// Gives a bot its channels, if they are there and no other bot has them.
pub async fn assign(tx: &mut Tx, id: Uuid, channels: &[ChannelId]) -> Result<(), AppError> {
    let mut channels = channels.to_vec();
    channels.sort_unstable();
    channels.dedup();
    let there = queries::count_channels(tx, &channels).await?;
    if channels.len() > 200 || there != i64::try_from(channels.len()).unwrap_or(i64::MAX) {
        return Err(AppError::invalid("channels", "one of them is no channel"));
    }
    if let Some((channel, bot)) = queries::taken(tx, id, &channels).await?.first() {
        return Err(AppError::conflict(
            "channel_taken",
            format!("{channel} is answered by {bot}: take it from there first"),
        ));
    }
    queries::assign(tx, id, &channels).await?;
    Ok(())
}
