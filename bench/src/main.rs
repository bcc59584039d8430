//! `bench`: how fast the hub is, beside what the same machine can do without it in the same run.
//!
//! A table goes to standard error, and one line of JSON a figure to standard output.

mod answer;
mod bare;
mod delivery;
mod fill;
mod half;
mod idle;
mod intake;
mod long;
mod mailing;
mod mails;
mod mixed;
mod nodes;
mod parts;
mod read;
mod report;
mod rows;
mod soak;
mod start;
mod storm;
mod traffic;
mod words;

use std::path::PathBuf;

use anyhow::Context;
use bench::{audience, chat, client, dice, hub, process, served, smtp};
use hub::Backend;
use report::Report;

const USAGE: &str = "bench [--full] [--minutes N] [--size MESSAGES] [--data FOLDER] [FIGURE]…

All figures if none is named; those of PostgreSQL only if TEST_POSTGRES_URL is set, and those of nodes if there is
nats-server too. --full reads one and five million messages too, starts with five million, mails to 100,000 recipients
instead of 20,000, and soaks for 30 minutes instead of 2, unless --minutes says how long. --size is the one
size to read and start with. --data keeps the large
databases in a folder, to be found again.";

/// The figures, in the order in which they are taken.
const FIGURES: [&str; 19] = [
    "intake.sqlite",
    "intake.postgres",
    "half.sqlite",
    "half.postgres",
    "answer.sqlite",
    "mailing.sqlite",
    "mailing.postgres",
    "mixed.sqlite",
    "mixed.postgres",
    "chat.idle",
    "chat.storm",
    "chat.delivery",
    "read.sqlite",
    "read.postgres",
    "start",
    "soak",
    "nodes.1",
    "nodes.2",
    "nodes.3",
];

/// What was asked for.
#[derive(Debug, Default)]
struct Orders {
    named: Vec<String>,
    full: bool,
    minutes: Option<u32>,
    size: Option<usize>,
    keep: Option<PathBuf>,
}

fn orders() -> anyhow::Result<Orders> {
    let (mut orders, mut words) = (Orders::default(), std::env::args().skip(1));
    while let Some(word) = words.next() {
        match word.as_str() {
            "--full" => orders.full = true,
            "--minutes" => {
                orders.minutes = Some(words.next().context(USAGE)?.parse().context(USAGE)?);
            }
            "--size" => {
                orders.size = Some(words.next().context(USAGE)?.parse().context(USAGE)?);
            }
            "--data" => orders.keep = Some(words.next().context(USAGE)?.into()),
            figure if FIGURES.contains(&figure) => orders.named.push(word),
            unknown => anyhow::bail!("{unknown} is no figure\n{USAGE}\n{}", FIGURES.join(" ")),
        }
    }
    Ok(orders)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let orders = orders()?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    sapa::telemetry::init(&sapa::config::Log { level: "warn".to_owned(), json: false });

    let postgres = hub::postgres_url().is_some();
    let wanted = |figure: &str| {
        if orders.named.is_empty() {
            let needs_postgres = figure.ends_with(".postgres") || figure.starts_with("nodes.");
            !needs_postgres || postgres
        } else {
            orders.named.iter().any(|name| name == figure)
        }
    };
    let mut report = Report::begin();
    for figure in FIGURES.into_iter().filter(|figure| wanted(figure)) {
        eprintln!("{figure} …");
        take(&mut report, figure, &orders).await.context(figure)?;
    }
    report.end();
    Ok(())
}

async fn take(report: &mut Report, figure: &str, orders: &Orders) -> anyhow::Result<()> {
    let (full, keep) = (orders.full, orders.keep.as_ref());
    let (figure, backend) = match figure.rsplit_once('.') {
        Some((figure, "sqlite")) => (figure, Backend::Sqlite),
        Some((figure, "postgres")) => (figure, Backend::Postgres),
        _ => (figure, Backend::Sqlite),
    };
    let sizes = orders.size.map_or(vec![10_000, 100_000, 1_000_000, 5_000_000], |size| vec![size]);
    // The words of a mail take PostgreSQL a millisecond.
    let most = match (full, backend) {
        (false, _) => 2,
        (true, Backend::Sqlite) => 4,
        (true, Backend::Postgres) => 3,
    };
    match figure {
        "intake" => intake::run(report, backend).await,
        "half" => half::run(report, backend).await,
        "answer" => answer::run(report).await,
        "mailing" => mailing::run(report, backend, full).await,
        "mixed" => mixed::run(report, backend).await,
        "chat.idle" => idle::run(report).await,
        "chat.storm" => storm::run(report).await,
        "chat.delivery" => delivery::run(report).await,
        "read" => read::run(report, backend, &sizes[..most.min(sizes.len())], keep).await,
        "start" => {
            let size = orders.size.unwrap_or(if full { 5_000_000 } else { 100_000 });
            start::run(report, size, 100_000.min(size / 10), keep).await
        }
        "soak" => {
            let minutes = orders.minutes.unwrap_or(if full { 30 } else { 2 });
            soak::run(report, minutes).await
        }
        nodes => {
            let count = nodes.strip_prefix("nodes.").context("a number of nodes")?.parse()?;
            nodes::run(report, count).await
        }
    }
}
