//! Telling the screens how far a mailing is: not for each recipient, at most once a second.

use std::time::Duration;

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::events::{Actor, NewEvent};

/// Says that something has become of a mailing; how much is to be asked for.
#[must_use]
pub fn event(mailing: Uuid, now: Timestamp) -> NewEvent {
    NewEvent::new("mailing.progressed", now, Actor::system()).data(json!({ "mailing_id": mailing }))
}

/// When a worker last told how far it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    at: Option<Timestamp>,
    owed: bool,
}

impl Told {
    /// What to log now, if anything. A slow mailing is told of every few seconds.
    pub fn due(
        &mut self,
        mailing: Uuid,
        rate: Option<i64>,
        news: bool,
        now: Timestamp,
    ) -> Vec<NewEvent> {
        self.owed |= news;
        let every = if rate.is_some_and(|rate| rate < 300) { 5 } else { 1 };
        let late = self.at.is_none_or(|at| now.since(at) >= Duration::from_secs(every));
        if self.owed && late { vec![event(mailing, now)] } else { Vec::new() }
    }

    /// It was told.
    pub fn said(&mut self, now: Timestamp) {
        *self = Self { at: Some(now), owed: false };
    }
}
