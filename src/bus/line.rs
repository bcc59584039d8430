//! The line: a connection to NATS that comes back by itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_nats::{Client, ConnectOptions, Event, ServerAddr, connection::State};
use futures::StreamExt;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{Word, seal::Seal};
use crate::{app::App, channels::webchat, telemetry};

/// How often the screens of this node are told again, and others' that were not are forgotten.
const AGAIN: Duration = Duration::from_secs(10);

/// How long one word may take to the line, and the last ones to the server.
const PATIENCE: Duration = Duration::from_secs(2);

/// The servers of a setting, and how one signs in there.
#[derive(Debug)]
pub struct Servers {
    addresses: Vec<ServerAddr>,
    user: String,
    password: Option<SecretString>,
}

impl Servers {
    /// Reads addresses with commas between them; none if they are not addresses of NATS servers. Who signs in stands in
    /// the first one: a user and a password, or a token alone.
    #[must_use]
    pub fn read(setting: &SecretString) -> Option<Self> {
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut servers = Self { addresses: Vec::new(), user: String::new(), password: None };
        for one in setting.expose_secret().split(',') {
            let mut url = reqwest::Url::parse(one.trim()).ok()?;
            let known = matches!(url.scheme(), "nats" | "tls") && matches!(url.path(), "" | "/");
            if !known || url.host_str().is_none_or(str::is_empty) {
                return None;
            }
            if servers.addresses.is_empty() {
                servers.user = plain(url.username());
                servers.password = url.password().map(|password| plain(password).into());
            }
            // The library does not use them, and could show them (R28).
            url.set_username("").ok()?;
            url.set_password(None).ok()?;
            servers.addresses.push(url.as_str().parse().ok()?);
        }
        Some(servers)
    }

    /// How this program connects: what it says itself does not come back to it.
    fn options(&self) -> ConnectOptions {
        let options = ConnectOptions::new().name("sapa").no_echo();
        match &self.password {
            Some(password) => {
                let password = password.expose_secret().to_owned();
                options.user_and_password(self.user.clone(), password)
            }
            None if self.user.is_empty() => options,
            None => options.token(self.user.clone()),
        }
    }

    /// Tells whether one of them is reached and lets us in, or why not.
    pub async fn check(&self) -> Result<(), String> {
        let client = self.options().connect(&self.addresses[..]).await;
        let client = client.map_err(|error| error.kind().to_string())?;
        client.flush().await.map_err(|error| error.kind().to_string())
    }
}

/// Carries words until told to stop. Only with `bus.url`.
pub async fn run(app: App, stop: CancellationToken) {
    let (Some(url), Some(waiting)) = (&app.config().bus.url, &app.bus().0) else { return };
    let Some(servers) = Servers::read(url) else { return };
    let seal = Seal::new(app.keys().derive("bus"));
    let came = Arc::new(Notify::new());
    let client = match connect(&servers, came.clone()).await {
        Ok(client) => client,
        Err(error) => {
            // Its words have no address in them (R28).
            tracing::error!(kind = %error.kind(), "the bus cannot be used");
            return;
        }
    };
    let subject = seal.subject();
    let Ok(mut heard) = client.subscribe(subject.clone()).await else { return };
    let mut words = waiting.line.lock().await;
    let mut again = tokio::time::interval(AGAIN);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = came.notified() => {
                // What was said meanwhile is lost: look at everything.
                look(&app);
                app.bus().say(Word::WhoIsThere);
                app.live().tell_others();
            }
            _ = again.tick() => {
                app.live().tell_others();
                app.live().forget_silent(Instant::now());
            }
            Some(word) = waiting.next(&mut words) => {
                if client.connection_state() == State::Connected {
                    let said = client.publish(subject.clone(), seal.close(&word).into());
                    let _ = timeout(PATIENCE, said).await;
                }
            }
            message = heard.next() => {
                let Some(message) = message else { break };
                if let Some(word) = seal.open(&message.payload) {
                    hear(&app, word);
                }
            }
        }
    }
    for word in app.live().farewell() {
        let _ = timeout(PATIENCE, client.publish(subject.clone(), seal.close(&word).into())).await;
    }
    let _ = timeout(PATIENCE, client.flush()).await;
}

async fn connect(servers: &Servers, came: Arc<Notify>) -> Result<Client, async_nats::ConnectError> {
    let told = servers.options().retry_on_initial_connect().event_callback(move |event| {
        match event {
            Event::Connected => {
                telemetry::bus(true);
                tracing::info!("the bus is reached");
                came.notify_one();
            }
            Event::Disconnected | Event::Closed => {
                telemetry::bus(false);
                tracing::warn!("the bus is away: this node looks by itself every few seconds");
            }
            Event::SlowConsumer(_) => came.notify_one(),
            _ => {}
        }
        std::future::ready(())
    });
    telemetry::bus(false);
    told.connect(&servers.addresses[..]).await
}

fn look(app: &App) {
    app.wake().log_grew_elsewhere();
    app.wake().mailing_changed_elsewhere();
}

/// Does what another node's word asks for.
fn hear(app: &App, word: Word) {
    match word {
        Word::LogGrew => app.wake().log_grew_elsewhere(),
        Word::MailingChanged => app.wake().mailing_changed_elsewhere(),
        Word::Screen { id, officer, conversation_id } => {
            app.live().hear_screen(id, officer, conversation_id);
        }
        Word::ScreenGone { id } => app.live().hear_gone(id),
        Word::WhoIsThere => app.live().tell_others(),
        Word::CustomerTyping { conversation_id, on } => {
            app.live().customer_types_elsewhere(conversation_id, on);
        }
        Word::OfficerTyping { conversation_id, on, name } => {
            let app = app.clone();
            // Best effort: the customer's side may miss it.
            tokio::spawn(async move {
                webchat::writing_elsewhere(&app, conversation_id, on, &name).await
            });
        }
        Word::OfficerRead { conversation_id } => {
            let app = app.clone();
            tokio::spawn(
                async move { webchat::officer_read_elsewhere(&app, conversation_id).await },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r28_who_signs_in_stands_in_the_setting_and_is_not_shown() {
        let setting = "nats://sapa:r%40hasia@nats1:4222, tls://nats2".into();
        let servers = Servers::read(&setting).unwrap();
        assert_eq!(servers.addresses.len(), 2);
        assert_eq!(servers.user, "sapa");
        assert_eq!(servers.password.as_ref().unwrap().expose_secret(), "r@hasia");
        assert!(!format!("{servers:?}").contains("hasia"), "{servers:?}");
        let none = Servers::read(&"nats://127.0.0.1:4222".into()).unwrap();
        assert!(none.user.is_empty() && none.password.is_none());
    }

    #[test]
    fn what_is_no_address_of_a_server_is_refused() {
        for text in ["", "nats1:4222", "https://nats1", "nats://", "nats://a,", "nats://a/b"] {
            assert!(Servers::read(&text.into()).is_none(), "{text}");
        }
    }
}
