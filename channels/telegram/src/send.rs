//! Sending a message, which may need several of Telegram's.
//!
//! The first part decides as the table of ways out says. When a part after it fails, the message is
//! neither sent nor surely not sent, and sending it again would double what arrived: a part that is
//! surely not sent is tried again for a while, and then the outcome is [`Outcome::Unknown`] with words
//! that tell how much the customer has.

pub(crate) mod keyboard;
mod parts;
mod split;

use std::time::Duration;

use sapa_channel::{Outbound, Outcome, Retry};
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use crate::{Timing, api::Api, fault::Fault, update::external_id};
use parts::{Body, Part};

/// The most UTF-16 units of text in one of Telegram's messages.
pub(crate) const MAX_TEXT: usize = 4096;
/// The most bytes of a file that a bot can send.
pub(crate) const MAX_FILE: usize = 50_000_000;
/// How long the parts after the first are tried again.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is wanted of Telegram's answer. Not its whole message: what is newer than the types must not
/// make "sent" an "unknown".
#[derive(Deserialize)]
struct Sent {
    message_id: i32,
    chat: Chat,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

/// Sends one message. It ends within the call's time for each part, and some patience.
pub(crate) async fn send(api: &Api, timing: &Timing, message: Outbound) -> Outcome {
    let parts = match parts::parts(&message) {
        Ok(parts) => parts,
        Err(reason) => return Outcome::NotSent { reason, retry: Retry::Never },
    };
    let count = parts.len();
    let with_buttons = parts.iter().position(|part| part.keyboard.is_some());
    let mut ids = Vec::with_capacity(count);
    let mut end = None;
    for part in parts {
        let result = match end {
            None => deliver(api, timing, part).await,
            Some(end) => with_patience(api, timing, part, end).await,
        };
        match result {
            Ok(sent) => ids.push(external_id(sent.chat.id, sent.message_id)),
            Err(fault) if ids.is_empty() => return fault.outcome(),
            Err(fault) => {
                let sent = ids.len();
                let reason = format!(
                    "the customer has {sent} of {count} parts, the next failed: {}",
                    fault.words()
                );
                return Outcome::Unknown { reason };
            }
        }
        end.get_or_insert_with(|| Instant::now() + PATIENCE);
    }
    // What is answered by a press has the buttons; what is answered in words is most often the first.
    let external_id = ids.into_iter().nth(with_buttons.unwrap_or(0));
    Outcome::Sent { external_id }
}

/// Tries a part again while it is surely not sent and may be later.
async fn with_patience(
    api: &Api,
    timing: &Timing,
    part: Part,
    end: Instant,
) -> Result<Sent, Fault> {
    let mut wait = timing.first_wait;
    loop {
        let fault = match deliver(api, timing, part.clone()).await {
            Ok(sent) => return Ok(sent),
            Err(fault) => fault,
        };
        let pause = match &fault {
            Fault::Unreached(_) => wait,
            Fault::Refused { code: 429, retry_after, .. } => retry_after.unwrap_or(wait),
            _ => return Err(fault),
        };
        if Instant::now() + pause >= end {
            return Err(fault);
        }
        sleep(pause).await;
        wait *= 2;
    }
}

async fn deliver(api: &Api, timing: &Timing, part: Part) -> Result<Sent, Fault> {
    match &part.body {
        Body::Text(request) => api.call(&**request, timing.call).await,
        Body::File { picture: true, .. } => {
            match api
                .upload("sendPhoto", part.fields(), "photo", part.upload(), timing.upload)
                .await
            {
                // Too narrow, too large in pixels, or broken: it is a file all the same.
                Err(fault) if fault.dislikes_picture() => as_document(api, timing, &part).await,
                result => result,
            }
        }
        Body::File { picture: false, .. } => as_document(api, timing, &part).await,
    }
}

async fn as_document(api: &Api, timing: &Timing, part: &Part) -> Result<Sent, Fault> {
    api.upload("sendDocument", part.fields(), "document", part.upload(), timing.upload).await
}
