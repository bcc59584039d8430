//! The ledger: steps of many deliveries share a commit, and each waits until its own is durable (D2, D6).

use sapa_channel::points::reach;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::queries::{self, Step};
use crate::{
    app::App,
    db::{DbError, DbResult, SLICE},
    events::{Actor, NewEvent},
};

/// Where workers record what they do.
#[derive(Clone, Debug)]
pub struct Ledger(mpsc::Sender<(Step, oneshot::Sender<bool>)>);

impl Ledger {
    /// Starts the task that writes. It ends when the last ledger is dropped.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let (sender, receiver) = mpsc::channel(4 * SLICE);
        tokio::spawn(run(app.clone(), receiver));
        Self(sender)
    }

    /// Records a step. `true` when it is durable; `false` when the delivery is held no more, or could not be
    /// written: then nothing may be done that depends on it.
    pub async fn record(&self, step: Step) -> bool {
        let (done, answer) = oneshot::channel();
        self.0.send((step, done)).await.is_ok() && answer.await.unwrap_or(false)
    }
}

async fn run(app: App, mut steps: mpsc::Receiver<(Step, oneshot::Sender<bool>)>) {
    loop {
        let mut slice = Vec::with_capacity(SLICE);
        if steps.recv_many(&mut slice, SLICE).await == 0 {
            return;
        }
        let (steps, waiting): (Vec<_>, Vec<_>) = slice.into_iter().unzip();
        let made = match write(&app, &steps).await {
            Ok(made) => made,
            Err(error) => {
                tracing::error!(%error, "the ledger of deliveries could not be written");
                Vec::new()
            }
        };
        for (step, done) in steps.iter().zip(waiting) {
            let _ = done.send(made.contains(&step.message_id));
        }
    }
}

async fn write(app: &App, steps: &[Step]) -> DbResult<Vec<Uuid>> {
    let mut tries = 0;
    loop {
        match once(app, steps).await {
            Err(DbError::Conflict(_)) if tries < 5 => tries += 1,
            other => return other,
        }
    }
}

async fn once(app: &App, steps: &[Step]) -> DbResult<Vec<Uuid>> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let made = queries::step(&mut tx, steps, now).await?;
    let told: Vec<(Uuid, Uuid)> = made
        .iter()
        .filter(|(id, _)| {
            steps.iter().any(|step| step.message_id == *id && step.state != "dispatching")
        })
        .copied()
        .collect();
    let events = changed(&mut tx, &told, now).await?;
    let (tries, ends) = (told.len() < made.len(), !told.is_empty());
    at(tries, "delivery.before_attempt", ends, "delivery.before_record");
    app.commit(tx, &events).await?;
    at(tries, "delivery.after_attempt", ends, "delivery.after_record");
    Ok(made.into_iter().map(|(id, _)| id).collect())
}

/// Some tries begin and some end in one commit.
fn at(tries: bool, attempt: &'static str, ends: bool, record: &'static str) {
    if tries {
        reach(attempt);
    }
    if ends {
        reach(record);
    }
}

/// What to log of deliveries that have changed.
pub async fn changed(
    tx: &mut crate::db::Tx,
    deliveries: &[(Uuid, Uuid)],
    now: sapa_channel::Timestamp,
) -> DbResult<Vec<NewEvent>> {
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let contacts: Vec<(Uuid, Uuid)> = crate::on_db!(tx, |conn| {
        let mut query =
            sqlx::QueryBuilder::new("SELECT id, contact_id FROM conversations WHERE id IN (");
        let mut list = query.separated(", ");
        for (_, conversation) in deliveries {
            list.push_bind(*conversation);
        }
        query.push(")");
        query.build_query_as().persistent(crate::db::keep(deliveries.len())).fetch_all(conn).await?
    });
    Ok(deliveries
        .iter()
        .filter_map(|(message, conversation)| {
            let contact = contacts.iter().find(|(id, _)| id == conversation)?.1;
            Some(
                NewEvent::new("delivery.changed", now, Actor::system())
                    .conversation(*conversation, contact)
                    .message(*message, None),
            )
        })
        .collect())
}
