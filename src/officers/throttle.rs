//! Slows down those who guess passwords: by account and by network address, longer with each miss.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sapa_channel::Timestamp;

/// The most accounts, and the most addresses, that are remembered.
const MOST: usize = 10_000;

/// A miss is forgotten after so long without another.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3600);

/// How many misses cost nothing, and the longest wait that the others cost.
#[derive(Clone, Copy, Debug)]
struct Limit {
    free: u32,
    longest: Duration,
}

/// Whoever knows an officer's address can make him wait, so this wait stays short.
const ACCOUNT: Limit = Limit { free: 5, longest: Duration::from_secs(60) };

/// An office shares an address, so more is free; whoever tries many accounts waits long.
const ADDRESS: Limit = Limit { free: 20, longest: Duration::from_secs(15 * 60) };

/// Remembers the misses of this process. A node of many counts for itself.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Misses>);

#[derive(Debug, Default)]
struct Misses {
    accounts: HashMap<String, Miss>,
    addresses: HashMap<String, Miss>,
}

#[derive(Clone, Copy, Debug)]
struct Miss {
    count: u32,
    last: Timestamp,
}

impl Miss {
    /// When the next try may be made.
    fn over_at(self, limit: Limit) -> Timestamp {
        let Some(beyond) = self.count.checked_sub(limit.free) else { return self.last };
        let wait =
            Duration::from_secs(1_u64.checked_shl(beyond).unwrap_or(u64::MAX)).min(limit.longest);
        self.last.after(wait)
    }
}

/// Whoever tries must wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts")]
pub struct Wait {
    /// For so many seconds.
    pub seconds: u64,
}

impl From<Wait> for crate::http::AppError {
    fn from(wait: Wait) -> Self {
        Self::TooMany { after: wait.seconds }
    }
}

impl Throttle {
    /// Begins a try. It counts as a miss until [`Throttle::passed`] says otherwise, so that many at once gain
    /// nothing. A try that is told to wait does not count. An account need not exist (R14).
    pub fn begin(&self, account: &str, address: &str, now: Timestamp) -> Result<(), Wait> {
        let mut misses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (account, address) = (account_key(account), address_key(address));
        let account_wait = wait(&misses.accounts, &account, ACCOUNT, now);
        let address_wait = wait(&misses.addresses, &address, ADDRESS, now);
        if let Some(seconds) = account_wait.max(address_wait) {
            return Err(Wait { seconds });
        }
        count(&mut misses.accounts, account, now);
        count(&mut misses.addresses, address, now);
        Ok(())
    }

    /// The try was right: the account starts anew, and the address gets this one back.
    pub fn passed(&self, account: &str, address: &str) {
        let mut misses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        misses.accounts.remove(&account_key(account));
        if let Some(miss) = misses.addresses.get_mut(&address_key(address)) {
            miss.count = miss.count.saturating_sub(1);
        }
    }
}

fn account_key(account: &str) -> String {
    crate::keys::token_hash(&account.trim().to_lowercase())
}

/// An IPv6 customer has a whole /64 to himself.
fn address_key(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

fn wait(misses: &HashMap<String, Miss>, key: &str, limit: Limit, now: Timestamp) -> Option<u64> {
    let miss = misses.get(key).filter(|miss| now.since(miss.last) < FORGOTTEN_AFTER)?;
    // A clock that was set back must not make anyone wait for ever.
    let rest = miss.over_at(limit).since(now).min(limit.longest);
    (!rest.is_zero()).then(|| rest.as_secs().max(1))
}

fn count(misses: &mut HashMap<String, Miss>, key: String, now: Timestamp) {
    if misses.len() >= MOST && !misses.contains_key(&key) {
        misses.retain(|_, miss| now.since(miss.last) < FORGOTTEN_AFTER);
        if misses.len() >= MOST
            && let Some(oldest) =
                misses.iter().min_by_key(|(_, miss)| miss.last).map(|(key, _)| key.clone())
        {
            misses.remove(&oldest);
        }
    }
    let miss = misses.entry(key).or_insert(Miss { count: 0, last: now });
    if now.since(miss.last) >= FORGOTTEN_AFTER {
        miss.count = 0;
    }
    miss.count = miss.count.saturating_add(1);
    miss.last = now;
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn later(seconds: u64) -> Timestamp {
        NOON.after(Duration::from_secs(seconds))
    }

    #[test]
    fn an_account_waits_longer_with_each_miss_and_from_everywhere() {
        let throttle = Throttle::default();
        for n in 0..5 {
            assert_eq!(throttle.begin("ayu@seruni.example", &format!("192.0.2.{n}"), NOON), Ok(()));
        }
        let mut now = NOON;
        let mut waits = Vec::new();
        for n in 0..8 {
            let Err(wait) = throttle.begin(" AYU@seruni.example", &format!("198.51.100.{n}"), now)
            else {
                panic!("{n}")
            };
            waits.push(wait.seconds);
            now = now.after(Duration::from_secs(wait.seconds));
            assert_eq!(
                throttle.begin("ayu@seruni.example", &format!("203.0.113.{n}"), now),
                Ok(())
            );
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(throttle.begin("dimas@seruni.example", "192.0.2.99", NOON), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_too() {
        let throttle = Throttle::default();
        for n in 0..20 {
            assert_eq!(throttle.begin(&format!("{n}@seruni.example"), "2001:db8::1", NOON), Ok(()));
        }
        assert!(throttle.begin("another@seruni.example", "2001:db8::2", NOON).is_err());
        assert_eq!(throttle.begin("another@seruni.example", "2001:db8:0:1::1", NOON), Ok(()));
    }

    #[test]
    fn the_right_password_clears_the_account_and_time_clears_all() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            assert_eq!(throttle.begin("ayu@seruni.example", "192.0.2.1", NOON), Ok(()));
        }
        throttle.passed("ayu@seruni.example", "192.0.2.1");
        for _ in 0..5 {
            assert_eq!(throttle.begin("ayu@seruni.example", "192.0.2.1", NOON), Ok(()));
        }
        assert!(throttle.begin("ayu@seruni.example", "192.0.2.1", NOON).is_err());
        assert_eq!(throttle.begin("ayu@seruni.example", "192.0.2.1", later(3600)), Ok(()));
        assert_eq!(throttle.begin("ayu@seruni.example", "192.0.2.1", later(3600)), Ok(()));
    }

    #[test]
    fn the_memory_has_an_end() {
        let mut misses = HashMap::new();
        for n in 0..MOST + 5 {
            count(&mut misses, n.to_string(), NOON.after(Duration::from_millis(n as u64)));
        }
        assert_eq!(misses.len(), MOST);
        assert!(!misses.contains_key("0") && misses.contains_key(&MOST.to_string()));
    }
}
