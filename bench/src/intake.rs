//! Intake: mails by SMTP, each acknowledged when it is durable and routed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use futures::future::try_join_all;

use crate::{
    bare,
    fill::PAST,
    hub::{Backend, Hub},
    mails::{Mail, mails},
    parts,
    report::{Better, Report, millis, percentile, rate},
    smtp::Sender,
};

/// Over how many connections mails come: as many as one large provider opens, and a crowd.
const CONNECTIONS: [(usize, &str); 2] = [(50, ""), (200, ".crowd")];
const MAILS: usize = 16_000;

/// Takes the figures.
pub async fn run(report: &mut Report, backend: Backend) -> anyhow::Result<()> {
    let name = if backend == Backend::Sqlite { "sqlite" } else { "postgres" };
    let mails = Arc::new(mails(MAILS, &PAST));

    let parse = bare::parse(&mails).await?;
    let (hub, channel) = filled(backend).await?;
    let (app, place) = hub.quiet().await?;
    let store = bare::store(&app, channel, &mails).await?;
    app.db().close().await;
    place.remove().await?;

    let (hub, channel) = filled(backend).await?;
    let (app, place) = hub.quiet().await?;
    let (understood, arrivals) = parts::parse(&app, channel, &mails).await?;
    let routed = parts::route(&app, arrivals).await?;
    app.db().close().await;
    place.remove().await?;
    let limit = parse.min(store);
    let slower = if parse < store { "bare mail-parser" } else { "bare inserts" };
    eprintln!("bare mail-parser {parse:.0}/s, bare inserts {store:.0}/s");

    let figure = format!("intake.{name}");
    let mails_a_second = |value| (value, "messages/s");
    let (up, bare) = (Better::Higher, (parse, "bare mail-parser"));
    report.add(format!("{figure}.understood"), mails_a_second(understood), up, bare);
    report.add(format!("{figure}.routed"), mails_a_second(routed), up, (store, "bare inserts"));
    for (connections, over) in CONNECTIONS {
        let peak = peak(backend, &mails, connections).await?;
        let figure_of = |part: &str| format!("{figure}{over}{part}");
        report.add(figure_of(""), mails_a_second(peak.taken), up, (limit, slower));
        report.add(figure_of(".indexed"), mails_a_second(peak.lasting), up, (limit, slower));
        let whole = (peak.took.as_secs_f64(), "the whole of the peak");
        report.add(figure_of(".search_lag"), (peak.lag.as_secs_f64(), "s"), Better::Lower, whole);
    }
    Ok(())
}

/// How a hub stood a peak.
struct Peak {
    /// Mails acknowledged in a second.
    taken: f64,
    /// How long that took.
    took: Duration,
    /// Mails in a second until all were found by search.
    lasting: f64,
    /// How far search was behind at the most.
    lag: Duration,
}

async fn peak(
    backend: Backend,
    mails: &Arc<Vec<Mail>>,
    connections: usize,
) -> anyhow::Result<Peak> {
    let (hub, _) = filled(backend).await?;
    let hub = Arc::new(hub);
    let (lag, stop) = watch(hub.clone());
    let begun = Instant::now();
    let mut waits = send(&hub, mails, connections).await?;
    let took = begun.elapsed();
    hub.indexed().await?;
    let lasting = begun.elapsed();
    stop.store(true, Ordering::Relaxed);
    let lag = lag.await?;
    eprintln!(
        "{connections} connections: acknowledged within {:.0} ms (p50), {:.0} ms (p99)",
        millis(percentile(&mut waits, 50)),
        millis(percentile(&mut waits, 99)),
    );
    Arc::into_inner(hub).context("the hub is still in use")?.stop().await?;
    Ok(Peak { taken: rate(MAILS, took), took, lasting: rate(MAILS, lasting), lag })
}

async fn filled(backend: Backend) -> anyhow::Result<(Hub, sapa_channel::ChannelId)> {
    let hub = Hub::new(backend, |_, _| {}).await?;
    let channel = hub.client.add_mailbox().await?;
    PAST.store(&hub.app, channel).await?;
    hub.indexed().await?;
    Ok((hub, channel))
}

/// Sends all mails over some connections, and tells how long each waited for its acknowledgement.
async fn send(
    hub: &Hub,
    mails: &Arc<Vec<Mail>>,
    connections: usize,
) -> anyhow::Result<Vec<Duration>> {
    let server = hub.running.smtp.context("the hub takes mail")?;
    let next = Arc::new(AtomicUsize::new(0));
    let senders = (0..connections).map(|_| {
        let (mails, next) = (mails.clone(), next.clone());
        let sending = tokio::spawn(async move {
            let mut sender = Sender::connect(server).await?;
            let mut waits = Vec::new();
            while let Some(mail) = mails.get(next.fetch_add(1, Ordering::Relaxed)) {
                let begun = Instant::now();
                sender.send(&mail.from, &mail.bytes).await?;
                waits.push(begun.elapsed());
            }
            anyhow::Ok(waits)
        });
        async move { sending.await? }
    });
    Ok(try_join_all(senders).await?.into_iter().flatten().collect())
}

/// Looks how far search is behind, until told to stop; then it tells the longest time.
pub fn watch(hub: Arc<Hub>) -> (tokio::task::JoinHandle<Duration>, Arc<AtomicBool>) {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        let mut longest = Duration::ZERO;
        while !stopped.load(Ordering::Relaxed) {
            if let Ok((behind, age)) = hub.behind().await
                && behind > 0
            {
                longest = longest.max(age);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        longest
    });
    (task, stop)
}
