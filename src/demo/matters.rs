//! Tickets: which conversations belong to them, when they were opened and how they ended.

use std::collections::BTreeMap;

use anyhow::Context;
use sapa_channel::{Timestamp, new_id};
use serde_json::json;

use super::{
    content::{self, Status},
    moments::Moments,
    people::People,
    script::{Script, Ticket},
};
use crate::{events::NewEvent, tickets::model::number};

/// Adds the tickets that conversations bear, in the order of their numbers.
pub fn add(script: &mut Script<'_>, people: &People<'_>, moments: &Moments) -> anyhow::Result<()> {
    // The talks are in the order in which they were opened, so the first of a ticket is its earliest.
    let mut borne: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (place, talk) in script.talks.iter().enumerate() {
        if let Some(ticket) = &talk.told.ticket {
            borne.entry(key(&ticket.key)?).or_default().push(place);
        }
    }
    for (ticket_number, places) in borne {
        one(script, people, moments, ticket_number, &places)
            .with_context(|| number(ticket_number))?;
    }
    Ok(())
}

fn key(key: &str) -> anyhow::Result<i64> {
    let digits = key.strip_prefix("K-").and_then(|digits| digits.parse().ok());
    digits.with_context(|| format!("{key:?} is no number of a ticket"))
}

fn one(
    script: &mut Script<'_>,
    people: &People<'_>,
    moments: &Moments,
    ticket_number: i64,
    places: &[usize],
) -> anyhow::Result<()> {
    let first = &script.talks[places[0]];
    let told: &content::Ticket = first.told.ticket.as_ref().context("it bears no ticket")?;
    let owner = people.officers.get(&told.owner)?;
    let (contact_id, message_id) = (first.contact_id, first.first_inbound);
    let data = json!({ "number": number(ticket_number), "title": told.title });
    let id = new_id();
    let mut opened_at = None;
    for place in places {
        let talk = &script.talks[*place];
        // Who answers first opens it; where nobody did, its owner does a little later.
        let at = moments.soon_after(talk.first_answer_at.unwrap_or(talk.created_at), 30);
        let opener =
            talk.wrote.iter().min_by_key(|(_, wrote)| **wrote).map(|(officer, _)| *officer);
        let opener = people.officers.rows.iter().find(|officer| Some(officer.id) == opener);
        let kind = if opened_at.is_none() { "ticket.opened" } else { "ticket.attached" };
        let event = NewEvent::new(kind, at, opener.unwrap_or(owner).actor());
        let event =
            event.conversation(talk.id, talk.contact_id).ticket(id).in_history().data(data.clone());
        script.attached.push((id, talk.id, at));
        script.events.push(event);
        opened_at.get_or_insert(at);
        if talk.contact_id != contact_id {
            let mut pair = [talk.contact_id, contact_id];
            pair.sort_unstable();
            script.apart.push((pair, owner.id, at));
        }
    }
    let opened_at = opened_at.context("no conversation bears it")?;
    let solved_at =
        (told.status == Status::Solved).then(|| solved_at(script, moments, places, opened_at));
    if let Some(at) = solved_at {
        let event = NewEvent::new("ticket.solved", at, owner.actor())
            .contact(contact_id)
            .ticket(id)
            .in_history();
        let mut event = event.data(
            json!({ "number": number(ticket_number), "title": told.title, "remedy": told.remedy }),
        );
        event.conversation_id = places.last().map(|place| script.talks[*place].id);
        script.events.push(event);
    }
    script.tickets.push(Ticket {
        id,
        number: ticket_number,
        contact_id,
        told,
        owner_id: owner.id,
        message_id,
        opened_at,
        solved_at,
    });
    Ok(())
}

/// A ticket is solved a little before its last conversation is.
fn solved_at(
    script: &Script<'_>,
    moments: &Moments,
    places: &[usize],
    opened_at: Timestamp,
) -> Timestamp {
    let last = places.iter().map(|place| script.talks[*place].last_line_at).max();
    moments.soon_after(last.unwrap_or(opened_at).max(opened_at), 120)
}
