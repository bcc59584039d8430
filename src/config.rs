//! The one typed configuration, with its defaults.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use secrecy::SecretString;
use serde::Deserialize;

/// All settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The web server.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// The folder of larger files.
    pub files: Files,
    /// Mail that comes in.
    pub smtp: Smtp,
    /// Mail that goes out.
    pub mail: Mail,
    /// Telegram.
    pub telegram: Telegram,
    /// How conversations stay together.
    pub conversations: Conversations,
    /// How messages go out.
    pub delivery: Delivery,
    /// Calls to addresses that people entered.
    pub outbound: Outbound,
    /// The log.
    pub log: Log,
}

/// The web server.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How people reach it, without a slash at the end. Links are made from this and never from a request (R13).
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed (R21).
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            public_url: "http://127.0.0.1:3000".to_owned(),
            trusted_proxies: Vec::new(),
        }
    }
}

impl Server {
    /// Whether people reach it by https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The database.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:` and a path, or `postgres://…`.
    pub url: SecretString,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite:data/sapa.db".into() }
    }
}

/// The folder of larger files.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder.
    pub folder: PathBuf,
    /// The most bytes of one upload.
    pub max_bytes: usize,
}

impl Default for Files {
    fn default() -> Self {
        Self { folder: "data/files".into(), max_bytes: 20 * 1024 * 1024 }
    }
}

/// Mail that comes in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// Where the SMTP listener listens; none: there is none.
    pub listen: Option<SocketAddr>,
    /// Where the LMTP listener listens; none: there is none.
    pub lmtp_listen: Option<SocketAddr>,
    /// The name it greets with.
    pub hostname: String,
    /// The most bytes of one mail.
    pub max_bytes: usize,
    /// The most connections at once.
    pub max_connections: usize,
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            listen: None,
            lmtp_listen: None,
            hostname: "localhost".to_owned(),
            max_bytes: 25 * 1024 * 1024,
            max_connections: 200,
        }
    }
}

/// Mail that goes out: by the relay, or into the folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The relay.
    pub relay: Option<Relay>,
    /// A folder where mail is kept instead of being sent.
    pub folder: Option<PathBuf>,
    /// The key that signs it.
    pub dkim: Option<Dkim>,
}

/// The relay that takes our mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Tls,
    /// The user name it asks for.
    pub user: Option<String>,
    /// The password it asks for.
    pub password: Option<SecretString>,
}

/// How a connection to a relay is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// STARTTLS, required.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a relay on the same machine.
    None,
}

/// The key that signs mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    /// The signing domain.
    pub domain: String,
    /// The selector.
    pub selector: String,
    /// The RSA key as PKCS#1 PEM.
    pub key: SecretString,
}

/// Telegram.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Telegram {
    /// Where the Bot API is.
    pub api_url: String,
}

impl Default for Telegram {
    fn default() -> Self {
        Self { api_url: "https://api.telegram.org".to_owned() }
    }
}

/// How conversations stay together.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conversations {
    /// A message joins the contact's open conversation if it was silent for at most so many days.
    pub join_within_days: u32,
    /// A message reopens a conversation that was solved at most so many hours ago.
    pub reopen_within_hours: u32,
}

impl Default for Conversations {
    fn default() -> Self {
        Self { join_within_days: 14, reopen_within_hours: 72 }
    }
}

impl Conversations {
    /// As the router takes it.
    #[must_use]
    pub fn policy(&self) -> crate::router::plan::Policy {
        crate::router::plan::Policy {
            join_within: Duration::from_secs(u64::from(self.join_within_days) * 24 * 3600),
            reopen_within: Duration::from_secs(u64::from(self.reopen_within_hours) * 3600),
        }
    }
}

/// How messages go out.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// For so many seconds an officer can take an answer back; it leaves after them.
    pub undo_seconds: u32,
    /// How many messages one channel sends at once.
    pub concurrency: usize,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { undo_seconds: 10, concurrency: 8 }
    }
}

/// Calls to addresses that people entered, as webhooks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbound {
    /// Inner addresses that may be called all the same (R4).
    pub allow: Vec<IpAddr>,
}

/// The log.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// As `info` or `sapa=debug,info`.
    pub level: String,
    /// One JSON object a line instead of text for people.
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), json: false }
    }
}
