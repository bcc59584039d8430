//! When a failed try is repeated.

use std::time::Duration;

use sapa_channel::Timestamp;

/// For how long a message is tried, as RFC 5321 (4.5.4.1) asks of mail.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 3600);

/// The wait after so many tries, before jitter.
fn step(attempts: u32) -> Duration {
    const MINUTES: [u64; 7] = [1, 4, 10, 30, 60, 120, 240];
    let index =
        usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(MINUTES.len() - 1);
    Duration::from_secs(60 * MINUTES[index])
}

/// When to try next; none when it is time to give up. `jitter` is between 0 and 1.
#[must_use]
pub fn next_try(
    attempts: u32,
    written_at: Timestamp,
    now: Timestamp,
    at_least: Option<Duration>,
    jitter: f64,
) -> Option<Timestamp> {
    if now.since(written_at) >= GIVE_UP_AFTER {
        return None;
    }
    let wait = step(attempts).mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0));
    Some(now.after(wait.max(at_least.unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_8_tries_go_on_for_five_days_with_growing_waits() {
        let written = Timestamp::from_seconds(1_000_000);
        let mut now = written;
        let mut tries = 0;
        let mut waits = Vec::new();
        while let Some(next) = next_try(tries + 1, written, now, None, 0.5) {
            tries += 1;
            waits.push(next.since(now));
            now = next;
            assert!(tries < 100);
        }
        assert!(tries > 20, "{tries}");
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(now.since(written) >= GIVE_UP_AFTER && now.since(written) < GIVE_UP_AFTER * 2);
    }

    #[test]
    fn what_the_other_side_asks_for_is_obeyed_and_jitter_is_bounded() {
        let now = Timestamp::from_seconds(5);
        let hour = Duration::from_secs(3600);
        assert_eq!(next_try(1, now, now, Some(hour), 0.0), Some(now.after(hour)));
        let (low, high) =
            (next_try(1, now, now, None, 0.0).unwrap(), next_try(1, now, now, None, 1.0).unwrap());
        assert_eq!((low.since(now).as_secs(), high.since(now).as_secs()), (48, 72));
    }
}
