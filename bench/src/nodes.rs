//! Several nodes on one PostgreSQL with NATS: mails to all of them at once, beside the bare inserts of one writer.

use std::{
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::future::try_join_all;

use crate::{
    bare,
    client::Client,
    fill::PAST,
    half,
    hub::{Backend, Hub},
    mails::mails,
    process::{Process, free_port},
    report::{Better, Report, rate},
    served::Served,
    smtp::Sender,
};

const MAILS: usize = 12_000;

/// Takes the figure of so many nodes.
pub async fn run(report: &mut Report, count: usize) -> anyhow::Result<()> {
    let mails = mails(MAILS, &PAST);
    let hub = Hub::new(Backend::Postgres, |_, _| {}).await?;
    let channel = hub.client.add_mailbox().await?;
    PAST.store(&hub.app, channel).await?;
    let (app, place) = hub.quiet().await?;
    let limit = bare::store(&app, channel, &mails).await?;
    app.db().close().await;
    place.remove().await?;

    let nats = Nats::start()?;
    let settings = format!("bus.url = \"nats://127.0.0.1:{}\"\n", nats.port);
    let first = Served::new(Backend::Postgres, &settings).await?;
    let hub = first.start()?;
    let client = Client::set_up(first.http()).await?;
    let channel = client.add_mailbox().await?;
    hub.stop()?;
    let db = first.hasty().await?;
    PAST.fill(&db, sapa_channel::Clock::now(&sapa_channel::SystemClock), channel, PAST.talks / 2)
        .await?;
    db.close().await;

    let mut places = Vec::new();
    for number in 1..count {
        places.push(first.beside(&format!("node{number}"), &settings)?);
    }
    places.insert(0, first);
    let nodes: Vec<Process> = places.iter().map(Served::start).collect::<anyhow::Result<_>>()?;
    for place in &places {
        Sender::connect(place.smtp()).await?;
    }
    let mut shares: Vec<Vec<_>> = vec![Vec::new(); count];
    for (number, mail) in mails.into_iter().enumerate() {
        shares[number % count].push(mail);
    }
    let begun = Instant::now();
    let sending =
        places.iter().zip(shares).map(|(place, share)| half::send(place.smtp(), share, None));
    let taken: usize = try_join_all(sending).await?.iter().map(Vec::len).sum();
    let value = rate(taken, begun.elapsed());
    ensure!(taken == MAILS, "only {taken} were taken");
    for node in nodes {
        node.stop()?;
    }
    places.swap_remove(0).remove().await?;
    let figure = format!("nodes.{count}");
    report.add(
        figure,
        (value, "messages/s"),
        Better::Higher,
        (limit, "bare inserts of one writer"),
    );
    Ok(())
}

/// A NATS server.
struct Nats {
    port: u16,
    server: Child,
}

impl Nats {
    fn start() -> anyhow::Result<Self> {
        let port = free_port()?;
        let program = Path::new("/usr/sbin/nats-server");
        let program = if program.exists() { program } else { Path::new("nats-server") };
        let server = Command::new(program)
            .args(["-a", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting nats-server: `script/setup` installs it")?;
        let nats = Self { port, server };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(begun.elapsed() < Duration::from_secs(20), "NATS does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(nats)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
