//! Intake: arrivals share a transaction, and each learns when it is durable (D1, D2).

use std::{io, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::FutureExt;
use sapa_channel::{
    Arrival, ChannelId, Inbound, Intake, Receipted, Refused, Unreadable, points::reach,
};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::App,
    db::{self, DbError, DbResult, Tx},
    files,
    router::{Routed, route},
    telemetry,
};

mod pressure;
mod retry;

pub use pressure::Pressure;
pub use retry::retry;

/// The most arrivals that share a transaction: a statement of many rows costs little more than one of few.
pub const SLICE: usize = 2 * db::SLICE;

/// How often a slice is repeated when another transaction was first.
const CONFLICTS: u32 = 8;

/// How often an arrival that fails by itself is tried before it is quarantined (D4).
const TRIES: u32 = 5;

/// Where adapters put arrivals.
#[derive(Clone, Debug)]
pub struct Inbox {
    app: App,
    sender: mpsc::Sender<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    arrival: Arrival,
    done: oneshot::Sender<Routed>,
}

/// The tasks behind an [`Inbox`].
#[derive(Debug)]
pub struct Routers {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Routers {
    /// Lets them store what has arrived, and ends them.
    pub async fn finish(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Inbox {
    /// Starts the routers.
    pub fn start(app: &App) -> io::Result<(Self, Routers)> {
        let (sender, receiver) = mpsc::channel(4 * SLICE);
        let receiver = Arc::new(Mutex::new(receiver));
        let routers = Routers { tasks: TaskTracker::new(), stop: CancellationToken::new() };
        for _ in 0..app.db().routers() {
            let work = run(app.clone(), receiver.clone(), routers.stop.clone());
            let work = routers.tasks.track_future(work);
            if app.db().is_embedded() {
                on_a_thread(work)?;
            } else {
                tokio::spawn(work);
            }
        }
        routers.tasks.close();
        Ok((Self { app: app.clone(), sender }, routers))
    }
}

/// Runs a router on a thread of its own. The embedded database works on a thread, too, and a slice goes to and fro between
/// the two some dozen times: among the tasks of a busy hub it would wait for its turn each time, with the one writer in
/// its hand.
fn on_a_thread(work: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let hub = tokio::runtime::Handle::current();
    let thread = std::thread::Builder::new().name("router".to_owned());
    thread.spawn(move || hub.block_on(work)).map(drop)
}

#[async_trait]
impl Intake for Inbox {
    async fn deliver(&self, arrival: Arrival) -> Result<Receipted, Refused> {
        let _held = self.app.pressure().hold();
        keep_large(&self.app, &arrival).await?;
        let (done, answer) = oneshot::channel();
        self.sender.send(Waiting { arrival, done }).await.map_err(|_| Refused::Unavailable)?;
        answer.await.unwrap_or(Err(Refused::Unavailable))
    }
}

/// Puts what is too large for the database into the folder of files, before the commit that names it.
async fn keep_large(app: &App, arrival: &Arrival) -> Result<(), Refused> {
    let attached = match &arrival.content {
        Ok(Inbound::Message(message)) => message.files.as_slice(),
        _ => &[],
    };
    let all =
        std::iter::once(&arrival.original.bytes).chain(attached.iter().map(|file| &file.bytes));
    for bytes in all.filter(|bytes| bytes.len() > files::INLINE) {
        app.files().keep(bytes.clone()).await.map_err(|error| {
            tracing::error!(%error, "a file could not be stored");
            if error.kind() == io::ErrorKind::StorageFull {
                Refused::Full
            } else {
                Refused::Unavailable
            }
        })?;
    }
    Ok(())
}

/// Takes what has arrived until the database is free to write: under load slices fill by themselves, and an idle
/// system waits for nothing.
async fn run(app: App, arrivals: Arc<Mutex<mpsc::Receiver<Waiting>>>, stop: CancellationToken) {
    loop {
        let mut queue = arrivals.lock().await;
        // What is there is taken also after the word to stop.
        let first = tokio::select! {
            biased;
            first = queue.recv() => first,
            () = stop.cancelled() => None,
        };
        let Some(first) = first else { return };
        let tx = app.db().write().await;
        let mut slice = vec![first];
        while slice.len() < SLICE
            && let Ok(next) = queue.try_recv()
        {
            slice.push(next);
        }
        drop(queue);
        let (arrivals, waiting): (Vec<_>, Vec<_>) =
            slice.into_iter().map(|waiting| (waiting.arrival, waiting.done)).unzip();
        let routed = take(&app, tx, &arrivals).await;
        for (done, routed) in waiting.into_iter().zip(routed) {
            // Who no longer waits is told by the same key when it comes again.
            let _ = done.send(routed);
        }
    }
}

/// Routes a slice; if it fails as a whole, one by one, so that a bad arrival does not hold up the others.
async fn take(app: &App, tx: DbResult<Tx>, arrivals: &[Arrival]) -> Vec<Routed> {
    let begun = std::time::Instant::now();
    let committed = commit(app, tx, arrivals).await;
    let refused = committed.as_ref().err().and_then(refusal);
    let routed = match (committed, refused) {
        (Ok(routed), _) => routed,
        // Nobody's fault: all come again.
        (Err(error), Some(refused)) => {
            tracing::warn!(%error, arrivals = arrivals.len(), "a slice was put off");
            vec![Err(refused); arrivals.len()]
        }
        (Err(error), None) if arrivals.len() > 1 => {
            tracing::warn!(%error, arrivals = arrivals.len(), "a slice failed: each by itself now");
            let mut routed = Vec::with_capacity(arrivals.len());
            for arrival in arrivals {
                routed.push(take_one(app, arrival).await);
            }
            routed
        }
        (Err(_), None) => vec![take_one(app, &arrivals[0]).await],
    };
    app.wake().log_grew();
    telemetry::intake_slice(arrivals.len(), begun.elapsed());
    for (arrival, routed) in arrivals.iter().zip(&routed) {
        if routed.as_ref().is_ok_and(|receipted| receipted.fresh) {
            app.registry().heard(arrival.channel, arrival.received_at);
        }
    }
    routed
}

async fn take_one(app: &App, arrival: &Arrival) -> Routed {
    let one = std::slice::from_ref(arrival);
    let mut last = String::new();
    for attempt in 1..=TRIES {
        match commit(app, app.db().write().await, one).await {
            Ok(mut routed) => return routed.pop().unwrap_or(Err(Refused::Unavailable)),
            Err(error) => match refusal(&error) {
                // It is not the arrival's fault, and does not count against it.
                Some(refused) => return Err(refused),
                None => last = error.to_string(),
            },
        }
        tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
    }
    tracing::error!(channel = %arrival.channel, error = last, "an arrival cannot be routed: into quarantine");
    let unreadable = Arrival {
        content: Err(Unreadable(format!("it could not be routed: {last}"))),
        ..arrival.clone()
    };
    match commit(app, app.db().write().await, std::slice::from_ref(&unreadable)).await {
        Ok(mut routed) => routed.pop().unwrap_or(Err(Refused::Unavailable)),
        Err(error) => Err(refusal(&error).unwrap_or(Refused::Unavailable)),
    }
}

/// Why the other side shall try again later, if that is the matter.
fn refusal(error: &IntakeError) -> Option<Refused> {
    match error {
        IntakeError::Db(DbError::Full(_)) => Some(Refused::Full),
        IntakeError::Db(DbError::Unavailable(_)) => Some(Refused::Unavailable),
        IntakeError::Db(_) | IntakeError::Panicked => None,
    }
}

/// Why a slice was not taken.
#[derive(Debug, thiserror::Error)]
enum IntakeError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("a rule panicked")]
    Panicked,
}

/// Routes a slice in one transaction, again if another one was first.
async fn commit(
    app: &App,
    mut tx: DbResult<Tx>,
    arrivals: &[Arrival],
) -> Result<Vec<Routed>, IntakeError> {
    let mut conflicts = 0;
    loop {
        let attempt = AssertUnwindSafe(once(app, tx?, arrivals)).catch_unwind().await;
        match attempt.map_err(|_| IntakeError::Panicked)? {
            Err(DbError::Conflict(_)) if conflicts < CONFLICTS => {
                conflicts += 1;
                tokio::time::sleep(Duration::from_millis(u64::from(conflicts))).await;
                tx = app.db().write().await;
            }
            other => return Ok(other?),
        }
    }
}

async fn once(app: &App, mut tx: Tx, arrivals: &[Arrival]) -> DbResult<Vec<Routed>> {
    let routed = route(&mut tx, app.keys(), app.config().conversations.policy(), arrivals).await?;
    reach("intake.before_commit");
    tx.commit().await?;
    reach("intake.after_commit");
    Ok(routed)
}

/// The channel and the bytes of a quarantined arrival, for reading it again.
#[derive(Debug, sqlx::FromRow)]
struct Quarantined {
    channel_id: ChannelId,
    transport_key: String,
    media_type: String,
    envelope: Option<String>,
    digest: Vec<u8>,
    body: Option<Vec<u8>>,
    received_at: sapa_channel::Timestamp,
}
