//! Writes who takes part.

use std::collections::{BTreeMap, HashSet};

use sapa_channel::{Timestamp, new_id};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    contacts::model::{Evidence, Field},
    db::{DbResult, SLICE, Tx},
    demo::{
        content::{Canned, Firm},
        people::{Contact, Identity, People},
    },
    events::{Actor, NewEvent},
    insert_rows,
};

/// Writes teams, officers, channels, canned answers and contacts. Tells what to log.
pub async fn cast(
    tx: &mut Tx,
    firms: &[Firm],
    people: &People<'_>,
    password_hash: &str,
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<Vec<NewEvent>> {
    officers(tx, people, password_hash, since).await?;
    channels(tx, people, since, now).await?;
    canned(tx, firms, since).await?;
    contacts(tx, people).await?;
    suggestions(tx, firms, people).await
}

async fn officers(
    tx: &mut Tx,
    people: &People<'_>,
    password_hash: &str,
    since: Timestamp,
) -> anyhow::Result<()> {
    let (teams, officers) = (&people.teams.rows, &people.officers.rows);
    insert_rows!(tx, "INSERT INTO teams (id, name, created_at) ", teams, |row, team| row
        .push_bind(team.id)
        .push_bind(&team.told.name)
        .push_bind(since));
    insert_rows!(
        tx,
        "INSERT INTO officers
             (id, email, name, role, language, password_hash, active, preferences, created_at, last_seen_at) ",
        officers,
        |row, officer| row
            .push_bind(officer.id)
            .push_bind(&officer.told.email)
            .push_bind(&officer.told.name)
            .push_bind(officer.told.role)
            .push_bind(officer.told.language)
            .push_bind(password_hash)
            .push_bind(true)
            .push_bind(Json(json!({})))
            .push_bind(since)
            .push_bind(officer.last_seen_at)
    );
    let mut members: Vec<(Uuid, Uuid)> = Vec::new();
    for officer in officers {
        for team in &officer.told.teams {
            members.push((people.teams.get(team)?.id, officer.id));
        }
    }
    insert_rows!(tx, "INSERT INTO team_members (team_id, officer_id) ", &members, |row,
                                                                                   (
        team,
        officer,
    )| row
        .push_bind(*team)
        .push_bind(*officer));
    Ok(())
}

async fn channels(
    tx: &mut Tx,
    people: &People<'_>,
    since: Timestamp,
    now: Timestamp,
) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO channels
             (id, kind, name, address, settings, secret, enabled, created_at, last_message_at, last_good_at) ",
        &people.channels.rows,
        |row, channel| row
            .push_bind(channel.id)
            .push_bind(&channel.told.kind)
            .push_bind(&channel.told.name)
            .push_bind(channel.address)
            .push_bind(Json(&channel.settings))
            .push_bind(&channel.secret)
            .push_bind(channel.enabled)
            .push_bind(since)
            .push_bind(channel.last_message_at)
            .push_bind(channel.enabled.then_some(now))
    );
    Ok(())
}

/// A shortcut that both firms use is numbered in the second.
async fn canned(tx: &mut Tx, firms: &[Firm], since: Timestamp) -> DbResult<()> {
    let mut taken = HashSet::new();
    let mut rows: Vec<(String, &Canned)> = Vec::new();
    for canned in firms.iter().flat_map(|firm| &firm.about.canned) {
        let numbered = (2..10).map(|number| format!("{}-{number}", canned.shortcut));
        let mut shortcuts = std::iter::once(canned.shortcut.clone()).chain(numbered);
        rows.extend(
            shortcuts
                .find(|shortcut| taken.insert(shortcut.clone()))
                .map(|shortcut| (shortcut, canned)),
        );
    }
    insert_rows!(
        tx,
        "INSERT INTO canned (id, shortcut, title, text, language, created_at) ",
        &rows,
        |row, (shortcut, canned)| row
            .push_bind(new_id())
            .push_bind(shortcut)
            .push_bind(&canned.title)
            .push_bind(&canned.text)
            .push_bind(canned.language)
            .push_bind(since)
    );
    Ok(())
}

async fn contacts(tx: &mut Tx, people: &People<'_>) -> DbResult<()> {
    for some in people.contacts.rows.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO contacts
                 (id, name, named_by, language, city, company, notes, tags, fields, first_seen_at, version) ",
            some,
            |row, contact| row
                .push_bind(contact.id)
                .push_bind(&contact.told.name)
                .push_bind(if contact.told.notes.is_empty() { "channel" } else { "officer" })
                .push_bind(&contact.told.language)
                .push_bind(&contact.told.city)
                .push_bind(&contact.told.company)
                .push_bind(&contact.told.notes)
                .push_bind(Json(&contact.told.tags))
                .push_bind(Json(fields(contact)))
                .push_bind(contact.first_seen_at)
                .push_bind(1_i64)
        );
    }
    let identities: Vec<(Uuid, &Identity)> = people
        .contacts
        .rows
        .iter()
        .flat_map(|contact| contact.identities.iter().map(|identity| (contact.id, identity)))
        .collect();
    for some in identities.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO identities
                 (id, contact_id, kind, value, shown, proof, verified_at, first_seen_at, last_seen_at,
                  last_channel_id) ",
            some,
            |row, (contact, identity)| row
                .push_bind(identity.id)
                .push_bind(*contact)
                .push_bind(identity.kind)
                .push_bind(&identity.value)
                .push_bind(identity.shown)
                .push_bind(identity.proof)
                .push_bind(identity.verified.map(|(at, _)| at))
                .push_bind(identity.first_seen_at)
                .push_bind(identity.last_seen_at)
                .push_bind(identity.last_channel_id)
        );
    }
    Ok(())
}

/// What the firm told of a contact, and the telephone that is not proved to be his.
fn fields(contact: &Contact<'_>) -> BTreeMap<String, Field> {
    let phone = contact.shared_phone.map(|phone| ("Telepon", phone));
    let told = contact.told.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let source = &contact.firm.about.name;
    told.chain(phone)
        .map(|(name, value)| {
            let at = contact.first_seen_at;
            (name.to_owned(), Field { value: value.to_owned(), source: source.clone(), at })
        })
        .collect()
}

struct Suggested<'f> {
    pair: [Uuid; 2],
    evidence: &'f [Evidence],
    at: Timestamp,
}

async fn suggestions(
    tx: &mut Tx,
    firms: &[Firm],
    people: &People<'_>,
) -> anyhow::Result<Vec<NewEvent>> {
    let mut rows: Vec<Suggested<'_>> = Vec::new();
    for told in firms.iter().flat_map(|firm| &firm.suggestions) {
        let (a, b) = (people.contacts.get(&told.a)?, people.contacts.get(&told.b)?);
        let mut pair = [a.id, b.id];
        pair.sort_unstable();
        let at = a.first_seen_at.max(b.first_seen_at);
        rows.push(Suggested { pair, evidence: &told.evidence, at });
    }
    insert_rows!(
        tx,
        "INSERT INTO suggestions (id, one_id, other_id, evidence, state, created_at) ",
        &rows,
        |row, suggested| row
            .push_bind(new_id())
            .push_bind(suggested.pair[0])
            .push_bind(suggested.pair[1])
            .push_bind(Json(suggested.evidence))
            .push_bind("open")
            .push_bind(suggested.at)
    );
    Ok(rows.iter().flat_map(|row| row.pair.map(|contact| made(contact, row))).collect())
}

fn made(contact: Uuid, suggested: &Suggested<'_>) -> NewEvent {
    let other = suggested.pair.iter().find(|other| **other != contact);
    let event = NewEvent::new("suggestion.made", suggested.at, Actor::system()).contact(contact);
    event.data(json!({ "other_id": other }))
}
