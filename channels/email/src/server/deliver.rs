//! Hands a mail to the hub, once for each recipient.

use std::sync::Arc;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures::future::join_all;
use sapa_channel::{Arrival, ChannelId, Inbound, Original, Receipted, Refused, Unreadable};
use sha2::{Digest, Sha256};
use tokio::{task::spawn_blocking, time::timeout};

use super::Shared;
use crate::{
    address::{reply_token, split_tag, unsubscribe_token},
    parse::{Envelope, parse},
};

/// Mails up to this size are understood at once; it takes less time than to ask another thread.
const INLINE: usize = 64 << 10;

/// One recipient that was accepted.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    /// The address as it is compared, with its tag.
    pub(super) address: String,
    pub(super) channel: ChannelId,
}

/// Delivers to all recipients, and gives what became of it in their order. What is `Ok` is durable (`D1`).
pub(super) async fn deliver(
    shared: &Arc<Shared>,
    sender: &str,
    recipients: &[Recipient],
    bytes: Bytes,
) -> Vec<Result<Receipted, Refused>> {
    let Some(first) = recipients.first() else { return Vec::new() };
    let received_at = shared.config.clock.now();
    let content = understand(shared, sender, split_tag(&first.address).0, bytes.clone()).await;
    let mut order: Vec<usize> = (0..recipients.len()).collect();
    // The one with a token knows its conversation; a copy of it to the bare address is then a duplicate.
    order.sort_by_key(|at| reply_token(&recipients[*at].address).is_none());
    let deliveries = order.iter().map(|at| {
        let recipient = &recipients[*at];
        let mut content = content.clone();
        if let (Ok(Inbound::Message(message)), Some(token)) =
            (&mut content, reply_token(&recipient.address))
        {
            message.thread.token = Some(token);
        }
        if let (Ok(Inbound::Message(message)), Some(token)) =
            (&mut content, unsubscribe_token(&recipient.address))
        {
            message.unsubscribe = Some(token);
        }
        let arrival = Arrival {
            channel: recipient.channel,
            transport_key: transport_key(&recipient.address, sender, &bytes),
            original: Original {
                media_type: "message/rfc822",
                bytes: bytes.clone(),
                envelope: Some(format!("{sender}\n{}", recipient.address)),
            },
            received_at,
            content,
        };
        timeout(shared.config.delivery_timeout, shared.intake.deliver(arrival))
    });
    let mut results = vec![Err(Refused::Unavailable); recipients.len()];
    for (at, result) in order.iter().zip(join_all(deliveries).await) {
        results[*at] = result.unwrap_or(Err(Refused::Unavailable));
    }
    results
}

/// Understands a stored mail again. `envelope` is that of its [`Original`]: its sender and its recipient, a line each.
/// Without it, as from earlier times, the sender is unknown and the recipient is `mailbox`.
pub fn read_again(
    bytes: &[u8],
    envelope: Option<&str>,
    mailbox: &str,
    ours: &dyn Fn(&str) -> bool,
) -> Result<Inbound, Unreadable> {
    let (sender, recipient) = match envelope.and_then(|envelope| envelope.split_once('\n')) {
        Some((sender, recipient)) => (Some(sender), recipient),
        None => (None, mailbox),
    };
    let bare = split_tag(recipient).0;
    let mut content = parse(bytes, &Envelope { sender, recipient: &bare, ours })?;
    if let (Inbound::Message(message), Some(token)) = (&mut content, reply_token(recipient)) {
        message.thread.token = Some(token);
    }
    Ok(content)
}

/// The same for an exact redelivery, before any header of ours (`D3`).
fn transport_key(recipient: &str, sender: &str, bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [recipient.as_bytes(), sender.as_bytes()] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(bytes);
    HEXLOWER.encode(&hash.finalize())
}

async fn understand(
    shared: &Arc<Shared>,
    sender: &str,
    recipient: String,
    bytes: Bytes,
) -> Result<Inbound, Unreadable> {
    let mailboxes = shared.mailboxes.clone();
    let sender = sender.to_owned();
    let large = bytes.len() > INLINE;
    let work = move || {
        let ours = |address: &str| mailboxes.resolve(address).is_some();
        let envelope = Envelope { sender: Some(&sender), recipient: &recipient, ours: &ours };
        parse(&bytes, &envelope)
    };
    if !large {
        return work();
    }
    let Ok(place) = shared.parsers.clone().acquire_owned().await else {
        return Err(Unreadable("the parser is not available".into()));
    };
    // A thread cannot be stopped; it keeps its place until it is done, so that there are never many.
    let task = spawn_blocking(move || {
        let result = work();
        drop(place);
        result
    });
    match timeout(shared.config.parse_timeout, task).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Unreadable("the mail is broken in a way that is not understood".into())),
        Err(_) => Err(Unreadable("it takes too long to be understood".into())),
    }
}
