//! Being told to stop.

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `stop` by SIGINT or SIGTERM; a second one ends the program at once.
///
/// What was acknowledged is on the disk by then, so that ending at once loses nothing but politeness (D1).
pub fn by_signal(stop: CancellationToken) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    tokio::spawn(async move {
        let name = either(&mut interrupt, &mut terminate).await;
        tracing::info!("stopping, as told by {name}; a second one ends it at once");
        stop.cancel();
        let name = either(&mut interrupt, &mut terminate).await;
        tracing::warn!("ended at once by {name}");
        std::process::exit(1);
    });
    Ok(())
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) -> &'static str {
    tokio::select! {
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    }
}
