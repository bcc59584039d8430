//! A reader of the log that finds contacts who may be one: a new contact who names an order number that
//! another one named, or who bears the same name. It only suggests; an officer decides.

use std::collections::{BTreeSet, HashMap};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{model::Evidence, suggest};
use crate::{
    app::{App, woken},
    db::{DbResult, Tx},
    events::{self, Event, NewEvent, reader},
    on_db, search,
};

const READER: &str = "likeness";

/// The most contacts that are suggested for one message.
const MOST: usize = 3;

/// Reads until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let mut grew = app.wake().subscribe_log();
    loop {
        match step(&app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "looking for contacts who may be one failed"),
        }
        if stop.run_until_cancelled(woken(&mut grew)).await.is_none() {
            return;
        }
    }
}

/// Reads the next events. Tells how many there were.
pub async fn step(app: &App) -> DbResult<usize> {
    let mut tx = app.db().read().await?;
    let seq = reader::cursor(&mut tx, READER).await?;
    // What is searched must be indexed first.
    let indexed = reader::cursor(&mut tx, search::index::READER).await?;
    let new: Vec<Event> = events::after(&mut tx, seq, 100)
        .await?
        .into_iter()
        .filter(|event| event.seq <= indexed)
        .collect();
    let Some(last) = new.last().map(|event| event.seq) else { return Ok(0) };
    let mut found: Vec<(Uuid, Uuid, Vec<Evidence>)> = Vec::new();
    for event in new.iter().filter(|event| event.kind == "message.received") {
        let (Some(message), Some(contact)) = (event.message_id, event.contact_id) else { continue };
        for (other, evidence) in alike(&mut tx, message, contact).await? {
            found.push((contact, other, evidence));
        }
    }
    drop(tx);
    let now = app.now();
    let mut tx = app.db().write().await?;
    if !reader::advance(&mut tx, READER, seq, last).await? {
        return Ok(0);
    }
    let mut events: Vec<NewEvent> = Vec::new();
    for (contact, other, evidence) in found {
        events.extend(suggest::suggest(&mut tx, contact, other, &evidence, now).await?);
    }
    app.commit(tx, &events).await?;
    Ok(new.len())
}

/// Contacts that may be the author of a message. Only one who is known by a single address is looked at: the
/// others were settled when their second address came.
async fn alike(tx: &mut Tx, message: Uuid, contact: Uuid) -> DbResult<Vec<(Uuid, Vec<Evidence>)>> {
    let row: Option<(Option<String>, String, String, i64)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "SELECT m.subject, m.text, k.name, (SELECT COUNT(*) FROM identities i WHERE i.contact_id = k.id)
         FROM messages m JOIN contacts k ON k.id = m.contact_id WHERE m.id = $1 AND k.id = $2"
    )
    .bind(message)
    .bind(contact)
    .fetch_optional(conn)
    .await?
    });
    let Some((subject, text, name, addresses)) = row else { return Ok(Vec::new()) };
    if addresses != 1 {
        return Ok(Vec::new());
    }
    let mut evidence: HashMap<Uuid, Vec<Evidence>> = HashMap::new();
    for number in numbers(&format!("{} {text}", subject.unwrap_or_default())) {
        for other in search::contacts_who_said(tx, &number, contact, MOST + 1).await? {
            evidence
                .entry(other)
                .or_default()
                .push(Evidence::speaking_for("same_number", number.clone()));
        }
    }
    // A name alone says little: one word is a first name that thousands bear.
    if name.split_whitespace().count() >= 2 {
        for other in search::entries(tx, "contact", &name, MOST + 2).await? {
            if other != contact && same_name(tx, other, &name).await? {
                evidence
                    .entry(other)
                    .or_default()
                    .push(Evidence::speaking_for("same_name", name.clone()));
            }
        }
    }
    let mut all: Vec<(Uuid, Vec<Evidence>)> = evidence.into_iter().collect();
    all.sort_by_key(|(id, evidence)| (std::cmp::Reverse(evidence.len()), *id));
    all.truncate(MOST);
    Ok(all)
}

async fn same_name(tx: &mut Tx, id: Uuid, name: &str) -> DbResult<bool> {
    let core = super::queries::core(tx, id).await?;
    Ok(core.is_some_and(|core| {
        core.merged_into.is_none() && core.name.to_lowercase() == name.to_lowercase()
    }))
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
