//! `sapa doctor`: whether the hub can run well here.

use std::fmt;

use crate::config::Config;

mod database;
mod disk;
mod network;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Good,
    /// It works, and could be better.
    Note,
    Bad,
}

/// What was found out about one thing.
#[derive(Debug)]
struct Finding {
    verdict: Verdict,
    about: &'static str,
    what: String,
    /// What to do.
    then: String,
}

impl Finding {
    fn good(about: &'static str, what: impl Into<String>) -> Self {
        Self { verdict: Verdict::Good, about, what: what.into(), then: String::new() }
    }

    fn note(about: &'static str, what: impl Into<String>, then: impl Into<String>) -> Self {
        Self { verdict: Verdict::Note, about, what: what.into(), then: then.into() }
    }

    fn bad(about: &'static str, what: impl Into<String>, then: impl Into<String>) -> Self {
        Self { verdict: Verdict::Bad, about, what: what.into(), then: then.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.verdict {
            Verdict::Good => "good",
            Verdict::Note => "note",
            Verdict::Bad => "BAD ",
        };
        write!(f, "{mark}  {:11} {}", self.about, self.what)?;
        if !self.then.is_empty() {
            write!(f, "\n      {:11} -> {}", "", self.then)?;
        }
        Ok(())
    }
}

/// Checks all things and tells of each. Whether nothing is bad.
pub async fn run(config: &Config) -> bool {
    let mut findings = disk::check(config);
    findings.extend(database::check(config).await);
    findings.extend(network::check(config).await);
    for finding in &findings {
        println!("{finding}");
    }
    let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count();
    println!("{}", if bad == 0 { "nothing is bad".to_owned() } else { format!("{bad} bad") });
    bad == 0
}
