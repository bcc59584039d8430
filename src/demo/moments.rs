//! When things happened: the files tell everything as a time before the demonstration's moment.

use std::time::Duration;

use anyhow::{Context, ensure};
use sapa_channel::Timestamp;

const DAY: i64 = 24 * 3600;

/// The texts are laid out for 10:19 in Jakarta, which is 03:19 in UTC the year round.
const TOLD_AT: i64 = 3 * 3600 + 19 * 60;

/// What is no longer ago than this happens this very morning.
const MORNING: Duration = Duration::from_secs(4 * 3600);

/// The demonstration's moment.
///
/// This morning is counted back from now, and everything before from the 10:19 nearest to now: so office hours
/// are office hours whenever the demonstration begins, and one thing still comes after the other.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// Now.
    pub now: Timestamp,
    told_at: Timestamp,
}

impl Moments {
    /// With this as now.
    pub fn at(now: Timestamp) -> Self {
        let days = (now.seconds() - TOLD_AT + DAY / 2).div_euclid(DAY);
        Self { now, told_at: Timestamp::from_seconds(days * DAY + TOLD_AT) }
    }

    /// So long ago, as `P2DT2H5M`.
    pub fn ago(&self, text: &str) -> anyhow::Result<Timestamp> {
        let ago = duration(text)?;
        Ok(if ago <= MORNING { self.now.before(ago) } else { self.told_at.before(ago) })
    }

    /// So long from now, at the hour that was meant; never in the past.
    pub fn ahead(&self, text: &str) -> anyhow::Result<Timestamp> {
        let ahead = duration(text)?;
        let meant = self.told_at.after(ahead);
        Ok(if meant > self.now { meant } else { self.now.after(ahead) })
    }

    /// A while after something; what has happened is not in the future.
    pub fn soon_after(&self, at: Timestamp, seconds: u64) -> Timestamp {
        at.after(Duration::from_secs(seconds)).min(self.now)
    }
}

/// An ISO 8601 duration of days, hours and minutes.
fn duration(text: &str) -> anyhow::Result<Duration> {
    let span: jiff::Span = text.parse().with_context(|| format!("{text:?} is no duration"))?;
    let seconds = i64::from(span.get_days()) * DAY
        + i64::from(span.get_hours()) * 3600
        + span.get_minutes() * 60;
    let plain = span.get_years() == 0 && span.get_months() == 0 && span.get_seconds() == 0;
    ensure!(plain, "{text:?} is not in days, hours and minutes");
    Ok(Duration::from_secs(
        u64::try_from(seconds).with_context(|| format!("{text:?} is negative"))?,
    ))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("2026-11-23T03:19:00Z")]
    #[case("2026-11-23T00:00:00Z")]
    #[case("2026-11-23T15:18:00Z")]
    #[case("2026-11-22T15:20:00Z")]
    fn earlier_days_keep_their_office_hours_whenever_it_begins(#[case] now: &str) {
        let moments = Moments::at(time(now));
        // Two days and five minutes before 10:19 is 10:14 in Jakarta.
        assert_eq!(moments.ago("P2DT5M").unwrap(), time("2026-11-21T03:14:00Z"));
        assert_eq!(moments.ago("PT1H5M").unwrap(), time(now).before(Duration::from_secs(3900)));
        assert_eq!(moments.ahead("PT22H41M").unwrap(), time("2026-11-24T02:00:00Z"));
    }

    #[test]
    fn what_was_before_this_morning_stays_before_it_at_any_hour() {
        for hour in 0..48 {
            let moments =
                Moments::at(time("2026-11-23T00:30:00Z").after(Duration::from_secs(hour * 3600)));
            assert!(moments.ago("PT16H").unwrap() <= moments.ago("PT4H").unwrap(), "{hour}");
            assert!(moments.ago("P1D").unwrap() < moments.ago("PT16H").unwrap());
            assert!(moments.ahead("PT1H").unwrap() > moments.now);
        }
    }

    #[test]
    fn a_duration_is_days_hours_and_minutes() {
        assert_eq!(duration("P228DT22H59M").unwrap().as_secs(), ((228 * 24 + 22) * 60 + 59) * 60);
        assert_eq!(duration("P3DT49M").unwrap().as_secs(), (3 * 24 * 60 + 49) * 60);
        for wrong in ["", "2H", "-PT1H", "P1M", "PT5S", "P1Y"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_follows_has_happened_already() {
        let moments = Moments::at(time("2026-11-23T03:19:00Z"));
        assert_eq!(moments.soon_after(moments.now, 60), moments.now);
    }
}
