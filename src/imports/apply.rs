//! Writes what becomes of a slice of rows: many rows a statement.

use sapa_channel::{Timestamp, new_id};
use serde_json::json;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::plan::{Known, Person, Plan, Refusal};
use crate::{
    consent::model::OFFERS,
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    insert_rows, on_db,
};

/// From where a slice comes.
#[derive(Debug)]
pub struct Origin<'a> {
    /// Which import.
    pub import_id: Uuid,
    /// The name of its file.
    pub file: &'a str,
    /// Where and how consent was obtained.
    pub statement: Option<&'a str>,
    /// Who brought it.
    pub actor: Actor,
}

/// Writes the report of a slice; all that a dry run writes. Who is new has no contact yet then.
pub async fn report(
    tx: &mut Tx,
    import_id: Uuid,
    plan: &Plan,
    known: &Known,
    dry: bool,
) -> DbResult<()> {
    let contact = |id: Option<Uuid>| {
        id.filter(|id| !dry || known.people.get(id).is_some_and(|person| !person.is_new))
    };
    insert_rows!(
        tx,
        "INSERT INTO import_rows (import_id, line, outcome, reason, detail, shown, contact_id) ",
        &plan.told,
        |row, told| row
            .push_bind(import_id)
            .push_bind(told.line)
            .push_bind(told.outcome)
            .push_bind(told.refusal.as_ref().map(Refusal::reason))
            .push_bind(told.refusal.as_ref().and_then(Refusal::detail))
            .push_bind(&told.shown)
            .push_bind(contact(told.contact_id))
    );
    Ok(())
}

/// Writes contacts, addresses and what they said. Tells what to log.
pub async fn apply(
    tx: &mut Tx,
    origin: &Origin<'_>,
    plan: &Plan,
    known: &Known,
    now: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    let new: Vec<&Person> = known.people.values().filter(|person| person.is_new).collect();
    let changed: Vec<&Person> =
        known.people.values().filter(|person| person.changed && !person.is_new).collect();
    insert_rows!(
        tx,
        "INSERT INTO contacts
             (id, name, named_by, language, city, company, notes, tags, fields, first_seen_at, version) ",
        &new,
        |row, one| row
            .push_bind(one.id)
            .push_bind(&one.name)
            .push_bind(&one.named_by)
            .push_bind(&one.language)
            .push_bind(&one.city)
            .push_bind(&one.company)
            .push_bind("")
            .push_bind(Json(&one.tags))
            .push_bind(Json(&one.fields))
            .push_bind(now)
            .push_bind(1_i64)
    );
    if !changed.is_empty() {
        on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(
                "WITH new (id, name, named_by, language, city, company, tags, fields) AS (",
            );
            query.push_values(&changed, |mut row, one| {
                row.push_bind(one.id)
                    .push_bind(&one.name)
                    .push_bind(&one.named_by)
                    .push_bind(&one.language)
                    .push_bind(&one.city)
                    .push_bind(&one.company)
                    .push_bind(Json(&one.tags))
                    .push_bind(Json(&one.fields));
            });
            query.push(
                ") UPDATE contacts
                   SET name = new.name, named_by = new.named_by, language = new.language, city = new.city,
                       company = new.company, tags = new.tags, fields = new.fields, version = contacts.version + 1
                   FROM new WHERE contacts.id = new.id",
            );
            query.build().persistent(false).execute(conn).await?;
        });
    }
    insert_rows!(
        tx,
        "INSERT INTO identities (id, contact_id, kind, value, shown, first_seen_at, last_seen_at) ",
        &plan.addresses,
        |row, (contact_id, address)| row
            .push_bind(new_id())
            .push_bind(*contact_id)
            .push_bind(address.kind)
            .push_bind(&address.value)
            .push_bind(&address.shown)
            .push_bind(now)
            .push_bind(now)
    );
    let source = format!("{}{}", super::plan::SOURCE, origin.file);
    insert_rows!(
        tx,
        "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source, proof) ",
        &plan.consents,
        |row, (contact_id, kind, state)| row
            .push_bind(*contact_id)
            .push_bind(kind)
            .push_bind(OFFERS)
            .push_bind(*state)
            .push_bind(now)
            .push_bind(&source)
            .push_bind(origin.statement),
        " ON CONFLICT (contact_id, channel_kind, purpose) DO UPDATE
          SET state = excluded.state, at = excluded.at, source = excluded.source, proof = excluded.proof"
    );
    let event = |kind: &'static str, id: Uuid| {
        NewEvent::new(kind, now, origin.actor.clone()).contact(id).in_history()
    };
    let touched =
        new.iter().map(|one| (one.id, true)).chain(changed.iter().map(|one| (one.id, false)));
    let mut events: Vec<NewEvent> = touched
        .map(|(id, is_new)| {
            let data = json!({ "import_id": origin.import_id, "file": origin.file, "new": is_new });
            event("contact.imported", id).data(data)
        })
        .collect();
    events.extend(plan.consents.iter().map(|(id, kind, state)| {
        let data = json!({
            "kind": kind, "purpose": OFFERS, "state": state, "source": source, "proof": origin.statement,
        });
        event("consent.changed", *id).data(data)
    }));
    Ok(events)
}
