//! How a conversation is left.

use anyhow::Context;
use serde_json::json;

use super::Stage;
use crate::{
    conversations::change,
    demo::{content::Status, people::Officer},
    events::{Actor, NewEvent},
};

impl Stage<'_, '_> {
    /// Leaves a conversation as the files say it stands now.
    pub(super) fn end(&mut self, place: usize) -> anyhow::Result<()> {
        let people = self.people;
        let talk = &mut self.script.talks[place];
        let assignee =
            talk.told.assignee.as_deref().map(|key| people.officers.get(key)).transpose()?;
        let after = |seconds| self.moments.soon_after(talk.last_line_at, seconds);
        if assignee.map(|officer| officer.id) != talk.assignee_id {
            let before =
                people.officers.rows.iter().find(|officer| Some(officer.id) == talk.assignee_id);
            // Who served it hands it over after his last word; what nobody served is taken.
            let gave = before.and_then(|officer| Some((officer, *talk.wrote.get(&officer.id)?)));
            let (actor, at) = match (gave, assignee) {
                (Some((officer, at)), _) => (officer.actor(), self.moments.soon_after(at, 50)),
                (None, Some(officer)) => (officer.actor(), after(20)),
                (None, None) => (Actor::system(), after(20)),
            };
            let team = people.teams.rows.iter().find(|team| Some(team.id) == talk.team_id);
            let (officer, team) = (
                assignee.map(|to| to.told.name.as_str()),
                team.map(|team| team.told.name.as_str()),
            );
            self.script.events.push(change::assigned_event(
                &talk.core(),
                &actor,
                officer,
                team,
                at,
            ));
            talk.assignee_id = assignee.map(|officer| officer.id);
        }
        let actor = assignee.map_or_else(Actor::system, Officer::actor);
        let event = |kind, at| {
            NewEvent::new(kind, at, actor.clone())
                .conversation(talk.id, talk.contact_id)
                .in_history()
        };
        match talk.told.status {
            Status::Open => {}
            Status::Snoozed => {
                let text = talk
                    .told
                    .snoozed_for
                    .as_deref()
                    .context("it says not until when it is snoozed")?;
                let until = self.moments.ahead(text)?;
                let event =
                    event("conversation.snoozed", after(40)).data(json!({ "until": until }));
                self.script.events.push(event);
                talk.snoozed_until = Some(until);
            }
            Status::Solved => {
                let at = after(150);
                self.script.events.push(event("conversation.solved", at));
                talk.solved(at);
            }
        }
        Ok(())
    }
}
