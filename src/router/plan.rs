//! What the rules see and what they decide: plain values, one list per table.

use std::collections::{HashMap, HashSet};

use sapa_channel::{Address, Arrival, ChannelId, Edit, Message, Proof, Timestamp};
use uuid::Uuid;

use super::tickets;
use crate::events::NewEvent;

/// An arrival that is new, with the id under which its original was stored.
#[derive(Clone, Copy, Debug)]
pub struct Fresh<'m> {
    /// The stored original.
    pub original_id: Uuid,
    /// What arrived.
    pub arrival: &'m Arrival,
}

/// An address that is known.
#[derive(Clone, Copy, Debug)]
pub struct KnownIdentity {
    /// The identity.
    pub id: Uuid,
    /// Whose it is.
    pub contact_id: Uuid,
    /// Whether it was ever proved.
    pub proved: bool,
    /// Whether its contact is known by no other address: an anonymous visitor. It is looked up where somebody claims an
    /// address, and false elsewhere.
    pub alone: bool,
}

/// A conversation, as far as the rules care.
#[derive(Clone, Debug)]
pub struct KnownConversation {
    /// The conversation.
    pub id: Uuid,
    /// With whom.
    pub contact_id: Uuid,
    /// Not solved.
    pub open: bool,
    /// Neither solved nor snoozed.
    pub awake: bool,
    /// Its subject.
    pub subject: Option<String>,
    /// The channel it was on last.
    pub channel_id: ChannelId,
    /// The mailing that it answers.
    pub mailing_id: Option<Uuid>,
    /// When anything was last said.
    pub last_message_at: Timestamp,
}

/// A recipient of a mailing, as its ledger has him.
#[derive(Clone, Copy, Debug)]
pub struct KnownRecipient {
    /// The row of the ledger.
    pub id: Uuid,
    /// The mailing.
    pub mailing_id: Uuid,
    /// Who got it.
    pub contact_id: Uuid,
    /// To which address.
    pub identity_id: Option<Uuid>,
}

/// A message of ours or theirs that an arrival answers.
#[derive(Clone, Copy, Debug)]
pub struct KnownMessage {
    /// Its conversation.
    pub conversation_id: Uuid,
    /// Whose conversation.
    pub contact_id: Uuid,
    /// From which or to which address it went.
    pub identity_id: Option<Uuid>,
}

/// What the rules look at: the part of the database that concerns one slice of arrivals.
#[derive(Debug, Default)]
pub struct Context {
    /// By address: the senders' and those that they claim.
    pub identities: HashMap<Address, KnownIdentity>,
    /// Recent conversations by contact, the most recent last.
    pub conversations: HashMap<Uuid, Vec<KnownConversation>>,
    /// Conversations that are answered, by id, however old.
    pub answered: HashMap<Uuid, KnownConversation>,
    /// Messages by the channel's own id.
    pub messages: HashMap<String, KnownMessage>,
    /// Messages whose reply token came back with a valid signature, by the token.
    pub tokens: HashMap<String, KnownMessage>,
    /// Contacts whose one-time link was opened, by the token.
    pub links: HashMap<String, Uuid>,
    /// Recipients of mailings, by the token that came back or by the channel's own id of what they got.
    pub recipients: HashMap<String, KnownRecipient>,
    /// The last mailing of contacts who write on a channel without subjects, if nothing was said since.
    pub mailed: HashMap<(Uuid, ChannelId), KnownRecipient>,
    /// Recipients who want no more, by the token in the address that they wrote to.
    pub leaving: HashMap<String, Uuid>,
    /// Messages that are stored already, by channel and logical key.
    pub known: HashSet<(ChannelId, String)>,
    /// Tickets, and what opens them.
    pub tickets: tickets::Known,
}

/// How long conversations stay together. See `conversations` in the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// A message joins an open conversation that was silent no longer than this.
    pub join_within: std::time::Duration,
    /// A message reopens a conversation that was solved no longer ago than this.
    pub reopen_within: std::time::Duration,
}

/// What shall be written: one list per table, in the order of the arrivals.
#[derive(Debug, Default)]
pub struct Plan<'m> {
    /// When the first of the arrivals came.
    pub at: Timestamp,
    /// New contacts.
    pub contacts: Vec<NewContact<'m>>,
    /// New addresses.
    pub identities: Vec<NewIdentity<'m>>,
    /// Known addresses that were heard again, and perhaps proved.
    pub heard: Vec<Heard>,
    /// New conversations, with what their messages make of them.
    pub conversations: Vec<(NewConversation<'m>, Touched)>,
    /// Conversations that get more messages.
    pub touched: Vec<Touched>,
    /// New messages.
    pub messages: Vec<NewMessage<'m>>,
    /// The log.
    pub events: Vec<NewEvent>,
    /// Messages that their authors changed.
    pub edits: Vec<(ChannelId, &'m Edit)>,
    /// Contacts that are proved to be one.
    pub merges: Vec<Merge>,
    /// Contacts that may be one, for an officer to decide.
    pub suggestions: Vec<Suggestion>,
    /// One-time links that are used up.
    pub used_links: Vec<String>,
    /// To which tickets messages belong.
    pub tickets: tickets::Planned,
    /// Recipients of mailings who answered.
    pub answered: Vec<KnownRecipient>,
    /// Recipients of mailings who want no more.
    pub leaving: Vec<Uuid>,
}

impl Plan<'_> {
    /// Whether there is anything to be done one by one, or of which the log tells what only the database knows.
    #[must_use]
    pub fn has_rare(&self) -> bool {
        !(self.edits.is_empty()
            && self.merges.is_empty()
            && self.suggestions.is_empty()
            && self.used_links.is_empty()
            && self.tickets.is_empty()
            && self.answered.is_empty()
            && self.leaving.is_empty())
    }
}

/// A contact to be made.
#[derive(Debug)]
pub struct NewContact<'m> {
    /// Its id.
    pub id: Uuid,
    /// By the channel's word.
    pub name: String,
    /// By the channel's word.
    pub language: Option<&'m str>,
    /// When it was first seen.
    pub at: Timestamp,
}

/// An address to be stored.
#[derive(Debug)]
pub struct NewIdentity<'m> {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub contact_id: Uuid,
    /// The address.
    pub address: &'m Address,
    /// How it is written for people.
    pub shown: &'m str,
    /// How it was proved.
    pub proof: Option<Proof>,
    /// The channel it was heard on; none if it was only claimed.
    pub channel_id: Option<ChannelId>,
    /// When.
    pub at: Timestamp,
}

/// A known address that was heard.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// The identity.
    pub id: Uuid,
    /// A proof that it did not have.
    pub proof: Option<Proof>,
    /// The channel it was heard on.
    pub channel_id: ChannelId,
    /// When.
    pub at: Timestamp,
}

/// A conversation to be opened.
#[derive(Debug)]
pub struct NewConversation<'m> {
    /// Its id.
    pub id: Uuid,
    /// With whom.
    pub contact_id: Uuid,
    /// Its subject.
    pub subject: Option<&'m str>,
    /// A conversation that it may belong to, without proof.
    pub related_id: Option<Uuid>,
    /// The mailing that it answers.
    pub mailing_id: Option<Uuid>,
    /// When.
    pub at: Timestamp,
}

/// A conversation that gets messages. Counts are added, never set, so that nothing read can be stale.
#[derive(Clone, Debug)]
pub struct Touched {
    /// The conversation.
    pub id: Uuid,
    /// How many messages.
    pub messages: i64,
    /// The address and channel of the last.
    pub identity_id: Uuid,
    /// The channel of the last.
    pub channel_id: ChannelId,
    /// The last in one line.
    pub preview: String,
    /// Whether the last has files.
    pub has_files: bool,
    /// When the first that a person wrote came: the customer waits since then, and the conversation is open. None
    /// if programs wrote them all.
    pub first_at: Option<Timestamp>,
    /// When the last came.
    pub at: Timestamp,
}

/// A message to be stored.
#[derive(Debug)]
pub struct NewMessage<'m> {
    /// Its id.
    pub id: Uuid,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// Whose conversation.
    pub contact_id: Uuid,
    /// The address it came from.
    pub identity_id: Uuid,
    /// Where it came from and when.
    pub fresh: Fresh<'m>,
    /// What it says.
    pub message: &'m Message,
    /// Its author's name.
    pub author: String,
}

/// Two contacts that are proved to be one.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The one that stays.
    pub kept_id: Uuid,
    /// The one that joins it.
    pub gone_id: Uuid,
    /// How it was proved.
    pub proof: Proof,
    /// The address that proved it.
    pub address: Address,
}

/// Two contacts that may be one.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The one that said something.
    pub one_id: Uuid,
    /// The one whose address he named.
    pub other_id: Uuid,
    /// The address.
    pub address: Address,
}
