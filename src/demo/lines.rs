//! All that was ever said in both firms, in the order in which it was said.

use std::collections::{HashMap, HashSet};

use sapa_channel::Timestamp;

use super::{
    content::{Conversation, Firm, Message},
    moments::Moments,
};

/// Something that was said.
#[derive(Clone, Copy, Debug)]
pub struct Line<'f> {
    pub firm: &'f Firm,
    pub talk: &'f Conversation,
    pub said: &'f Message,
    pub at: Timestamp,
}

impl<'f> Line<'f> {
    /// Whether the customer said it.
    pub fn is_inbound(&self) -> bool {
        self.said.from == "contact"
    }

    /// The kind of the channel it was said on.
    pub fn channel_kind(&self) -> &'f str {
        let channel =
            self.firm.about.channels.iter().find(|channel| channel.key == self.said.channel);
        channel.map_or("", |channel| &channel.kind)
    }

    /// The kind of the customer's address that it came from or went to.
    pub fn kind(&self) -> &'f str {
        self.said.identity.as_deref().unwrap_or_else(|| self.channel_kind())
    }
}

/// Lays out all conversations, the oldest line first.
pub fn lay_out<'f>(firms: &'f [Firm], moments: &Moments) -> anyhow::Result<Vec<Line<'f>>> {
    let mut lines = Vec::new();
    for firm in firms {
        for talk in &firm.conversations {
            for said in &talk.messages {
                lines.push(Line { firm, talk, said, at: moments.ago(&said.ago)? });
            }
        }
    }
    // It keeps the order of lines of the same minute.
    lines.sort_by_key(|line| (line.at, line.talk.number));
    Ok(lines)
}

/// When an address was heard.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'f> {
    pub first: Timestamp,
    pub last: Timestamp,
    /// Where last.
    pub channel: &'f str,
    /// When it first answered a letter of ours.
    pub answered: Option<Timestamp>,
}

/// What was heard of whom: by contact, and of him by kind of address.
#[derive(Debug, Default)]
pub struct Hearing<'f> {
    first: HashMap<&'f str, Timestamp>,
    heard: HashMap<(&'f str, &'f str), Heard<'f>>,
    /// By channel, when anything last came.
    pub last_by_channel: HashMap<&'f str, Timestamp>,
    /// By officer, when he last wrote.
    pub last_of_officer: HashMap<&'f str, Timestamp>,
}

impl<'f> Hearing<'f> {
    /// Listens to all lines in order.
    pub fn of(lines: &[Line<'f>]) -> Self {
        let mut hearing = Self::default();
        let mut written = HashSet::new();
        for line in lines {
            let contact = line.talk.contact.as_str();
            hearing.first.entry(contact).or_insert(line.at);
            if !line.is_inbound() {
                hearing.last_of_officer.insert(&line.said.from, line.at);
                if !line.said.note && line.kind() == "email" {
                    written.insert(contact);
                }
                continue;
            }
            hearing.last_by_channel.insert(&line.said.channel, line.at);
            let heard = hearing.heard.entry((contact, line.kind())).or_insert(Heard {
                first: line.at,
                last: line.at,
                channel: &line.said.channel,
                answered: None,
            });
            heard.last = line.at;
            heard.channel = &line.said.channel;
            if line.kind() == "email" && written.contains(contact) {
                heard.answered.get_or_insert(line.at);
            }
        }
        hearing
    }

    /// When a contact first had to do with us.
    pub fn first(&self, contact: &str) -> Option<Timestamp> {
        self.first.get(contact).copied()
    }

    /// When an address of a contact was heard.
    pub fn heard(&self, contact: &'f str, kind: &'f str) -> Option<Heard<'f>> {
        self.heard.get(&(contact, kind)).copied()
    }
}
