//! Putting channels into operation, and ending them.

use std::sync::Arc;

use sapa_channel::{ChannelId, Health, Intake};
use sapa_webchat::ChatServer;
use tokio_util::sync::CancellationToken;

use super::{health::ChannelHealth, kinds, model::ChannelRow, queries, registry::Operated};
use crate::{app::App, db::DbResult, delivery};

/// What channels need to be in operation.
#[derive(Clone)]
pub struct Operation {
    /// Where they put arrivals.
    pub intake: Arc<dyn Intake>,
    /// The web chat of this process.
    pub chat: Arc<ChatServer>,
    /// Ends them all.
    pub stop: CancellationToken,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("chat", &self.chat).finish_non_exhaustive()
    }
}

/// Puts all enabled channels into operation.
pub async fn start_all(app: &App) -> DbResult<()> {
    let mut tx = app.db().read().await?;
    let rows = queries::list(&mut tx).await?;
    drop(tx);
    for row in rows.iter().filter(|row| row.enabled) {
        start(app, row);
    }
    Ok(())
}

/// Puts a channel into operation, in place of what it was before. What cannot start is told in its health.
pub fn start(app: &App, row: &ChannelRow) {
    let Some(operation) = app.operation() else { return };
    let health = ChannelHealth::new(app.clock());
    let (channel, part) = match kinds::adapter(app, row, operation) {
        Ok(made) => made,
        Err(why) => {
            tracing::error!(channel = row.name, why, "a channel cannot start");
            app.registry().miss(row.id, &row.kind, &row.address);
            let app = app.clone();
            let id = row.id;
            tokio::spawn(async move { note_error(&app, id, why).await });
            return;
        }
    };
    let stop = operation.stop.child_token();
    let operated = Arc::new(Operated {
        id: row.id,
        name: row.name.clone(),
        address: row.address.clone(),
        channel: channel.clone(),
        part,
        health: health.clone(),
        stop: stop.clone(),
    });
    app.registry().insert(operated.clone());
    let intake = operation.intake.clone();
    let (receiving, receiving_stop) = (channel.clone(), stop.clone());
    let reporting: Arc<dyn Health> = health;
    app.supervise("channel", stop.clone(), move || {
        let (channel, intake) = (receiving.clone(), intake.clone());
        let (health, stop) = (reporting.clone(), receiving_stop.clone());
        async move { channel.run(intake, health, stop).await }
    });
    let (hub, sending_stop) = (app.clone(), stop.clone());
    if channel.capabilities().pull {
        app.supervise("answers for later", stop, move || {
            delivery::release::run(hub.clone(), operated.clone(), sending_stop.clone())
        });
    } else {
        app.supervise("delivery", stop, move || {
            delivery::worker::run(hub.clone(), operated.clone(), sending_stop.clone())
        });
    }
}

async fn note_error(app: &App, id: ChannelId, why: String) {
    let noted: DbResult<()> = async {
        let mut tx = app.db().write().await?;
        queries::note_error(&mut tx, id, &why, app.now()).await?;
        tx.commit().await
    }
    .await;
    if let Err(error) = noted {
        tracing::warn!(%error, "the error of a channel was not written down");
    }
}
