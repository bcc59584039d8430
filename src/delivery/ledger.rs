//! The ledger: steps of many deliveries share a commit, and each waits until its own is durable (D2, D6).

use sapa_channel::points::reach;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::queries::{self, LEASE, Step};
use crate::{
    app::App,
    db::{DbError, DbResult, SLICE, insist},
    events::{Actor, NewEvent},
};

/// A step was not written, or it is not known whether it was.
#[derive(Clone, Copy, Debug)]
pub struct Unwritten;

type Recorded = Result<bool, Unwritten>;

/// Where workers record what they do.
#[derive(Clone, Debug)]
pub struct Ledger(mpsc::Sender<(Step, oneshot::Sender<Recorded>)>);

impl Ledger {
    /// Starts the task that writes. It ends when the last ledger is dropped.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let (sender, receiver) = mpsc::channel(4 * SLICE);
        tokio::spawn(run(app.clone(), receiver));
        Self(sender)
    }

    /// Records a step. `true` when it is durable; else nothing may be done that depends on it: `false` when the
    /// delivery is held no more.
    pub async fn record(&self, step: Step) -> Recorded {
        let (done, answer) = oneshot::channel();
        self.0.send((step, done)).await.map_err(|_| Unwritten)?;
        answer.await.map_err(|_| Unwritten)?
    }

    /// Records a step that tells of what is so already, as long as the lease lasts.
    pub async fn insist(&self, step: Step) {
        let message = step.message_id;
        if insist(LEASE, || self.record(step.clone())).await.is_err() {
            tracing::error!(%message, "what became of a message could not be recorded");
        }
    }
}

async fn run(app: App, mut steps: mpsc::Receiver<(Step, oneshot::Sender<Recorded>)>) {
    loop {
        let mut slice = Vec::with_capacity(SLICE);
        if steps.recv_many(&mut slice, SLICE).await == 0 {
            return;
        }
        let (steps, waiting): (Vec<_>, Vec<_>) = slice.into_iter().unzip();
        let made = write(&app, &steps).await.map_err(|error| {
            tracing::error!(%error, "the ledger of deliveries could not be written");
            Unwritten
        });
        for (step, done) in steps.iter().zip(waiting) {
            let made = made.as_ref().map(|made| made.contains(&step.message_id));
            let _ = done.send(made.map_err(|unwritten| *unwritten));
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
