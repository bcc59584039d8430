//! How long a mail waits for its acknowledgement at half of what intake takes, beside bare commits of one row; and how
//! far search is behind at a steady rate.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use futures::future::try_join_all;
use sapa::{db::DbResult, on_db};
use sapa_channel::new_id;

use crate::{
    fill::PAST,
    hub::{Backend, Hub},
    intake::watch,
    mails::{Mail, mails},
    report::{Better, Report, millis, percentile, rate},
    smtp::Sender,
};

const CONNECTIONS: usize = 50;

/// Mails by which it is found out how many it takes.
const PEAK: usize = 6_000;

/// For how long half of that is offered.
const SPAN: Duration = Duration::from_secs(15);

/// Mails a second while search is watched, and the seconds that it may be behind.
const STEADY: f64 = 1500.0;
const AIM: f64 = 2.0;

/// Commits of the bare limit.
const COMMITS: usize = 400;

/// Takes the figures.
pub async fn run(report: &mut Report, backend: Backend) -> anyhow::Result<()> {
    let name = if backend == Backend::Sqlite { "sqlite" } else { "postgres" };
    let hub = Arc::new(Hub::new(backend, |_, _| {}).await?);
    let channel = hub.client.add_mailbox().await?;
    PAST.store(&hub.app, channel).await?;
    hub.indexed().await?;
    let mut bare = commits(&hub).await?;

    let server = hub.running.smtp.context("the hub takes mail")?;
    let mut all = mails(PEAK + 60_000, &PAST);
    let mut later = all.split_off(PEAK).into_iter();
    let begun = Instant::now();
    send(server, all, None).await?;
    let peak = rate(PEAK, begun.elapsed());
    hub.indexed().await?;

    let offered = peak / 2.0;
    let (pace, count) = paced(offered)?;
    let mut waits = send(server, later.by_ref().take(count).collect(), Some(pace)).await?;
    hub.indexed().await?;

    let (lag, stop) = watch(hub.clone());
    let (pace, count) = paced(STEADY)?;
    let begun = Instant::now();
    send(server, later.take(count).collect(), Some(pace)).await?;
    let taken = rate(count, begun.elapsed());
    stop.store(true, Ordering::Relaxed);
    let lag = lag.await?;
    Arc::into_inner(hub).context("the hub is still in use")?.stop().await?;
    for percent in [50, 99] {
        let (value, bare) = (percentile(&mut waits, percent), percentile(&mut bare, percent));
        let limit_is = format!("a bare commit; {offered:.0} mails/s of {peak:.0} at most");
        let figure = format!("intake.half.{name}.p{percent}");
        report.add(figure, (millis(value), "ms"), Better::Lower, (millis(bare), &limit_is));
    }
    let limit_is = format!("the aim; {taken:.0} mails/s taken of {STEADY:.0} offered");
    let figure = format!("intake.steady.{name}.search_lag");
    report.add(figure, (lag.as_secs_f64(), "s"), Better::Lower, (AIM, &limit_is));
    Ok(())
}

/// The time between two mails at so many a second, and how many there are in the whole span.
fn paced(a_second: f64) -> anyhow::Result<(Duration, usize)> {
    let pace = Duration::from_secs_f64(1.0 / a_second);
    Ok((pace, usize::try_from(SPAN.as_nanos() / pace.as_nanos())?))
}

/// How long each of some commits of one row takes.
async fn commits(hub: &Hub) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..COMMITS {
        let begun = Instant::now();
        let mut tx = hub.app.db().write().await?;
        let done: DbResult<()> = async {
            on_db!(&mut tx, |conn| sqlx::query(
                "INSERT INTO settings (name, value) VALUES ($1, 'x')"
            )
            .bind(new_id().to_string())
            .execute(conn)
            .await
            .map(drop)?);
            Ok(())
        }
        .await;
        done?;
        tx.commit().await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// Sends mails, one in each `pace` if there is one, else as fast as they are taken. Tells how long each waited from when
/// it was due.
pub async fn send(
    server: SocketAddr,
    mails: Vec<Mail>,
    pace: Option<Duration>,
) -> anyhow::Result<Vec<Duration>> {
    let (mails, next) = (Arc::new(mails), Arc::new(AtomicUsize::new(0)));
    let begin = Instant::now();
    let senders = (0..CONNECTIONS).map(|_| {
        let (mails, next) = (mails.clone(), next.clone());
        let sending = tokio::spawn(async move {
            let mut sender = Sender::connect(server).await?;
            let mut waits = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(mail) = mails.get(number) else { return anyhow::Ok(waits) };
                let mut due = Instant::now();
                if let Some(pace) = pace {
                    due = begin + pace * u32::try_from(number)?;
                    tokio::time::sleep_until(due.into()).await;
                }
                sender.send(&mail.from, &mail.bytes).await?;
                waits.push(due.elapsed());
            }
        });
        async move { sending.await? }
    });
    Ok(try_join_all(senders).await?.into_iter().flatten().collect())
}
