//! How soon the hub is ready, and how much memory it takes while nothing happens; with a long past beside none.

use std::{path::PathBuf, time::Duration};

use sapa_channel::{Clock, SystemClock};

use crate::{
    hub::Backend,
    long::{Long, execute},
    report::{Better, Report, millis, number, percentile},
    served::Served,
};

/// How often it is started once its data is there.
const TIMES: usize = 5;

/// How long it rests before its memory is read.
const REST: Duration = Duration::from_secs(3);

/// Takes the figures with so many messages, and so many that wait for their being sent.
pub async fn run(
    report: &mut Report,
    messages: usize,
    queued: usize,
    keep: Option<&PathBuf>,
) -> anyhow::Result<()> {
    let empty = Served::new(Backend::Sqlite, "").await?;
    empty.start()?.stop()?;
    let (bare, memory) = measure(&empty).await?;
    let long = Long::new(Backend::Sqlite, messages, keep).await?;
    queue(&long.served, queued).await?;
    let (ready, resident) = measure(&long.served).await?;
    let db = long.served.database().await?;
    execute(&db, vec!["DELETE FROM deliveries".to_owned()]).await?;
    db.close().await;
    let at = |figure: &str| format!("start.{figure}@{messages}");
    let limit_is = format!("without a past; {queued} are queued");
    report.add(at("ready"), (ready, "ms"), Better::Lower, (bare, &limit_is));
    report.add(at("memory"), (resident, "MiB"), Better::Lower, (memory, &limit_is));
    Ok(())
}

/// Milliseconds until it is ready, and resident mebibytes when it has rested: of some starts the middle.
async fn measure(served: &Served) -> anyhow::Result<(f64, f64)> {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let hub = served.start()?;
        times.push(hub.started);
        tokio::time::sleep(REST).await;
        memory.push(hub.resident()?);
        hub.stop()?;
    }
    memory.sort_unstable();
    let mebibytes = number(memory[TIMES / 2]) / f64::from(1 << 20);
    Ok((millis(percentile(&mut times, 50)), mebibytes))
}

/// Puts messages into the way out; they are due in an hour, so that the hub rests.
async fn queue(served: &Served, count: usize) -> anyhow::Result<()> {
    let db = served.database().await?;
    let now = SystemClock.now();
    let due = now.after(Duration::from_secs(3600)).0;
    let sql = format!(
        "INSERT INTO deliveries (message_id, conversation_id, channel_id, address, state, attempts, run_at, fence, updated_at)
         SELECT id, conversation_id, channel_id, 'p1@surat.example', 'queued', 0, {due}, 0, {} FROM messages ORDER BY seq LIMIT {count}",
        now.0
    );
    execute(&db, vec![sql]).await?;
    db.close().await;
    Ok(())
}
