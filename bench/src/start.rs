//! How soon the hub is ready, and how much memory it takes while nothing happens.

use std::time::Duration;

use anyhow::Context;

use crate::{
    hub::folder,
    process::{Process, free_port},
    report::{Better, Report, number, percentile},
};

/// How often it is started once its data is there.
const TIMES: usize = 5;

/// Takes the figures, with the demonstration's data.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    let folder = folder()?;
    let data = folder.path().join("demo").into_os_string().into_string().ok().context("a path")?;
    let start = || {
        let port = free_port()?;
        let port_text = port.to_string();
        Process::start(["demo", "--data", &data, "--port", &port_text, "--smtp-port", "0"], port)
    };
    start()?.stop()?;
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let hub = start()?;
        times.push(hub.started);
        tokio::time::sleep(Duration::from_secs(3)).await;
        memory.push(hub.resident()?);
        hub.stop()?;
    }
    memory.sort_unstable();
    let ready = percentile(&mut times, 50).as_secs_f64();
    let mebibytes = number(memory[TIMES / 2]) / f64::from(1 << 20);
    report.add("start.ready", (ready, "s"), Better::Lower, (0.5, "the aim"));
    report.add("start.memory", (mebibytes, "MiB"), Better::Lower, (60.0, "the aim"));
    Ok(())
}
