//! How often a visitor may do something.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sapa_channel::Timestamp;
use uuid::Uuid;

/// So many at once, and as many again in each span of time, spread evenly (the generic cell rate algorithm).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    most: u32,
    each: Duration,
}

impl Rate {
    pub(crate) const fn new(most: u32, span: Duration) -> Self {
        let each = match span.checked_div(most) {
            Some(each) => each,
            None => Duration::MAX,
        };
        Self { most, each }
    }
}

/// When all that was done would have been done at an even pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paid(Timestamp);

impl Paid {
    /// Whether it may be done once more, and then it counts.
    pub(crate) fn once_more(&mut self, rate: Rate, now: Timestamp) -> bool {
        let next = self.0.max(now).after(rate.each);
        let allowed = next.since(now) <= rate.each * rate.most;
        if allowed {
            self.0 = next;
        }
        allowed
    }
}

/// A rate for each browser, over all its sockets. Those who do nothing take no room.
#[derive(Debug)]
pub(crate) struct Limiter {
    rate: Rate,
    paid: Mutex<HashMap<Uuid, Paid>>,
}

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, paid: Mutex::default() }
    }

    pub(crate) fn once_more(&self, visitor: Uuid, now: Timestamp) -> bool {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        if paid.len() == paid.capacity() {
            paid.retain(|_, paid| paid.0 > now);
        }
        paid.entry(visitor).or_default().once_more(self.rate, now)
    }
}

/// How many sockets each browser has open.
#[derive(Debug, Default)]
pub(crate) struct Open(Mutex<HashMap<Uuid, u32>>);

/// One of them.
pub(crate) struct Opened<'a>(&'a Open, Uuid);

impl Open {
    /// One more, unless there are `most` of them.
    pub(crate) fn one_more(&self, visitor: Uuid, most: u32) -> Option<Opened<'_>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(visitor).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Opened(self, visitor))
    }

    pub(crate) fn visitors(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::new(30, Duration::from_secs(60));

    #[test]
    fn thirty_at_once_and_then_one_every_two_seconds() {
        let limiter = Limiter::new(RATE);
        let (rina, budi) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let start = Timestamp::from_seconds(1_000);
        for _ in 0..30 {
            assert!(limiter.once_more(rina, start));
        }
        assert!(!limiter.once_more(rina, start));
        assert!(limiter.once_more(budi, start), "everybody has a rate of his own");
        let later = start.after(Duration::from_secs(2));
        assert!(limiter.once_more(rina, later));
        assert!(!limiter.once_more(rina, later));
    }

    #[test]
    fn those_who_are_silent_take_no_room() {
        let limiter = Limiter::new(RATE);
        for number in 0..10_000_u32 {
            let at = Timestamp::from_seconds(10 * i64::from(number));
            assert!(limiter.once_more(Uuid::from_u128(u128::from(number)), at));
        }
        assert!(limiter.paid.lock().unwrap().len() < 100);
    }

    #[test]
    fn closed_sockets_do_not_count() {
        let open = Open::default();
        let rina = Uuid::from_u128(1);
        let first = open.one_more(rina, 2).unwrap();
        let second = open.one_more(rina, 2).unwrap();
        assert!(open.one_more(rina, 2).is_none());
        drop(first);
        assert!(open.one_more(rina, 2).is_some());
        drop(second);
        assert_eq!(open.visitors(), 0);
    }
}
