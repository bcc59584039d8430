//! The traits: [`Intake`] is the hub's side, [`Channel`] the adapter's.

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Arrival, Capabilities, Kind, Outbound, Outcome};

/// Where an adapter hands over what arrived.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Stores and routes an arrival. When it returns `Ok`, the arrival is durable, and only then may
    /// the adapter acknowledge it to the other side (`D1`). The same arrival again is `Ok` again.
    async fn deliver(&self, arrival: Arrival) -> Result<Receipted, Refused>;
}

/// That an arrival is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipted {
    /// Whether it was new.
    pub fresh: bool,
    /// The message that it became or was already known as, if it is a routed message.
    pub message: Option<Uuid>,
}

/// Why an arrival was not taken. Nothing of it was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No room on the disk: the other side shall try later (SMTP 452, HTTP 507).
    #[error("no room on the disk, try again later")]
    Full,
    /// The hub is stopping, overloaded or without its database: the other side shall try later (SMTP 451, HTTP 503).
    #[error("not available for the moment, try again later")]
    Unavailable,
    /// Another arrival has the same transport key and says something else.
    #[error("the same id was used for something else")]
    Conflict,
}

/// A configured channel in operation.
#[async_trait]
pub trait Channel: Send + Sync {
    /// What kind it is.
    fn kind(&self) -> Kind;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Receives until told to stop, and finishes what it began. A channel whose arrivals come by the
    /// hub's own web server or by a listener that is shared returns at once.
    async fn run(&self, intake: Arc<dyn Intake>, health: Arc<dyn Health>, stop: CancellationToken);

    /// Sends one message. The attempt is recorded before this is called (`D6`). It does not panic, and
    /// it ends within a bounded time, with [`Outcome::Unknown`] if need be.
    async fn send(&self, message: Outbound) -> Outcome;

    /// Tells whether the channel can work as it is configured: reaches the relay, checks the token.
    /// `Ok` has what was found out, in words for an officer.
    async fn check(&self) -> Result<String, String>;
}

/// Where an adapter says how it fares, for the administrator's screen.
pub trait Health: Send + Sync {
    /// A poll, a connection or a check went well.
    fn good(&self);
    /// Something went wrong, in words for an administrator and without secrets.
    fn bad(&self, what: String);
}
