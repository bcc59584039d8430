//! The kinds of channels that this program knows: the one place where they are told apart.

use std::sync::Arc;

use sapa_channel::{Channel, Inbound, Unreadable};
use sapa_email::{DkimKey, EmailChannel, Limits, MailboxSettings, Relay, Way};
use sapa_telegram::{Mode, TelegramChannel};
use sapa_webchat::{Key, Looks, Site, WebChatChannel};
use secrecy::ExposeSecret;

use super::{model::ChannelRow, operate::Operation};
use crate::{app::App, config};

/// What a kind brings beside the adapter.
#[derive(Debug)]
pub enum Part {
    /// A mailbox.
    Email,
    /// A bot, for the posts of its webhook.
    Telegram(Arc<TelegramChannel>),
    /// A web site.
    Webchat(Arc<Site>),
}

impl Part {
    /// Reads an original again.
    pub fn read_again(
        &self,
        address: &str,
        bytes: &bytes::Bytes,
        envelope: Option<&str>,
    ) -> Result<Inbound, Unreadable> {
        match self {
            Self::Email => {
                let ours = |other: &str| other == address;
                sapa_email::read_again(bytes, envelope, address, &ours)
            }
            Self::Telegram(_) => sapa_telegram::read(bytes),
            Self::Webchat(_) => Err(Unreadable(
                "a chat's frame is answered at once and cannot be read again".into(),
            )),
        }
    }
}

/// Makes the adapter of a configured channel. An error is in words for an administrator.
pub fn adapter(
    app: &App,
    row: &ChannelRow,
    operation: &Operation,
) -> Result<(Arc<dyn Channel>, Part), String> {
    let config = app.config();
    let settings = &row.settings.0;
    match row.kind.as_str() {
        "email" => {
            let mailbox = MailboxSettings {
                address: row.address.clone(),
                name: row.name.clone(),
                signature: settings.signature.clone(),
            };
            let dkim = config.mail.dkim.as_ref().map(dkim).transpose()?;
            let limits =
                Limits { max_connections: config.delivery.concurrency, ..Limits::default() };
            let way = way(&config.mail, &config.smtp.hostname)?;
            let channel =
                EmailChannel::new(mailbox, way, dkim, limits).map_err(|error| error.to_string())?;
            Ok((Arc::new(channel), Part::Email))
        }
        "telegram" => {
            let token = row.secret.clone().ok_or("the bot's token is missing")?;
            let mut settings = sapa_telegram::Settings::new(row.id, token.into());
            settings.api_url.clone_from(&config.telegram.api_url);
            if row.settings.webhook {
                settings.mode = Mode::Webhook {
                    public_url: format!("{}/hooks/telegram/{}", config.server.public_url, row.id),
                    secret: webhook_secret(app, row).into(),
                };
            }
            let channel = Arc::new(
                TelegramChannel::new(settings, app.clock()).map_err(|error| error.to_string())?,
            );
            Ok((channel.clone(), Part::Telegram(channel)))
        }
        "webchat" => {
            let secret = row.secret.clone().ok_or("the signing key is missing")?;
            let site = Site {
                channel: row.id,
                key: row.address.clone(),
                signing_key: Key::new(secret.as_bytes()),
                visitor_key: Key::new(&app.keys().derive("visitor")),
                allowed_origins: settings.allowed_origins.clone(),
                // Each shop counts its customers apart.
                customers: Some(row.address.clone()),
                looks: Looks {
                    title: settings.title.clone(),
                    greeting: settings.greeting.clone(),
                    language: settings.language.clone(),
                    accent: settings.accent.clone(),
                    quick_replies: settings.quick_replies.clone(),
                    reply_time: settings.reply_minutes,
                },
            };
            Ok((
                Arc::new(WebChatChannel::new(operation.chat.clone())),
                Part::Webchat(Arc::new(site)),
            ))
        }
        other => Err(format!("this program knows no channels of kind {other:?}")),
    }
}

/// What Telegram must send with each post.
fn webhook_secret(app: &App, row: &ChannelRow) -> String {
    data_encoding::HEXLOWER.encode(&app.keys().derive(&format!("telegram webhook {}", row.id)))
}

fn way(mail: &config::Mail, hostname: &str) -> Result<Way, String> {
    if let Some(folder) = &mail.folder {
        return Ok(Way::Folder(folder.clone()));
    }
    let relay =
        mail.relay.as_ref().ok_or("there is no relay in the configuration: see mail.relay")?;
    let tls = match relay.tls {
        config::Tls::None => sapa_email::Tls::None,
        config::Tls::Starttls => sapa_email::Tls::StartTls,
        config::Tls::Tls => sapa_email::Tls::Implicit,
    };
    let mut way = Relay::new(relay.host.clone(), relay.port, tls);
    way.hello = (hostname != "localhost").then(|| hostname.to_owned());
    way.user.clone_from(&relay.user);
    way.password.clone_from(&relay.password);
    Ok(Way::Relay(way))
}

fn dkim(dkim: &config::Dkim) -> Result<DkimKey, String> {
    DkimKey::new(&dkim.selector, &dkim.domain, dkim.key.expose_secret())
        .map_err(|error| format!("mail.dkim: {error}"))
}
