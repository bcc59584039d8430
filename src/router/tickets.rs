//! The rules of the router for tickets: to which ticket a customer's message belongs.
//!
//! The first rule that says something wins.
//! 1. A message in a conversation of open tickets belongs to them.
//! 2. A message in a conversation whose tickets are all solved reopens the one that was solved last; if that is
//!    longer ago than its category says, it opens another that goes on from it.
//! 3. Elsewhere, it is about the customer's only open ticket: attached or offered, as the category says. What an
//!    officer once refused or took out is left alone.
//! 4. What begins a conversation and was sent to an address or by a channel with a rule opens a ticket.
//!
//! What a program wrote by itself falls under the first rule only.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use sapa_channel::{ChannelId, Message, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::words::{one_line, preview, shown_name};
use crate::{
    events::{Actor, NewEvent},
    tickets::{
        categories::Joining,
        model::{Severity, TicketKind, number},
    },
};

mod store;
#[cfg(test)]
mod tests;

pub(super) use store::{apply, load};

/// What the rules know of tickets.
#[derive(Debug, Default)]
pub struct Known {
    /// By contact: all open ones, and the solved ones of conversations that concern the slice.
    pub tickets: HashMap<Uuid, Vec<KnownTicket>>,
    /// What was offered before, whatever became of it: tickets with conversations.
    pub offered: HashSet<(Uuid, Uuid)>,
    /// What opens tickets, in the order in which it is tried.
    pub rules: Vec<KnownRule>,
}

/// A ticket, as far as the rules care.
#[derive(Clone, Debug)]
pub struct KnownTicket {
    /// The ticket.
    pub id: Uuid,
    /// Its number; none if it is opened by this very slice.
    pub number: Option<i64>,
    /// Its title.
    pub title: String,
    /// When it was solved; none if it is open.
    pub solved_at: Option<Timestamp>,
    /// A reply so long after solving still reopens it.
    pub reopen_within: Duration,
    /// What becomes of words beside its conversations.
    pub joining: Joining,
    /// Its conversations.
    pub conversations: Vec<Uuid>,
    /// What one that goes on from it takes over.
    pub like: Like,
}

/// What a ticket is given when it is opened.
#[derive(Clone, Copy, Debug)]
pub struct Like {
    /// What it is.
    pub kind: TicketKind,
    /// Where it belongs.
    pub category_id: Option<Uuid>,
    /// How bad it is.
    pub severity: Severity,
    /// Within how many hours it is to be solved.
    pub due_hours: Option<i64>,
    /// Who sees to it.
    pub owner_id: Option<Uuid>,
    /// Which team sees to it.
    pub team_id: Option<Uuid>,
}

/// What opens a ticket.
#[derive(Clone, Debug)]
pub struct KnownRule {
    /// Only what comes by this channel.
    pub channel_id: Option<ChannelId>,
    /// Only what was sent to this address.
    pub address: Option<String>,
    /// The ticket.
    pub like: Like,
}

impl KnownRule {
    fn is_for(&self, channel: ChannelId, message: &Message) -> bool {
        let to = |address: &String| {
            let sent_to = message.sent_to.as_deref();
            sent_to == Some(address.as_str())
                || sent_to.is_some_and(|to| sapa_email::split_tag(to).0 == *address)
                || message.also_to.contains(address)
        };
        self.channel_id.is_none_or(|id| id == channel) && self.address.as_ref().is_none_or(to)
    }
}

/// What shall be written of tickets: one list a table.
#[derive(Debug, Default)]
pub struct Planned {
    /// New tickets.
    pub opened: Vec<Opened>,
    /// Solved ones that are open again: which, by which message.
    pub reopened: Vec<(Uuid, Timestamp)>,
    /// Ticket and conversation.
    pub conversations: Vec<(Uuid, Uuid, Timestamp)>,
    /// Ticket and message.
    pub messages: Vec<(Uuid, Uuid, Timestamp)>,
    /// Offers: ticket, conversation, from which message on.
    pub offers: Vec<(Uuid, Uuid, Uuid, Timestamp)>,
}

impl Planned {
    /// Whether messages belong to no tickets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.opened.is_empty()
            && self.reopened.is_empty()
            && self.conversations.is_empty()
            && self.messages.is_empty()
            && self.offers.is_empty()
    }
}

/// A ticket to be opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub contact_id: Uuid,
    /// From which conversation.
    pub conversation_id: Uuid,
    /// From which message.
    pub message_id: Uuid,
    /// What it is about.
    pub title: String,
    /// What it is given.
    pub like: Like,
    /// The solved ticket that it goes on from, and its number.
    pub follows: Option<(Uuid, Option<i64>)>,
    /// When.
    pub at: Timestamp,
}

/// A message that has its place in a conversation.
#[derive(Clone, Copy, Debug)]
pub struct Said<'m> {
    /// The message.
    pub id: Uuid,
    /// What it says.
    pub message: &'m Message,
    /// By which channel it came.
    pub channel_id: ChannelId,
    /// In which conversation.
    pub conversation_id: Uuid,
    /// Whose conversation that is.
    pub contact_id: Uuid,
    /// Whether it is the first of its conversation.
    pub begins: bool,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: &'m Actor,
}

/// Finds the tickets of a message. Tells the first of them, and what to log.
pub fn place(
    known: &mut Known,
    plan: &mut Planned,
    said: Said<'_>,
    mut new_id: impl FnMut() -> Uuid,
) -> (Option<Uuid>, Vec<NewEvent>) {
    let Known { tickets, offered, rules } = known;
    let tickets = tickets.entry(said.contact_id).or_default();
    let here = |ticket: &KnownTicket| ticket.conversations.contains(&said.conversation_id);

    // 1. A reply.
    let mut first = None;
    for ticket in tickets.iter().filter(|ticket| ticket.solved_at.is_none() && here(ticket)) {
        plan.messages.push((ticket.id, said.id, said.at));
        first.get_or_insert(ticket.id);
    }
    if first.is_some() || said.message.automatic {
        return (first, Vec::new());
    }

    // 2. A reply after solving.
    let solved = tickets
        .iter_mut()
        .filter(|ticket| here(ticket))
        .filter_map(|ticket| Some((ticket.solved_at?, ticket)))
        .max_by_key(|(solved_at, _)| *solved_at);
    if let Some((solved_at, ticket)) = solved {
        if said.at.since(solved_at) <= ticket.reopen_within {
            ticket.solved_at = None;
            plan.reopened.push((ticket.id, said.at));
            plan.messages.push((ticket.id, said.id, said.at));
            let event = event("ticket.reopened", ticket, said, said.actor.clone());
            return (Some(ticket.id), vec![event.in_history()]);
        }
        let follows = Some((ticket.id, ticket.number));
        let (title, like) = (ticket.title.clone(), ticket.like);
        let opened = open(plan, said, title, like, follows, new_id());
        return (Some(opened.id), push(tickets, opened));
    }

    // 3. The only open one.
    let mut open_ones = tickets.iter_mut().filter(|ticket| ticket.solved_at.is_none());
    if let (Some(ticket), None) = (open_ones.next(), open_ones.next()) {
        if !offered.insert((ticket.id, said.conversation_id)) {
            return (None, Vec::new());
        }
        if ticket.joining == Joining::Offer {
            plan.offers.push((ticket.id, said.conversation_id, said.id, said.at));
            return (None, vec![event("ticket.offered", ticket, said, Actor::system())]);
        }
        ticket.conversations.push(said.conversation_id);
        plan.conversations.push((ticket.id, said.conversation_id, said.at));
        plan.messages.push((ticket.id, said.id, said.at));
        let event = event("ticket.attached", ticket, said, Actor::system());
        return (Some(ticket.id), vec![event.in_history()]);
    }

    // 4. Sent to an address that opens tickets.
    let rule = rules.iter().find(|rule| said.begins && rule.is_for(said.channel_id, said.message));
    let Some(like) = rule.map(|rule| rule.like) else { return (None, Vec::new()) };
    let opened = open(plan, said, title(said.message), like, None, new_id());
    (Some(opened.id), push(tickets, opened))
}

/// The title of a ticket that nobody wrote one for.
fn title(message: &Message) -> String {
    let subject = one_line(message.subject.as_deref().unwrap_or(""));
    let said = if subject.is_empty() { preview(message) } else { subject };
    let said = if said.is_empty() { shown_name(&message.sender) } else { said };
    said.chars().filter(|c| !c.is_control()).collect()
}

fn open(
    plan: &mut Planned,
    said: Said<'_>,
    title: String,
    like: Like,
    follows: Option<(Uuid, Option<i64>)>,
    id: Uuid,
) -> Opened {
    let opened = Opened {
        id,
        contact_id: said.contact_id,
        conversation_id: said.conversation_id,
        message_id: said.id,
        title,
        like,
        follows,
        at: said.at,
    };
    plan.opened.push(opened.clone());
    plan.conversations.push((id, said.conversation_id, said.at));
    plan.messages.push((id, said.id, said.at));
    opened
}

/// Later messages of the slice see it. What to log of it is known when it has its number.
fn push(tickets: &mut Vec<KnownTicket>, opened: Opened) -> Vec<NewEvent> {
    tickets.push(KnownTicket {
        id: opened.id,
        number: None,
        title: opened.title,
        solved_at: None,
        reopen_within: Duration::ZERO,
        joining: Joining::Offer,
        conversations: vec![opened.conversation_id],
        like: opened.like,
    });
    Vec::new()
}

fn event(kind: &'static str, ticket: &KnownTicket, said: Said<'_>, actor: Actor) -> NewEvent {
    let mut event = NewEvent::new(kind, said.at, actor)
        .conversation(said.conversation_id, said.contact_id)
        .ticket(ticket.id)
        .data(json!({ "number": ticket.number.map(number), "title": ticket.title }));
    event.message_id = Some(said.id);
    event
}
