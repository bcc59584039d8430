//! The channels in operation on this node.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use sapa_channel::{Channel, ChannelId, Inbound, Timestamp, Unreadable};
use tokio_util::sync::CancellationToken;

use super::{health::ChannelHealth, kinds::Part, model::ChannelRef};
use crate::files::ContentHash;

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
    /// As what it was configured; see [`ChannelRow::form`](super::model::ChannelRow::form).
    pub form: ContentHash,
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
    pub fn read_again(
        &self,
        bytes: &bytes::Bytes,
        envelope: Option<&str>,
    ) -> Result<Inbound, Unreadable> {
        self.part.read_again(&self.address, bytes, envelope)
    }
}

/// All channels in operation, and those that should be and cannot.
#[derive(Debug, Default)]
pub struct Registry {
    channels: RwLock<HashMap<ChannelId, Arc<Operated>>>,
    /// Kind and address of those that are switched on and could not start.
    away: RwLock<HashMap<ChannelId, (String, String)>>,
    /// One change after the other.
    pub(super) changing: tokio::sync::Mutex<()>,
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

    fn away(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<ChannelId, (String, String)>> {
        self.away.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends one that could not start as it is now: it is missed, and what comes for it comes again later.
    pub fn miss(&self, id: ChannelId, kind: &str, address: &str) {
        self.remove(id);
        self.away().insert(id, (kind.to_owned(), address.to_owned()));
    }

    /// Whether the one of a kind with this address should be in operation and is not.
    #[must_use]
    pub fn is_missed(&self, kind: &str, address: &str) -> bool {
        let away = self.away.read().unwrap_or_else(PoisonError::into_inner);
        away.values().any(|(its_kind, its_address)| its_kind == kind && its_address == address)
    }

    /// Adds one, and ends the one that had its place.
    pub fn insert(&self, operated: Arc<Operated>) {
        let id = operated.id;
        let before = self
            .channels
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(operated.id, operated);
        if let Some(before) = before {
            before.stop.cancel();
        }
        self.away().remove(&id);
    }

    /// Ends one.
    pub fn remove(&self, id: ChannelId) {
        self.away().remove(&id);
        let before = self.channels.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(before) = before {
            before.stop.cancel();
        }
    }

    /// Ends all but some.
    pub fn keep_only(&self, keep: impl Fn(ChannelId) -> bool) {
        self.away().retain(|id, _| keep(*id));
        for operated in self.all().into_iter().filter(|operated| !keep(operated.id)) {
            self.remove(operated.id);
        }
    }

    /// Notes that a message came by a channel.
    pub fn heard(&self, id: ChannelId, at: Timestamp) {
        if let Some(operated) = self.read().get(&id) {
            operated.health.heard(at);
        }
    }
}
