//! How fast mailings leave: so many a minute, evenly, over all nodes, because the next free moment lies in the database.

use std::time::Duration;

use sapa_channel::Timestamp;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// The most that a bot may write a minute to different chats; Telegram takes thirty a second.
const TELEGRAM: i64 = 25 * 60;

/// What was not used is lost after so long, so that a pause is no reason for a burst.
const CREDIT: Duration = Duration::from_millis(100);

/// Something that leaves at a limited rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The mailing, or the channel.
    subject: Uuid,
    /// Microseconds from one to the next.
    interval: i64,
}

/// The paces of a mailing: its own, and that of its channel.
#[must_use]
pub fn of(mailing: Uuid, rate: Option<i64>, channel: Uuid, kind: &str) -> Vec<Pace> {
    let limit =
        |subject, rate: i64| Pace { subject, interval: 60_000_000 / rate.clamp(1, 60_000_000) };
    let own = rate.map(|rate| limit(mailing, rate));
    let channels = (kind == "telegram").then(|| limit(channel, TELEGRAM));
    own.into_iter().chain(channels).collect()
}

/// How many of `want` may leave at a moment, and what that makes of the next free one.
fn slots(next_at: i64, interval: i64, want: i64, now: i64) -> (i64, i64) {
    let credit = i64::try_from(CREDIT.as_micros()).unwrap_or(0);
    let base = next_at.max(now - credit);
    if base > now {
        return (0, base);
    }
    (want.min((now - base) / interval + 1), base)
}

/// Takes the right to send at most `want`. Tells how many, and when to ask for more.
pub async fn take(
    tx: &mut Tx,
    paces: &[Pace],
    want: usize,
    now: Timestamp,
) -> DbResult<(usize, Timestamp)> {
    let mut granted = i64::try_from(want).unwrap_or(i64::MAX);
    let mut bases = Vec::with_capacity(paces.len());
    let mut again = now;
    for pace in paces {
        // It also locks the row until the commit.
        let next_at: i64 = on_db!(&mut *tx, |conn| sqlx::query_scalar(
            "INSERT INTO mailing_paces (subject, next_at) VALUES ($1, 0)
             ON CONFLICT (subject) DO UPDATE SET next_at = mailing_paces.next_at RETURNING next_at"
        )
        .bind(pace.subject)
        .fetch_one(conn)
        .await?);
        let (slots, base) = slots(next_at, pace.interval, granted, now.0);
        granted = slots;
        bases.push(base);
    }
    for (pace, base) in paces.iter().zip(bases) {
        let next_at = base + granted * pace.interval;
        again = again.max(Timestamp(next_at));
        if granted > 0 {
            on_db!(&mut *tx, |conn| sqlx::query(
                "UPDATE mailing_paces SET next_at = $2 WHERE subject = $1"
            )
            .bind(pace.subject)
            .bind(next_at)
            .execute(conn)
            .await
            .map(drop)?);
        }
    }
    Ok((usize::try_from(granted).unwrap_or(0), again))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many leave in a while if it is asked every so often.
    fn leave(rate: i64, every: i64, during: i64) -> i64 {
        let interval = 1_000_000 / rate;
        let (mut next_at, mut gone) = (0, 0);
        let mut now = 1_000_000_000;
        let end = now + during;
        while now < end {
            let (slots, base) = slots(next_at, interval, 64, now);
            next_at = base + slots * interval;
            gone += slots;
            now += every;
        }
        gone
    }

    #[test]
    fn no_more_leave_than_the_rate_allows_and_not_many_less() {
        for (rate, every) in [(1, 7_000), (5, 20_000), (25, 3_000), (500, 5_000), (2_000, 10_000)] {
            let gone = leave(rate, every, 10_000_000);
            assert!(gone <= rate * 10 + rate / 10 + 1, "{rate}: {gone}");
            assert!(gone >= rate * 10 * 95 / 100, "{rate}: {gone}");
        }
    }

    #[test]
    fn a_pause_gives_no_burst() {
        let (slots, _) = slots(1_000_000, 100_000, 64, 3_600_000_000);
        assert_eq!(slots, 2);
    }

    #[test]
    fn a_bot_has_a_pace_of_its_own() {
        let (mailing, channel) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(of(mailing, None, channel, "email"), []);
        assert_eq!(of(mailing, Some(600), channel, "email").len(), 1);
        let both = of(mailing, Some(600), channel, "telegram");
        assert_eq!(
            both,
            [
                Pace { subject: mailing, interval: 100_000 },
                Pace { subject: channel, interval: 40_000 }
            ]
        );
    }
}
