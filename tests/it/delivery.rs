//! The way out: order, retries, what is unknown, nodes that died.

mod again;
mod nodes;
mod relays;
mod sweeper;
mod undo;

use crate::support::{
    Backend, Client, TestApp,
    sink::{Sink, relay},
};

/// A hub whose mail goes to a relay, and an officer.
async fn hub(backend: Backend) -> (TestApp, Sink, Client) {
    let sink = Sink::start().await;
    let app = TestApp::with(backend, |config| relay(config, sink.address)).await;
    app.mailbox().await;
    let ayu = app.officer("Ayu").await;
    (app, sink, ayu)
}

/// Lets a minute or more go by and looks for work.
fn later(app: &TestApp, seconds: u64) {
    app.clock.advance(std::time::Duration::from_secs(seconds));
    app.app.wake().delivery_due();
}

/// A scenario with a relay, as two tests.
macro_rules! with_relay {
    (async fn $name:ident($app:ident: TestApp, $sink:ident: Sink, $ayu:ident: Client) $body:block) => {
        mod $name {
            use super::*;

            async fn run($app: &TestApp, $sink: &Sink, $ayu: &Client) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let (app, sink, ayu) = hub(Backend::Sqlite).await;
                run(&app, &sink, &ayu).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let (app, sink, ayu) = hub(Backend::Postgres).await;
                run(&app, &sink, &ayu).await;
            }
        }
    };
}
use with_relay;
