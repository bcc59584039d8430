//! Time that never goes back, whatever becomes of the machine's clock.
//!
//! What is stored later has a later time, or histories would be out of order. A clock that is set ahead is followed at
//! once. While it is behind what was told already, time goes on at half its speed, until the clock has caught up.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// A clock that is further behind than this, in nanoseconds, is believed: then what was stored had a wrong time, and to
/// go on from there would be worse than a history that is out of order. A day.
const MOST_BEHIND: i64 = 24 * 3600 * 1_000_000_000;

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

    /// Goes on from what an earlier process told, if the machine's clock is not much behind that. Tells whether it does.
    pub(crate) fn not_before(&self, earlier: i64, clock: i64, watch: Instant) -> bool {
        if earlier.saturating_sub(clock) > MOST_BEHIND {
            return false;
        }
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_ref().is_none_or(|told| told.nanos < earlier) {
            *told = Some(Told { nanos: earlier, at: watch });
        }
        true
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
    fn a_process_goes_on_from_what_an_earlier_one_told() {
        let (steady, begun) = (Steady::new(), Instant::now());
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert!(steady.not_before(5_000 * SECOND, 1_000 * SECOND, begun));
        assert_eq!(steady.now(1_004 * SECOND, at(4)), 5_002 * SECOND);
        assert_eq!(steady.now(6_000 * SECOND, at(5_000)), 7_500 * SECOND);
        assert_eq!(steady.now(9_000 * SECOND, at(8_000)), 9_000 * SECOND);
        // What an earlier one told is no news any more.
        assert!(steady.not_before(5_000 * SECOND, 9_001 * SECOND, at(8_001)));
        assert_eq!(steady.now(9_001 * SECOND, at(8_001)), 9_001 * SECOND);
        // A year ahead: that was wrong.
        let year = 365 * 24 * 3600 * SECOND;
        assert!(!steady.not_before(year, 9_002 * SECOND, at(8_002)));
        assert_eq!(steady.now(9_002 * SECOND, at(8_002)), 9_002 * SECOND);
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
