//! From an update to an arrival that is durable, in either mode.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use sapa_channel::{
    Arrival, ChannelId, Clock, Inbound, Intake, Original, Receipted, Refused, Timestamp,
};
use sha2::{Digest, Sha256};
use teloxide::{payloads, types::CallbackQueryId};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Timing, api::Api, fetch, update::Update};

/// Telegram keeps updates for 24 hours; when some have waited half of that, somebody must look.
const ALARM: Duration = Duration::from_secs(12 * 60 * 60);
/// As many updates with files are in memory at once.
const WITH_FILES: usize = 4;

/// What both ways of receiving need.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) channel: ChannelId,
    pub(crate) api: Arc<Api>,
    pub(crate) timing: Timing,
    pub(crate) clock: Arc<dyn Clock>,
    with_files: Semaphore,
}

/// An arrival that is ready to be handed over, with what follows when it is durable.
pub(crate) struct Ready<'a> {
    arrival: Arrival,
    pressed: Option<CallbackQueryId>,
    /// Held until the files are out of memory again.
    _room: Option<SemaphorePermit<'a>>,
}

impl Receiver {
    pub(crate) fn new(
        channel: ChannelId,
        api: Arc<Api>,
        timing: Timing,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { channel, api, timing, clock, with_files: Semaphore::new(WITH_FILES) }
    }

    /// Fetches the files that belong to the update.
    pub(crate) async fn ready(&self, raw: Bytes, update: Update) -> Ready<'_> {
        let received_at = self.clock.now();
        let mut content = update.content;
        let mut room = None;
        if let (Ok(Inbound::Message(message)), false) = (&mut content, update.wanted.is_empty()) {
            room = self.with_files.acquire().await.ok();
            fetch::fetch(&self.api, &self.timing, &update.wanted, message).await;
        }
        let arrival = Arrival {
            channel: self.channel,
            transport_key: transport_key(update.id, &raw),
            original: Original { media_type: "application/json", bytes: raw, envelope: None },
            received_at,
            content,
        };
        Ready { arrival, pressed: update.pressed, _room: room }
    }

    /// Hands it over once. After `Ok` it is durable and may be acknowledged (`D1`).
    pub(crate) async fn deliver(
        &self,
        ready: &mut Ready<'_>,
        intake: &dyn Intake,
    ) -> Result<Receipted, Refused> {
        let mut result = intake.deliver(ready.arrival.clone()).await;
        if result == Err(Refused::Conflict) {
            // Telegram's numbers may begin anew (D3): this is another update with an old number. With its
            // content in the key both are kept, and the logical key decides whether it is known.
            let arrival = &mut ready.arrival;
            arrival.transport_key =
                format!("{}-{}", arrival.transport_key, digest(&arrival.original.bytes));
            result = intake.deliver(arrival.clone()).await;
        }
        if result.is_ok() {
            self.release_button(ready.pressed.take());
        }
        result
    }

    /// Tells the customer's device that the press has arrived. Nothing depends on it.
    fn release_button(&self, pressed: Option<CallbackQueryId>) {
        let Some(pressed) = pressed else { return };
        let (api, timeout) = (self.api.clone(), self.timing.call);
        tokio::spawn(async move {
            let request = payloads::AnswerCallbackQuery::new(pressed);
            if let Err(fault) = api.call::<_, bool>(&request, timeout).await {
                tracing::debug!(fault = fault.words(), "a pressed button was not released");
            }
        });
    }

    /// What an administrator must hear when updates waited for long: after 24 hours Telegram drops them.
    pub(crate) fn alarm(&self, oldest: Option<Timestamp>) -> Option<String> {
        self.hours(oldest?).map(|hours| {
            format!(
                "messages have waited at Telegram for {hours} hours: after 24 hours they are lost"
            )
        })
    }

    /// The same when Telegram could not be asked for so long, so that nobody knows what waits there.
    pub(crate) fn silence(&self, since: Timestamp) -> Option<String> {
        self.hours(since).map(|hours| {
            format!(
                "Telegram could not be asked for {hours} hours: after 24 hours messages are lost"
            )
        })
    }

    fn hours(&self, since: Timestamp) -> Option<u64> {
        let waited = self.clock.now().since(since);
        (waited >= ALARM).then_some(waited.as_secs() / 3600)
    }
}

/// The same for an exact redelivery (`D3`). What has no number is known by its content.
fn transport_key(id: Option<i64>, raw: &[u8]) -> String {
    id.map_or_else(|| format!("x{}", digest(raw)), |id| format!("u{id}"))
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    Sha256::digest(bytes).iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
