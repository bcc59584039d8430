//! Delivery: the way out of messages. Attempts are recorded before they can have an effect (D6), and messages
//! of one conversation leave one channel in the order in which they were written (D8).

use std::sync::Arc;

use tokio::sync::{Notify, futures::Notified, watch};

pub mod ledger;
pub mod outbound;
pub mod queries;
pub mod release;
pub mod retry;
pub mod worker;

/// Wakes those who wait for work. A lost call costs nothing: everybody also looks by himself every few
/// seconds (D5).
#[derive(Debug)]
pub struct Wake {
    log: watch::Sender<i64>,
    delivery: Arc<Notify>,
    mailings: Arc<Notify>,
}

impl Default for Wake {
    fn default() -> Self {
        Self { log: watch::Sender::new(0), delivery: Arc::default(), mailings: Arc::default() }
    }
}

impl Wake {
    /// The log has grown.
    pub fn log_grew(&self) {
        self.log.send_modify(|times| *times += 1);
    }

    /// Changes whenever the log has grown; the number itself says nothing.
    #[must_use]
    pub fn subscribe_log(&self) -> watch::Receiver<i64> {
        self.log.subscribe()
    }

    /// There is something to deliver.
    pub fn delivery_due(&self) {
        self.delivery.notify_waiters();
    }

    /// A mailing has begun, ended, or has something to send again.
    pub fn mailing_changed(&self) {
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
