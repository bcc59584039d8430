//! A personalised mailing through its ledger to a mail server; beside the bare mail library with mails of the same
//! size, and with what it costs in memory that there are many recipients.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sapa::{
    config::{Relay, Tls},
    on_db,
};
use serde_json::json;

use crate::{
    answer::{Sink, bare},
    audience,
    hub::{Backend, Hub},
    process::{free_port, resident},
    report::{Better, Report, number, rate},
    words::{Dice, Words},
};

/// Recipients.
const RECIPIENTS: usize = 20_000;

/// Recipients with `--full`.
const MANY: usize = 100_000;

/// Mails of the bare library.
const BARE: usize = 4_000;

const HTML: &str = "<!doctype html><html lang=\"id\"><body style=\"font-family:sans-serif\"><h1>Panen Gayo</h1>\
    <p>Halo {{default first_name \"Kak\"}}{{#if city}} di {{city}}{{/if}},</p>\
    <p>kopi Gayo panen kedua sudah kami sangrai. Untuk kelas {{default fields.kelas \"biasa\"}} ada potongan sampai hari Minggu.</p>\
    <p><a href=\"https://kopiseruni.example/gayo?untuk={{url email}}\">Pesan sekarang</a></p>\
    <p>{{sender}}</p><p><a href=\"{{preferences_url}}\">Atur pilihan</a> <a href=\"{{unsubscribe_url}}\">Berhenti</a></p></body></html>";

const TEXT: &str = "Halo {{default first_name \"Kak\"}}{{#if city}} di {{city}}{{/if}},\n\n\
    kopi Gayo panen kedua sudah kami sangrai. Untuk kelas {{default fields.kelas \"biasa\"}} ada potongan sampai hari Minggu.\n\n\
    {{sender}}\n\nAtur pilihan: {{preferences_url}}\nBerhenti: {{unsubscribe_url}}";

/// Takes the figure.
pub async fn run(report: &mut Report, backend: Backend, full: bool) -> anyhow::Result<()> {
    let recipients = if full { MANY } else { RECIPIENTS };
    let port = free_port()?;
    let _sink = Sink::start(port)?;
    let (words, mut dice) = (Words::new(), Dice(7));
    let texts: Vec<String> = (0..BARE).map(|_| words.text(&mut dice, 1500)).collect();
    let bare = bare(port, &texts).await?;
    drop(texts);

    let hub = Hub::new(backend, |config, _| {
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
    audience::fill(hub.app.db(), hub.app.now(), recipients).await?;
    let template = json!({ "name": "Panen", "kind": "email", "subject": "{{default first_name \"Kak\"}}, panen Gayo", "html": HTML, "text": TEXT });
    let template = hub.client.post("/templates", &template).await?;
    let mailing = json!({ "name": "Panen", "channel_id": channel, "template_id": template["id"] });
    let mailing = hub.client.post("/mailings", &mailing).await?;
    let id = mailing["id"].as_str().context("an id")?.to_owned();

    let begun = Instant::now();
    hub.client.post(&format!("/mailings/{id}/start"), &json!({})).await?;
    let started = begun.elapsed();
    let (mut first, mut most) = (None, 0);
    let (mut moved, mut pause) = ((Instant::now(), 0), Duration::ZERO);
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let (sent, open, lost) = state(&hub).await?;
        ensure!(lost == 0, "{lost} mails failed or are unknown");
        let now = resident(std::process::id())?;
        if sent > moved.1 {
            moved = (Instant::now(), sent);
        }
        pause = pause.max(moved.0.elapsed());
        if sent > 500 {
            first.get_or_insert(now);
        }
        most = most.max(now);
        if open == 0 {
            ensure!(usize::try_from(sent)? == recipients, "only {sent} left");
            break;
        }
        ensure!(begun.elapsed() < Duration::from_secs(900), "only {sent} left");
    }
    let gone = begun.elapsed().saturating_sub(started);
    hub.stop().await?;
    let grown = number(most.saturating_sub(first.unwrap_or(most))) / 1024.0 / 1024.0;
    eprintln!(
        "{recipients} recipients: checked and frozen in {:.1} s; {grown:.1} MiB more resident at most than when the first had left; longest pause {:.2} s",
        started.as_secs_f64(),
        pause.as_secs_f64(),
    );
    let name = if backend == Backend::Sqlite { "mailing.sqlite" } else { "mailing.postgres" };
    let limit_is = format!(
        "lettre's mails on plain connections; {recipients} recipients, +{grown:.1} MiB resident, longest pause {:.2} s",
        pause.as_secs_f64()
    );
    report.add(name, (rate(recipients, gone), "mails/s"), Better::Higher, (bare, &limit_is));
    Ok(())
}

/// How many have left, how many wait, and how many are lost.
async fn state(hub: &Hub) -> anyhow::Result<(i64, i64, i64)> {
    let mut tx = hub.app.db().read().await?;
    let groups: sapa::db::DbResult<Vec<(String, i64)>> = async {
        Ok(on_db!(&mut tx, |conn| sqlx::query_as(
            "SELECT state, COUNT(*) FROM mailing_recipients GROUP BY state"
        )
        .fetch_all(conn)
        .await?))
    }
    .await;
    let groups = groups?;
    let of = |states: &[&str]| {
        groups.iter().filter(|(state, _)| states.contains(&&**state)).map(|(_, count)| count).sum()
    };
    Ok((
        of(&["sent"]),
        of(&["queued", "retrying", "leased", "dispatching"]),
        of(&["failed", "unknown", "excluded"]),
    ))
}
