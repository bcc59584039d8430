//! Mailings: one message to many, each with a row of the ledger that says what became of it (D6, D7).

pub mod audience;
pub mod control;
pub mod export;
pub mod history;
pub mod http;
pub mod ledger;
pub mod letter;
pub mod limit;
pub mod model;
pub mod pace;
pub mod pages;
pub mod progress;
pub mod queries;
pub mod recipients;
pub mod review;
pub mod settle;
pub mod unsubscribe;
pub mod worker;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often it is looked for mailings to work on, if nobody says so (D5).
const SWEEP: Duration = Duration::from_secs(5);

/// Works on all mailings that are under way until told to stop, and finishes what it began.
pub async fn run(app: App, stop: CancellationToken) {
    let mut crew = worker::Crew::new(app.clone(), stop.clone());
    loop {
        let changed = app.wake();
        // Subscribed before looking, so that what begins meanwhile is not missed.
        let due = changed.mailings();
        if let Err(error) = crew.look().await {
            tracing::error!(%error, "it could not be looked for mailings");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = due => {}
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
    crew.end().await;
}
