//! What an idle visitor costs: memory of the hub, which is a process of its own.

use std::{net::SocketAddr, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    chat::{self, Socket},
    client::Client,
    hub::Backend,
    process::open_files,
    report::{Better, Report, number},
    served::Served,
};

const VISITORS: usize = 10_000;

/// Some come first, so that what is there once for all of them does not count.
const WARM: usize = 200;

/// Longer than the hub waits before it asks whether a visitor is still there.
const SPAN: Duration = Duration::from_secs(35);

/// Takes the figure.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    let served = Served::new(Backend::Sqlite, "").await?;
    let (hub, port) = (served.start()?, served.http().port());
    let client = Client::set_up(hub.http).await?;
    let site = chat::add_site(&client).await?;

    let visitors = VISITORS.min(open_files().saturating_sub(WARM + 100));
    if visitors < VISITORS {
        eprintln!("only {visitors} visitors: the system allows no more open files");
    }
    let warm = connect(port, &site, WARM).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = hub.resident()?;
    let rest = connect(port, &site, visitors).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let first = hub.resident()?;
    let listening = tokio::spawn(listen(warm.into_iter().chain(rest).collect()));
    tokio::time::sleep(SPAN).await;
    let after = hub.resident()?;
    let left = listening.await?;
    anyhow::ensure!(left == visitors + WARM, "only {left} visitors stayed");

    let each = |now: usize| number(now.saturating_sub(before)) / number(visitors) / 1024.0;
    eprintln!(
        "{:.1} KiB each when all have come, {:.1} KiB after they were asked whether they are there",
        each(first),
        each(after)
    );
    let figure = (each(first.max(after)), "KiB");
    report.add("chat.idle", figure, Better::Lower, (12.0, "the aim"));
    hub.stop()?;
    served.remove().await
}

/// Visitors from this machine, at several of its addresses.
async fn connect(port: u16, site: &str, count: usize) -> anyhow::Result<Vec<Socket>> {
    let http = reqwest::Client::builder().build()?;
    stream::iter(0..count)
        .map(|number| {
            let last = u8::try_from(1 + number % 8).unwrap_or(1);
            let hub = SocketAddr::from(([127, 0, 0, last], port));
            chat::visitor(&http, hub, site)
        })
        .buffer_unordered(16)
        .try_collect()
        .await
}

/// Answers the hub's pings on all sockets for a while, and tells how many are still open.
async fn listen(sockets: Vec<Socket>) -> usize {
    let listening = sockets.into_iter().map(|mut socket| {
        tokio::spawn(async move {
            let ended = async { while let Some(Ok(_)) = socket.next().await {} };
            tokio::time::timeout(SPAN + Duration::from_secs(1), ended).await.is_err()
        })
    });
    let mut left = 0;
    for listening in listening.collect::<Vec<_>>() {
        left += usize::from(listening.await.unwrap_or(false));
    }
    left
}
