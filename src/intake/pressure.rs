//! How many arrivals wait for their commit. What can be done later makes way for them.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// Nobody makes way for so few: they share the next commit, and the hub has time left.
const FEW: usize = 32;

/// How often who makes way looks again, and how often in a row there must be few: between two commits there are.
const LOOK: Duration = Duration::from_millis(2);
const LOOKS: u32 = 10;

/// Counts the arrivals that are not yet durable.
#[derive(Debug, Default)]
pub struct Pressure(AtomicUsize);

/// One arrival, until it is dropped.
#[derive(Debug)]
pub struct Held<'p>(&'p Pressure);

impl Pressure {
    /// Counts one more.
    pub fn hold(&self) -> Held<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Held(self)
    }

    /// Waits until few wait to be stored for a while, but no longer than `most`.
    pub async fn make_way(&self, most: Duration) {
        let waiting = async {
            // An idle hub waits for nothing.
            let mut few = if self.0.load(Ordering::Relaxed) == 0 { LOOKS } else { 0 };
            while few < LOOKS {
                if self.0.load(Ordering::Relaxed) > FEW {
                    few = 0;
                } else {
                    few += 1;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let _ = tokio::time::timeout(most, waiting).await;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FEW, Pressure};

    #[tokio::test]
    async fn who_makes_way_waits_for_many_arrivals_and_not_for_ever() {
        let pressure = Pressure::default();
        let for_ever = Duration::from_secs(3600);
        let mut waiting: Vec<_> = (0..FEW).map(|_| pressure.hold()).collect();
        pressure.make_way(for_ever).await;
        waiting.push(pressure.hold());
        // It ends although as many still wait.
        pressure.make_way(Duration::from_millis(10)).await;
        let mut way = std::pin::pin!(pressure.make_way(for_ever));
        assert!(futures::poll!(way.as_mut()).is_pending());
        waiting.pop();
        way.await;
    }
}
