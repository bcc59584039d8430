//! A conversation while it goes on: what the hub would have kept of it.

use std::{collections::HashMap, time::Duration};

use sapa_channel::{ChannelId, Timestamp, new_id};
use uuid::Uuid;

use super::{
    content::{Conversation, Status},
    lines::Line,
    people::{Contact, Officer},
};
use crate::{conversations::model::Core, router::one_line};

/// The least time between two things.
const BLINK: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Talk<'f> {
    pub told: &'f Conversation,
    pub id: Uuid,
    pub contact_id: Uuid,
    /// Where the customer was heard last.
    pub identity_id: Option<Uuid>,
    pub channel_id: ChannelId,
    pub preview: String,
    pub preview_kind: &'static str,
    pub preview_author: Option<&'f str>,
    pub has_files: bool,
    pub assignee_id: Option<Uuid>,
    pub team_id: Option<Uuid>,
    pub waiting_since: Option<Timestamp>,
    pub last_message_at: Timestamp,
    pub last_inbound_at: Option<Timestamp>,
    pub message_count: i64,
    pub snoozed_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub solved_at: Option<Timestamp>,
    pub version: i64,
    /// The customer's first message.
    pub first_inbound: Option<Uuid>,
    /// When we first answered.
    pub first_answer_at: Option<Timestamp>,
    /// Up to where somebody has seen what the customer said.
    pub seen_at: Option<Timestamp>,
    /// When anything was last written, notes among it.
    pub last_line_at: Timestamp,
    /// Officers, and when each last wrote.
    pub wrote: HashMap<Uuid, Timestamp>,
    /// Officers, and when each was last called.
    pub called: HashMap<Uuid, Timestamp>,
    /// The ids of its letters, the oldest first.
    pub letters: Vec<String>,
}

impl<'f> Talk<'f> {
    /// One that begins with this line.
    pub fn opened(
        line: &Line<'f>,
        contact_id: Uuid,
        channel_id: ChannelId,
        team_id: Option<Uuid>,
    ) -> Self {
        Self {
            told: line.talk,
            id: new_id(),
            contact_id,
            identity_id: None,
            channel_id,
            preview: String::new(),
            preview_kind: "in",
            preview_author: None,
            has_files: false,
            assignee_id: None,
            team_id,
            waiting_since: None,
            last_message_at: line.at,
            last_inbound_at: None,
            message_count: 0,
            snoozed_until: None,
            created_at: line.at,
            solved_at: None,
            version: 0,
            first_inbound: None,
            first_answer_at: None,
            seen_at: None,
            last_line_at: line.at,
            wrote: HashMap::new(),
            called: HashMap::new(),
            letters: Vec::new(),
        }
    }

    /// The customer says something.
    pub fn heard(
        &mut self,
        line: &Line<'f>,
        message: Uuid,
        channel_id: ChannelId,
        identity_id: Uuid,
    ) {
        self.said(line);
        self.channel_id = channel_id;
        self.identity_id = Some(identity_id);
        self.preview_kind = "in";
        self.preview_author = None;
        self.waiting_since.get_or_insert(line.at);
        self.last_inbound_at = Some(line.at);
        self.first_inbound.get_or_insert(message);
        if line.said.read {
            self.seen_at = Some(line.at);
        }
    }

    /// One of ours answers; a program's answer leaves the customer waiting.
    pub fn answered(&mut self, line: &Line<'f>, by: Option<&Officer<'f>>, name: &'f str) {
        self.said(line);
        self.preview_kind = "out";
        self.preview_author = Some(name);
        self.first_answer_at.get_or_insert(line.at);
        if let Some(officer) = by {
            self.waiting_since = None;
            self.wrote.insert(officer.id, line.at);
        }
    }

    /// An officer notes something.
    pub fn noted(&mut self, line: &Line<'f>, by: Uuid, called: &[Uuid]) {
        self.last_line_at = line.at;
        self.wrote.insert(by, line.at);
        self.called.extend(called.iter().map(|officer| (*officer, line.at)));
    }

    fn said(&mut self, line: &Line<'f>) {
        let text = one_line(&line.said.text);
        let file = line.said.files.first().map(|file| one_line(&file.name));
        self.preview = if text.is_empty() { file.unwrap_or_default() } else { text };
        self.has_files = !line.said.files.is_empty();
        self.message_count += 1;
        self.version += 1;
        self.last_message_at = line.at;
        self.last_line_at = line.at;
    }

    /// It is solved.
    pub fn solved(&mut self, at: Timestamp) {
        self.solved_at = Some(at);
        self.waiting_since = None;
        self.version += 1;
    }

    /// Up to where an officer has seen it: his own last word, or what somebody has seen. Who was called to what
    /// goes on, and has not written since, has not looked since either.
    pub fn seen_by(&self, officer: Uuid) -> Option<Timestamp> {
        let wrote = self.wrote.get(&officer).copied();
        let called = self.called.get(&officer).filter(|at| wrote < Some(**at));
        match called {
            Some(at) if self.solved_at.is_none() => {
                self.seen_at.map(|seen| seen.min(at.before(BLINK)))
            }
            _ => wrote.max(self.seen_at),
        }
    }

    /// Officers who wrote or were called.
    pub fn concerned(&self) -> impl Iterator<Item = Uuid> + '_ {
        let called = self.called.keys().filter(|officer| !self.wrote.contains_key(*officer));
        self.wrote.keys().chain(called).copied()
    }

    /// Officers who were called and have not looked since.
    pub fn mentions(&self) -> impl Iterator<Item = (Uuid, Timestamp)> + '_ {
        let called = self.called.iter().map(|(officer, at)| (*officer, *at));
        called.filter(|(officer, at)| self.seen_by(*officer) < Some(*at))
    }

    /// What the rules of the running hub ask of a conversation.
    pub fn core(&self) -> Core {
        Core {
            bot_id: None,
            bot_name: None,
            id: self.id,
            number: self.told.number,
            contact_id: self.contact_id,
            identity_id: self.identity_id,
            channel_id: self.channel_id,
            status: Status::Open.as_str().to_owned(),
            subject: self.told.subject.clone(),
            assignee_id: self.assignee_id,
            team_id: self.team_id,
            related_id: None,
            created_at: self.created_at,
            solved_at: self.solved_at,
            version: self.version,
        }
    }

    /// The other end of an id that a channel gives: letters have one of their own.
    pub fn external_id(
        &mut self,
        kind: &str,
        address: &str,
        contact: &Contact<'_>,
    ) -> anyhow::Result<String> {
        let id = new_id();
        Ok(match kind {
            "email" => {
                let domain = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
                let id = format!("{}@{domain}", id.simple());
                self.letters.push(id.clone());
                id
            }
            "telegram" => {
                let number = self.told.number * 100 + self.message_count;
                format!("{}:{number}", contact.identity(kind)?.value)
            }
            _ => id.to_string(),
        })
    }
}
