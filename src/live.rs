//! The live inbox: what officers' screens are told at once, and who is looking at what.
//!
//! The log is the source; presence and typing are best effort and not in it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app::App,
    bus::{Bus, Word},
    channels::{operate, webchat},
    db::DbResult,
    events,
};

pub mod http;
mod others;
mod socket;

/// How many items a slow screen may be behind before it is told to reload.
const BEHIND: usize = 1024;

/// Something to tell the screens.
#[derive(Clone, Debug)]
pub enum LiveItem {
    /// An entry of the log.
    Event(Arc<events::Event>),
    /// Who is looking at a conversation now.
    Presence {
        /// Which one.
        conversation_id: Uuid,
        /// Who.
        officers: Vec<Looking>,
    },
    /// The customer is writing, or stopped.
    CustomerTyping {
        /// In which conversation.
        conversation_id: Uuid,
        /// Whether he is.
        on: bool,
    },
    /// How many officers are there.
    Online(usize),
    /// These sessions are over.
    Close(Arc<[Uuid]>),
}

/// An officer who is looking at a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looking {
    /// Who.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// Whether he is writing.
    pub typing: bool,
}

#[derive(Debug)]
struct Screen {
    officer: Looking,
    conversation_id: Option<Uuid>,
    /// When another node last told of it; none if it is this node's own.
    heard_at: Option<Instant>,
}

/// The screens of this node, and what it knows of those of others.
#[derive(Debug)]
pub struct Live {
    bus: Bus,
    items: broadcast::Sender<LiveItem>,
    screens: Mutex<HashMap<Uuid, Screen>>,
}

impl Live {
    /// Nobody is looking yet.
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self { bus, items: broadcast::channel(BEHIND).0, screens: Mutex::default() }
    }

    fn screens(&self) -> MutexGuard<'_, HashMap<Uuid, Screen>> {
        self.screens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all screens.
    pub fn send(&self, item: LiveItem) {
        // Nobody is looking: nothing to do.
        let _ = self.items.send(item);
    }

    /// Ends the sockets of sessions that are over (R6).
    pub fn close_sessions(&self, sessions: &[Uuid]) {
        if !sessions.is_empty() {
            self.send(LiveItem::Close(sessions.into()));
        }
    }

    fn subscribe(&self) -> broadcast::Receiver<LiveItem> {
        self.items.subscribe()
    }

    /// How many officers have their desk open, at whichever node.
    #[must_use]
    pub fn officers_online(&self) -> usize {
        let screens = self.screens();
        let mut officers: Vec<Uuid> = screens.values().map(|screen| screen.officer.id).collect();
        officers.sort_unstable();
        officers.dedup();
        officers.len()
    }

    fn enter(&self, screen: Uuid, officer: Uuid, name: &str) {
        let officer = Looking { id: officer, name: name.to_owned(), typing: false };
        let open = Screen { officer, conversation_id: None, heard_at: None };
        self.bus.say(open.word(screen));
        self.screens().insert(screen, open);
        self.send(LiveItem::Online(self.officers_online()));
    }

    fn leave(&self, screen: Uuid) {
        self.bus.say(Word::ScreenGone { id: screen });
        self.gone(screen);
    }

    fn gone(&self, screen: Uuid) {
        let gone = self.screens().remove(&screen);
        if let Some(conversation_id) = gone.and_then(|screen| screen.conversation_id) {
            self.tell_presence(conversation_id);
        }
        self.send(LiveItem::Online(self.officers_online()));
    }

    /// Says what a screen shows now.
    fn look(&self, screen: Uuid, conversation_id: Option<Uuid>) {
        let before = {
            let mut screens = self.screens();
            let Some(open) = screens.get_mut(&screen) else { return };
            open.officer.typing = false;
            let before = std::mem::replace(&mut open.conversation_id, conversation_id);
            self.bus.say(open.word(screen));
            before
        };
        if before != conversation_id {
            before.into_iter().chain(conversation_id).for_each(|id| self.tell_presence(id));
        }
    }

    /// Says that an officer is writing, or stopped. Tells his name if that is news.
    fn type_in(&self, screen: Uuid, conversation_id: Uuid, on: bool) -> Option<String> {
        let name = {
            let mut screens = self.screens();
            let open = screens.get_mut(&screen)?;
            open.conversation_id = Some(conversation_id);
            if std::mem::replace(&mut open.officer.typing, on) == on {
                return None;
            }
            self.bus.say(open.word(screen));
            open.officer.name.clone()
        };
        self.tell_presence(conversation_id);
        Some(name)
    }

    fn looking(&self, conversation_id: Uuid) -> Vec<Looking> {
        let mut officers: Vec<Looking> = self
            .screens()
            .values()
            .filter(|screen| screen.conversation_id == Some(conversation_id))
            .map(|screen| screen.officer.clone())
            .collect();
        officers.sort_by(|a, b| (&a.name, a.id, !a.typing).cmp(&(&b.name, b.id, !b.typing)));
        officers.dedup_by_key(|officer| officer.id);
        officers
    }

    fn tell_presence(&self, conversation_id: Uuid) {
        let officers = self.looking(conversation_id);
        self.send(LiveItem::Presence { conversation_id, officers });
    }
}

/// Reads the log as it grows and tells the screens and the visitors, until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let mut grew = app.wake().subscribe_log();
    let mut seq = match start(&app).await {
        Ok(seq) => seq,
        Err(error) => {
            tracing::error!(%error, "the live inbox could not find the end of the log");
            return;
        }
    };
    loop {
        match tell(&app, &mut seq).await {
            Ok(0) => {
                if stop.run_until_cancelled(crate::app::woken(&mut grew)).await.is_none() {
                    return;
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "the live inbox could not read the log");
                if stop
                    .run_until_cancelled(tokio::time::sleep(std::time::Duration::from_secs(1)))
                    .await
                    .is_none()
                {
                    return;
                }
            }
        }
    }
}

async fn start(app: &App) -> DbResult<i64> {
    let mut tx = app.db().read().await?;
    let head = events::head(&mut tx).await?;
    drop(tx);
    // What was changed before is not told.
    operate::refresh(app).await?;
    Ok(head)
}

async fn tell(app: &App, seq: &mut i64) -> DbResult<usize> {
    let mut tx = app.db().read().await?;
    let new = events::after(&mut tx, *seq, 500).await?;
    let Some(last) = new.last() else { return Ok(0) };
    *seq = last.seq;
    if !app.rooms().is_empty() {
        for (address, push) in webchat::pushes(app, &mut tx, &new).await? {
            app.rooms().push(&address, push);
        }
    }
    drop(tx);
    // Another node may have changed it.
    if new.iter().any(|event| event.kind == "channel.changed") {
        operate::refresh(app).await?;
    }
    let count = new.len();
    for event in new {
        app.live().send(LiveItem::Event(Arc::new(event)));
    }
    Ok(count)
}
