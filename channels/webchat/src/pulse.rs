//! One timer for all sockets, in place of one for each.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::{sync::watch, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Sockets are pinged in so many groups, so that they are not all woken at once.
const GROUPS: usize = 16;

/// Beats for each socket once in its span.
#[derive(Debug)]
pub(crate) struct Pulse {
    groups: Vec<watch::Receiver<()>>,
    next: AtomicUsize,
}

/// What one socket feels of it.
pub(crate) struct Beats(watch::Receiver<()>);

impl Pulse {
    /// Starts the one task that beats until it is told to stop.
    pub(crate) fn start(every: Duration, stop: CancellationToken) -> Self {
        let senders: Vec<_> = (0..GROUPS).map(|_| watch::Sender::new(())).collect();
        let groups = senders.iter().map(watch::Sender::subscribe).collect();
        tokio::spawn(async move {
            let share = every / u32::try_from(GROUPS).expect("they are few");
            let mut ticks = tokio::time::interval(share);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            for group in (0..GROUPS).cycle() {
                tokio::select! {
                    _ = ticks.tick() => {}
                    () = stop.cancelled() => return,
                }
                senders[group].send_replace(());
            }
        });
        Self { groups, next: AtomicUsize::new(0) }
    }

    /// Puts a socket into a group.
    pub(crate) fn join(&self) -> Beats {
        let mut group = self.groups[self.next.fetch_add(1, Ordering::Relaxed) % GROUPS].clone();
        group.mark_unchanged();
        Beats(group)
    }
}

impl Beats {
    /// The next beat. There is none any more when the hub stops.
    pub(crate) async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
