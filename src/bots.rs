//! Bots: programs that answer customers. Each is told of what its customers say by a signed call, and answers
//! at once or later; people take over at any moment, and the hub does when a bot does not answer.
//!
//! A reader of the log ([`watch`]) puts a bot in charge of what is new on its channels and queues a *turn* for
//! each message. A worker ([`ask`]) posts one turn of a conversation after the other. What comes back
//! ([`answer`], [`rasa`]) is done in the transaction that ends the turn ([`settle`]), so that it is done once.

use std::{collections::HashSet, time::Duration};

use sapa_channel::Timestamp;
use tokio::{task::JoinSet, time};
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    db::{DbResult, insist},
    events::reader::Rest,
};

pub mod answer;
pub mod api;
mod ask;
mod choice;
mod context;
mod effects;
pub mod guard;
pub mod http;
mod log;
pub mod model;
pub mod queries;
mod rasa;
pub mod settings;
mod settle;
mod switch;
pub mod token;
mod turns;
mod watch;

pub use turns::{has_stale, recover};
pub use watch::READER;

/// A lost wake-up leaves nothing lying for longer (D5).
const SWEEP: Duration = Duration::from_secs(5);

/// How many turns are under way at once.
const AT_ONCE: usize = 32;

/// How long turns under way may take when the hub stops. One that is cut is asked again at the next start.
const FAREWELL: Duration = Duration::from_secs(5);

/// How often the log of turns is shortened, and how long a turn is kept in it.
const TIDY_EVERY: Duration = Duration::from_secs(3600);
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// Asks bots and does what they answer, until the hub stops.
pub async fn run(app: App, stop: CancellationToken) {
    let mut grew = app.wake().subscribe_log();
    let mut asking = JoinSet::new();
    let mut rest = Rest::default();
    let mut tidied: Option<Timestamp> = None;
    loop {
        if !rest.resting() {
            match watch::read(&app).await {
                Ok(heard) => rest.read(heard),
                Err(error) => {
                    tracing::warn!(%error, "bots were not told what happened; they will be");
                }
            }
        }
        let wait = match start(&app, &mut asking).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "bots were not looked through; they will be");
                SWEEP
            }
        };
        let now = app.now();
        if tidied.is_none_or(|tidied| now.since(tidied) >= TIDY_EVERY) {
            tidied = Some(now);
            if let Err(error) = tidy(&app, now).await {
                tracing::warn!(%error, "the log of bots' turns was not shortened");
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            _ = grew.changed() => {}
            () = time::sleep(if rest.resting() { wait.min(Rest::FOR) } else { wait }) => {}
            Some(_) = asking.join_next(), if !asking.is_empty() => {}
        }
    }
    let _ = time::timeout(FAREWELL, async { while asking.join_next().await.is_some() {} }).await;
}

/// Starts what is due. Tells how long there is nothing more to do.
async fn start(app: &App, asking: &mut JoinSet<()>) -> DbResult<Duration> {
    let free = AT_ONCE.saturating_sub(asking.len());
    for turn in turns::claim(app, free).await? {
        let app = app.clone();
        asking.spawn(async move {
            if let Err(error) = ask::ask(&app, &turn).await {
                tracing::warn!(%error, turn = %turn.id, "a bot's turn was not noted; it will be repeated");
                // Left as it is it would wait for the end of its lease, and what was said after it with it.
                let _ = insist(turns::LEASE, || turns::put_back(&app, &turn)).await;
            }
        });
    }
    let mut tx = app.db().read().await?;
    let next = turns::next_due(&mut tx).await?;
    Ok(next.map_or(SWEEP, |at| at.since(app.now()).clamp(Duration::from_millis(20), SWEEP)))
}

async fn tidy(app: &App, now: Timestamp) -> DbResult<()> {
    let mut tx = app.db().write().await?;
    turns::forget(&mut tx, now.before(KEPT)).await?;
    tx.commit().await
}

/// Does once all that is to be done now, and returns when it is done.
pub async fn work(app: &App) -> DbResult<()> {
    watch::read(app).await?;
    let mut done = HashSet::new();
    loop {
        let claimed = turns::claim(app, AT_ONCE).await?;
        let new: Vec<_> =
            claimed.iter().filter(|turn| done.insert((turn.id, turn.fence))).collect();
        if new.is_empty() {
            return Ok(());
        }
        for turn in new {
            ask::ask(app, turn).await?;
        }
        watch::read(app).await?;
    }
}
