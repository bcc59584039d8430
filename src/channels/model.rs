//! What the API shows of a channel.

use sapa_channel::{ChannelId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::files::{self, ContentHash};

/// A channel, by its name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ChannelRef {
    /// Which one.
    pub id: ChannelId,
    /// `email`, `telegram` or `webchat`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The row of a channel.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns, named as what they become in ChannelView")]
pub struct ChannelRow {
    pub id: ChannelId,
    pub kind: String,
    pub name: String,
    pub address: String,
    pub settings: Json<Settings>,
    pub secret: Option<String>,
    pub enabled: bool,
    pub created_at: Timestamp,
    pub last_message_at: Option<Timestamp>,
    pub last_good_at: Option<Timestamp>,
    pub error: Option<String>,
    pub error_at: Option<Timestamp>,
}

/// The settings of a channel; which of them count depends on its kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// E-mail: what stands below each mail.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// Telegram: whether Telegram posts updates to Sapa instead of being asked for them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub webhook: bool,
    /// Web chat: the origins of the pages that may use it, as `https://kopiseruni.example`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
    /// Web chat: the shop's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Web chat: what is said before the first message.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub greeting: String,
    /// Web chat: `id` or `en`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Web chat: its colour, as `#4a50d2`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub accent: String,
    /// Web chat: what a visitor may begin with by a press.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quick_replies: Vec<String>,
    /// Web chat: how many minutes an answer usually takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_minutes: Option<u32>,
}

impl ChannelRow {
    /// The same for the same configuration: a channel that is in operation in this form need not be begun again.
    #[must_use]
    pub fn form(&self) -> ContentHash {
        let settings = serde_json::to_string(&self.settings.0).unwrap_or_default();
        let secret = self.secret.as_deref().unwrap_or_default();
        files::hash([&self.name, &self.address, &settings, secret].join("\0").as_bytes())
    }
}

/// How a channel fares.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct HealthView {
    /// `good`, `bad`, or `off`.
    pub state: String,
    /// When a message last came.
    pub last_message_at: Option<Timestamp>,
    /// When a poll, connection or check last went well.
    pub last_good_at: Option<Timestamp>,
    /// What is wrong, in plain words.
    pub error: Option<String>,
    /// Since when.
    pub error_at: Option<Timestamp>,
}

/// A configured channel. Its secret is never shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ChannelView {
    /// Which one.
    pub id: ChannelId,
    /// `email`, `telegram` or `webchat`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The mailbox, the bot's name, or the site's key.
    pub address: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// How it fares.
    pub health: HealthView,
    /// Its settings.
    pub settings: Settings,
}

impl From<ChannelRow> for ChannelView {
    fn from(row: ChannelRow) -> Self {
        let failed = row.error.is_some() && row.error_at > row.last_good_at;
        let state = match (row.enabled, failed) {
            (false, _) => "off",
            (true, true) => "bad",
            (true, false) => "good",
        };
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            address: row.address,
            enabled: row.enabled,
            health: HealthView {
                state: state.to_owned(),
                last_message_at: row.last_message_at,
                last_good_at: row.last_good_at,
                error: row.error.filter(|_| failed),
                error_at: row.error_at.filter(|_| failed),
            },
            settings: row.settings.0,
        }
    }
}
