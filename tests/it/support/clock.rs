//! A clock that goes on, and that tests move ahead.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use sapa_channel::{Clock, SystemClock, Timestamp};

/// The machine's clock, and how far a test has moved it.
#[derive(Debug, Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Moves it ahead.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).expect("a bounded while"), Ordering::SeqCst);
    }

    /// Moves it ahead by days.
    pub fn advance_days(&self, days: u64) {
        self.advance(Duration::from_secs(days * 24 * 3600));
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }
}
