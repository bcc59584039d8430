//! The line: a connection to NATS that comes back by itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_nats::{Client, ConnectOptions, Event, ServerAddr, connection::State};
use futures::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{Word, seal::Seal};
use crate::{app::App, channels::webchat, telemetry};

/// How often the screens of this node are told again, and others' that were not are forgotten.
const AGAIN: Duration = Duration::from_secs(10);

/// How long one word may take to the line, and the last ones to the server.
const PATIENCE: Duration = Duration::from_secs(2);

/// The servers in a setting: addresses with commas between them.
#[must_use]
pub fn servers(url: &SecretString) -> Option<Vec<ServerAddr>> {
    url.expose_secret().split(',').map(|one| one.trim().parse().ok()).collect()
}

/// How this program connects: what it says itself does not come back to it.
#[must_use]
pub fn options() -> ConnectOptions {
    ConnectOptions::new().name("sapa").no_echo()
}

/// Carries words until told to stop. Only with `bus.url`.
pub async fn run(app: App, stop: CancellationToken) {
    let (Some(url), Some(waiting)) = (&app.config().bus.url, &app.bus().0) else { return };
    let Some(servers) = servers(url) else { return };
    let seal = Seal::new(app.keys().derive("bus"));
    let came = Arc::new(Notify::new());
    let client = match connect(servers, came.clone()).await {
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

async fn connect(
    servers: Vec<ServerAddr>,
    came: Arc<Notify>,
) -> Result<Client, async_nats::ConnectError> {
    let told = options().retry_on_initial_connect().event_callback(move |event| {
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
    told.connect(servers).await
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
