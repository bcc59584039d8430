//! `bench`: how fast the hub is, beside what the same machine can do without it in the same run.
//!
//! A table goes to standard error, and one line of JSON a figure to standard output.

mod answer;
mod bare;
mod delivery;
mod fill;
mod idle;
mod intake;
mod mailing;
mod mails;
mod parts;
mod read;
mod report;
mod rows;
mod start;
mod words;

use bench::{audience, chat, client, hub, process, smtp};
use hub::Backend;
use report::Report;

const USAGE: &str = "bench [--full] [intake.sqlite|intake.postgres|answer.sqlite|mailing.sqlite|mailing.postgres|chat.idle|chat.delivery|read|start]…

All figures if none is named; those of PostgreSQL only if TEST_POSTGRES_URL is set. --full reads a million messages
too, and mails to 100,000 recipients instead of 20,000.";

/// The figures, in the order in which they are taken.
const FIGURES: [&str; 9] = [
    "intake.sqlite",
    "intake.postgres",
    "answer.sqlite",
    "mailing.sqlite",
    "mailing.postgres",
    "chat.idle",
    "chat.delivery",
    "read",
    "start",
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut named: Vec<String> = std::env::args().skip(1).collect();
    let full = named.iter().any(|name| name == "--full");
    named.retain(|name| name != "--full");
    if let Some(unknown) = named.iter().find(|name| !FIGURES.contains(&name.as_str())) {
        anyhow::bail!("{unknown} is no figure\n{USAGE}");
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    sapa::telemetry::init(&sapa::config::Log { level: "warn".to_owned(), json: false });

    let postgres = hub::postgres_url();
    let wanted = |figure: &str| {
        if named.is_empty() {
            !figure.ends_with(".postgres") || postgres.is_some()
        } else {
            named.iter().any(|name| name == figure)
        }
    };
    let mut report = Report::begin();
    for figure in FIGURES.into_iter().filter(|figure| wanted(figure)) {
        eprintln!("{figure} …");
        match figure {
            "intake.sqlite" => intake::run(&mut report, Backend::Sqlite).await?,
            "intake.postgres" => intake::run(&mut report, Backend::Postgres).await?,
            "answer.sqlite" => answer::run(&mut report).await?,
            "mailing.sqlite" => mailing::run(&mut report, Backend::Sqlite, full).await?,
            "mailing.postgres" => mailing::run(&mut report, Backend::Postgres, full).await?,
            "chat.idle" => idle::run(&mut report).await?,
            "chat.delivery" => delivery::run(&mut report).await?,
            "read" => read::run(&mut report, full).await?,
            _ => start::run(&mut report).await?,
        }
    }
    report.end();
    Ok(())
}
