//! Half of what the hub is built for, for a long time: its memory, open files and the log of the embedded database.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sapa_telegram::stub::Stub;
use tokio::time::sleep;

use crate::{
    client::Client,
    hub::Backend,
    mixed::RATE,
    process::Process,
    report::{Better, Report, number},
    served::Served,
    traffic::{self, Town},
};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);

/// What was seen at one look.
struct Look {
    minute: f64,
    /// Resident mebibytes, open files, mebibytes of the log.
    of: [f64; 3],
}

/// Takes the figures over so many minutes.
pub async fn run(report: &mut Report, minutes: u32) -> anyhow::Result<()> {
    let telegram = Stub::start().await?;
    let served = Served::new(Backend::Sqlite, &traffic::settings(&telegram)).await?;
    let hub = served.start()?;
    let client = Client::set_up(served.http()).await?;
    let wal = served.wal();
    let town = Town::new(served, &client, telegram, RATE / 2).await?;
    let span = Duration::from_secs(u64::from(minutes) * 60);
    let mut looks = Vec::new();
    let begun = Instant::now();
    let mut speaking = std::pin::pin!(town.speak(RATE / 2, span));
    let spoken = loop {
        tokio::select! {
            spoken = &mut speaking => break spoken,
            () = sleep(EVERY) => {}
        }
        if begun.elapsed() < span {
            looks.push(look(&hub, &wal, begun)?);
        }
    };
    let (told, served) = spoken?;
    hub.stop()?;
    served.remove().await?;

    let count = told.seen.len();
    // What a hub has to take once it has taken by the middle.
    let (first, second) = looks.split_at(looks.len() / 2);
    for (place, (figure, unit)) in
        [("memory", "MiB"), ("files", "files"), ("wal", "MiB")].into_iter().enumerate()
    {
        let mean = |looks: &[Look]| {
            looks.iter().map(|look| look.of[place]).sum::<f64>() / number(looks.len().max(1))
        };
        let last = mean(&second[second.len() / 2..]);
        let limit_is = format!(
            "the third quarter; {:+.3} {unit} a minute in the second half of {minutes} min with {count} messages, {:.1} in the first",
            slope(second, place),
            mean(first),
        );
        let limit = mean(&second[..second.len() / 2]);
        report.add(format!("soak.{figure}"), (last, unit), Better::Lower, (limit, &limit_is));
    }
    Ok(())
}

fn look(hub: &Process, wal: &Path, begun: Instant) -> anyhow::Result<Look> {
    let mebibyte = f64::from(1 << 20);
    let wal = std::fs::metadata(wal).map_or(0, |wal| wal.len());
    let of = [
        number(hub.resident()?) / mebibyte,
        number(hub.files()?),
        number(usize::try_from(wal)?) / mebibyte,
    ];
    Ok(Look { minute: begun.elapsed().as_secs_f64() / 60.0, of })
}

/// How much it grows in a minute, by the line that lies nearest to all looks.
fn slope(looks: &[Look], place: usize) -> f64 {
    let count = number(looks.len().max(1));
    let mean = |of: &dyn Fn(&Look) -> f64| looks.iter().map(of).sum::<f64>() / count;
    let (middle, height) = (mean(&|look| look.minute), mean(&|look| look.of[place]));
    let together = mean(&|look| (look.minute - middle) * (look.of[place] - height));
    let width = mean(&|look| (look.minute - middle).powi(2));
    if width > 0.0 { together / width } else { 0.0 }
}
