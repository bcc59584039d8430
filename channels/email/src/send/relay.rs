//! Sends through a relay, over connections that are kept.

use std::{
    fmt, io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Noop, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use sapa_channel::{Outcome, Retry};
use secrecy::ExposeSecret;
use tokio::{
    net::TcpStream,
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::{
    Limits, Relay, SetUpError, Tls,
    encryption::Encryption,
    outcome::{Stage, refused, words},
    wire::{Encrypted, Gone, Wire},
};
use crate::compose::Composed;

/// The connections to a relay.
pub(super) struct Pool {
    relay: Relay,
    limits: Limits,
    encryption: Encryption,
    hello: ClientId,
    places: Semaphore,
    free: Mutex<Vec<Connection>>,
}

struct Connection {
    smtp: AsyncSmtpConnection,
    gone: Gone,
    used_at: Instant,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("relay", &self.relay).finish_non_exhaustive()
    }
}

/// Why a mail could not even be begun.
enum Failed {
    /// By an answer, or by losing the connection.
    Smtp(Error, Stage, Option<String>),
    /// Before there was a dialogue.
    Io(String),
    /// It cannot be sent through this relay at all.
    Never(String),
}

impl Pool {
    pub(super) fn new(relay: Relay, limits: Limits) -> Result<Self, SetUpError> {
        let encryption = Encryption::new(&relay)?;
        let hello = relay.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let places = Semaphore::new(limits.max_connections.max(1));
        let free = Mutex::default();
        Ok(Self { relay, limits, encryption, hello, places, free })
    }

    /// Sends one mail. It ends within a few times the limits of time, waiting for a place included.
    pub(super) async fn send(&self, mail: Composed) -> Outcome {
        let wait = self.limits.command_timeout + self.limits.data_timeout;
        let Ok(Ok(_place)) = timeout(wait, self.places.acquire()).await else {
            return self.later("all connections to it are busy");
        };
        // A kept connection may have been closed by the relay meanwhile; nothing is lost with it.
        if let Some(kept) = self.kept() {
            match self.envelope(kept, &mail).await {
                Ok(connection) => return self.data(connection, &mail).await,
                Err(Failed::Smtp(error, ..)) if is_lost(&error) => {}
                Err(Failed::Io(_)) => {}
                Err(failed) => return self.failed(failed),
            }
        }
        let begun = match self.connect().await {
            Ok(connection) => self.envelope(connection, &mail).await,
            Err(failed) => Err(failed),
        };
        match begun {
            Ok(connection) => self.data(connection, &mail).await,
            Err(failed) => self.failed(failed),
        }
    }

    /// Reaches the relay, and says how.
    pub(super) async fn check(&self) -> Result<String, String> {
        let checked = async {
            let mut connection = self.connect().await?;
            let noop = timeout(self.limits.command_timeout, connection.smtp.command(Noop)).await;
            noop.map_err(|_| Failed::Io("it does not answer".into()))?
                .map_err(|error| Failed::Smtp(error, Stage::Connection, None))?;
            Ok(connection)
        };
        match checked.await {
            Ok(connection) => {
                let how = match (self.relay.tls, &self.relay.user) {
                    (Tls::None, None) => "not encrypted",
                    (Tls::None, Some(_)) => "not encrypted, signed in",
                    (_, None) => "encrypted",
                    (_, Some(_)) => "encrypted, signed in",
                };
                let name = connection.smtp.server_info().name().to_owned();
                self.keep(connection);
                Ok(format!("{}:{} answers as {name}, {how}", self.relay.host, self.relay.port))
            }
            Err(failed) => match self.failed(failed) {
                Outcome::NotSent { reason, .. } | Outcome::Unknown { reason } => Err(reason),
                Outcome::Sent { .. } => Err("the mail server answers strangely".into()),
            },
        }
    }

    fn kept(&self) -> Option<Connection> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = self.limits.idle;
        free.retain(|connection| connection.used_at.elapsed() < idle);
        free.pop()
    }

    fn keep(&self, mut connection: Connection) {
        if connection.smtp.has_broken() {
            return;
        }
        connection.used_at = Instant::now();
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < self.limits.max_connections {
            free.push(connection);
        }
    }

    async fn connect(&self) -> Result<Connection, Failed> {
        let limit = self.limits.connect_timeout;
        let late = |_| Failed::Io("it does not answer in time".into());
        timeout(limit, self.connect_unhurried()).await.map_err(late)?
    }

    async fn connect_unhurried(&self) -> Result<Connection, Failed> {
        let lost = |error: io::Error| Failed::Io(error.to_string());
        let at_connection = |error| Failed::Smtp(error, Stage::Connection, None);
        let tcp =
            TcpStream::connect((self.relay.host.as_str(), self.relay.port)).await.map_err(lost)?;
        let (wire, gone) = Wire::new(tcp).map_err(lost)?;
        let mut smtp = if let Encryption::Implicit(connector, name) = &self.encryption {
            let encrypted = connector.connect(name.clone(), wire).await.map_err(lost)?;
            let stream = Box::new(Encrypted(encrypted));
            AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await
        } else {
            AsyncSmtpConnection::connect_with_transport(Box::new(wire), &self.hello).await
        }
        .map_err(at_connection)?;
        if let Encryption::StartTls(parameters) = &self.encryption {
            smtp.starttls(parameters.clone(), &self.hello).await.map_err(at_connection)?;
        }
        if let (Some(user), Some(password)) = (&self.relay.user, &self.relay.password) {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            smtp.auth(&mechanisms, &credentials).await.map_err(at_connection)?;
        }
        Ok(Connection { smtp, gone, used_at: Instant::now() })
    }

    /// All that comes before the mail. Whatever goes wrong here, nothing was sent.
    async fn envelope(
        &self,
        mut connection: Connection,
        mail: &Composed,
    ) -> Result<Connection, Failed> {
        let begun = timeout(self.limits.command_timeout, begin(&mut connection.smtp, mail)).await;
        match begun {
            Ok(Ok(())) => Ok(connection),
            Ok(Err(failed)) => {
                let answered = matches!(&failed, Failed::Smtp(error, ..) if !is_lost(error))
                    || matches!(&failed, Failed::Never(_));
                if answered
                    && let Ok(Ok(_)) =
                        timeout(Duration::from_secs(5), connection.smtp.command(Rset)).await
                {
                    self.keep(connection);
                }
                Err(failed)
            }
            Err(_) => Err(Failed::Io("it does not answer in time".into())),
        }
    }

    /// The mail itself. From the moment when its final dot has left, a lost answer is unknown.
    async fn data(&self, mut connection: Connection, mail: &Composed) -> Outcome {
        connection.gone.reset();
        // The line end before the dot is the last one of the mail.
        let bytes = mail.bytes.strip_suffix(b"\r\n").unwrap_or(&mail.bytes);
        let answer = timeout(self.limits.data_timeout, connection.smtp.message(bytes)).await;
        let lost = match answer {
            Ok(Ok(_)) => {
                self.keep(connection);
                return Outcome::Sent { external_id: None };
            }
            Ok(Err(error)) if error.status().is_some() => {
                let outcome = refused(&self.relay.host, &error, Stage::Mail, None);
                self.keep(connection);
                return outcome;
            }
            Ok(Err(error)) => words(&error),
            Err(_) => "no answer in time".to_owned(),
        };
        if connection.gone.is_set() {
            let host = &self.relay.host;
            Outcome::Unknown {
                reason: format!(
                    "the connection to {host} was lost after the mail was sent: {lost}"
                ),
            }
        } else {
            self.later(&lost)
        }
    }

    fn failed(&self, failed: Failed) -> Outcome {
        match failed {
            Failed::Smtp(error, stage, about) => {
                refused(&self.relay.host, &error, stage, about.as_deref())
            }
            Failed::Io(what) => self.later(&what),
            Failed::Never(reason) => Outcome::NotSent { reason, retry: Retry::Never },
        }
    }

    fn later(&self, what: &str) -> Outcome {
        let reason = format!("the mail server {} could not be reached: {what}", self.relay.host);
        Outcome::NotSent { reason, retry: Retry::Later }
    }
}

/// Whether the connection is gone rather than an answer given. 421 is the goodbye of a server.
fn is_lost(error: &Error) -> bool {
    error.status().is_none_or(|code| u16::from(code) == 421)
}

async fn begin(smtp: &mut AsyncSmtpConnection, mail: &Composed) -> Result<(), Failed> {
    let ascii = |address: &String| address.is_ascii();
    let mut parameters = Vec::new();
    if !(mail.recipients.iter().all(ascii) && mail.sender.iter().all(ascii)) {
        if !smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Failed::Never(
                "the mail server cannot send to addresses with letters beyond ASCII".into(),
            ));
        }
        parameters.push(MailParameter::SmtpUtfEight);
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let at_mail = |about: Option<&String>| {
        let about = about.cloned();
        |error| Failed::Smtp(error, Stage::Mail, about)
    };
    let sender = mail.sender.as_deref().map(address);
    smtp.command(Mail::new(sender, parameters)).await.map_err(at_mail(None))?;
    for recipient in &mail.recipients {
        let command = Rcpt::new(address(recipient), Vec::new());
        smtp.command(command).await.map_err(at_mail(Some(recipient)))?;
    }
    smtp.command(Data).await.map_err(at_mail(None))?;
    Ok(())
}

/// Composed addresses are checked, and more strictly than here.
fn address(address: &str) -> Address {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    Address::new_dangerous(local, domain)
}
