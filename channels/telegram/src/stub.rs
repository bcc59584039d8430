//! A strict stand-in for Telegram's servers: the part of the Bot API that a channel needs, for one bot.
//!
//! It knows customers, who say things ([`Stub::customer`]), and keeps what the bot sent
//! ([`Stub::sent`]). It refuses what Telegram refuses, and also what Telegram silently ignores (unknown
//! fields), so that a mistake shows. It can be told to misbehave ([`Stub::behave`]).
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let stub = sapa_telegram::stub::Stub::start().await?;
//! let rina = stub.customer(48213377, "Rina Wulandari").username("rinawln").language("id");
//! rina.says("Halo, paket saya kurang satu");
//! // A channel with `stub::TOKEN` at `stub.url()` receives it, and what it answers is in:
//! let sent = stub.sent();
//! # Ok(()) }
//! ```
//!
//! Programs in other languages drive it over HTTP (`cargo run --example stub --features stub <port>`):
//! - `POST /control/{action}` with `{from, name, username?, language?, …}`: what a customer does. Actions
//!   and their other fields: `say` (`text`, `message_id?` which it answers), `start` (`payload?`), `press`
//!   (`message_id`, `label`), `edit` (`message_id`, `text`), `photo` (`base64`, `text?`), `document`
//!   (`base64`, `file_name`, `media_type`, `text?`), `sticker` (`base64`, `text`: its emoji), `voice`
//!   (`base64`), `contact` (`phone`: his own), `location` (`latitude`, `longitude`), `block`, `unblock`.
//!   Answers `{update, message}`.
//! - `POST /control/behave` with a [`Behaviour`] as `{"how": "hang_up"}`, and perhaps
//!   `"method"`.
//! - `GET /control/sent`: what the bot sent. `GET /control/state`: `{pending, webhook, typing, released}`.
//! - `POST /control/reset`: forget everything but where updates go.
//!
//! As everywhere, a provider of cryptography must be installed for rustls before.

mod behaviour;
mod check;
mod control;
mod customer;
mod fields;
mod line;
mod messages;
mod methods;
mod poster;
mod sending;
mod server;
mod updates;
mod world;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use serde_json::Value;
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use behaviour::Behaviour;
pub use customer::{Customer, Said};
pub use sending::{Sent, SentFile};
use world::World;

/// The token of the stub's bot.
pub const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
/// The bot's name in links.
pub const USERNAME: &str = "KopiSeruniBot";
/// The bot's name for people.
pub const NAME: &str = "Kopi Seruni";

/// A running stub. Copies are the same stub; when the last one goes, it stops.
#[derive(Clone)]
pub struct Stub {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

/// What a stub runs on; dropping it closes the port and all connections.
struct Running {
    server: JoinHandle<()>,
    _lines: DropGuard,
}

/// What the requests work on.
struct Shared {
    world: Mutex<World>,
    /// Wakes those who wait for updates or for a webhook.
    changed: Notify,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("nobody panics while holding the world")
    }
}

/// Listens on `address` and answers until the last copy of the stub is dropped.
pub async fn serve(address: SocketAddr) -> io::Result<Stub> {
    let shared = Arc::new(Shared { world: Mutex::default(), changed: Notify::new() });
    let (address, running) = server::run(address, shared.clone()).await?;
    let inner = Inner { shared, address, running: Mutex::new(Some(running)) };
    Ok(Stub { inner: Arc::new(inner) })
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stub {
    /// Listens on some free port of the loopback address.
    pub async fn start() -> io::Result<Self> {
        serve(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// What a channel takes as its `api_url`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// A customer with this user id. He need not have written before.
    #[must_use]
    pub fn customer(&self, id: i64, name: &str) -> Customer {
        Customer::new(self.inner.shared.clone(), id, name)
    }

    /// What the bot has sent, the oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.inner.shared.world().sent.clone()
    }

    /// The chats in which the bot showed that it is typing, once for each time.
    #[must_use]
    pub fn typing(&self) -> Vec<i64> {
        self.inner.shared.world().typing.clone()
    }

    /// The presses of buttons that the bot has answered.
    #[must_use]
    pub fn released(&self) -> Vec<String> {
        self.inner.shared.world().released.clone()
    }

    /// The numbers of the updates that are not confirmed yet.
    #[must_use]
    pub fn pending(&self) -> Vec<i64> {
        self.inner.shared.world().pending.keys().copied().collect()
    }

    /// The address that updates are posted to.
    #[must_use]
    pub fn webhook(&self) -> Option<String> {
        self.inner.shared.world().webhook.as_ref().map(|webhook| webhook.url.clone())
    }

    /// What the webhook answered, post by post: the update's number, and the status if there was one.
    #[must_use]
    pub fn posted(&self) -> Vec<(i64, Option<u16>)> {
        self.inner.shared.world().posted.clone()
    }

    /// The `getUpdates` calls so far: each offset, if there was one.
    #[must_use]
    pub fn polled(&self) -> Vec<Option<i64>> {
        self.inner.shared.world().polled.clone()
    }

    /// How often somebody polled while another one did, of whom one was refused by 409.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.inner.shared.world().conflicts
    }

    /// Queues an update of any kind with any content, whether that makes sense or not. Tells its number.
    #[must_use = "the number is needed to know whether it was taken"]
    pub fn update(&self, kind: &str, content: Value) -> i64 {
        let number = self.inner.shared.world().queue(kind, content);
        self.inner.shared.changed.notify_waiters();
        number
    }

    /// Queues the same update once more, byte by byte. `false` if there never was one with this number.
    #[expect(clippy::must_use_candidate, reason = "a test knows what it repeats")]
    pub fn again(&self, update: i64) -> bool {
        let known = self.inner.shared.world().again(update);
        self.inner.shared.changed.notify_waiters();
        known
    }

    /// Numbers the next updates from here: Telegram's numbers begin anew after a quiet week.
    pub fn number_from(&self, update: i64) {
        self.inner.shared.world().next_update = update;
    }

    /// Keeps a file that a customer's message can refer to, and tells its id.
    #[must_use]
    pub fn file(&self, name: &str, bytes: impl Into<Bytes>) -> String {
        self.inner.shared.world().keep(name, bytes.into())
    }

    /// Treats all methods that send so from now on.
    pub fn behave(&self, how: Behaviour) {
        self.inner.shared.world().manners.sending = how;
    }

    /// Treats one method so from now on; `download` is the fetching of a file.
    pub fn behave_on(&self, method: &str, how: Behaviour) {
        self.inner.shared.world().manners.set(method, how);
    }

    /// Treats the next sendings so, one after the other, before [`Stub::behave`] counts again.
    pub fn behave_next(&self, how: impl IntoIterator<Item = Behaviour>) {
        self.inner.shared.world().manners.next.extend(how);
    }

    /// Closes the port and every connection, and waits until that is noticed.
    pub async fn refuse_connections(&self) {
        self.inner.running.lock().expect("nobody panics while holding this").take();
        // A request that is written into a connection while it closes has an unknown fate.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Opens the port again.
    pub async fn accept_connections(&self) -> io::Result<()> {
        let (_, running) = server::run(self.inner.address, self.inner.shared.clone()).await?;
        *self.inner.running.lock().expect("nobody panics while holding this") = Some(running);
        Ok(())
    }

    /// Forgets everything but where updates go.
    pub fn reset(&self) {
        self.inner.shared.world().forget();
        self.inner.shared.changed.notify_waiters();
    }
}

/// Stops with the stub.
fn stopping() -> (CancellationToken, DropGuard) {
    let token = CancellationToken::new();
    (token.clone(), token.drop_guard())
}
