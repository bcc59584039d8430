//! Mail, Telegram and chat at once, from the moment at which each was sent to the officer's screen; beside bare words
//! to a server that says them back, as many a second.

use std::{collections::HashMap, time::Duration};

use anyhow::ensure;
use sapa::{db::DbResult, on_db};
use sapa_telegram::stub::Stub;
use uuid::Uuid;

use crate::{
    client::Client,
    delivery::{Talk, echoed},
    hub::Backend,
    report::{Better, Report, millis, percentile, rate},
    served::Served,
    traffic::{self, Town},
};

/// Messages a second.
pub const RATE: u32 = 800;

const SPAN: Duration = Duration::from_secs(20);

/// As many words a second to a bare server.
const BARE: Talk = Talk { visitors: 800, each: 6, pace: Duration::from_micros(1_250) };

/// Takes the figures.
pub async fn run(report: &mut Report, backend: Backend) -> anyhow::Result<()> {
    let mut bare = echoed(BARE).await?;
    let telegram = Stub::start().await?;
    let served = Served::new(backend, &traffic::settings(&telegram)).await?;
    let hub = served.start()?;
    let client = Client::set_up(served.http()).await?;
    let town = Town::new(served, &client, telegram, RATE).await?;
    let (told, served) = town.speak(RATE, SPAN).await?;
    hub.stop()?;

    let db = served.database().await?;
    let mut tx = db.read().await?;
    let stored: DbResult<Vec<(Uuid, String)>> = async {
        Ok(on_db!(&mut tx, |conn| sqlx::query_as(
            "SELECT id, text FROM messages WHERE direction = 'in'"
        )
        .fetch_all(conn)
        .await?))
    }
    .await;
    let stored = stored?;
    drop(tx);
    db.close().await;
    served.remove().await?;

    let mut of: HashMap<usize, Uuid> = HashMap::new();
    for (id, text) in &stored {
        let twice = traffic::number_of(text).and_then(|number| of.insert(number, *id));
        ensure!(twice.is_none(), "stored twice: {text}");
    }
    let mut waits: Vec<Duration> = Vec::new();
    let mut last = told.begin;
    for (number, due) in told.due.iter().enumerate() {
        let seen = of.get(&number).and_then(|id| told.seen.get(id));
        let Some(seen) = seen else { anyhow::bail!("message {number} was lost") };
        waits.push(seen.saturating_duration_since(*due));
        last = last.max(*seen);
    }
    let name = if backend == Backend::Sqlite { "mixed.sqlite" } else { "mixed.postgres" };
    let shown = (rate(waits.len(), last - told.begin), "messages/s");
    report.add(name, shown, Better::Higher, (f64::from(RATE), "what was offered"));
    for percent in [50, 99] {
        let (value, bare) = (percentile(&mut waits, percent), percentile(&mut bare, percent));
        let limit = (millis(bare), "a bare echo at the same rate");
        report.add(format!("{name}.p{percent}"), (millis(value), "ms"), Better::Lower, limit);
    }
    Ok(())
}
