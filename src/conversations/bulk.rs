//! One change for many conversations.

use serde::Serialize;
use uuid::Uuid;

use super::change::{Change, change};
use crate::{app::App, db::DbResult, events::Actor, http::AppError};

/// The most conversations of one call.
pub const MOST: usize = 200;

/// What became of a change for many.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Changed {
    /// How many were found and changed.
    pub changed: usize,
    /// Those that were not.
    pub failed: Vec<Uuid>,
}

/// Changes all of them in one transaction; those that are not there are told.
pub async fn change_all(
    app: &App,
    ids: &[Uuid],
    what: &Change,
    actor: &Actor,
) -> Result<Changed, AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let mut done = Changed::default();
    let mut events = Vec::new();
    for id in ids {
        match change(&mut tx, *id, what, None, actor, now).await {
            Ok(some) => {
                done.changed += 1;
                events.extend(some);
            }
            Err(AppError::NotFound) => done.failed.push(*id),
            Err(error) => return Err(error),
        }
    }
    let committed: DbResult<()> = app.commit(tx, &events).await;
    committed?;
    Ok(done)
}
