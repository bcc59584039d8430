//! The places that clients have, and who gives his up when all are taken: he from whom nothing was heard for longest.
//! So clients who only hold a connection keep nobody out who has a mail.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// All places of a server.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    patience: Duration,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    last: u64,
    by: HashMap<u64, Client>,
}

#[derive(Debug)]
struct Client {
    heard: Instant,
    /// It waits for us.
    served: bool,
    go: CancellationToken,
}

/// A client's place, until this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    id: u64,
    go: CancellationToken,
}

impl Places {
    /// So many, of which one is kept for so long by a client from whom nothing is heard.
    pub(super) fn new(most: usize, patience: Duration) -> Self {
        Self { most, patience, taken: Mutex::default() }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place: a free one, or that of him who lets wait for longest, if that is too long.
    pub(super) fn take(self: &Arc<Self>, now: Instant) -> Option<Place> {
        let mut taken = self.taken();
        if taken.by.len() >= self.most {
            let silent = taken.by.iter().filter(|(_, client)| !client.served);
            let (id, client) = silent.min_by_key(|(_, client)| client.heard)?;
            if now.duration_since(client.heard) < self.patience {
                return None;
            }
            client.go.cancel();
            let id = *id;
            taken.by.remove(&id);
        }
        taken.last += 1;
        let (id, go) = (taken.last, CancellationToken::new());
        taken.by.insert(id, Client { heard: now, served: false, go: go.clone() });
        Some(Place { places: self.clone(), id, go })
    }
}

impl Place {
    /// Something that counts was heard: a whole command, or a good piece of a mail.
    pub(super) fn heard(&self, now: Instant) {
        if let Some(client) = self.places.taken().by.get_mut(&self.id) {
            client.heard = now;
        }
    }

    /// From now on the client waits for us, or does not any more.
    pub(super) fn is_served(&self, served: bool, now: Instant) {
        if let Some(client) = self.places.taken().by.get_mut(&self.id) {
            (client.heard, client.served) = (now, served);
        }
    }

    /// Waits until another client needs the place.
    pub(super) async fn needed(&self) {
        self.go.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().by.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r22_who_is_silent_for_longest_gives_his_place_to_the_next() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let places = Arc::new(Places::new(2, Duration::from_secs(5)));
        let (first, second) = (places.take(at(0)).unwrap(), places.take(at(0)).unwrap());
        assert!(places.take(at(4)).is_none(), "both may still speak");
        first.heard(at(6));
        let third = places.take(at(6)).unwrap();
        assert!(second.go.is_cancelled() && !first.go.is_cancelled());
        // He who was sent away takes nobody's place along.
        drop(second);
        assert!(places.take(at(7)).is_none());
        first.is_served(true, at(7));
        third.is_served(true, at(7));
        assert!(places.take(at(60)).is_none(), "both wait for us");
        first.is_served(false, at(60));
        drop(first);
        assert!(places.take(at(61)).is_some());
        drop(third);
    }
}
