//! How often a caller may open pages by links that are none: whoever guesses gets nowhere, and slowly.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sapa_channel::Timestamp;

/// How many false links an address may open in a while, and how often one good link may be used.
const MOST: u32 = 60;

/// The while.
const SPAN: Duration = Duration::from_secs(600);

/// The most that is remembered.
const REMEMBERED: usize = 20_000;

/// Counts what callers do, on this node.
#[derive(Debug, Default)]
pub struct Limit(Mutex<HashMap<String, (Timestamp, u32)>>);

impl Limit {
    /// Counts one more for a key. `false` when it was too often.
    pub fn one_more(&self, key: &str, now: Timestamp) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= REMEMBERED && !counts.contains_key(key) {
            counts.retain(|_, (since, _)| now.since(*since) < SPAN);
            if counts.len() >= REMEMBERED {
                return false;
            }
        }
        let (since, count) = counts.entry(key.to_owned()).or_insert((now, 0));
        if now.since(*since) >= SPAN {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= MOST
    }

    /// Whether a key was counted too often already.
    pub fn is_over(&self, key: &str, now: Timestamp) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(key).is_some_and(|(since, count)| *count >= MOST && now.since(*since) < SPAN)
    }
}

/// A key for a network address; an IPv6 customer has a whole /64 to himself.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_is_stopped_for_a_while() {
        let limit = Limit::default();
        let now = Timestamp::from_seconds(1_000);
        assert!((0..MOST).all(|_| limit.one_more("a", now)));
        assert!(limit.is_over("a", now) && !limit.one_more("a", now));
        assert!(!limit.is_over("b", now) && limit.one_more("b", now));
        let later = now.after(SPAN);
        assert!(!limit.is_over("a", later) && limit.one_more("a", later));
    }

    #[test]
    fn the_memory_has_an_end() {
        let limit = Limit::default();
        let now = Timestamp::from_seconds(1_000);
        for n in 0..REMEMBERED {
            assert!(limit.one_more(&n.to_string(), now));
        }
        assert!(!limit.one_more("one more", now));
        assert!(limit.one_more("one more", now.after(SPAN)));
    }
}
