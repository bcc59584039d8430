//! Writes what the firms sent to many: templates, a mailing that is done and was answered, one that is under way,
//! and one that is being prepared.

use std::collections::BTreeMap;

use anyhow::Context;
use sapa_channel::{Timestamp, new_id};
use serde::Deserialize;
use uuid::Uuid;

use super::{moments::Moments, people::People};
use crate::{
    app::App,
    db::{SLICE, Tx},
    events::NewEvent,
    mailings::{
        audience,
        ledger::{self, Done, Mark},
        letter::Letter,
        model::Frozen,
        queries::{self, Draft},
        unsubscribe::{self, Way},
    },
    on_db,
    templates::{
        self,
        model::{self, Content},
        values::{self, House},
    },
};

/// The file of the firm that sends mailings.
const FILE: &str = include_str!("../../demo/kopi-seruni/mailings.json");

/// What the file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    templates: Vec<Template>,
    mailings: Vec<Mailing>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    key: String,
    name: String,
    kind: String,
    subject: Option<String>,
    html: Option<String>,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mailing {
    name: String,
    template: String,
    channel: String,
    by: String,
    rate: i64,
    /// When it began; it is only prepared if that is not told.
    ago: Option<String>,
    /// Whose mail was refused.
    #[serde(default)]
    came_back: Vec<String>,
    /// Of whom nobody knows.
    #[serde(default)]
    unknown: Vec<String>,
    /// Who ended mailings by it.
    #[serde(default)]
    left: Vec<String>,
    /// Who answered, and in which conversation. Without answers it is still under way.
    #[serde(default)]
    answers: BTreeMap<String, i64>,
}

impl Template {
    fn content(&self) -> Content {
        model::tidy(Content {
            subject: self.subject.clone(),
            html: self.html.clone(),
            text: self.text.clone(),
        })
    }
}

/// Writes all of it. Tells what to log.
pub async fn write(
    app: &App,
    tx: &mut Tx,
    people: &People<'_>,
    moments: &Moments,
    since: Timestamp,
) -> anyhow::Result<Vec<NewEvent>> {
    let told: Told = serde_json::from_str(FILE).context("mailings.json")?;
    let mut ids = BTreeMap::new();
    for template in &told.templates {
        let id = new_id();
        let content = template.content();
        templates::queries::insert(tx, id, &template.name, &template.kind, &content, None, since)
            .await?;
        ids.insert(&*template.key, (id, template));
    }
    let mut log = Vec::new();
    for mailing in &told.mailings {
        let (template_id, template) = *ids.get(&*mailing.template).context("a template")?;
        let channel = people.channels.get(&mailing.channel)?;
        let officer = people.officers.get(&mailing.by)?;
        let id = new_id();
        let begun = mailing.ago.as_deref().map(|ago| moments.ago(ago)).transpose()?;
        let draft = Draft {
            name: mailing.name.clone(),
            channel_id: channel.id,
            template_id: Some(template_id),
            segment_id: None,
            rate: Some(mailing.rate),
        };
        let made_at = begun.unwrap_or(moments.now);
        queries::insert(tx, id, &draft, Some(officer.id), made_at).await?;
        let Some(begun) = begun else { continue };
        let frozen = Frozen {
            content: template.content(),
            template: template.name.clone(),
            condition: None,
            segment: None,
            house: House { sender: channel.told.name.clone(), officer: officer.told.name.clone() },
        };
        audience::freeze(tx, id, &template.kind, channel.id, None, begun).await?;
        queries::begin(tx, id, &frozen, Some(officer.id), begun).await?;
        if mailing.answers.is_empty() {
            continue;
        }
        let number = queries::find(tx, id).await?.context("it was just written")?.number;
        let letter = Letter::new(app, id, number, &template.kind, channel.address, frozen)
            .map_err(anyhow::Error::msg)?;
        sent(tx, id, &letter, mailing, people, begun).await?;
        log.extend(became(tx, id, mailing, people, begun, moments.now).await?);
    }
    Ok(log)
}

/// Sends it, as far as the ledger is concerned.
async fn sent(
    tx: &mut Tx,
    id: Uuid,
    letter: &Letter,
    mailing: &Mailing,
    people: &People<'_>,
    begun: Timestamp,
) -> anyhow::Result<()> {
    let worker = new_id();
    let among = |keys: &[String], contact: Uuid| {
        keys.iter().any(|key| people.contacts.get(key).is_ok_and(|one| one.id == contact))
    };
    let mut at = begun;
    loop {
        let (rows, _) = ledger::lease(tx, id, &letter.kind, worker, at, 4).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let contacts: Vec<Uuid> = rows.iter().map(|row| row.contact_id).collect();
        let known = values::people(tx, &contacts).await?;
        let marks: Vec<Mark> = rows
            .iter()
            .filter_map(|row| {
                let vars = letter.vars(known.get(&row.contact_id)?, &row.address);
                Some(Mark { seq: row.seq, fence: row.fence, vars })
            })
            .collect();
        debug_assert!(marks.len() <= SLICE, "a slice is bounded");
        ledger::mark(tx, &letter.kind, &marks, at).await?;
        let done: Vec<Done> = rows
            .iter()
            .map(|row| {
                let (state, reason) = if among(&mailing.came_back, row.contact_id) {
                    ("failed", Some("mx.pos.example: 550 5.1.1 no mailbox of that name"))
                } else if among(&mailing.unknown, row.contact_id) {
                    (
                        "unknown",
                        Some("the connection to the mail server was lost after the mail was sent"),
                    )
                } else {
                    ("sent", None)
                };
                Done {
                    seq: row.seq,
                    fence: row.fence,
                    state,
                    run_at: at,
                    reason: reason.map(str::to_owned),
                    external_id: None,
                }
            })
            .collect();
        ledger::finish(tx, &done, at).await?;
        at = at.after(std::time::Duration::from_secs(4));
    }
}

/// What the recipients did.
async fn became(
    tx: &mut Tx,
    id: Uuid,
    mailing: &Mailing,
    people: &People<'_>,
    begun: Timestamp,
    now: Timestamp,
) -> anyhow::Result<Vec<NewEvent>> {
    let mut log = Vec::new();
    for (key, number) in &mailing.answers {
        let contact = people.contacts.get(key)?.id;
        on_db!(&mut *tx, |conn| {
            sqlx::query("UPDATE conversations SET mailing_id = $1 WHERE number = $2")
                .bind(id)
                .bind(number)
                .execute(&mut *conn)
                .await?;
            sqlx::query(
                "UPDATE mailing_recipients
                 SET answered_at = (SELECT created_at FROM conversations WHERE number = $3)
                 WHERE mailing_id = $1 AND contact_id = $2 AND state = 'sent'",
            )
            .bind(id)
            .bind(contact)
            .bind(number)
            .execute(&mut *conn)
            .await?;
        });
    }
    for key in &mailing.left {
        let contact = people.contacts.get(key)?.id;
        let row: Option<Uuid> = on_db!(&mut *tx, |conn| {
            sqlx::query_scalar(
            "SELECT id FROM mailing_recipients WHERE mailing_id = $1 AND contact_id = $2 AND state = 'sent'"
        )
        .bind(id)
        .bind(contact)
        .fetch_optional(conn)
        .await?
        });
        if let Some(row) = row {
            let at = begun.after(std::time::Duration::from_secs(1500)).min(now);
            log.extend(unsubscribe::unsubscribe(tx, row, Way::Link, at).await?.unwrap_or_default());
        }
    }
    Ok(log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_of_the_demonstration_could_be_kept() {
        let told: Told = serde_json::from_str(FILE).unwrap();
        for template in &told.templates {
            model::compiled(&template.kind, &template.content()).unwrap();
        }
        assert!(
            told.mailings.iter().any(|mailing| mailing.answers.is_empty() && mailing.ago.is_some())
        );
    }
}
