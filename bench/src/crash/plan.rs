//! What is done to the hub, in which order: all of it follows from the seed.

use std::time::Duration;

use bench::{dice::Dice, hub::Backend};
use sapa_channel::points;

/// What was ordered.
#[derive(Clone, Copy, Debug)]
pub struct Orders {
    /// Kills at random moments.
    pub random: usize,
    /// Kills at each named place.
    pub points: usize,
    /// Of how many of the named places, chosen by chance.
    pub places: usize,
    /// The database.
    pub backend: Backend,
    /// Whether the disk can be made slow.
    pub slow: bool,
    /// Where chance begins.
    pub seed: u64,
}

/// How one life of the hub ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// By SIGKILL, so long after its start.
    Random(Duration),
    /// By itself, at a named place when it gets there for the so-manieth time.
    Point(&'static str, usize),
    /// By SIGKILL, after a time in which connections to PostgreSQL were cut in the middle of a COMMIT.
    Cuts(Duration),
    /// By SIGKILL, after PostgreSQL was gone for so long and has come back.
    Outage(Duration),
    /// By SIGKILL, after PostgreSQL itself was killed twice, with such pauses.
    ServerKilled(Duration),
    /// By SIGKILL, after the clock was set back, ahead again and further ahead, with such pauses.
    Jumps(Duration),
    /// By SIGKILL, after the disk was slow for so long.
    Slow(Duration),
    /// By SIGTERM, so long after it became ready.
    Told(Duration),
}

/// A part of the run: how updates come from Telegram, and the lives of the hub in it.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Whether Telegram posts updates, or is asked for them.
    pub posts: bool,
    /// How the hub's lives end, one after the other.
    pub ends: Vec<End>,
}

/// The two phases.
pub fn plan(orders: Orders) -> [Phase; 2] {
    let mut dice = Dice(orders.seed);
    let mut phases = [false, true].map(|posts| Phase { posts, ends: Vec::new() });
    for number in 0..orders.random {
        let millis = 150 + u64::try_from(dice.below(1_400)).unwrap_or_default();
        phases[number % 2].ends.push(End::Random(Duration::from_millis(millis)));
    }
    let mut places = points::ALL;
    shuffle(&mut places, &mut dice);
    for name in places.into_iter().take(orders.places) {
        for number in 0..orders.points {
            let phase = match name.split('.').next() {
                Some("telegram") => 0,
                Some("hook") => 1,
                _ => (number + dice.below(2)) % 2,
            };
            // These come seldom.
            let seldom = name.starts_with("start.") || name.starts_with("mailing.");
            let times = if seldom { 1 } else { 1 + dice.below(4) };
            phases[phase].ends.push(End::Point(name, times));
        }
    }
    let on_postgres = orders.backend == Backend::Postgres;
    for (place, phase) in phases.iter_mut().enumerate() {
        let told = 1 + phase.ends.len() / 25;
        for number in 0..told {
            let millis = 300 + u64::try_from(dice.below(1_000)).unwrap_or_default();
            phase.ends.push(End::Told(Duration::from_millis(millis)));
            if on_postgres {
                phase.ends.push(End::Cuts(Duration::from_millis(1_000 + millis)));
                phase.ends.push(End::Outage(Duration::from_millis(500 + millis)));
            }
            // One of these at a time, in turn.
            let pause = Duration::from_millis(300 + millis / 2);
            let mut faults = vec![End::Jumps(pause)];
            if on_postgres {
                faults.push(End::ServerKilled(pause));
            }
            if orders.slow {
                faults.push(End::Slow(3 * pause));
            }
            phase.ends.push(faults.swap_remove((number + place) % faults.len()));
        }
        shuffle(&mut phase.ends, &mut dice);
    }
    phases
}

/// Fisher's and Yates's.
fn shuffle<T>(list: &mut [T], dice: &mut Dice) {
    for last in (1..list.len()).rev() {
        list.swap(last, dice.below(last + 1));
    }
}
