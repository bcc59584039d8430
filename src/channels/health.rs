//! How channels fare: noted in memory, written down every few seconds.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sapa_channel::{Clock, Health, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    db::{DbResult, Tx},
    on_db,
};

/// How often it is written down.
const EVERY: Duration = Duration::from_secs(5);

/// How one channel fares.
#[derive(Debug)]
pub struct ChannelHealth {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Clone, Debug, Default)]
struct State {
    message_at: Option<Timestamp>,
    good_at: Option<Timestamp>,
    error: Option<(String, Timestamp)>,
    changed: bool,
}

impl ChannelHealth {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, state: Mutex::default() })
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        state.changed = true;
    }

    /// A message came.
    pub fn heard(&self, at: Timestamp) {
        self.change(|state| state.message_at = Some(at));
    }

    /// What is wrong now.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (error, at) = state.error.as_ref()?;
        (Some(*at) > state.good_at).then(|| error.clone())
    }
}

impl Health for ChannelHealth {
    fn good(&self) {
        let now = self.clock.now();
        self.change(|state| state.good_at = Some(now));
    }

    fn bad(&self, what: String) {
        let now = self.clock.now();
        self.change(|state| state.error = Some((what, now)));
    }
}

/// Writes down how channels fare until told to stop, and once more then.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        let going_on = stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some();
        if let Err(error) = write_down(&app).await {
            tracing::warn!(%error, "the health of channels was not written down");
        }
        if !going_on {
            return;
        }
    }
}

async fn write_down(app: &App) -> DbResult<()> {
    let changed: Vec<_> = app
        .registry()
        .all()
        .into_iter()
        .filter_map(|operated| {
            let mut state = operated.health.state.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut state.changed).then(|| (operated.id, state.clone()))
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut tx: Tx = app.db().write().await?;
    for (id, state) in changed {
        let (error, error_at) = state.error.unzip();
        on_db!(&mut tx, |conn| {
            sqlx::query(
            "UPDATE channels
             SET last_message_at = COALESCE($2, last_message_at), last_good_at = COALESCE($3, last_good_at),
                 error = COALESCE($4, error), error_at = COALESCE($5, error_at)
             WHERE id = $1"
        )
        .bind(id)
        .bind(state.message_at)
        .bind(state.good_at)
        .bind(error)
        .bind(error_at)
        .execute(conn)
        .await
        .map(drop)?
        });
    }
    tx.commit().await
}
