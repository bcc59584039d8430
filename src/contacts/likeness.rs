//! A reader of the log that finds contacts who may be one: a new contact who names an order number that
//! another one named, or who bears the same name. It only suggests; an officer decides.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use sqlx::QueryBuilder;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{model::Evidence, suggest};
use crate::{
    app::{App, woken},
    db::{DbResult, Tx},
    events::{NewEvent, reader},
    on_db, search,
};

const READER: &str = "likeness";

/// The most contacts that are suggested for one message.
const MOST: usize = 3;

/// How far one step reads in the log, and how long it is until the next.
const STEP: i64 = 500;
const PAUSE: Duration = Duration::from_millis(100);

/// Reads until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let mut grew = app.wake().subscribe_log();
    loop {
        match step(&app).await {
            Ok(false) => {}
            Ok(true) => {
                // Nobody waits for it, and a step for many is cheap.
                if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
                    return;
                }
                continue;
            }
            Err(error) => tracing::error!(%error, "looking for contacts who may be one failed"),
        }
        if stop.run_until_cancelled(woken(&mut grew)).await.is_none() {
            return;
        }
    }
}

/// Reads the next events. Tells whether there were any.
async fn step(app: &App) -> DbResult<bool> {
    let mut tx = app.db().read().await?;
    let seq = reader::cursor(&mut tx, READER).await?;
    // What is searched must be indexed first.
    let to = search::index::indexed(&mut tx).await?.min(seq + STEP);
    if to <= seq {
        return Ok(false);
    }
    let mut found: Vec<(Uuid, Uuid, Vec<Evidence>)> = Vec::new();
    for said in said(&mut tx, seq, to).await? {
        let evidence = alike(&mut tx, &said).await?;
        found.extend(evidence.into_iter().map(|(other, why)| (said.contact_id, other, why)));
    }
    drop(tx);
    let now = app.now();
    let mut tx = app.db().write().await?;
    if !reader::advance(&mut tx, READER, seq, to).await? {
        return Ok(false);
    }
    let mut events: Vec<NewEvent> = Vec::new();
    for (contact, other, evidence) in found {
        events.extend(suggest::suggest(&mut tx, contact, other, &evidence, now).await?);
    }
    app.commit(tx, &events).await?;
    Ok(true)
}

/// What a customer said, and how far he is known.
#[derive(sqlx::FromRow)]
struct Said {
    contact_id: Uuid,
    subject: Option<String>,
    text: String,
    name: String,
    /// Whether it was the first that was ever heard of him.
    first: bool,
}

/// What customers said in the events after `from` up to `to`. Only a customer who is known by a single address is looked
/// at: the others were settled when their second address came.
async fn said(tx: &mut Tx, from: i64, to: i64) -> DbResult<Vec<Said>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT m.contact_id, m.subject, m.text, k.name, m.at = k.first_seen_at AS first
         FROM events e JOIN messages m ON m.id = e.message_id JOIN contacts k ON k.id = m.contact_id
         WHERE e.seq > $1 AND e.seq <= $2 AND e.kind = 'message.received'
           AND (SELECT COUNT(*) FROM identities i WHERE i.contact_id = k.id) = 1 ORDER BY e.seq"
    )
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await?))
}

/// Contacts that may be the author of a message, by the numbers in it and, once, by his name.
async fn alike(tx: &mut Tx, said: &Said) -> DbResult<Vec<(Uuid, Vec<Evidence>)>> {
    let mut evidence: HashMap<Uuid, Vec<Evidence>> = HashMap::new();
    for number in numbers(&format!("{} {}", said.subject.as_deref().unwrap_or(""), said.text)) {
        for other in search::contacts_who_said(tx, &number, said.contact_id, MOST + 1).await? {
            evidence
                .entry(other)
                .or_default()
                .push(Evidence::speaking_for("same_number", number.clone()));
        }
    }
    // A name alone says little: one word is a first name that thousands bear.
    if said.first && said.name.split_whitespace().count() >= 2 {
        for other in same_name(tx, said).await? {
            evidence
                .entry(other)
                .or_default()
                .push(Evidence::speaking_for("same_name", said.name.clone()));
        }
    }
    let mut all: Vec<(Uuid, Vec<Evidence>)> = evidence.into_iter().collect();
    all.sort_by_key(|(id, evidence)| (std::cmp::Reverse(evidence.len()), *id));
    all.truncate(MOST);
    Ok(all)
}

/// Others who bear the name, the newest first.
async fn same_name(tx: &mut Tx, said: &Said) -> DbResult<Vec<Uuid>> {
    let found = search::entries(tx, "contact", &said.name, search::Word::Whole, MOST + 2).await?;
    if found.is_empty() {
        return Ok(found);
    }
    let named: Vec<(Uuid, String)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT id, name FROM contacts WHERE merged_into IS NULL AND id IN (",
        );
        let mut list = query.separated(", ");
        for id in &found {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    let name = said.name.to_lowercase();
    Ok(named
        .into_iter()
        .filter(|(id, other)| *id != said.contact_id && other.to_lowercase() == name)
        .map(|(id, _)| id)
        .collect())
}

/// Numbers of orders, invoices or parcels in a text: capitals, a hyphen, and four digits or more.
fn numbers(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter_map(|word| {
            let (letters, digits) = word.split_once('-')?;
            let fits = (2..=5).contains(&letters.len())
                && letters.bytes().all(|b| b.is_ascii_alphabetic())
                && (4..=12).contains(&digits.len())
                && digits.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| word.to_uppercase())
        })
        .take(5)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn order_numbers_are_found_and_other_words_are_not() {
        let found = numbers("Pesanan KS-20931 dan ks-20932, bukan A-1, 2026-11-23 atau COVID-19.");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["KS-20931", "KS-20932"]);
    }
}
