//! Writes a plan: many rows a statement, and what is rare one by one.

use sapa_channel::{Timestamp, new_id};
use sqlx::types::Json;
use uuid::Uuid;

use super::plan::{Fresh, NewMessage, Plan};
use crate::{
    contacts,
    db::{Batch, DbResult, Tx},
    events::NewEvent,
    files,
    messages::Details,
};

/// Adds the statements that write all but the log and what is rare.
pub fn write(batch: &mut Batch, plan: &Plan<'_>, arrivals: &[Fresh<'_>]) {
    originals(batch, arrivals);
    contacts_and_identities(batch, plan);
    conversations(batch, plan);
    messages(batch, plan);
}

/// Stores the originals (D3, first level; D4). One that another router has just stored is a conflict, and known when the
/// slice comes again.
fn originals(batch: &mut Batch, arrivals: &[Fresh<'_>]) {
    let mut rows: Vec<&Fresh> = arrivals.iter().collect();
    // One order for all routers, so that two of them cannot wait for each other.
    rows.sort_by_key(|row| super::key(row.arrival));
    batch.insert(
        "INSERT INTO originals
             (id, channel_id, transport_key, digest, media_type, size, body, received_at, state, envelope, reason,
              attempts) ",
        &rows,
        |row, fresh| {
            let arrival = fresh.arrival;
            let reason = arrival.content.as_ref().err().map(ToString::to_string);
            row.push_bind(fresh.original_id)
                .push_bind(arrival.channel)
                .push_bind(&arrival.transport_key)
                .push_bind(files::hash(&arrival.original.bytes).to_vec())
                .push_bind(arrival.original.media_type)
                .push_bind(i64::try_from(arrival.original.bytes.len()).unwrap_or(i64::MAX))
                .push_bind(files::inline(&arrival.original.bytes))
                .push_bind(arrival.received_at)
                .push_bind(if reason.is_some() { "quarantined" } else { "taken" })
                // Only what could not be read is read again.
                .push_bind(arrival.original.envelope.as_deref().filter(|_| reason.is_some()))
                .push_bind(reason)
                .push_bind(1_i64);
        },
        "",
    );
}

fn contacts_and_identities(batch: &mut Batch, plan: &Plan<'_>) {
    batch.insert(
        "INSERT INTO contacts (id, name, named_by, language, notes, tags, fields, first_seen_at, version) ",
        &plan.contacts,
        |row, new| {
            row.push_bind(new.id)
                .push_bind(&new.name)
                .push_bind("channel")
                .push_bind(new.language)
                .push_bind("")
                .push_bind(Json(serde_json::json!([])))
                .push_bind(Json(serde_json::json!({})))
                .push_bind(new.at)
                .push_bind(1_i64);
        },
        "",
    );
    batch.insert(
        "INSERT INTO identities
             (id, contact_id, kind, value, shown, proof, verified_at, first_seen_at, last_seen_at, last_channel_id) ",
        &plan.identities,
        |row, new| {
            row.push_bind(new.id)
                .push_bind(new.contact_id)
                .push_bind(new.address.kind.as_str())
                .push_bind(&new.address.value)
                .push_bind(new.shown)
                .push_bind(new.proof)
                .push_bind(new.proof.map(|_| new.at))
                .push_bind(new.at)
                .push_bind(new.at)
                .push_bind(new.channel_id);
        },
        "",
    );
    if !plan.heard.is_empty() {
        batch
            .statement("WITH heard (id, proof, channel_id, at) AS (")
            .values(&plan.heard, |row, heard| {
                row.push_bind(heard.id)
                    .push_bind(heard.proof)
                    .push_bind(heard.channel_id)
                    .push_bind(heard.at);
            })
            .push(
                ") UPDATE identities
                   SET verified_at = CASE WHEN identities.proof IS NULL AND heard.proof IS NOT NULL THEN heard.at
                                          ELSE identities.verified_at END,
                       proof = COALESCE(identities.proof, heard.proof),
                       last_seen_at = heard.at, last_channel_id = heard.channel_id
                   FROM heard WHERE identities.id = heard.id",
            );
    }
}

fn conversations(batch: &mut Batch, plan: &Plan<'_>) {
    batch.insert(
        "INSERT INTO conversations
             (id, contact_id, identity_id, channel_id, status, subject, preview, preview_kind, has_files, waiting_since,
              last_message_at, last_inbound_at, message_count, created_at, related_id, mailing_id, version) ",
        &plan.conversations,
        |row, (new, touched)| {
            row.push_bind(new.id)
                .push_bind(new.contact_id)
                .push_bind(touched.identity_id)
                .push_bind(touched.channel_id)
                .push_bind("open")
                .push_bind(new.subject)
                .push_bind(&touched.preview)
                .push_bind("in")
                .push_bind(touched.has_files)
                .push_bind(touched.first_at)
                .push_bind(touched.at)
                .push_bind(touched.at)
                .push_bind(touched.messages)
                .push_bind(new.at)
                .push_bind(new.related_id)
                .push_bind(new.mailing_id)
                .push_bind(1_i64);
        },
        "",
    );
    touch(batch, plan);
    open(batch, plan);
}

/// What every message changes of a conversation that was there.
fn touch(batch: &mut Batch, plan: &Plan<'_>) {
    if plan.touched.is_empty() {
        return;
    }
    batch
        .statement(
            "WITH touched (id, messages, identity_id, channel_id, preview, has_files, at) AS (",
        )
        .values(&plan.touched, |row, touched| {
            row.push_bind(touched.id)
                .push_bind(touched.messages)
                .push_bind(touched.identity_id)
                .push_bind(touched.channel_id)
                .push_bind(&touched.preview)
                .push_bind(touched.has_files)
                .push_bind(touched.at);
        })
        .push(
            ") UPDATE conversations
               SET message_count = message_count + touched.messages, identity_id = touched.identity_id,
                   channel_id = touched.channel_id, preview = touched.preview, preview_kind = 'in',
                   preview_author = NULL, has_files = touched.has_files, last_message_at = touched.at,
                   last_inbound_at = touched.at, version = version + 1
               FROM touched WHERE conversations.id = touched.id",
        );
}

/// Conversations that wait for an answer from now on. Most do already: SQLite would write anew what indexes have of a
/// column that is set, also to what it was.
fn open(batch: &mut Batch, plan: &Plan<'_>) {
    let waiting: Vec<(Uuid, Timestamp)> =
        plan.touched.iter().filter_map(|touched| Some((touched.id, touched.first_at?))).collect();
    if waiting.is_empty() {
        return;
    }
    batch
        .statement("WITH heard (id, first_at) AS (")
        .values(&waiting, |row, (id, first_at)| {
            row.push_bind(*id).push_bind(*first_at);
        })
        .push(
            ") UPDATE conversations
               SET status = 'open', snoozed_until = NULL, solved_at = NULL,
                   waiting_since = COALESCE(waiting_since, heard.first_at)
               FROM heard
               WHERE conversations.id = heard.id
                 AND (status <> 'open' OR waiting_since IS NULL OR snoozed_until IS NOT NULL OR solved_at IS NOT NULL)",
        );
}

fn messages(batch: &mut Batch, plan: &Plan<'_>) {
    batch.insert(
        "INSERT INTO messages
             (id, conversation_id, contact_id, channel_id, identity_id, original_id, direction, author_kind, author_id,
              author_name, external_id, logical_key, subject, text, quoted, html, details, file_count, automatic, at) ",
        &plan.messages,
        |row, new| {
            row.push_bind(new.id)
                .push_bind(new.conversation_id)
                .push_bind(new.contact_id)
                .push_bind(new.fresh.arrival.channel)
                .push_bind(new.identity_id)
                .push_bind(new.fresh.original_id)
                .push_bind("in")
                .push_bind("contact")
                .push_bind(new.contact_id)
                .push_bind(&new.author)
                .push_bind(&new.message.external_id)
                .push_bind(&new.message.logical_key)
                .push_bind(&new.message.subject)
                .push_bind(&new.message.text)
                .push_bind(&new.message.quoted)
                .push_bind(&new.message.html)
                .push_bind(Json(Details::of(new.message)))
                .push_bind(i64::try_from(new.message.files.len()).unwrap_or(i64::MAX))
                .push_bind(new.message.automatic)
                .push_bind(new.fresh.arrival.received_at);
        },
        "",
    );
    let attached: Vec<(&NewMessage, &sapa_channel::File)> = plan
        .messages
        .iter()
        .flat_map(|new| new.message.files.iter().map(move |file| (new, file)))
        .collect();
    batch.insert(
        "INSERT INTO files (id, message_id, name, media_type, size, digest, body, content_id, created_at) ",
        &attached,
        |row, (new, file)| {
            row.push_bind(new_id())
                .push_bind(new.id)
                .push_bind(files::model::clean_name(&file.name))
                .push_bind(files::model::sniff(&file.bytes, &file.media_type))
                .push_bind(i64::try_from(file.bytes.len()).unwrap_or(i64::MAX))
                .push_bind(files::hash(&file.bytes).to_vec())
                .push_bind(files::inline(&file.bytes))
                .push_bind(&file.content_id)
                .push_bind(new.fresh.arrival.received_at);
        },
        "",
    );
}

/// Writes what belongs to tickets, does what is rare, one by one, and tells what to log of it.
pub async fn rare(tx: &mut Tx, plan: &Plan<'_>) -> DbResult<Vec<NewEvent>> {
    let mut events = super::tickets::apply(tx, plan).await?;
    let at = plan.at;
    for (channel, edit) in &plan.edits {
        events.extend(crate::messages::edit(tx, *channel, edit).await?);
    }
    events.extend(super::mailings::apply(tx, plan, at).await?);
    for token in &plan.used_links {
        contacts::links::use_up(tx, token, at).await?;
    }
    for merge in &plan.merges {
        events.extend(contacts::merge::by_proof(tx, merge, at).await?);
    }
    for suggestion in &plan.suggestions {
        let evidence = contacts::suggest::same_address(&suggestion.address);
        events.extend(
            contacts::suggest::suggest(tx, suggestion.one_id, suggestion.other_id, &[evidence], at)
                .await?,
        );
    }
    Ok(events)
}
