//! Answers of officers, through the outbox to a mail server; beside the bare mail library with the same mails.

use std::{
    os::unix::fs::MetadataExt,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use lettre::{Message, message::header::ContentType};
use sapa::{
    config::{Relay, Tls},
    on_db,
};
use serde_json::json;

use crate::{
    fill::Filled,
    hub::{Backend, Hub},
    mails::MAILBOX,
    process::free_port,
    report::{Better, Report, rate},
    smtp::Sender,
    words::{Dice, Words},
};

const ANSWERS: usize = 2_000;

/// Officers who answer at once.
const OFFICERS: usize = 16;

/// Connections to the mail server: as many as the hub uses.
const CONNECTIONS: usize = 8;

/// Customers who wait for an answer.
const PAST: Filled = Filled {
    persons: ANSWERS,
    talks: ANSWERS + ANSWERS / 50,
    each: 1,
    open: 100,
    bytes: 600,
    span: Duration::from_secs(24 * 3600),
};

/// Postfix's mail server that takes everything and keeps nothing.
pub struct Sink(Child);

impl Sink {
    /// Starts it at a port.
    pub fn start(port: u16) -> anyhow::Result<Self> {
        let mut command = Command::new("/usr/sbin/smtp-sink");
        if std::fs::metadata("/proc/self")?.uid() == 0 {
            // It refuses to run as root.
            command.args(["-u", "nobody"]);
        }
        let child = command
            .args([&format!("127.0.0.1:{port}"), "100"])
            .stdin(Stdio::null())
            .spawn()
            .context("starting smtp-sink: `script/setup` installs it")?;
        std::thread::sleep(Duration::from_millis(300));
        Ok(Self(child))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes the figures.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    let port = free_port()?;
    let _sink = Sink::start(port)?;
    let (words, mut dice) = (Words::new(), Dice(11));
    let texts: Vec<String> = (0..ANSWERS).map(|_| words.text(&mut dice, 600)).collect();
    let bare = bare(port, &texts).await?;

    let hub = Hub::new(Backend::Sqlite, |config, _| {
        config.mail.folder = None;
        config.mail.relay = Some(Relay {
            host: "127.0.0.1".to_owned(),
            port,
            tls: Tls::None,
            user: None,
            password: None,
        });
    })
    .await?;
    let channel = hub.client.add_mailbox().await?;
    PAST.store(&hub.app, channel).await?;
    hub.indexed().await?;

    let begun = Instant::now();
    let mine = (0..PAST.talks).filter(|talk| !talk.is_multiple_of(100)).take(ANSWERS);
    stream::iter(mine.zip(&texts))
        .map(|(talk, text)| {
            let path = format!("/conversations/{}/messages", Filled::talk(talk));
            let client = &hub.client;
            async move { client.post(&path, &json!({ "kind": "reply", "text": text })).await }
        })
        .buffer_unordered(OFFICERS)
        .try_for_each(async |_| Ok(()))
        .await?;
    let written = begun.elapsed();
    loop {
        let (sent, failed) = state(&hub).await?;
        ensure!(failed == 0, "{failed} answers failed");
        if usize::try_from(sent)? >= ANSWERS {
            break;
        }
        ensure!(begun.elapsed() < Duration::from_secs(300), "only {sent} answers left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let gone = begun.elapsed();
    hub.stop().await?;
    eprintln!("{:.0} answers/s were taken from the officers meanwhile", rate(ANSWERS, written));
    report.add(
        "answer.sqlite",
        (rate(ANSWERS, gone), "messages/s"),
        Better::Higher,
        (bare, "lettre's mails on plain connections"),
    );
    Ok(())
}

/// How many answers have left, and how many never will.
async fn state(hub: &Hub) -> anyhow::Result<(i64, i64)> {
    let mut tx = hub.app.db().read().await?;
    let counts: sapa::db::DbResult<(i64, i64)> = async {
        Ok(on_db!(&mut tx, |conn| sqlx::query_as(
            "SELECT COALESCE(SUM(CASE WHEN state = 'sent' THEN 1 ELSE 0 END), 0),
                    COALESCE(SUM(CASE WHEN state IN ('failed', 'unknown') THEN 1 ELSE 0 END), 0) FROM deliveries"
        )
        .fetch_one(conn)
        .await?))
    }
    .await;
    Ok(counts?)
}

/// Mails a second by the mail library alone. It composes them; but they go over plain connections, for its own leave
/// each mail waiting 40 ms for a delayed acknowledgement, which is no limit to be measured by.
pub async fn bare(port: u16, texts: &[String]) -> anyhow::Result<f64> {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let connections = (0..CONNECTIONS).map(|_| async {
        let mut sender = Sender::connect(([127, 0, 0, 1], port).into()).await?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(text) = texts.get(number) else { break anyhow::Ok(()) };
            let mail = Message::builder()
                .from(MAILBOX.parse()?)
                .to(Filled::address(number).parse()?)
                .subject(Filled::subject(number))
                .header(ContentType::TEXT_PLAIN)
                .body(text.clone())?;
            sender.send(MAILBOX, &[&*mail.formatted(), b"\r\n"].concat()).await?;
        }
    });
    try_join_all(connections).await?;
    Ok(rate(texts.len(), begun.elapsed()))
}
