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

/// Puts those channels into operation that should be, in their present form, and ends those that should not: at
/// the start, and after somebody has changed one on this node or another. One takes the other's place, so that nothing
/// that comes meanwhile is refused.
pub async fn refresh(app: &App) -> DbResult<()> {
    let _one = app.registry().changing.lock().await;
    let mut tx = app.db().read().await?;
    let mut rows = queries::list(&mut tx).await?;
    drop(tx);
    rows.retain(|row| row.enabled);
    app.registry().keep_only(|id| rows.iter().any(|row| row.id == id));
    for row in &rows {
        if app.registry().get(row.id).is_none_or(|operated| operated.form != row.form()) {
            start(app, row);
        }
    }
    Ok(())
}

/// Puts a channel into operation, in place of what it was before. What cannot start is told in its health.
fn start(app: &App, row: &ChannelRow) {
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
        form: row.form(),
        health: health.clone(),
        stop: stop.clone(),
    });
    app.registry().insert(operated.clone());
    let intake = operation.intake.clone();
    let (receiving, receiving_stop) = (channel.clone(), stop.clone());
    let reporting: Arc<dyn Health> = health;
    let (node, alone) = (app.clone(), format!("channel {}", row.id));
    app.supervise("channel", stop.clone(), move || {
        let (channel, intake) = (receiving.clone(), intake.clone());
        let (health, stop) = (reporting.clone(), receiving_stop.clone());
        let (node, alone) = (node.clone(), alone.clone());
        async move {
            if !channel.capabilities().alone {
                return channel.run(intake, health, stop).await;
            }
            let run = |held| channel.run(intake.clone(), health.clone(), held);
            node.nodes().alone(&alone, &stop, run).await;
        }
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
