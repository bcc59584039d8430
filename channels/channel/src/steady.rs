//! Time that never goes back, whatever becomes of the machine's clock.
//!
//! What is stored later has a later time, or histories would be out of order. A clock that is set ahead is followed at
//! once. While it is behind what was told already, time goes on at half its speed, until the clock has caught up.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// What was told last: nanoseconds since 1970, and when that was by the watch that only goes on.
#[derive(Debug)]
struct Told {
    nanos: i64,
    at: Instant,
}

/// The time of a process.
#[derive(Debug)]
pub(crate) struct Steady(Mutex<Option<Told>>);

impl Steady {
    /// Nothing was told yet.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The time in nanoseconds since 1970, when the machine's clock says `clock` and the watch `watch`.
    pub(crate) fn now(&self, clock: i64, watch: Instant) -> i64 {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nanos = told.as_ref().map_or(clock, |told| {
            let passed = watch.saturating_duration_since(told.at).as_nanos() / 2;
            let passed = i64::try_from(passed).unwrap_or(0);
            clock.max(told.nanos.saturating_add(passed))
        });
        // Two threads may come here in the other order than that in which they asked.
        if told.as_ref().is_none_or(|told| watch >= told.at) {
            *told = Some(Told { nanos, at: watch });
        }
        nanos
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn a_clock_that_is_set_ahead_is_followed_and_one_that_is_set_back_is_waited_for() {
        let (steady, begun) = (Steady::new(), Instant::now());
        // Seconds by the watch, by the clock, and as they are told.
        for (watch, clock, told) in [
            (0, 1_000, 1_000),
            (1, 1_001, 1_001),
            (2, 5_000, 5_000),
            // An hour back: it goes on, at half its speed.
            (4, 1_402, 5_001),
            (10, 1_408, 5_004),
            (7_210, 8_608, 8_608),
            (7_211, 8_609, 8_609),
        ] {
            let at = begun + Duration::from_secs(watch);
            assert_eq!(steady.now(clock * SECOND, at), told * SECOND, "after {watch} s");
        }
    }

    #[test]
    fn it_is_not_slower_for_being_asked_often() {
        let (steady, begun) = (Steady::new(), Instant::now());
        steady.now(1_000 * SECOND, begun);
        let mut last = 0;
        for micro in 1..=2_000 {
            let now = steady.now(0, begun + Duration::from_micros(micro));
            assert!(now >= last);
            last = now;
        }
        assert_eq!(last, 1_000 * SECOND + 1_000_000);
    }
}
