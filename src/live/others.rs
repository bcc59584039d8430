//! What this node tells the others of its screens, and what it knows of theirs. Best effort: a screen of which nothing
//! was heard for a while is forgotten.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{Live, LiveItem, Looking, Screen};
use crate::bus::Word;

/// A screen that was not told of for so long is gone: its node died, or the bus is away.
const SILENCE: Duration = Duration::from_secs(25);

/// The most screens that are known.
const MOST: usize = 50_000;

/// The most characters of a name that is told.
const NAME: usize = 200;

impl Screen {
    /// What the others are told of it.
    pub(super) fn word(&self, id: Uuid) -> Word {
        Word::Screen { id, officer: self.officer.clone(), conversation_id: self.conversation_id }
    }
}

impl Live {
    /// The customer of a conversation is writing, or stopped.
    pub fn customer_types(&self, conversation_id: Uuid, on: bool) {
        self.bus.say(Word::CustomerTyping { conversation_id, on });
        self.customer_types_elsewhere(conversation_id, on);
    }

    /// Another node says so of a customer.
    pub fn customer_types_elsewhere(&self, conversation_id: Uuid, on: bool) {
        self.send(LiveItem::CustomerTyping { conversation_id, on });
    }

    /// Tells the others of all screens of this node.
    pub fn tell_others(&self) {
        for (id, screen) in self.screens().iter().filter(|(_, screen)| screen.heard_at.is_none()) {
            self.bus.say(screen.word(*id));
        }
    }

    /// What the others are told when this node ends.
    #[must_use]
    pub fn farewell(&self) -> Vec<Word> {
        let screens = self.screens();
        let own = screens.iter().filter(|(_, screen)| screen.heard_at.is_none());
        own.map(|(id, _)| Word::ScreenGone { id: *id }).collect()
    }

    /// Another node tells of one of its screens.
    pub fn hear_screen(&self, id: Uuid, mut officer: Looking, conversation_id: Option<Uuid>) {
        officer.name = officer.name.chars().take(NAME).collect();
        let mut screens = self.screens();
        let before = match screens.get(&id) {
            // Nobody else has a say on what is open here.
            Some(known) if known.heard_at.is_none() => return,
            None if screens.len() >= MOST => return,
            known => known.map(|known| (known.officer.clone(), known.conversation_id)),
        };
        let heard_at = Some(Instant::now());
        screens.insert(id, Screen { officer: officer.clone(), conversation_id, heard_at });
        drop(screens);
        if before.is_none() {
            self.send(LiveItem::Online(self.officers_online()));
        }
        if before != Some((officer, conversation_id)) {
            let left =
                before.and_then(|(_, before)| before).filter(|id| conversation_id != Some(*id));
            left.into_iter().chain(conversation_id).for_each(|id| self.tell_presence(id));
        }
    }

    /// Another node says that one of its screens is closed.
    pub fn hear_gone(&self, id: Uuid) {
        if self.screens().get(&id).is_some_and(|known| known.heard_at.is_some()) {
            self.gone(id);
        }
    }

    /// Forgets the screens of others of which nothing was heard for a while.
    pub fn forget_silent(&self, now: Instant) {
        let silent: Vec<Uuid> = self
            .screens()
            .iter()
            .filter(|(_, screen)| {
                screen.heard_at.is_some_and(|at| now.duration_since(at) >= SILENCE)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in silent {
            self.gone(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::Bus;

    fn ayu() -> Looking {
        Looking { id: Uuid::from_u128(1), name: "Ayu".to_owned(), typing: false }
    }

    #[test]
    fn a_screen_of_another_node_counts_until_nothing_is_heard_of_it() {
        let live = Live::new(Bus::default());
        let (screen, conversation) = (Uuid::from_u128(10), Uuid::from_u128(20));
        live.hear_screen(screen, ayu(), Some(conversation));
        assert_eq!((live.officers_online(), live.looking(conversation)), (1, vec![ayu()]));
        live.hear_screen(screen, ayu(), None);
        assert_eq!(live.looking(conversation), []);
        live.forget_silent(Instant::now());
        assert_eq!(live.officers_online(), 1);
        live.forget_silent(Instant::now() + SILENCE);
        assert_eq!(live.officers_online(), 0);
    }

    #[test]
    fn nobody_else_has_a_say_on_a_screen_of_this_node() {
        let live = Live::new(Bus::default());
        let (screen, conversation) = (Uuid::from_u128(10), Uuid::from_u128(20));
        live.enter(screen, Uuid::from_u128(2), "Budi");
        live.hear_screen(screen, ayu(), Some(conversation));
        live.hear_gone(screen);
        assert_eq!((live.officers_online(), live.looking(conversation)), (1, vec![]));
    }
}
