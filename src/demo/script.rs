//! What is to be written: one list a table, in the order in which it happened.

use sapa_channel::{ChannelId, Timestamp};
use uuid::Uuid;

use super::{content, paper::Paper, talk::Talk};
use crate::{events::NewEvent, messages::Details};

#[derive(Debug, Default)]
pub struct Script<'f> {
    pub talks: Vec<Talk<'f>>,
    pub messages: Vec<Message<'f>>,
    pub files: Vec<File<'f>>,
    pub deliveries: Vec<Delivery<'f>>,
    pub tickets: Vec<Ticket<'f>>,
    /// Ticket, conversation, since when.
    pub attached: Vec<(Uuid, Uuid, Timestamp)>,
    /// Contacts with one ticket between them, whom its owner knows apart: the two, he, since when.
    pub apart: Vec<([Uuid; 2], Uuid, Timestamp)>,
    pub events: Vec<NewEvent>,
}

#[derive(Debug)]
pub struct Message<'f> {
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub contact_id: Uuid,
    /// None for a note.
    pub channel_id: Option<ChannelId>,
    pub identity_id: Option<Uuid>,
    pub direction: &'static str,
    pub author_kind: &'static str,
    pub author_id: Option<Uuid>,
    pub author_name: &'f str,
    pub external_id: Option<String>,
    pub html: Option<String>,
    pub details: Details,
    pub at: Timestamp,
    pub said: &'f content::Message,
}

#[derive(Debug)]
pub struct File<'f> {
    pub message_id: Uuid,
    pub uploaded_by: Option<String>,
    pub told: &'f content::Attached,
    pub paper: &'f Paper,
    pub at: Timestamp,
}

#[derive(Debug)]
pub struct Delivery<'f> {
    pub message_id: Uuid,
    pub conversation_id: Uuid,
    pub channel_id: ChannelId,
    pub address: String,
    pub state: &'f str,
    pub reason: Option<&'f str>,
    pub at: Timestamp,
}

#[derive(Debug)]
pub struct Ticket<'f> {
    pub id: Uuid,
    pub number: i64,
    pub contact_id: Uuid,
    pub told: &'f content::Ticket,
    pub owner_id: Uuid,
    /// The message it was opened from.
    pub message_id: Option<Uuid>,
    pub opened_at: Timestamp,
    pub solved_at: Option<Timestamp>,
}
