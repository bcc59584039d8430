//! The run itself: the world speaks, the hub dies and comes back, and in between all is counted.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use bench::{audience, client::Client, dice::Dice, hub::Backend, process::Process};
use sapa_channel::{Clock, SystemClock, points};
use sapa_telegram::stub::{self, Stub};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    age,
    audit::{self, Books},
    faults,
    hub::{Place, wait_ready},
    ledger::Ledger,
    look::{self, Seen},
    mailings, office,
    peers::{self, Came},
    plan::{End, Orders, plan},
    report::Report,
    rows, senders, sink, talks,
    world::World,
};

/// Customers who agreed to mailings.
const RECIPIENTS: usize = 120;

/// After so many deaths all is counted.
const COUNT_EVERY: usize = 30;

/// How long a place may let wait for itself.
const REACHED_WITHIN: Duration = Duration::from_secs(20);

/// How long all that was begun may take to come to its end: longer than the longest lease of a hub that lives, which is
/// that of a bot's turn of which nobody knows that it was taken (75 s).
const CALM: Duration = Duration::from_secs(100);

/// How long a hub may take to stop when it is told to.
const STOPPED_WITHIN: Duration = Duration::from_secs(10);

struct Rig {
    place: Place,
    world: Arc<World>,
    bot_channel: String,
    report: Report,
    seen: Seen,
    dice: Dice,
}

/// Runs the plan on a database.
pub async fn run(backend: Backend, orders: Orders) -> anyhow::Result<Report> {
    let name = if backend == Backend::Sqlite { "sqlite" } else { "postgres" };
    eprintln!("{name} with --seed {}", orders.seed);
    let mut rig = set_up(backend, orders.seed).await?;
    rig.report = Report { backend: name, seed: orders.seed, ..Report::default() };
    let done = rig.work(orders).await;
    let keep = done.is_err() || !rig.report.is_good();
    if done.is_err() {
        rig.report.show();
    }
    rig.place.remove(keep);
    done?;
    Ok(rig.report)
}

async fn set_up(backend: Backend, seed: u64) -> anyhow::Result<Rig> {
    let came = Arc::new(Came::new(seed));
    let relay = sink::listen(came.clone()).await?;
    let peers = peers::listen(came.clone()).await?;
    let telegram = Stub::start().await?;
    let place = Place::new(backend, relay, &telegram.url()).await?;
    let database = place.database().await?;
    audience::fill(&database, SystemClock.now(), RECIPIENTS).await?;
    database.close().await;

    let hub = place.ready().await?;
    let client = Client::set_up(place.http).await?;
    let mailbox = client.add_mailbox().await?.to_string();
    let site = json!({ "allowed_origins": ["https://kopiseruni.example"], "title": "Kopi Seruni", "language": "id" });
    let site = client
        .post("/channels", &json!({ "kind": "webchat", "name": "Toko", "settings": site }))
        .await?;
    let bot_channel = json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN });
    let bot_channel = client.post("/channels", &bot_channel).await?;
    let channels = [&site["id"], &bot_channel["id"]];
    client
        .post(
            "/bots",
            &json!({ "name": "Kira", "url": format!("http://{peers}/bot"), "channels": channels, "fallback": {} }),
        )
        .await?;
    let webhook = json!({ "url": format!("http://{peers}/webhook"), "events": rows::EVENTS });
    client.post("/webhooks", &webhook).await?;
    stop(hub, &mut Report::default()).await?;

    let key = site["address"].as_str().context("a site has a key")?.to_owned();
    let ledger = Ledger::begin(&place.path(""))?;
    let addresses = [place.http, place.smtp, place.lmtp];
    let world = World::new(ledger, seed, addresses, client, key, mailbox, telegram, came);
    let bot_channel = bot_channel["id"].as_str().context("a channel has an id")?.to_owned();
    let world = Arc::new(world);
    speak(&world)?;
    Ok(Rig {
        place,
        world,
        bot_channel,
        report: Report::default(),
        seen: Seen::default(),
        dice: Dice(seed ^ 0x616_765),
    })
}

/// Lets everybody speak, as soon as there is a hub.
fn speak(world: &Arc<World>) -> anyhow::Result<()> {
    let http = reqwest::Client::builder().build()?;
    for (kind, first) in [("smtp", 0), ("smtp", 1), ("lmtp", 0)] {
        let step = if kind == "smtp" { 2 } else { 1 };
        tokio::spawn(senders::write(world.clone(), kind, first, step));
    }
    for first in 0..3 {
        tokio::spawn(talks::visit(world.clone(), http.clone(), first, 3));
    }
    tokio::spawn(talks::text(world.clone()));
    for rest in 0..2 {
        tokio::spawn(office::answer(world.clone(), rest, 2));
    }
    tokio::spawn(office::note(world.clone()));
    tokio::spawn(mailings::run(world.clone()));
    Ok(())
}

impl Rig {
    async fn work(&mut self, orders: Orders) -> anyhow::Result<()> {
        for phase in plan(orders) {
            let hub = self.place.ready().await?;
            self.take_updates(phase.posts).await?;
            self.stop(hub).await?;
            self.world.go();
            for (number, end) in phase.ends.iter().enumerate() {
                self.live(end).await.with_context(|| format!("{end:?}"))?;
                if (number + 1) % COUNT_EVERY == 0 && number + 1 < phase.ends.len() {
                    self.count().await?;
                    self.world.go();
                }
            }
            self.count().await?;
        }
        Ok(())
    }

    /// Chooses how updates come from Telegram.
    async fn take_updates(&self, posts: bool) -> anyhow::Result<()> {
        let path = format!("/channels/{}", self.bot_channel);
        self.world.client.patch(&path, &json!({ "settings": { "webhook": posts } })).await?;
        let begun = Instant::now();
        while self.world.telegram.0.webhook().is_some() != posts {
            ensure!(
                begun.elapsed() < Duration::from_secs(30),
                "Telegram was not told how updates come"
            );
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// One life of the hub.
    async fn live(&mut self, end: &End) -> anyhow::Result<()> {
        if let End::Point(name, times) = end {
            return self.until(name, *times).await;
        }
        let mut hub = match end {
            End::Random(after) => {
                let mut hub = self.place.start(&[])?;
                // Some die while they start.
                if self.dice.below(5) > 0 && !wait_ready(&mut hub).await? {
                    self.report.odd.insert(format!("the hub ended by itself: {:?}", hub.ended()?));
                }
                sleep(*after).await;
                self.report.random += 1;
                hub
            }
            End::Told(after) => {
                let hub = self.place.ready().await?;
                sleep(*after).await;
                self.stop(hub).await?;
                return self.age_sometimes().await;
            }
            other => faults::befall(&self.place, other, &mut self.report).await?,
        };
        if hub.ended()?.is_none() {
            hub.signal("KILL")?;
            gone(&mut hub, Duration::from_secs(10)).await?;
        }
        self.age_sometimes().await
    }

    /// Lives that end at a named place. If it is not reached, time passes and the next life gets there.
    async fn until(&mut self, name: &'static str, times: usize) -> anyhow::Result<()> {
        for times in [times, 1, 1] {
            let at = (points::VARIABLE, format!("{name}:{times}"));
            let mut hub = self.place.start(&[at])?;
            match gone(&mut hub, REACHED_WITHIN).await {
                // It aborted itself.
                Ok(status) if status.signal() == Some(6) => {
                    self.report.points += 1;
                    return self.age_sometimes().await;
                }
                Ok(status) => {
                    let what = format!("the hub ended by itself before {name}: {status}");
                    self.report.odd.insert(what);
                    return Ok(());
                }
                Err(_) => {
                    hub.signal("KILL")?;
                    gone(&mut hub, Duration::from_secs(10)).await?;
                    self.age().await?;
                }
            }
        }
        self.report.unreached.insert(name);
        Ok(())
    }

    async fn stop(&mut self, hub: Process) -> anyhow::Result<()> {
        stop(hub, &mut self.report).await
    }

    /// The next hub mostly finds everything as it was left.
    async fn age_sometimes(&mut self) -> anyhow::Result<()> {
        if self.dice.below(4) == 0 { self.age().await } else { Ok(()) }
    }

    async fn age(&self) -> anyhow::Result<()> {
        let database = self.place.database().await?;
        age::all(&database).await?;
        database.close().await;
        Ok(())
    }

    /// Lets all that was begun come to its end, and counts.
    async fn count(&mut self) -> anyhow::Result<()> {
        let hub = self.place.ready().await?;
        self.world.calm().await?;
        self.stop(hub).await?;
        self.age().await?;
        let hub = self.place.ready().await?;
        let database = self.place.database().await?;
        let begun = Instant::now();
        loop {
            let held = self.world.telegram.0.pending().len();
            let pending = rows::pending(&database).await?;
            if held == 0 && pending == 0 {
                break;
            }
            if begun.elapsed() > CALM {
                let what = format!(
                    "{pending} steps and {held} updates are left after {} s of calm",
                    CALM.as_secs()
                );
                self.report.odd.insert(what);
                break;
            }
            age::retries(&database).await?;
            sleep(Duration::from_millis(250)).await;
        }
        let rows = rows::read(&database).await?;
        database.close().await;
        let came = &self.world.came;
        let books = Books {
            marks: self.world.ledger.all(),
            rows,
            mails: came.mails(),
            sent: self.world.telegram.0.sent(),
            posts: came.posts(),
        };
        audit::audit(&books, &mut self.report);
        look::look(&self.world, &books, &mut self.seen, &mut self.report).await?;
        eprintln!("{}", self.report.so_far());
        self.stop(hub).await
    }
}

/// Waits for the end of a hub.
async fn gone(hub: &mut Process, within: Duration) -> anyhow::Result<ExitStatus> {
    let end = Instant::now() + within;
    loop {
        if let Some(status) = hub.ended()? {
            return Ok(status);
        }
        ensure!(Instant::now() < end, "it goes on");
        sleep(Duration::from_millis(5)).await;
    }
}

/// Tells a hub to stop, and notes how long it took.
async fn stop(mut hub: Process, report: &mut Report) -> anyhow::Result<()> {
    hub.signal("TERM")?;
    let begun = Instant::now();
    let status = gone(&mut hub, 3 * STOPPED_WITHIN).await.context("it does not stop")?;
    report.told += 1;
    report.longest_stop = report.longest_stop.max(begun.elapsed());
    if begun.elapsed() > STOPPED_WITHIN {
        report.odd.insert(format!("it took {:.1} s to stop", begun.elapsed().as_secs_f64()));
    }
    if !status.success() {
        report.odd.insert(format!("it was told to stop and ended with {status}"));
    }
    Ok(())
}
