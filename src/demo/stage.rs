//! Plays the conversations: what the hub would have stored and logged, had it been there.

use std::collections::HashMap;

use anyhow::{Context, ensure};
use sapa_channel::new_id;
use serde_json::json;
use uuid::Uuid;

use super::{
    lines::Line,
    matters,
    moments::Moments,
    paper::Paper,
    people::{Officer, People},
    script::{Delivery, File, Message, Script},
    talk::Talk,
};
use crate::{
    conversations::change,
    events::{Actor, NewEvent},
    messages::Details,
};

/// The most ancestors that a letter names.
const MOST_REFERENCES: usize = 30;

mod end;

pub struct Stage<'a, 'f> {
    pub people: &'a People<'f>,
    pub moments: &'a Moments,
    /// The files, by what they show.
    pub papers: &'f HashMap<String, Paper>,
    pub script: Script<'f>,
    places: HashMap<i64, usize>,
}

impl<'a, 'f> Stage<'a, 'f> {
    /// Plays everything.
    pub fn play(
        people: &'a People<'f>,
        moments: &'a Moments,
        papers: &'f HashMap<String, Paper>,
        lines: &[Line<'f>],
    ) -> anyhow::Result<Script<'f>> {
        let script = Script { events: people.verified(), ..Script::default() };
        let mut stage = Stage { people, moments, papers, script, places: HashMap::new() };
        for line in lines {
            stage.line(line).with_context(|| format!("conversation {}", line.talk.number))?;
        }
        for place in 0..stage.script.talks.len() {
            let number = stage.script.talks[place].told.number;
            stage.end(place).with_context(|| format!("conversation {number}"))?;
        }
        matters::add(&mut stage.script, people, moments)?;
        stage.script.events.sort_by_key(|event| event.at);
        Ok(stage.script)
    }

    fn line(&mut self, line: &Line<'f>) -> anyhow::Result<()> {
        let place = match self.places.get(&line.talk.number) {
            Some(place) => *place,
            None => self.open(line)?,
        };
        if line.said.note {
            self.note(place, line)
        } else if line.is_inbound() {
            self.hear(place, line)
        } else {
            self.answer(place, line)
        }
    }

    fn open(&mut self, line: &Line<'f>) -> anyhow::Result<usize> {
        let people = self.people;
        let contact = people.contacts.get(&line.talk.contact)?;
        let channel = people.channels.get(&line.said.channel)?;
        for label in &line.talk.labels {
            ensure!(line.firm.about.labels.contains(label), "{label:?} is no label of its firm");
        }
        let team = line.talk.team.as_deref().map(|key| people.teams.get(key)).transpose()?;
        let mut talk = Talk::opened(line, contact.id, channel.id, team.map(|team| team.id));
        let actor = if line.is_inbound() { contact.actor() } else { self.ours(line)?.1 };
        if !line.is_inbound() {
            talk.assignee_id = actor.id;
        }
        let event = NewEvent::new("conversation.opened", line.at, actor);
        self.script.events.push(event.conversation(talk.id, contact.id).in_history());
        self.script.talks.push(talk);
        self.places.insert(line.talk.number, self.script.talks.len() - 1);
        Ok(self.script.talks.len() - 1)
    }

    /// The officer who said something, and how the log names its author.
    fn ours(&self, line: &Line<'f>) -> anyhow::Result<(Option<&'a Officer<'f>>, Actor)> {
        if line.said.from == "system" {
            return Ok((None, Actor { name: line.firm.about.bot.clone(), ..Actor::system() }));
        }
        let officer = self.people.officers.get(&line.said.from)?;
        Ok((Some(officer), officer.actor()))
    }

    fn hear(&mut self, place: usize, line: &Line<'f>) -> anyhow::Result<()> {
        let contact = self.people.contacts.get(&line.talk.contact)?;
        let channel = self.people.channels.get(&line.said.channel)?;
        let identity = contact.identity(line.kind())?;
        let talk = &mut self.script.talks[place];
        if talk.channel_id != channel.id {
            let event = NewEvent::new("conversation.channel_changed", line.at, contact.actor());
            let data = json!({ "from": talk.channel_id, "to": channel.id });
            self.script
                .events
                .push(event.conversation(talk.id, contact.id).in_history().data(data));
        }
        let id = new_id();
        talk.heard(line, id, channel.id, identity.id);
        let references = ancestors(talk, line);
        let message = Message {
            id,
            conversation_id: talk.id,
            contact_id: contact.id,
            channel_id: Some(channel.id),
            identity_id: Some(identity.id),
            direction: "in",
            author_kind: "contact",
            author_id: Some(contact.id),
            author_name: &contact.told.name,
            external_id: Some(talk.external_id(line.kind(), &identity.value, contact)?),
            html: line.said.html.as_deref().map(sapa_email::sanitise),
            details: Details { page: line.said.page.clone(), references, ..Details::default() },
            at: line.at,
            said: line.said,
        };
        let event = NewEvent::new("message.received", line.at, contact.actor());
        self.script
            .events
            .push(event.conversation(talk.id, contact.id).message(id, Some(identity.id)));
        self.attach(&message, None)?;
        self.script.messages.push(message);
        Ok(())
    }

    fn answer(&mut self, place: usize, line: &Line<'f>) -> anyhow::Result<()> {
        let contact = self.people.contacts.get(&line.talk.contact)?;
        let channel = self.people.channels.get(&line.said.channel)?;
        let identity = contact.identity(line.kind())?;
        let (officer, actor) = self.ours(line)?;
        let name =
            officer.map_or(line.firm.about.bot.as_str(), |officer| officer.told.name.as_str());
        let talk = &mut self.script.talks[place];
        talk.answered(line, officer, name);
        let references = ancestors(talk, line);
        let id = new_id();
        let message = Message {
            id,
            conversation_id: talk.id,
            contact_id: contact.id,
            channel_id: Some(channel.id),
            identity_id: Some(identity.id),
            direction: "out",
            author_kind: actor.kind,
            author_id: actor.id,
            author_name: name,
            external_id: Some(talk.external_id(line.kind(), channel.address, contact)?),
            html: None,
            details: Details { references, ..Details::default() },
            at: line.at,
            said: line.said,
        };
        let failed = line.said.delivery.as_ref();
        self.script.deliveries.push(Delivery {
            message_id: id,
            conversation_id: talk.id,
            channel_id: channel.id,
            address: identity.value.clone(),
            state: failed
                .map_or(if line.said.read { "read" } else { "delivered" }, |failed| &failed.state),
            reason: failed.map(|failed| failed.reason.as_str()),
            at: self.moments.soon_after(line.at, 4),
        });
        let event = NewEvent::new("message.sent", line.at, actor.clone());
        self.script
            .events
            .push(event.conversation(talk.id, contact.id).message(id, Some(identity.id)));
        // Who answers what nobody serves, serves it from then on.
        if let Some(officer) = officer.filter(|_| talk.assignee_id.is_none()) {
            self.script.events.push(change::assigned_event(
                &talk.core(),
                &actor,
                Some(name),
                None,
                line.at,
            ));
            talk.assignee_id = Some(officer.id);
        }
        self.attach(&message, officer.map(|officer| officer.id))?;
        self.script.messages.push(message);
        Ok(())
    }

    fn note(&mut self, place: usize, line: &Line<'f>) -> anyhow::Result<()> {
        let officer = self.people.officers.get(&line.said.from)?;
        let called = self.people.called(&line.said.text);
        let talk = &mut self.script.talks[place];
        talk.noted(line, officer.id, &called);
        let message = Message {
            id: new_id(),
            conversation_id: talk.id,
            contact_id: talk.contact_id,
            channel_id: None,
            identity_id: None,
            direction: "note",
            author_kind: "officer",
            author_id: Some(officer.id),
            author_name: &officer.told.name,
            external_id: None,
            html: None,
            details: Details { mentions: called.clone(), ..Details::default() },
            at: line.at,
            said: line.said,
        };
        let event = NewEvent::new("message.note", line.at, officer.actor());
        let event = event.conversation(talk.id, talk.contact_id).message(message.id, None);
        self.script.events.push(event.data(json!({ "mentions": called })));
        self.attach(&message, Some(officer.id))?;
        self.script.messages.push(message);
        Ok(())
    }

    fn attach(&mut self, message: &Message<'f>, by: Option<Uuid>) -> anyhow::Result<()> {
        for file in &message.said.files {
            let paper = self
                .papers
                .get(&file.generate)
                .with_context(|| format!("no file {:?}", file.name))?;
            self.script.files.push(File {
                message_id: message.id,
                uploaded_by: by.map(|officer| officer.to_string()),
                told: file,
                paper,
                at: message.at,
            });
        }
        Ok(())
    }
}

/// The letters that a letter follows.
fn ancestors(talk: &Talk<'_>, line: &Line<'_>) -> Vec<String> {
    if line.kind() != "email" {
        return Vec::new();
    }
    let all = &talk.letters;
    all[all.len().saturating_sub(MOST_REFERENCES)..].to_vec()
}
