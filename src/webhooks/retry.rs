//! When a delivery is tried again.

use std::time::Duration;

use sapa_channel::Timestamp;

/// A delivery is given up so long after it was queued.
pub const PATIENCE: Duration = Duration::from_secs(3 * 24 * 3600);

/// The first wait; each further one is three times as long.
const FIRST: Duration = Duration::from_secs(10);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(6 * 3600);

/// When to try again after so many tries, or none if it is given up. The chance, from 0 to 1, keeps those that
/// failed together from coming back together.
#[must_use]
pub fn again_at(
    queued_at: Timestamp,
    attempts: i64,
    now: Timestamp,
    chance: f64,
) -> Option<Timestamp> {
    let threes = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let wait = FIRST.saturating_mul(3_u32.saturating_pow(threes)).min(LONGEST);
    let at = now.after(wait.mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0)));
    (at.since(queued_at) <= PATIENCE).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUED: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn the_waits_grow_to_six_hours_and_end_after_three_days() {
        let (mut now, mut waits) = (QUEUED, Vec::new());
        for attempts in 1.. {
            let Some(at) = again_at(QUEUED, attempts, now, 0.5) else { break };
            waits.push(at.since(now).as_secs());
            now = at;
        }
        assert_eq!(&waits[..8], [10, 30, 90, 270, 810, 2430, 7290, 21600]);
        assert!(waits[8..].iter().all(|wait| *wait == 21600));
        let lasted = now.since(QUEUED);
        assert!(lasted <= PATIENCE && lasted + LONGEST > PATIENCE, "{lasted:?}");
    }

    #[test]
    fn chance_moves_a_wait_by_a_fifth() {
        let wait = |chance| again_at(QUEUED, 1, QUEUED, chance).unwrap().since(QUEUED).as_millis();
        assert_eq!((wait(0.0), wait(1.0)), (8000, 12000));
    }
}
