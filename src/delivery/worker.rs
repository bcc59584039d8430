//! The worker of one channel: leases what is due, records each try, sends, records what became of it.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use rand::RngExt;
use sapa_channel::{Outcome, Retry, points::reach};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    ledger::{Ledger, Unwritten},
    outbound::{self, NotReady},
    queries::{self, Leased, Step},
    retry,
};
use crate::{app::App, channels::Operated, db::DbResult, telemetry};

/// How the reason begins of a letter that an earlier try may have brought. It stays with it to the end: such a letter
/// has never surely failed, and may have come twice.
const PERHAPS: &str = "perhaps it arrived";

/// How often it looks by itself, if nobody wakes it (D5).
const SWEEP: Duration = Duration::from_secs(5);

/// Delivers for one channel until told to stop, and finishes what it began.
pub async fn run(app: App, operated: Arc<Operated>, stop: CancellationToken) {
    let ledger = Ledger::start(&app);
    let places = Arc::new(Semaphore::new(app.config().delivery.concurrency.max(1)));
    let sending = TaskTracker::new();
    loop {
        let woken = app.wake();
        // Subscribed before looking, so that what is queued meanwhile is not missed.
        let due = woken.delivery();
        let looked = round(&app, &operated, &ledger, &places, &sending).await;
        let wait = match looked {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, channel = operated.name, "delivery could not look for work");
                SWEEP
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = due => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    sending.close();
    sending.wait().await;
}

/// Looks for work once. Tells how long to wait before looking again.
async fn round(
    app: &App,
    operated: &Arc<Operated>,
    ledger: &Ledger,
    places: &Arc<Semaphore>,
    sending: &TaskTracker,
) -> DbResult<Duration> {
    let now = app.now();
    let free = places.available_permits();
    if free == 0 {
        return Ok(Duration::from_millis(20));
    }
    let mut tx = app.db().read().await?;
    let next = queries::next_due(&mut tx, operated.id).await?;
    drop(tx);
    match next {
        None => return Ok(SWEEP),
        Some(at) if at > now => return Ok(at.since(now).min(SWEEP)),
        Some(_) => {}
    }
    let mut tx = app.db().write().await?;
    let (me, most) = (app.nodes().me(), i64::try_from(free).unwrap_or(1));
    let leased = queries::lease(&mut tx, operated.id, me, now, most).await?;
    if !leased.is_empty() {
        reach("delivery.before_lease");
    }
    tx.commit().await?;
    if leased.is_empty() {
        return Ok(Duration::from_millis(50));
    }
    reach("delivery.after_lease");
    for delivery in leased {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let (app, operated, ledger) = (app.clone(), operated.clone(), ledger.clone());
        sending.spawn(async move {
            deliver(&app, &operated, &ledger, &delivery).await;
            drop(place);
            app.wake().delivery_due();
        });
    }
    Ok(Duration::from_millis(20))
}

async fn deliver(app: &App, operated: &Operated, ledger: &Ledger, leased: &Leased) {
    let step = |state, tries, run_at, reason| Step {
        message_id: leased.message_id,
        fence: leased.fence,
        state,
        tries,
        run_at,
        reason,
        external_id: None,
    };
    let now = app.now();
    let message = match outbound::prepare(app, leased).await {
        Ok(message) => message,
        Err(NotReady::Gone) => {
            return ledger.insist(step("cancelled", 0, now, None)).await;
        }
        Err(error) => {
            tracing::error!(%error, message = %leased.message_id, "a message could not be made ready");
            let again = step("retrying", 0, now.after(SWEEP), Some(error.to_string()));
            return ledger.insist(again).await;
        }
    };
    let written_at = message.written_at;
    // D6: the try is on the disk before the first byte that can have an effect.
    match ledger.record(step("dispatching", 1, now, leased.reason.clone())).await {
        Ok(true) => {}
        Ok(false) => return,
        // Nothing was sent: it is tried again as soon as that can be recorded.
        Err(Unwritten) => {
            let again = step("retrying", 0, now.after(SWEEP), leased.reason.clone());
            return ledger.insist(again).await;
        }
    }
    reach("delivery.before_send");
    let outcome =
        AssertUnwindSafe(operated.channel.send(message)).catch_unwind().await.unwrap_or_else(
            |_| Outcome::Unknown { reason: "the channel broke while it was sending".to_owned() },
        );
    reach("delivery.after_send");
    let now = app.now();
    let tries = u32::try_from(leased.attempts + 1).unwrap_or(u32::MAX);
    let perhaps = leased.reason.as_ref().is_some_and(|reason| reason.starts_with(PERHAPS));
    let told = |reason: String| {
        if perhaps { format!("{PERHAPS} by an earlier try: {reason}") } else { reason }
    };
    let failed = if perhaps { "unknown" } else { "failed" };
    telemetry::delivery(operated.channel.kind().as_str(), &outcome);
    let health: &dyn sapa_channel::Health = &*operated.health;
    let done = match outcome {
        Outcome::Sent { external_id } => {
            health.good();
            let twice = perhaps.then(|| format!("{PERHAPS} twice"));
            Step { external_id, ..step("sent", 0, now, twice) }
        }
        Outcome::NotSent { reason, retry: Retry::Never } => {
            step(failed, 0, now, Some(told(reason)))
        }
        Outcome::NotSent { reason, retry } => {
            health.bad(reason.clone());
            let at_least = if let Retry::After(wait) = retry { Some(wait) } else { None };
            match retry::next_try(tries, written_at, now, at_least, rand::rng().random()) {
                Some(next) => step("retrying", 0, next, Some(told(reason))),
                None => {
                    step(failed, 0, now, Some(told(format!("given up after five days: {reason}"))))
                }
            }
        }
        // A letter carries its id, by which the other side knows it again: one more try, and no more.
        Outcome::Unknown { reason } if operated.channel.capabilities().letters && tries == 1 => {
            let reason = format!("{PERHAPS}, so it may come twice: {reason}");
            step("retrying", 0, now.after(Duration::from_secs(60)), Some(reason))
        }
        Outcome::Unknown { reason } => step("unknown", 0, now, Some(reason)),
    };
    // What became of it must be told sooner or later; until then the try is unknown.
    ledger.insist(done).await;
}
