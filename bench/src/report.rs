//! What was measured: a table for people, a line of JSON for programs.

use std::time::Duration;

use serde_json::json;

/// Which way a figure is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The more the better: a rate.
    Higher,
    /// The less the better: a time, a size.
    Lower,
}

/// One measured figure beside its limit.
#[derive(Clone, Debug)]
struct Line {
    figure: String,
    value: f64,
    unit: &'static str,
    limit: f64,
    better: Better,
    limit_is: String,
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Report(Vec<Line>);

impl Report {
    /// Begins, and says how busy the machine is.
    pub fn begin() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        eprintln!("{cores} cores, load average {}", load());
        Self::default()
    }

    /// A figure beside its limit.
    pub fn add(
        &mut self,
        figure: impl Into<String>,
        (value, unit): (f64, &'static str),
        better: Better,
        (limit, limit_is): (f64, &str),
    ) {
        let line = Line {
            figure: figure.into(),
            value,
            unit,
            limit,
            better,
            limit_is: limit_is.to_owned(),
        };
        let ratio = line.ratio();
        println!(
            "{}",
            json!({
                "figure": line.figure, "value": rounded(value), "unit": unit, "limit": rounded(limit),
                "limit_is": line.limit_is, "ratio": rounded(ratio)
            })
        );
        eprintln!("{}", line.told());
        self.0.push(line);
    }

    /// Shows the table.
    pub fn end(self) {
        eprintln!("\n{:34} {:>12} {:>12} {:>8}  limit is", "figure", "value", "limit", "ratio");
        for line in self.0 {
            eprintln!("{}", line.told());
        }
        eprintln!("load average {}", load());
    }
}

impl Line {
    fn ratio(&self) -> f64 {
        self.value / self.limit
    }

    fn told(&self) -> String {
        let sign = if self.better == Better::Higher { '↑' } else { '↓' };
        format!(
            "{:34} {:>12} {:>12} {:>8.3}{sign} {} ({})",
            self.figure,
            rounded(self.value),
            rounded(self.limit),
            self.ratio(),
            self.limit_is,
            self.unit,
        )
    }
}

fn rounded(value: f64) -> f64 {
    let scale = if value.abs() >= 100.0 { 1.0 } else { 1000.0 };
    (value * scale).round() / scale
}

fn load() -> String {
    let all = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    all.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// A count as a number to calculate with.
pub fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// So many in this time, by the second.
pub fn rate(count: usize, time: Duration) -> f64 {
    number(count) / time.as_secs_f64()
}

/// Milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The time that so many of a hundred stay below; `times` are sorted by it.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or_default()
}
