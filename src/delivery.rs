//! Delivery: the way out of messages. Attempts are recorded before they can have an effect (D6), and messages
//! of one conversation leave one channel in the order in which they were written (D8).

use std::sync::Arc;

use tokio::sync::{Notify, futures::Notified, watch};

use crate::bus::{Bus, Word};

pub mod ledger;
pub mod outbound;
pub mod queries;
pub mod recovery;
pub mod release;
pub mod retry;
pub mod worker;

/// Wakes those who wait for work, on this node and on the others. A lost call costs nothing: everybody also looks by
/// himself every few seconds (D5).
#[derive(Debug)]
pub struct Wake {
    bus: Bus,
    log: watch::Sender<i64>,
    delivery: Arc<Notify>,
    mailings: Arc<Notify>,
}

impl Wake {
    /// Nobody waits yet.
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self { bus, log: watch::Sender::new(0), delivery: Arc::default(), mailings: Arc::default() }
    }

    /// The log has grown.
    pub fn log_grew(&self) {
        self.log_grew_elsewhere();
        self.bus.say(Word::LogGrew);
    }

    /// Another node says that the log has grown.
    pub fn log_grew_elsewhere(&self) {
        self.log.send_modify(|times| *times += 1);
    }

    /// Changes whenever the log has grown; the number itself says nothing.
    #[must_use]
    pub fn subscribe_log(&self) -> watch::Receiver<i64> {
        self.log.subscribe()
    }

    /// There is something to deliver. Only this node is told: it takes it at once, and if it is too busy the others
    /// find it when they look by themselves.
    pub fn delivery_due(&self) {
        self.delivery.notify_waiters();
    }

    /// A mailing has begun, ended, or has something to send again.
    pub fn mailing_changed(&self) {
        self.mailing_changed_elsewhere();
        self.bus.say(Word::MailingChanged);
    }

    /// Another node says that a mailing has changed.
    pub fn mailing_changed_elsewhere(&self) {
        self.mailings.notify_waiters();
    }

    /// Ends when a mailing has changed, also if that was said between this call and the waiting.
    pub fn mailings(&self) -> Notified<'_> {
        self.mailings.notified()
    }

    /// Ends when there is something to deliver, also if that was said between this call and the waiting.
    pub fn delivery(&self) -> Notified<'_> {
        self.delivery.notified()
    }
}
