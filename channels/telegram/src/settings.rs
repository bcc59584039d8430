//! How a Telegram channel is configured.

use std::time::Duration;

use sapa_channel::ChannelId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use teloxide::payloads;

use crate::{api::Api, fault::Fault};

/// The configuration of one bot.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The channel that arrivals belong to.
    pub channel: ChannelId,
    /// The bot's token, as `@BotFather` gave it.
    pub token: SecretString,
    /// Where the Bot API is, without the token: `https://api.telegram.org`.
    pub api_url: String,
    /// How updates come.
    pub mode: Mode,
    /// How long to wait for what.
    pub timing: Timing,
}

impl Settings {
    /// Polls Telegram's own servers.
    #[must_use]
    pub fn new(channel: ChannelId, token: SecretString) -> Self {
        Self {
            channel,
            token,
            api_url: "https://api.telegram.org".to_owned(),
            mode: Mode::Polling,
            timing: Timing::default(),
        }
    }
}

/// How updates come.
#[derive(Clone, Debug)]
pub enum Mode {
    /// The hub asks for them. It needs no public address.
    Polling,
    /// Telegram posts them to the hub, which hands them to
    /// [`TelegramChannel::receive_webhook`](crate::TelegramChannel::receive_webhook).
    Webhook {
        /// The whole address that Telegram posts to, with `https`.
        public_url: String,
        /// What Telegram sends in `X-Telegram-Bot-Api-Secret-Token`: 1 to 256 characters of
        /// `A-Z a-z 0-9 _ -`.
        secret: SecretString,
    },
}

/// How long to wait for what. The defaults are right for Telegram; tests are faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long one poll waits for an update.
    pub poll: Duration,
    /// How long a message without files waits for its answer.
    pub call: Duration,
    /// How long a message with a file waits for its answer.
    pub upload: Duration,
    /// How long the files of one update are tried to be fetched.
    pub download: Duration,
    /// The first wait after a fault; each next one is twice as long.
    pub first_wait: Duration,
    /// The longest wait after a fault.
    pub longest_wait: Duration,
    /// How often the webhook is looked after.
    pub check: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(25),
            call: Duration::from_secs(30),
            upload: Duration::from_secs(180),
            download: Duration::from_secs(40),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            check: Duration::from_secs(60),
        }
    }
}

/// Why a channel cannot be made of its settings. It never tells the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The token has not the form `123456:letters`.
    #[error(
        "this is no bot token: it is digits, a colon, and letters, digits, underscores or hyphens"
    )]
    Token,
    /// The address of the Bot API is no http or https URL.
    #[error("the address of the Bot API must begin with https:// or http://")]
    ApiUrl,
    /// The webhook's address is not https (or http, for a Bot API server of one's own).
    #[error("the webhook's address must begin with https://")]
    PublicUrl,
    /// The webhook's secret cannot be sent in a header.
    #[error("a webhook secret has 1 to 256 letters, digits, underscores and hyphens")]
    Secret,
    /// No TLS is possible here.
    #[error("no secure connections are possible: {0}")]
    Tls(String),
}

/// Refuses what cannot work, before it is part of an address.
pub(crate) fn check_mode(mode: &Mode) -> Result<(), SettingsError> {
    let Mode::Webhook { public_url, secret } = mode else { return Ok(()) };
    if !public_url.starts_with("https://") && !public_url.starts_with("http://") {
        return Err(SettingsError::PublicUrl);
    }
    let secret = secret.expose_secret();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !(1..=256).contains(&secret.len()) || !secret.bytes().all(plain) {
        return Err(SettingsError::Secret);
    }
    Ok(())
}

/// What Telegram says of a bot.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Bot {
    /// Its user id, which is also the number before the colon of its token.
    pub id: i64,
    /// Its name in links, without `@`.
    pub username: String,
    /// Its name for people.
    #[serde(rename = "first_name")]
    pub name: String,
}

/// Asks whose token this is, for a token that is being added. An error is in words for an officer.
pub async fn get_me(api_url: &str, token: &SecretString) -> Result<Bot, String> {
    let api = Api::new(api_url, token.clone()).map_err(|error| error.to_string())?;
    me(&api, Timing::default().call).await.map_err(|fault| fault.words())
}

pub(crate) async fn me(api: &Api, timeout: Duration) -> Result<Bot, Fault> {
    api.call(&payloads::GetMe::new(), timeout).await
}
