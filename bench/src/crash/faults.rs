//! What befalls a hub that is alive: its database goes away, its clock is set, its disk is slow.

use std::time::Duration;

use anyhow::{Context, ensure};
use bench::process::Process;
use tokio::time::{Instant, sleep};

use crate::{
    hub::{Place, wait_ready},
    plan::End,
    proxy::Cut,
    report::Report,
    slow::SlowDisk,
};

/// By how much a clock is set back, and ahead: more than any lease lasts.
const BACK: i64 = -3600;
const AHEAD: i64 = 700;

/// Starts a hub and lets it befall. Tells the hub, which should still be alive.
pub async fn befall(place: &Place, end: &End, report: &mut Report) -> anyhow::Result<Process> {
    let mut hub = match end {
        End::Jumps(_) => place.start(&place.clock.watched()?)?,
        _ => place.start(&[])?,
    };
    ensure!(wait_ready(&mut hub).await?, "the hub ended by itself");
    match end {
        End::Cuts(time) => report.cuts += cut(place, *time).await,
        End::Outage(time) => {
            outage(place, *time).await;
            report.outages += 1;
        }
        End::ServerKilled(time) => {
            kill_server(place, *time).await?;
            report.server_kills += 2;
        }
        End::Jumps(time) => {
            for off in [BACK, 0] {
                sleep(*time).await;
                place.clock.set(off)?;
            }
            sleep(*time).await;
            place.clock.set_ahead(AHEAD)?;
            sleep(*time).await;
            report.jumps += 3;
        }
        End::Slow(time) => {
            let slow = SlowDisk::of(&place.path("")).context("the disk cannot be made slow")?;
            let mut processes = vec![hub.id()];
            if let Some(server) = &place.server {
                processes.extend(server.processes()?);
            }
            slow.slows(&processes)?;
            sleep(*time).await;
            report.slow += 1;
        }
        End::Random(_) | End::Point(..) | End::Told(_) => {}
    }
    if let Some(status) = hub.ended()? {
        report.odd.insert(format!("the hub did not outlive {end:?}: {status}"));
    }
    Ok(hub)
}

/// Takes PostgreSQL away in the middle of everything, and gives it back.
async fn outage(place: &Place, time: Duration) {
    let Some(proxy) = &place.proxy else { return };
    sleep(Duration::from_millis(500)).await;
    proxy.be_gone(true);
    sleep(time).await;
    proxy.be_gone(false);
    sleep(time).await;
}

/// Kills PostgreSQL itself: first a process of it, so that it recovers by itself, then all at once.
async fn kill_server(place: &Place, time: Duration) -> anyhow::Result<()> {
    let Some(server) = &place.server else { return Ok(()) };
    sleep(time).await;
    ensure!(server.kill_one()?, "nobody is connected to PostgreSQL");
    sleep(time).await;
    server.kill()?;
    sleep(Duration::from_millis(200)).await;
    server.start_again().await?;
    sleep(time).await;
    Ok(())
}

/// Cuts one COMMIT after the other for a while. Tells how many.
async fn cut(place: &Place, time: Duration) -> usize {
    let Some(proxy) = &place.proxy else { return 0 };
    let end = Instant::now() + time;
    for how in [Cut::Before, Cut::After].into_iter().cycle() {
        if Instant::now() >= end {
            break;
        }
        proxy.cut(how);
        sleep(Duration::from_millis(70)).await;
    }
    proxy.calm()
}
