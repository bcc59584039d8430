//! Receiving by webhook: Telegram posts each update to the hub.

use std::time::Duration;

use bytes::Bytes;
use sapa_channel::{Health, Intake, Refused};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use teloxide::payloads;
use tokio_util::sync::CancellationToken;

use crate::{
    backoff::{Backoff, pause},
    fault::Fault,
    poll::ALLOWED,
    receive::Receiver,
    update::Update,
};

/// The most bytes of one posted update.
pub const MAX_WEBHOOK_BODY: usize = 1 << 20;

/// What the hub answers to Telegram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookAnswer {
    /// It is durable (`D1`).
    Taken,
    /// The secret is missing or wrong: nothing was read.
    Forbidden,
    /// More than [`MAX_WEBHOOK_BODY`] bytes: nothing was read.
    TooLarge,
    /// Not now; Telegram posts it again.
    Unavailable,
}

impl WebhookAnswer {
    /// The HTTP status to answer with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Taken => 200,
            Self::Forbidden => 403,
            Self::TooLarge => 413,
            Self::Unavailable => 503,
        }
    }
}

/// Takes one posted update.
pub(crate) async fn receive(
    receiver: &Receiver,
    secret: &SecretString,
    header: Option<&str>,
    body: Bytes,
    intake: &dyn Intake,
) -> WebhookAnswer {
    if !header.is_some_and(|header| same(header, secret.expose_secret())) {
        return WebhookAnswer::Forbidden;
    }
    if body.len() > MAX_WEBHOOK_BODY {
        return WebhookAnswer::TooLarge;
    }
    let update = Update::read(&body);
    let mut ready = receiver.ready(body, update).await;
    match receiver.deliver(&mut ready, intake).await {
        Ok(_) => WebhookAnswer::Taken,
        Err(Refused::Full | Refused::Unavailable | Refused::Conflict) => WebhookAnswer::Unavailable,
    }
}

/// Compares in a time that tells nothing, not even of the length.
fn same(given: &str, wanted: &str) -> bool {
    Sha256::digest(given).as_slice().ct_eq(Sha256::digest(wanted).as_slice()).into()
}

#[derive(Deserialize)]
struct Info {
    url: String,
    #[serde(default)]
    pending_update_count: u64,
    last_error_date: Option<i64>,
    last_error_message: Option<String>,
}

/// Sets the webhook, and looks after it until it is told to stop. It stays set, so that nothing is lost
/// over a restart.
pub(crate) async fn run(
    receiver: &Receiver,
    public_url: &str,
    secret: &SecretString,
    health: &dyn Health,
    stop: &CancellationToken,
) {
    let mut backoff = Backoff::new(&receiver.timing);
    let mut set = false;
    let mut stuck_since = None;
    loop {
        let turn = async {
            if set {
                look(receiver, public_url).await
            } else {
                register(receiver, public_url, secret).await
            }
        };
        let Some(found) = stop.run_until_cancelled(turn).await else { return };
        let wait = match found {
            Ok(Look::Well) => {
                (set, stuck_since) = (true, None);
                health.good();
                None
            }
            Ok(Look::Stuck(what)) => {
                let since = *stuck_since.get_or_insert(receiver.clock.now());
                health.bad(receiver.alarm(Some(since)).unwrap_or(what));
                None
            }
            Ok(Look::Gone) => {
                set = false;
                health.bad("somebody else changed the bot's webhook: it is set again".to_owned());
                Some(Duration::ZERO)
            }
            Err(fault) => {
                health.bad(fault.words());
                Some(Duration::ZERO)
            }
        };
        let go_on = match wait {
            None => {
                backoff.reset();
                pause(receiver.timing.check, stop).await
            }
            Some(at_least) => backoff.wait(at_least, stop).await,
        };
        if !go_on {
            return;
        }
    }
}

/// How the webhook fares.
enum Look {
    Well,
    /// Telegram has updates that it cannot post, and says why.
    Stuck(String),
    /// It is not ours any more.
    Gone,
}

async fn register(
    receiver: &Receiver,
    public_url: &str,
    secret: &SecretString,
) -> Result<Look, Fault> {
    let fields = json!({
        "url": public_url,
        "secret_token": secret.expose_secret(),
        "allowed_updates": ALLOWED,
    });
    let _: bool = receiver.api.call_named("setWebhook", &fields, receiver.timing.call).await?;
    Ok(Look::Well)
}

async fn look(receiver: &Receiver, public_url: &str) -> Result<Look, Fault> {
    let request = payloads::GetWebhookInfo::new();
    let info: Info = receiver.api.call(&request, receiver.timing.call).await?;
    if info.url != public_url {
        return Ok(Look::Gone);
    }
    let failed = info.last_error_date.is_some() && info.pending_update_count > 0;
    let why = info.last_error_message.unwrap_or_else(|| "it does not say why".to_owned());
    Ok(if failed {
        let count = info.pending_update_count;
        Look::Stuck(format!("Telegram cannot hand over {count} updates: {why}"))
    } else {
        Look::Well
    })
}
