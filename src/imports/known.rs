//! Reads what is known of those whom a slice of rows is about: one statement a table.

use std::collections::{BTreeMap, HashSet};

use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::{
    plan::{Known, Person},
    row::Candidate,
};
use crate::{
    consent::model::State,
    contacts::model::Field,
    db::{DbResult, Tx},
    on_db,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    named_by: String,
    language: Option<String>,
    city: Option<String>,
    company: Option<String>,
    tags: Json<Vec<String>>,
    fields: Json<BTreeMap<String, Field>>,
}

/// Reads it. With `lock`, nobody else changes these contacts until the commit.
pub async fn load(tx: &mut Tx, candidates: &[&Candidate], lock: bool) -> DbResult<Known> {
    let mut known = Known::default();
    let addresses: HashSet<(&str, &str)> = candidates
        .iter()
        .flat_map(|one| one.addresses.iter().map(|address| (address.kind, address.value.as_str())))
        .collect();
    if addresses.is_empty() {
        return Ok(known);
    }
    let owners: Vec<(String, String, Uuid)> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new("WITH wanted (kind, value) AS (");
        query.push_values(&addresses, |mut row, (kind, value)| {
            row.push_bind(*kind).push_bind(*value);
        });
        query.push(
            ") SELECT i.kind, i.value, i.contact_id FROM identities i
               WHERE (i.kind, i.value) IN (SELECT kind, value FROM wanted)",
        );
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    known.owners = owners.into_iter().map(|(kind, value, id)| ((kind, value), id)).collect();
    let ids: HashSet<Uuid> = known.owners.values().copied().collect();
    if ids.is_empty() {
        return Ok(known);
    }
    let lock = if lock { tx.lock_contacts() } else { "" };
    let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT c.id, c.name, c.named_by, c.language, c.city, c.company, c.tags, c.fields FROM contacts c WHERE c.id IN (",
        );
        let mut list = query.separated(", ");
        for id in &ids {
            list.push_bind(*id);
        }
        query.push(")").push(lock);
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    known.people = rows
        .into_iter()
        .map(|row| {
            let person = Person {
                id: row.id,
                name: row.name,
                named_by: row.named_by,
                language: row.language,
                city: row.city,
                company: row.company,
                tags: row.tags.0,
                fields: row.fields.0,
                ..Person::default()
            };
            (row.id, person)
        })
        .collect();
    let said: Vec<(Uuid, String, State)> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT contact_id, channel_kind, state FROM consents WHERE purpose = 'offers' AND contact_id IN (",
        );
        let mut list = query.separated(", ");
        for id in &ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    for (id, kind, state) in said {
        if let Some(person) = known.people.get_mut(&id) {
            person.consents.insert(kind, state);
        }
    }
    Ok(known)
}
