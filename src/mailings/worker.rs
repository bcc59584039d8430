//! Those who work on mailings: one task for each that is under way on a channel of this node.
//!
//! A round of a worker is one transaction: it records what became of the tries that ended, takes new rows, and
//! records the tries that begin now. While it is committed the ones before are being sent.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use rand::RngExt;
use sapa_channel::{Outcome, Retry, Timestamp, new_id, points::reach};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    ledger::{self, Done, Leased, Mark},
    letter::Letter,
    model::MailingRow,
    pace::{self, Pace},
    progress::Told,
    queries,
};
use crate::{
    app::App,
    channels::Operated,
    db::{DbError, DbResult, SLICE},
    delivery::retry,
    telemetry,
    templates::values::{self, Person},
};

/// How many rows a worker holds beside those that are being sent.
const HELD: usize = 4 * SLICE;

/// How often a worker says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// After how many tries a recipient is given up: five days, as RFC 5321 (4.5.4.1) asks.
const MOST_TRIES: i64 = 35;

/// So many failures in a row, and the other side gets a rest.
const PATIENCE: u32 = 8;

/// For so long what ended waits for others that are about to end, to share their commit.
const GATHER: Duration = Duration::from_millis(4);

/// Far enough ahead that nobody is alive then.
const NEVER: Timestamp = Timestamp(i64::MAX);

/// All workers of this node.
pub struct Crew {
    app: App,
    stop: CancellationToken,
    at_work: JoinSet<Uuid>,
    on: HashSet<Uuid>,
}

impl Crew {
    /// Nobody works yet.
    #[must_use]
    pub fn new(app: App, stop: CancellationToken) -> Self {
        Self { app, stop, at_work: JoinSet::new(), on: HashSet::new() }
    }

    /// Puts a worker on each mailing that needs one.
    pub async fn look(&mut self) -> DbResult<()> {
        while let Some(ended) = self.at_work.try_join_next() {
            match ended {
                Ok(mailing) => {
                    self.on.remove(&mailing);
                }
                Err(error) => {
                    tracing::error!(%error, "a worker on a mailing broke");
                    // Which one is not told: all that still work are found again below.
                    self.on.clear();
                    self.at_work.abort_all();
                    while self.at_work.join_next().await.is_some() {}
                }
            }
        }
        let mut tx = self.app.db().read().await?;
        let wanted = queries::under_way(&mut tx).await?;
        drop(tx);
        for mailing in wanted {
            if self.on.contains(&mailing.id) {
                continue;
            }
            let Some(operated) = self.app.registry().get(mailing.channel_id) else { continue };
            self.on.insert(mailing.id);
            let (app, stop) = (self.app.clone(), self.stop.clone());
            self.at_work.spawn(async move {
                let id = mailing.id;
                work(app, operated, mailing, stop).await;
                id
            });
        }
        Ok(())
    }

    /// Waits until all have finished what they began.
    pub async fn end(mut self) {
        while self.at_work.join_next().await.is_some() {}
    }
}

async fn work(app: App, operated: Arc<Operated>, mailing: MailingRow, stop: CancellationToken) {
    let kind = operated.channel.kind();
    let Some(frozen) = mailing.frozen.clone() else { return };
    let letter =
        Letter::new(&app, mailing.id, mailing.number, kind.as_str(), &operated.address, frozen.0);
    let letter = match letter {
        Ok(letter) => Arc::new(letter),
        Err(why) => {
            tracing::error!(mailing = mailing.number, why, "a mailing cannot be composed any more");
            return;
        }
    };
    let (ended, outcomes) = mpsc::unbounded_channel();
    let paces = pace::of(mailing.id, mailing.rate, operated.id.0, kind.as_str());
    let window = (4 * app.config().delivery.concurrency).clamp(4, SLICE);
    let mut worker = Worker {
        me: new_id(),
        rate: mailing.rate,
        mailing: mailing.id,
        app,
        operated,
        letter,
        paces,
        window,
        held: VecDeque::new(),
        flying: HashMap::new(),
        ended,
        outcomes,
        done: Vec::new(),
        ended_at: None,
        beaten_at: None,
        told: Told::default(),
        not_before: Timestamp(0),
        failures: 0,
        dry_until: Timestamp(0),
    };
    worker.run(&stop).await;
}

/// A row that is held, and what is known of its customer.
struct Ready {
    leased: Leased,
    person: Option<Person>,
}

struct Worker {
    me: Uuid,
    mailing: Uuid,
    rate: Option<i64>,
    app: App,
    operated: Arc<Operated>,
    letter: Arc<Letter>,
    paces: Vec<Pace>,
    window: usize,
    held: VecDeque<Ready>,
    /// What is being sent: how often it was tried, this time included, and its fence.
    flying: HashMap<i64, (i64, i64)>,
    ended: mpsc::UnboundedSender<(i64, Outcome)>,
    outcomes: mpsc::UnboundedReceiver<(i64, Outcome)>,
    /// What became of tries, not yet recorded.
    done: Vec<Done>,
    /// Since when the first of them waits.
    ended_at: Option<Timestamp>,
    beaten_at: Option<Timestamp>,
    told: Told,
    /// The other side asked for a rest until then.
    not_before: Timestamp,
    failures: u32,
    /// No row is due before.
    dry_until: Timestamp,
}

/// What a round found.
enum Found {
    /// Something to do at once.
    Work,
    /// Nothing before then.
    Nothing(Timestamp),
    /// The mailing needs nobody any more.
    End,
}

impl Worker {
    async fn run(&mut self, stop: &CancellationToken) {
        let app = self.app.clone();
        let mut trouble = 0_u32;
        loop {
            let stopping = stop.is_cancelled() || self.operated.stop.is_cancelled();
            let changed = app.wake().mailings();
            let found = match self.round(stopping).await {
                Ok(found) => {
                    trouble = 0;
                    found
                }
                Err(DbError::Conflict(_)) if trouble < 5 => {
                    trouble += 1;
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "the ledger of a mailing could not be written");
                    trouble = trouble.saturating_add(1);
                    if stopping && trouble > 20 {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            };
            if stopping && self.flying.is_empty() && self.done.is_empty() {
                break;
            }
            let until = match found {
                Found::Work => continue,
                Found::Nothing(until) => until,
                Found::End if self.flying.is_empty() => break,
                Found::End => app.now().after(HEARTBEAT),
            };
            let wait = until.since(app.now()).clamp(Duration::from_millis(1), HEARTBEAT);
            tokio::select! {
                outcome = self.outcomes.recv() => {
                    if let Some((seq, outcome)) = outcome {
                        self.settle(seq, outcome);
                    }
                }
                () = changed => self.dry_until = Timestamp(0),
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled(), if !stopping => {}
                () = self.operated.stop.cancelled(), if !stopping => {}
            }
        }
        if let Err(error) = self.leave().await {
            tracing::warn!(%error, "what a worker held is free again only when its time is over");
        }
    }

    /// Records, takes and marks in one transaction, and sends what it marked.
    async fn round(&mut self, stopping: bool) -> DbResult<Found> {
        while self.done.len() < SLICE
            && let Ok((seq, outcome)) = self.outcomes.try_recv()
        {
            self.settle(seq, outcome);
        }
        let now = self.app.now();
        let may_send = !stopping && now >= self.not_before;
        let free = self.window.saturating_sub(self.flying.len());
        let takes = may_send && self.held.len() < self.window && now >= self.dry_until;
        let marks = may_send && free > 0 && !self.held.is_empty();
        let beats = self.beaten_at.is_none_or(|at| now.since(at) >= HEARTBEAT);
        // A row alone is not worth a commit while others are about to end.
        let some = self.window / 4;
        let waited = self.ended_at.is_some_and(|at| now.since(at) >= GATHER);
        let records = !self.done.is_empty()
            && (self.done.len() >= some || self.flying.len() <= 2 * some || waited);
        if !(takes || marks && (free >= some || self.flying.is_empty()) || records || beats) {
            let at = match self.ended_at {
                Some(at) => at.after(GATHER),
                None if stopping || may_send => now.after(HEARTBEAT),
                None => self.not_before,
            };
            return Ok(Found::Nothing(at));
        }

        let mut tx = self.app.db().write().await?;
        if beats {
            ledger::alive(&mut tx, self.me, self.app.nodes().me(), self.mailing, now).await?;
        }
        ledger::finish(&mut tx, &self.done, now).await?;
        let mut fresh = Vec::new();
        if takes {
            fresh = self.take(&mut tx, now).await?;
        }
        let mut again = now;
        let mut most = if may_send { free.min(self.held.len() + fresh.len()) } else { 0 };
        if most > 0 && !self.paces.is_empty() {
            (most, again) = pace::take(&mut tx, &self.paces, most, now).await?;
        }
        let begin: Vec<Mark> =
            self.held.iter().chain(&fresh).take(most).map(|ready| self.marked(ready)).collect();
        let allowed =
            ledger::mark(&mut tx, self.operated.channel.kind().as_str(), &begin, now).await?;
        let events = self.told.due(self.mailing, self.rate, !self.done.is_empty(), now);
        let steps = [fresh.len(), allowed.len(), self.done.len()];
        reach_each(
            steps,
            ["mailing.before_lease", "mailing.before_attempt", "mailing.before_record"],
        );
        if events.is_empty() {
            // Nobody else has anything to do for it.
            tx.commit().await?;
        } else {
            self.app.commit(tx, &events).await?;
        }

        reach_each(steps, ["mailing.after_lease", "mailing.after_attempt", "mailing.after_record"]);
        // Nothing of what follows happens unless it was committed.
        if beats {
            self.beaten_at = Some(now);
        }
        let dry = takes && fresh.is_empty();
        self.held.extend(fresh);
        self.done.clear();
        self.ended_at = None;
        let ready: Vec<Ready> = self.held.drain(..begin.len()).collect();
        for (ready, mark) in ready.into_iter().zip(begin) {
            if allowed.contains(&mark.seq) {
                self.send(ready, mark, now);
            }
        }
        if !events.is_empty() {
            self.told.said(now);
        }
        if dry {
            self.dry_until = now.after(Duration::from_secs(1));
            self.dry_until = self.look_ahead(now).await?;
        }
        self.found(most, again, now).await
    }

    async fn found(&mut self, begun: usize, again: Timestamp, now: Timestamp) -> DbResult<Found> {
        if !self.held.is_empty() {
            let full = self.flying.len() >= self.window;
            return Ok(match (full, begun) {
                (true, _) => Found::Nothing(now.after(HEARTBEAT)),
                (false, 0) => Found::Nothing(again.max(self.not_before)),
                (false, _) => Found::Work,
            });
        }
        if !self.flying.is_empty() || !self.done.is_empty() {
            return Ok(Found::Nothing(now.after(HEARTBEAT)));
        }
        if self.dry_until == NEVER {
            return self.finished(now).await;
        }
        Ok(Found::Nothing(self.dry_until.max(self.not_before)))
    }

    /// Nothing waits and nothing of ours is under way. Whoever is the last to see that says that it is done.
    async fn finished(&mut self, now: Timestamp) -> DbResult<Found> {
        let mut tx = self.app.db().read().await?;
        let held = ledger::is_held(&mut tx, self.mailing).await?;
        drop(tx);
        if !held {
            let tx = self.app.db().write().await?;
            self.app.commit(tx, &[super::progress::event(self.mailing, now)]).await?;
        }
        Ok(Found::End)
    }

    async fn look_ahead(&self, now: Timestamp) -> DbResult<Timestamp> {
        let mut tx = self.app.db().read().await?;
        let running = queries::is_running(&mut tx, self.mailing).await?;
        let next = if running { ledger::next_due(&mut tx, self.mailing).await? } else { None };
        // What another worker holds may come back.
        Ok(next.map_or(NEVER, |at| at.max(now.after(Duration::from_millis(20)))))
    }

    async fn take(&self, tx: &mut crate::db::Tx, now: Timestamp) -> DbResult<Vec<Ready>> {
        let kind = self.operated.channel.kind();
        // Of a slow mailing no more is taken than leaves in a few seconds, so that other nodes have some too.
        let most = self.rate.map_or(HELD, |rate| usize::try_from(rate / 15).unwrap_or(HELD));
        let limit = i64::try_from(most.clamp(1, HELD)).unwrap_or(1);
        let (leased, _) =
            ledger::lease(tx, self.mailing, kind.as_str(), self.me, now, limit).await?;
        let mut people = HashMap::new();
        for some in leased.chunks(SLICE) {
            let ids: Vec<Uuid> = some.iter().map(|row| row.contact_id).collect();
            people.extend(values::people(tx, &ids).await?);
        }
        Ok(leased
            .into_iter()
            .map(|leased| Ready { person: people.remove(&leased.contact_id), leased })
            .collect())
    }

    fn marked(&self, ready: &Ready) -> Mark {
        let vars = ready
            .person
            .as_ref()
            .map(|person| self.letter.vars(person, &ready.leased.address))
            .unwrap_or_default();
        Mark { seq: ready.leased.seq, fence: ready.leased.fence, vars }
    }

    fn send(&mut self, ready: Ready, mark: Mark, now: Timestamp) {
        let tries = ready.leased.attempts + 1;
        self.flying.insert(mark.seq, (tries, mark.fence));
        let (app, operated) = (self.app.clone(), self.operated.clone());
        let (letter, ended) = (self.letter.clone(), self.ended.clone());
        tokio::spawn(async move {
            let seq = mark.seq;
            let sending = one(&app, &operated, &letter, ready, mark, now);
            let outcome = AssertUnwindSafe(sending).catch_unwind().await.unwrap_or_else(|_| {
                Outcome::Unknown { reason: "the channel broke while it was sending".to_owned() }
            });
            // Who no longer listens has died, and then the row is unknown.
            let _ = ended.send((seq, outcome));
        });
    }

    /// What became of a try.
    fn settle(&mut self, seq: i64, outcome: Outcome) {
        let Some((tries, fence)) = self.flying.remove(&seq) else { return };
        let kind = self.operated.channel.kind();
        telemetry::delivery(kind.as_str(), &outcome);
        let health: &dyn sapa_channel::Health = &*self.operated.health;
        let now = self.app.now();
        let done =
            |state, run_at, reason| Done { seq, fence, state, run_at, reason, external_id: None };
        let done = match outcome {
            Outcome::Sent { external_id } => {
                health.good();
                self.failures = 0;
                Done { external_id, ..done("sent", now, None) }
            }
            Outcome::NotSent { reason, retry: Retry::Never } => done("failed", now, Some(reason)),
            Outcome::NotSent { reason, retry } => {
                health.bad(reason.clone());
                let at_least = if let Retry::After(wait) = retry { Some(wait) } else { None };
                self.rest(at_least, now);
                let so_far = u32::try_from(tries).unwrap_or(u32::MAX);
                let next = retry::next_try(so_far, now, now, at_least, rand::rng().random());
                match next.filter(|_| tries < MOST_TRIES) {
                    Some(next) => done("retrying", next, Some(reason)),
                    None => {
                        done("failed", now, Some(format!("given up after five days: {reason}")))
                    }
                }
            }
            // Never sent again by itself: an operator settles it.
            Outcome::Unknown { reason } => done("unknown", now, Some(reason)),
        };
        self.ended_at.get_or_insert(now);
        self.done.push(done);
    }

    /// Lets the other side have a rest, if it asks for one or fails again and again.
    fn rest(&mut self, asked: Option<Duration>, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if let Some(wait) = asked {
            self.not_before = self.not_before.max(now.after(wait));
        }
        if self.failures >= PATIENCE {
            let steps = (self.failures / PATIENCE).min(4);
            self.not_before = self.not_before.max(now.after(Duration::from_secs(4 << steps)));
        }
    }

    async fn leave(&mut self) -> DbResult<()> {
        let now = self.app.now();
        let mut tx = self.app.db().write().await?;
        ledger::finish(&mut tx, &self.done, now).await?;
        ledger::leave(&mut tx, self.me, now).await?;
        tx.commit().await
    }
}

/// One commit takes rows, begins tries and records others.
fn reach_each(steps: [usize; 3], points: [&'static str; 3]) {
    for (_, point) in steps.into_iter().zip(points).filter(|(rows, _)| *rows > 0) {
        reach(point);
    }
}

/// Composes and sends one message. Its try is recorded.
async fn one(
    app: &App,
    operated: &Operated,
    letter: &Letter,
    ready: Ready,
    mark: Mark,
    now: Timestamp,
) -> Outcome {
    let Ready { leased, person } = ready;
    let Some(person) = person else {
        return Outcome::NotSent { reason: "the customer is gone".to_owned(), retry: Retry::Never };
    };
    let name = person.name.trim();
    let named = !name.is_empty() && name != leased.address && !name.contains('@');
    let message = letter.outbound(
        app,
        leased.id,
        leased.attempts + 1,
        &leased.address,
        named.then(|| name.to_owned()),
        values::language(&person),
        &mark.vars,
        now,
    );
    match message {
        Ok(message) => {
            reach("mailing.before_send");
            let outcome = operated.channel.send(message).await;
            reach("mailing.after_send");
            outcome
        }
        Err(fault) => Outcome::NotSent { reason: fault.to_string(), retry: Retry::Never },
    }
}
