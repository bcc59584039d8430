//! Who is connected to this process, and what he is told.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use sapa_channel::Address;
use tokio::sync::mpsc;

use crate::{Caller, Push};

/// How much may wait for a socket. One that is further behind is closed, and resumes from the log.
const WAITING: usize = 64;

type Room = Vec<mpsc::Sender<Arc<Push>>>;

/// The sockets of this process, by the address of the caller. A [`crate::ChatHub`] has one, subscribes
/// its callers in it and pushes to it what a reader of the log finds. It holds nothing that the log has not.
#[derive(Debug, Default)]
pub struct Rooms {
    rooms: Mutex<HashMap<Address, Room>>,
}

/// What one socket is told.
#[derive(Debug)]
pub struct Pushes {
    waiting: mpsc::Receiver<Arc<Push>>,
    addresses: Vec<Address>,
    rooms: Weak<Rooms>,
}

impl Rooms {
    /// Nobody is there yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Begins to tell a socket what is pushed to this address.
    #[must_use]
    pub fn subscribe(self: &Arc<Self>, address: &Address) -> Pushes {
        self.subscribe_all(vec![address.clone()])
    }

    /// Begins to tell a socket what is pushed to any address of its caller.
    #[must_use]
    pub fn subscribe_caller(self: &Arc<Self>, who: &Caller) -> Pushes {
        self.subscribe_all(who.addresses())
    }

    fn subscribe_all(self: &Arc<Self>, addresses: Vec<Address>) -> Pushes {
        let (sender, waiting) = mpsc::channel(WAITING);
        let mut rooms = self.lock();
        for address in &addresses {
            rooms.entry(address.clone()).or_default().push(sender.clone());
        }
        drop(rooms);
        Pushes { waiting, addresses, rooms: Arc::downgrade(self) }
    }

    /// Tells all sockets of an address. Tells how many there were.
    pub fn push(&self, address: &Address, push: Push) -> usize {
        let mut rooms = self.lock();
        let Some(room) = rooms.get_mut(address) else { return 0 };
        let push = Arc::new(push);
        room.retain(|socket| socket.try_send(push.clone()).is_ok());
        room.len()
    }

    /// Tells everybody.
    pub fn push_all(&self, push: Push) {
        let push = Arc::new(push);
        for room in self.lock().values_mut() {
            room.retain(|socket| socket.try_send(push.clone()).is_ok());
        }
    }

    /// Whether anybody is there at this address.
    #[must_use]
    pub fn present(&self, address: &Address) -> bool {
        self.lock().contains_key(address)
    }

    /// How many addresses are there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Address, Room>> {
        // Nothing here panics halfway through a change, so what a panicking holder left is whole.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pushes {
    /// The next thing to tell; `None` when this socket fell too far behind.
    pub(crate) async fn next(&mut self) -> Option<Arc<Push>> {
        self.waiting.recv().await
    }
}

impl Drop for Pushes {
    fn drop(&mut self) {
        self.waiting.close();
        let Some(rooms) = self.rooms.upgrade() else { return };
        let mut rooms = rooms.lock();
        for address in &self.addresses {
            if let Some(room) = rooms.get_mut(address) {
                room.retain(|socket| !socket.is_closed());
                if room.is_empty() {
                    rooms.remove(address);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KIND;

    fn rina() -> Address {
        Address { kind: KIND, value: "c:rina".into() }
    }

    #[tokio::test]
    async fn every_tab_is_told_and_nobody_else() {
        let rooms = Rooms::new();
        let (mut one, mut two) = (rooms.subscribe(&rina()), rooms.subscribe(&rina()));
        let budi = Address { value: "c:budi".into(), ..rina() };
        let mut other = rooms.subscribe(&budi);
        assert_eq!(rooms.push(&rina(), Push::Online(true)), 2);
        assert_eq!(one.next().await.as_deref(), Some(&Push::Online(true)));
        assert_eq!(two.next().await.as_deref(), Some(&Push::Online(true)));
        assert!(other.waiting.try_recv().is_err());
    }

    #[tokio::test]
    async fn one_that_falls_behind_is_let_go_and_does_not_hold_up_the_others() {
        let rooms = Rooms::new();
        let (mut slow, mut quick) = (rooms.subscribe(&rina()), rooms.subscribe(&rina()));
        for _ in 0..WAITING {
            assert_eq!(rooms.push(&rina(), Push::Online(true)), 2);
            quick.next().await;
        }
        assert_eq!(rooms.push(&rina(), Push::Online(true)), 1);
        for _ in 0..WAITING {
            assert!(slow.next().await.is_some());
        }
        assert!(slow.next().await.is_none());
    }

    #[tokio::test]
    async fn one_who_has_two_addresses_is_told_of_both_and_leaves_both() {
        let rooms = Rooms::new();
        let browser = Address { value: "v:1".into(), ..rina() };
        let mut pushes = rooms.subscribe_all(vec![rina(), browser.clone()]);
        assert_eq!(rooms.push(&rina(), Push::Online(true)), 1);
        assert_eq!(rooms.push(&browser, Push::Online(false)), 1);
        assert_eq!(pushes.next().await.as_deref(), Some(&Push::Online(true)));
        assert_eq!(pushes.next().await.as_deref(), Some(&Push::Online(false)));
        drop(pushes);
        assert!(rooms.is_empty());
    }

    #[test]
    fn a_room_ends_with_its_last_socket() {
        let rooms = Rooms::new();
        let (one, two) = (rooms.subscribe(&rina()), rooms.subscribe(&rina()));
        drop(one);
        assert!(rooms.present(&rina()) && rooms.len() == 1);
        drop(two);
        assert!(!rooms.present(&rina()) && rooms.is_empty());
    }
}
