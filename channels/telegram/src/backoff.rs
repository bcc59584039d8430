//! Waiting longer after each fault.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::Timing;

/// Waits that double up to a limit, and begin anew when something went well.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(timing: &Timing) -> Self {
        Self { first: timing.first_wait, longest: timing.longest_wait, next: timing.first_wait }
    }

    /// Something went well.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }

    /// Waits the next while, at least `at_least`. `false` if it was told to stop meanwhile.
    pub(crate) async fn wait(&mut self, at_least: Duration, stop: &CancellationToken) -> bool {
        let while_ = self.next.max(at_least);
        self.next = (self.next * 2).min(self.longest);
        pause(while_, stop).await
    }
}

/// Waits a while. `false` if it was told to stop meanwhile.
pub(crate) async fn pause(while_: Duration, stop: &CancellationToken) -> bool {
    stop.run_until_cancelled(tokio::time::sleep(while_)).await.is_some()
}
