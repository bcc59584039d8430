//! The way out: through a relay, or into a folder.

mod encryption;
mod folder;
mod outcome;
mod relay;
mod wire;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use sapa_channel::{Capabilities, Channel, Health, Intake, Kind, Outbound, Outcome, Retry};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::{
    KIND,
    address::normalise,
    compose::{DkimKey, MailboxSettings, compose},
};
use relay::Pool;

/// Where mails go.
#[derive(Clone, Debug)]
pub enum Way {
    /// To a relay, which takes them on.
    Relay(Relay),
    /// Into a folder, one `.eml` file each: nothing leaves.
    Folder(PathBuf),
}

/// A mail server that takes our mails on.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Its name, which is also the one in its certificate.
    pub host: String,
    /// Mostly 25, 587 with STARTTLS, or 465 with implicit TLS.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// The name to sign in with, if one has to.
    pub user: Option<String>,
    /// The password to it.
    pub password: Option<SecretString>,
    /// How we greet: the full name of this host. Without one the machine's own name.
    pub hello: Option<String>,
    /// A certificate in PEM form that is trusted besides the usual ones, for relays in the house.
    pub certificate: Option<String>,
}

impl Relay {
    /// A relay that asks for nothing.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16, tls: Tls) -> Self {
        Self {
            host: host.into(),
            port,
            tls,
            user: None,
            password: None,
            hello: None,
            certificate: None,
        }
    }
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for a relay on the same machine.
    None,
    /// By STARTTLS; a relay that does not offer it gets nothing (RFC 3207).
    StartTls,
    /// From the first byte (RFC 8314).
    Implicit,
}

/// Bounds of time and number for sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most connections to the relay at once.
    pub max_connections: usize,
    /// How long connecting may take, greeting and encryption included.
    pub connect_timeout: Duration,
    /// How long the relay may take for all that comes before the mail itself.
    pub command_timeout: Duration,
    /// How long the mail and the answer to it may take. RFC 5321 advises ten minutes.
    pub data_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 8,
            connect_timeout: Duration::from_secs(20),
            command_timeout: Duration::from_secs(60),
            data_timeout: Duration::from_secs(180),
            idle: Duration::from_secs(30),
        }
    }
}

/// Why a channel cannot be set up as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetUpError {
    /// The mailbox has no plain address.
    #[error("not a plain mail address: {0}")]
    Address(String),
    /// The relay's certificate is no certificate.
    #[error("the certificate of the relay is not usable: {0}")]
    Certificate(String),
    /// The relay's name is no name.
    #[error("not a name of a host: {0}")]
    Host(String),
}

/// A mailbox of the hub, in operation. Receiving is the [`Server`](crate::Server)'s, one for all mailboxes.
#[derive(Debug)]
pub struct EmailChannel {
    settings: MailboxSettings,
    way: Open,
    dkim: Option<DkimKey>,
}

#[derive(Debug)]
enum Open {
    Relay(Arc<Pool>),
    Folder(PathBuf),
}

impl EmailChannel {
    /// Sets a mailbox up. It connects to nothing yet.
    pub fn new(
        settings: MailboxSettings,
        way: Way,
        dkim: Option<DkimKey>,
        limits: Limits,
    ) -> Result<Self, SetUpError> {
        if normalise(&settings.address).is_none() {
            return Err(SetUpError::Address(settings.address));
        }
        let way = match way {
            Way::Relay(relay) => Open::Relay(Arc::new(Pool::new(relay, limits)?)),
            Way::Folder(path) => Open::Folder(path),
        };
        Ok(Self { settings, way, dkim })
    }
}

#[async_trait]
impl Channel for EmailChannel {
    fn kind(&self) -> Kind {
        KIND
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            pull: false,
            alone: false,
            letters: true,
            retract: false,
            buttons: false,
            max_text: 100_000,
            max_file: 20 << 20,
        }
    }

    async fn run(&self, _: Arc<dyn Intake>, _: Arc<dyn Health>, _: CancellationToken) {}

    async fn send(&self, message: Outbound) -> Outcome {
        let id = message.message_id;
        let mail = match compose(&message, &self.settings, self.dkim.as_ref()) {
            Ok(mail) => mail,
            Err(error) => {
                return Outcome::NotSent { reason: error.to_string(), retry: Retry::Never };
            }
        };
        drop(message);
        match &self.way {
            Open::Relay(pool) => pool.send(mail).await,
            Open::Folder(folder) => folder::write(folder.clone(), id, mail.bytes).await,
        }
    }

    async fn check(&self) -> Result<String, String> {
        match &self.way {
            Open::Relay(pool) => pool.check().await,
            Open::Folder(folder) => folder::check(folder.clone()).await,
        }
    }
}
