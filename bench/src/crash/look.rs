//! What an officer and the customers see, by the API and the web chat, of what the ledger and the database say.

use std::{
    collections::{HashMap, HashSet},
    sync::PoisonError,
};

use bench::chat;
use serde_json::Value;

use crate::{
    audit::{Books, is_stored},
    ledger,
    report::Report,
    world::World,
};

/// What was seen up to now.
#[derive(Debug, Default)]
pub struct Seen {
    /// When something was last said in a conversation, when it was looked at.
    conversations: HashMap<String, String>,
    /// The marks of messages.
    marks: HashSet<String>,
    /// How many visitors were asked.
    visitors: usize,
}

/// Looks at everything that is new.
pub async fn look(
    world: &World,
    books: &Books,
    seen: &mut Seen,
    report: &mut Report,
) -> anyhow::Result<()> {
    let listed = desk(world, seen).await?;
    histories(world, listed, seen).await?;
    let missed: Vec<&String> = books
        .marks
        .taken
        .iter()
        .filter(|mark| is_stored(mark) && !seen.marks.contains(*mark))
        .collect();
    // A note moves no conversation up: it is looked for where it should be.
    let there =
        books.rows.messages.iter().filter(|row| missed.iter().any(|mark| *mark == row.mark()));
    let contacts = there.map(|row| row.contact_id.to_string()).collect();
    histories(world, contacts, seen).await?;
    for mark in missed.into_iter().filter(|mark| !seen.marks.contains(*mark)) {
        report.lost.insert(format!("{mark} was taken and no officer sees it"));
    }
    unknown(world, books, report).await?;
    visitors(world, books, seen, report).await
}

/// All items of a list.
async fn all(world: &World, path: &str) -> anyhow::Result<Vec<Value>> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.client.get(&format!("{path}{cursor}")).await?;
        items.extend(page["items"].as_array().into_iter().flatten().cloned());
        let Some(next) = page["next"].as_str() else { return Ok(items) };
        cursor = format!("&cursor={next}");
    }
}

/// The contacts of all conversations in which anything was said since they were looked at.
async fn desk(world: &World, seen: &mut Seen) -> anyhow::Result<HashSet<String>> {
    let mut contacts = HashSet::new();
    for row in all(world, "/conversations?folder=all&limit=200").await? {
        let id = row["id"].as_str().unwrap_or_default().to_owned();
        let at = row["last_message_at"].to_string();
        if seen.conversations.insert(id, at.clone()) != Some(at) {
            contacts.insert(row["contact"]["id"].as_str().unwrap_or_default().to_owned());
        }
    }
    Ok(contacts)
}

/// Reads histories.
async fn histories(
    world: &World,
    contacts: HashSet<String>,
    seen: &mut Seen,
) -> anyhow::Result<()> {
    for contact in contacts {
        for item in all(world, &format!("/contacts/{contact}/timeline?limit=200")).await? {
            if let Some(text) = item["message"]["text"].as_str() {
                seen.marks.insert(text.lines().next().unwrap_or_default().trim().to_owned());
            }
        }
    }
    Ok(())
}

/// What is unknown in the database is shown as unknown: in the folder for that and the history of its contact, or
/// the mailing's ledger.
async fn unknown(world: &World, books: &Books, report: &mut Report) -> anyhow::Result<()> {
    let mut shown: HashMap<String, HashSet<String>> = HashMap::new();
    let folder = all(world, "/conversations?folder=unsure&limit=200").await?;
    let folder: HashSet<i64> = folder.iter().filter_map(|row| row["number"].as_i64()).collect();
    for message in &books.rows.messages {
        if message.state.as_deref() != Some("unknown") {
            continue;
        }
        if !folder.contains(&message.number) {
            report.hidden.insert(format!("{} is not in the folder", message.mark()));
        }
        let contact = message.contact_id.to_string();
        if !shown.contains_key(&contact) {
            let items = all(world, &format!("/contacts/{contact}/timeline?limit=200")).await?;
            let states = items.iter().filter(|item| {
                let delivery = &item["message"]["delivery"];
                delivery["state"] == "unknown" && delivery["reason"].is_string()
            });
            let ids = states.filter_map(|item| item["message"]["id"].as_str()).map(str::to_owned);
            shown.insert(contact.clone(), ids.collect());
        }
        if !shown[&contact].contains(&message.id.to_string()) {
            report.hidden.insert(message.mark().to_owned());
        }
    }
    let mut counts: HashMap<(String, &str), usize> = HashMap::new();
    for row in books.rows.recipients.iter().filter(|row| row.state == "unknown") {
        *counts.entry((row.mailing_id.to_string(), &row.name)).or_default() += 1;
    }
    for ((id, name), count) in counts {
        let path = format!("/mailings/{id}/recipients?state=unknown&limit=200");
        let listed = all(world, &path).await?.len();
        let counted = world.client.get(&format!("/mailings/{id}")).await?;
        if listed != count || counted["counts"]["unknown"] != count {
            report.hidden.insert(format!("{name}: {count} are unknown, {listed} are listed"));
        }
    }
    Ok(())
}

/// Each visitor finds what he said, and what was said to him, once and in order.
async fn visitors(
    world: &World,
    books: &Books,
    seen: &mut Seen,
    report: &mut Report,
) -> anyhow::Result<()> {
    let visitors = world.visitors.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut conversations: HashMap<i64, Vec<&str>> = HashMap::new();
    let mut number_of: HashMap<String, i64> = HashMap::new();
    for message in &books.rows.messages {
        if message.kind.as_deref() != Some("webchat") {
            continue;
        }
        conversations.entry(message.number).or_default().push(message.mark());
        if let Some((who, _)) =
            ledger::split(message.mark()).filter(|(who, _)| who.starts_with("chat-"))
        {
            number_of.insert(who.to_owned(), message.number);
        }
    }
    // Those who were at it when the last ones were asked are asked again.
    let from = seen.visitors.saturating_sub(8);
    for (visitor, secret) in visitors.iter().skip(from) {
        let (_, told) = chat::back(world.http, &world.site, secret, None).await?;
        let history = told.iter().find(|frame| frame["t"] == "history");
        let texts: Vec<&str> = history
            .and_then(|history| history["messages"].as_array())
            .into_iter()
            .flatten()
            .filter_map(|message| message["text"].as_str())
            .collect();
        let stored = number_of.get(&format!("chat-{visitor}")).and_then(|n| conversations.get(n));
        let stored = stored.cloned().unwrap_or_default();
        for mark in &stored {
            match texts.iter().filter(|text| *text == mark).count() {
                0 if stored.len() <= 30 => {
                    report.lost.insert(format!("visitor {visitor} does not see {mark}"));
                }
                0 | 1 => {}
                times => {
                    report
                        .doubled_out
                        .insert(format!("visitor {visitor} sees {mark} {times} times"));
                }
            }
        }
        let mut last: HashMap<&str, u32> = HashMap::new();
        for (who, number) in texts.iter().filter_map(|text| ledger::split(text)) {
            if last.insert(who, number).is_some_and(|before| before > number) {
                report.inversions.insert(format!("visitor {visitor} sees {who}-{number} too late"));
            }
        }
    }
    seen.visitors = visitors.len();
    Ok(())
}
