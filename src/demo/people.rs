//! Who takes part: teams, officers, channels, and contacts with their addresses.

use std::collections::HashMap;

use anyhow::Context;
use sapa_channel::{ChannelId, Proof, Timestamp, new_id};
use serde_json::json;
use uuid::Uuid;

use super::{
    content::{self, Firm},
    lines::Hearing,
    moments::Moments,
};
use crate::{
    channels::model::Settings,
    events::{Actor, NewEvent},
    keys::random_token,
};

mod contacts;

pub use contacts::customer_address;

/// Rows that the files refer to by a key.
#[derive(Debug)]
pub struct Keyed<'f, T> {
    what: &'static str,
    pub rows: Vec<T>,
    places: HashMap<&'f str, usize>,
}

impl<'f, T> Keyed<'f, T> {
    fn new(what: &'static str, rows: impl IntoIterator<Item = (&'f str, T)>) -> Self {
        let mut keyed = Self { what, rows: Vec::new(), places: HashMap::new() };
        for (key, row) in rows {
            keyed.places.insert(key, keyed.rows.len());
            keyed.rows.push(row);
        }
        keyed
    }

    /// The row with this key.
    pub fn get(&self, key: &str) -> anyhow::Result<&T> {
        let place =
            self.places.get(key).with_context(|| format!("there is no {} {key:?}", self.what))?;
        Ok(&self.rows[*place])
    }
}

#[derive(Debug)]
pub struct Team<'f> {
    pub id: Uuid,
    pub told: &'f content::Team,
}

#[derive(Debug)]
pub struct Officer<'f> {
    pub id: Uuid,
    pub told: &'f content::Officer,
    pub last_seen_at: Option<Timestamp>,
}

impl Officer<'_> {
    /// As the log names him.
    pub fn actor(&self) -> Actor {
        Actor { kind: "officer", id: Some(self.id), name: self.told.name.clone() }
    }
}

#[derive(Debug)]
pub struct Channel<'f> {
    pub id: ChannelId,
    pub told: &'f content::Channel,
    pub address: &'f str,
    pub settings: Settings,
    pub secret: Option<String>,
    pub enabled: bool,
    pub last_message_at: Option<Timestamp>,
}

#[derive(Debug)]
pub struct Contact<'f> {
    pub id: Uuid,
    pub told: &'f content::Contact,
    /// Whose customer he is, who also told us his fields.
    pub firm: &'f Firm,
    pub first_seen_at: Timestamp,
    pub identities: Vec<Identity<'f>>,
    /// A telephone that another contact already has, so that it is only noted.
    pub shared_phone: Option<&'f str>,
}

impl Contact<'_> {
    /// As the log names him.
    pub fn actor(&self) -> Actor {
        Actor { kind: "contact", id: Some(self.id), name: self.told.name.clone() }
    }

    /// His address on a kind of channel.
    pub fn identity(&self, kind: &str) -> anyhow::Result<&Identity<'_>> {
        let found = self.identities.iter().find(|identity| identity.kind == kind);
        found.with_context(|| format!("contact {:?} has no address on {kind}", self.told.key))
    }
}

#[derive(Debug)]
pub struct Identity<'f> {
    pub id: Uuid,
    pub kind: &'f str,
    pub value: String,
    pub shown: &'f str,
    pub proof: Option<Proof>,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub last_channel_id: Option<ChannelId>,
    /// When it was proved, and whether that joined what was known before.
    pub verified: Option<(Timestamp, bool)>,
}

/// All of both firms.
#[derive(Debug)]
pub struct People<'f> {
    pub teams: Keyed<'f, Team<'f>>,
    pub officers: Keyed<'f, Officer<'f>>,
    pub channels: Keyed<'f, Channel<'f>>,
    pub contacts: Keyed<'f, Contact<'f>>,
}

impl<'f> People<'f> {
    /// Brings them together. Pages of these origins may use the web chats.
    pub fn gather(
        firms: &'f [Firm],
        hearing: &Hearing<'f>,
        moments: &Moments,
        origins: &[String],
    ) -> anyhow::Result<Self> {
        let teams = firms.iter().flat_map(|firm| &firm.about.teams);
        let officers = firms.iter().flat_map(|firm| &firm.about.officers);
        let mut channels = Vec::new();
        for firm in firms {
            for told in &firm.about.channels {
                channels.push((told.key.as_str(), channel(firm, told, hearing, origins)?));
            }
        }
        let channels = Keyed::new("channel", channels);
        let contacts = contacts::gather(firms, hearing, moments, &channels)?;
        Ok(Self {
            teams: Keyed::new(
                "team",
                teams.map(|told| (told.key.as_str(), Team { id: new_id(), told })),
            ),
            officers: Keyed::new(
                "officer",
                officers.map(|told| {
                    let last_seen_at = hearing.last_of_officer.get(told.key.as_str()).copied();
                    (told.key.as_str(), Officer { id: new_id(), told, last_seen_at })
                }),
            ),
            channels,
            contacts: Keyed::new(
                "contact",
                contacts.into_iter().map(|row| (row.told.key.as_str(), row)),
            ),
        })
    }

    /// The officers whose first names are called in a note.
    pub fn called(&self, note: &str) -> Vec<Uuid> {
        let mut calls = note.split('@').peekable();
        let mut called = Vec::new();
        while let (Some(before), Some(after)) = (calls.next(), calls.peek()) {
            // An address has a letter before it.
            if before.ends_with(char::is_alphanumeric) {
                continue;
            }
            let name: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
            let named =
                |officer: &&Officer| officer.told.name.split(' ').next() == Some(name.as_str());
            called.extend(self.officers.rows.iter().find(named).map(|officer| officer.id));
        }
        called
    }

    /// What the log says of addresses whose proof joined a customer's channels.
    pub fn verified(&self) -> Vec<NewEvent> {
        let mut events = Vec::new();
        for contact in &self.contacts.rows {
            for identity in &contact.identities {
                let Some((at, true)) = identity.verified else { continue };
                let data = json!({
                    "identity_id": identity.id, "kind": identity.kind, "value": identity.value,
                    "shown": identity.shown, "proof": identity.proof,
                });
                let event = NewEvent::new("identity.verified", at, contact.actor());
                events.push(event.contact(contact.id).in_history().data(data));
            }
        }
        events
    }
}

fn channel<'f>(
    firm: &'f Firm,
    told: &'f content::Channel,
    hearing: &Hearing<'f>,
    origins: &[String],
) -> anyhow::Result<Channel<'f>> {
    let mut settings = Settings::default();
    let address = told.address.as_deref().or(told.username.as_deref());
    let address = if told.kind == "webchat" { Some(firm.site_key.as_str()) } else { address };
    if told.kind == "email" {
        settings.signature.clone_from(&firm.about.name);
    }
    if let Some(looks) = &told.site {
        settings.allowed_origins = origins.to_vec();
        settings.title.clone_from(&looks.title);
        settings.greeting.clone_from(&looks.greeting);
        settings.language.clone_from(&looks.language);
        settings.quick_replies.clone_from(&looks.quick_replies);
    }
    Ok(Channel {
        id: ChannelId(new_id()),
        address: address.with_context(|| format!("channel {:?} has no address", told.key))?,
        settings,
        secret: (told.kind == "webchat").then(random_token),
        // A bot's token is its owner's own.
        enabled: told.kind != "telegram",
        last_message_at: hearing.last_by_channel.get(told.key.as_str()).copied(),
        told,
    })
}
