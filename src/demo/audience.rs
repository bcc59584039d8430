//! Writes whom the firms write to: consents, addresses that get no mailing, segments, and an import that is done.

use std::time::Duration;

use sapa_channel::{Timestamp, new_id};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    content::{Firm, Import},
    people::{Contact, People},
};
use crate::{
    consent::model::OFFERS,
    db::{DbResult, SLICE, Tx},
    events::NewEvent,
    files,
    imports::{
        mapping::{Mapping, Target},
        model::{Counts, ImportState},
        plan::Outcome,
    },
    insert_rows, segments,
};

fn ago(now: Timestamp, days: u64) -> Timestamp {
    now.before(Duration::from_secs(days * 24 * 3600))
}

/// Writes all of it. Tells what to log.
pub async fn write(
    tx: &mut Tx,
    firms: &[Firm],
    people: &People<'_>,
    now: Timestamp,
) -> anyhow::Result<Vec<NewEvent>> {
    let mut log = Vec::new();
    for firm in firms {
        log.extend(consents(tx, firm, people, now).await?);
        suppressions(tx, firm, now).await?;
        for segment in &firm.audience.segments {
            segments::check::check(&segment.condition)?;
            let by = people.officers.get(&segment.by)?.id;
            let at = ago(now, segment.days_ago);
            segments::queries::add(tx, new_id(), &segment.name, &segment.condition, Some(by), at)
                .await?;
        }
        if let Some(told) = &firm.audience.import {
            log.extend(import(tx, told, people, now).await?);
        }
    }
    Ok(log)
}

async fn consents(
    tx: &mut Tx,
    firm: &Firm,
    people: &People<'_>,
    now: Timestamp,
) -> anyhow::Result<Vec<NewEvent>> {
    let (mut rows, mut log) = (Vec::new(), Vec::new());
    for told in &firm.audience.consents {
        let actor = people.officers.get(&told.by)?.actor();
        for key in &told.contacts {
            let contact = people.contacts.get(key)?;
            // Nobody says anything before he is there.
            let at = ago(now, told.days_ago).max(contact.first_seen_at);
            rows.push((contact.id, told, at));
            let data = json!({
                "kind": told.kind, "purpose": OFFERS, "state": told.state, "source": told.source, "proof": told.proof,
            });
            let event = NewEvent::new("consent.changed", at, actor.clone());
            log.push(event.contact(contact.id).in_history().data(data));
        }
    }
    for some in rows.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source, proof) ",
            some,
            |row, (contact, told, at)| row
                .push_bind(*contact)
                .push_bind(&told.kind)
                .push_bind(OFFERS)
                .push_bind(told.state)
                .push_bind(*at)
                .push_bind(&told.source)
                .push_bind(&told.proof)
        );
    }
    Ok(log)
}

async fn suppressions(tx: &mut Tx, firm: &Firm, now: Timestamp) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO suppressions (kind, value, reason, at, source, note) ",
        &firm.audience.suppressions,
        |row, told| row
            .push_bind(&told.kind)
            .push_bind(&told.value)
            .push_bind(told.reason)
            .push_bind(ago(now, told.days_ago))
            .push_bind(&told.source)
            .push_bind(&told.note)
    );
    Ok(())
}

/// A row of the report: its line, whom it is about, and the contact.
struct Row<'a> {
    line: i64,
    told: &'a super::content::ImportRow,
    shown: &'a str,
    contact: Option<Uuid>,
}

async fn import(
    tx: &mut Tx,
    told: &Import,
    people: &People<'_>,
    now: Timestamp,
) -> anyhow::Result<Vec<NewEvent>> {
    let (mut csv, mut rows, mut counts) =
        ("Nama,E-mail,Kota\n".to_owned(), Vec::new(), Counts::default());
    let mut sample = Vec::new();
    for (line, one) in (2_i64..).zip(&told.rows) {
        let contact: Option<&Contact<'_>> =
            one.contact.as_deref().map(|key| people.contacts.get(key)).transpose()?;
        let shown = contact.map(|contact| contact.told.name.as_str()).or(one.shown.as_deref());
        let email = contact.and_then(|contact| contact.identity("email").ok());
        let email = email.map(|identity| identity.value.as_str()).or(one.detail.as_deref());
        let city = contact.and_then(|contact| contact.told.city.as_deref());
        let cells = [shown, email, city].map(Option::unwrap_or_default);
        csv.push('"');
        csv.push_str(&cells.join("\",\""));
        csv.push_str("\"\n");
        if sample.len() < 5 {
            sample.push(cells.map(str::to_owned));
        }
        counts.add(one.outcome);
        let contact = contact.map(|contact| contact.id);
        rows.push(Row { line, told: one, shown: shown.unwrap_or_default(), contact });
    }
    let (id, at) = (new_id(), ago(now, told.days_ago));
    let by = people.officers.get(&told.by)?;
    let mapping = Mapping {
        columns: vec![Target::Name {}, Target::Email {}, Target::City {}],
        tags: Vec::new(),
        consent_statement: Some(told.statement.clone()),
    };
    let total = i64::try_from(rows.len())?;
    insert_rows!(
        tx,
        "INSERT INTO imports (id, file_name, size, digest, body, columns, sample, delimiter, encoding, mapping, state,
                              total, done, counts, created_by, created_by_name, created_at, finished_at) ",
        [()],
        |row, ()| row
            .push_bind(id)
            .push_bind(&told.file)
            .push_bind(i64::try_from(csv.len()).unwrap_or(i64::MAX))
            .push_bind(files::hash(csv.as_bytes()).to_vec())
            .push_bind(csv.as_bytes())
            .push_bind(Json(["Nama", "E-mail", "Kota"]))
            .push_bind(Json(&sample))
            .push_bind(",")
            .push_bind("UTF-8")
            .push_bind(Json(&mapping))
            .push_bind(ImportState::Done)
            .push_bind(total)
            .push_bind(total)
            .push_bind(Json(counts))
            .push_bind(by.id)
            .push_bind(&by.told.name)
            .push_bind(at)
            .push_bind(at.after(Duration::from_secs(40)))
    );
    for some in rows.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO import_rows (import_id, line, outcome, reason, detail, shown, contact_id) ",
            some,
            |row, one| row
                .push_bind(id)
                .push_bind(one.line)
                .push_bind(one.told.outcome)
                .push_bind(&one.told.reason)
                .push_bind(&one.told.detail)
                .push_bind(one.shown)
                .push_bind(one.contact)
        );
    }
    let mut log = Vec::new();
    for key in told
        .rows
        .iter()
        .filter(|row| row.outcome != Outcome::Unchanged)
        .filter_map(|row| row.contact.as_deref())
    {
        let contact = people.contacts.get(key)?;
        let data = json!({ "import_id": id, "file": told.file, "new": false });
        let event = NewEvent::new("contact.imported", at.max(contact.first_seen_at), by.actor());
        log.push(event.contact(contact.id).in_history().data(data));
    }
    Ok(log)
}
