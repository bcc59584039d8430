//! The channels in operation on this node.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use sapa_channel::{Channel, ChannelId, Inbound, Timestamp, Unreadable};
use tokio_util::sync::CancellationToken;

use super::{health::ChannelHealth, kinds::Part, model::ChannelRef};

/// A channel in operation.
pub struct Operated {
    /// Which one.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// The mailbox, the bot's name, or the site's key.
    pub address: String,
    /// The adapter.
    pub channel: Arc<dyn Channel>,
    /// What its kind brings beside the adapter.
    pub part: Part,
    /// How it fares.
    pub health: Arc<ChannelHealth>,
    /// Ends it.
    pub stop: CancellationToken,
}

impl std::fmt::Debug for Operated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operated")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Operated {
    /// By its name.
    #[must_use]
    pub fn channel_ref(&self) -> ChannelRef {
        ChannelRef { id: self.id, kind: self.channel.kind().to_string(), name: self.name.clone() }
    }

    /// What is wrong with it now.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        self.health.error()
    }

    /// Reads an original of this channel again.
    pub fn read_again(&self, bytes: &bytes::Bytes) -> Result<Inbound, Unreadable> {
        self.part.read_again(&self.address, bytes)
    }
}

/// All channels in operation.
#[derive(Debug, Default)]
pub struct Registry {
    channels: RwLock<HashMap<ChannelId, Arc<Operated>>>,
}

impl Registry {
    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<ChannelId, Arc<Operated>>> {
        self.channels.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: ChannelId) -> Option<Arc<Operated>> {
        self.read().get(&id).cloned()
    }

    /// All of them, by name.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Operated>> {
        let mut all: Vec<_> = self.read().values().cloned().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// The one of a kind with this address.
    #[must_use]
    pub fn by_address(&self, kind: &str, address: &str) -> Option<Arc<Operated>> {
        self.read()
            .values()
            .find(|operated| {
                operated.address == address && operated.channel.kind().as_str() == kind
            })
            .cloned()
    }

    /// Adds one, and ends the one that had its place.
    pub fn insert(&self, operated: Arc<Operated>) {
        let before = self
            .channels
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(operated.id, operated);
        if let Some(before) = before {
            before.stop.cancel();
        }
    }

    /// Ends one.
    pub fn remove(&self, id: ChannelId) {
        let before = self.channels.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(before) = before {
            before.stop.cancel();
        }
    }

    /// Notes that a message came by a channel.
    pub fn heard(&self, id: ChannelId, at: Timestamp) {
        if let Some(operated) = self.read().get(&id) {
            operated.health.heard(at);
        }
    }
}
