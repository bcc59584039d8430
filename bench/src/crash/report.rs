//! What was found: a table for people, a line of JSON for programs.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    /// `sqlite` or `postgres`.
    pub backend: &'static str,
    /// The seed.
    pub seed: u64,
    /// Kills at random moments.
    pub random: usize,
    /// Deaths at named places.
    pub points: usize,
    /// Named places that were ordered and never reached.
    pub unreached: BTreeSet<&'static str>,
    /// Connections that were cut in the middle of a COMMIT.
    pub cuts: usize,
    /// How often PostgreSQL was gone for a while.
    pub outages: usize,
    /// How often PostgreSQL itself was killed: a process of it, or all.
    pub server_kills: usize,
    /// How often the clock was set.
    pub jumps: usize,
    /// How often the disk was slow.
    pub slow: usize,
    /// How often the hub was told to stop.
    pub told: usize,
    /// The longest that it took to stop.
    pub longest_stop: Duration,
    /// What was acknowledged.
    pub taken: usize,
    /// Messages that left: mails, and what Telegram took.
    pub left: usize,
    /// Acknowledged and not there, or not to be seen.
    pub lost: BTreeSet<String>,
    /// Said once and there twice.
    pub doubled_in: BTreeSet<String>,
    /// Left twice although that is forbidden.
    pub doubled_out: BTreeSet<String>,
    /// Officers' mails that left twice, with the same bytes.
    pub resent: BTreeSet<String>,
    /// Out of order.
    pub inversions: BTreeSet<String>,
    /// Of which nobody knows whether they arrived.
    pub unknown: BTreeSet<String>,
    /// Of these, not shown as such.
    pub hidden: BTreeSet<String>,
    /// Anything else that should not be.
    pub odd: BTreeSet<String>,
}

impl Report {
    fn faults(&self) -> [(&'static str, &BTreeSet<String>); 6] {
        [
            ("lost", &self.lost),
            ("doubled on the way in", &self.doubled_in),
            ("doubled on the way out", &self.doubled_out),
            ("out of order", &self.inversions),
            ("unknown and hidden", &self.hidden),
            ("otherwise wrong", &self.odd),
        ]
    }

    /// In one line, while it goes on, and what is wrong below it.
    pub fn so_far(&self) -> String {
        let counts = self.faults().map(|(name, faults)| format!("{} {name}", faults.len()));
        let deaths = self.random + self.points;
        let mut told =
            format!("{deaths} deaths, {} acknowledged: {}", self.taken, counts.join(", "));
        for (name, faults) in self.faults() {
            told.extend(faults.iter().take(5).map(|fault| format!("\n  {name}: {fault}")));
        }
        told
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.unreached.is_empty() && self.faults().iter().all(|(_, faults)| faults.is_empty())
    }

    /// Shows it.
    pub fn show(&self) {
        for (name, faults) in self.faults() {
            for fault in faults.iter().take(20) {
                eprintln!("{name}: {fault}");
            }
        }
        for name in &self.unreached {
            eprintln!("never reached: {name}");
        }
        let stop = format!("{:.1} s", self.longest_stop.as_secs_f64());
        let lines = [
            ("kills at random moments", self.random.to_string()),
            ("deaths at named places", self.points.to_string()),
            ("places never reached", self.unreached.len().to_string()),
            ("connections cut in a COMMIT", self.cuts.to_string()),
            ("outages of PostgreSQL", self.outages.to_string()),
            ("kills of PostgreSQL", self.server_kills.to_string()),
            ("times that the clock was set", self.jumps.to_string()),
            ("times that the disk was slow", self.slow.to_string()),
            ("told to stop", self.told.to_string()),
            ("longest stop", stop),
            ("acknowledged", self.taken.to_string()),
            ("left the house", self.left.to_string()),
            ("officers' mails sent twice, as they may", self.resent.len().to_string()),
            ("unknown, as shown", self.unknown.len().to_string()),
        ];
        eprintln!("\n{} with --seed {}", self.backend, self.seed);
        for (name, value) in lines {
            eprintln!("{name:42} {value:>10}");
        }
        for (name, faults) in self.faults() {
            eprintln!("{name:42} {:>10}", faults.len());
        }
        println!(
            "{}",
            json!({
                "backend": self.backend, "seed": self.seed, "random": self.random, "points": self.points,
                "unreached": self.unreached, "cuts": self.cuts, "outages": self.outages, "server_kills": self.server_kills,
                "jumps": self.jumps, "slow": self.slow, "told": self.told,
                "longest_stop_ms": u64::try_from(self.longest_stop.as_millis()).unwrap_or(u64::MAX),
                "taken": self.taken, "left": self.left, "lost": self.lost.len(),
                "doubled_in": self.doubled_in.len(), "doubled_out": self.doubled_out.len(),
                "resent": self.resent.len(), "inversions": self.inversions.len(),
                "unknown": self.unknown.len(), "hidden": self.hidden.len(), "odd": self.odd.len(),
            })
        );
    }
}
