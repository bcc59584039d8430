//! Writes the script: rows of many at a time, never a statement for one.

use sapa_channel::{Timestamp, new_id};
use sqlx::types::Json;
use uuid::Uuid;

use super::{paper, people::People, script::Script};
use crate::{
    conversations::drafts::{self, Draft},
    db::{DbResult, SLICE, Tx},
    files, insert_rows,
};

mod cast;
mod rest;

pub use cast::cast;
pub use rest::go_on_counting;

/// Writes all conversations, and what belongs to them, but for the log.
pub async fn talks(
    tx: &mut Tx,
    script: &Script<'_>,
    people: &People<'_>,
    now: Timestamp,
) -> anyhow::Result<()> {
    conversations(tx, script).await?;
    messages(tx, script).await?;
    rest::tickets(tx, script).await?;
    rest::seen(tx, script).await?;
    for talk in &script.talks {
        // There are two.
        let Some(told) = &talk.told.draft else { continue };
        let draft = Draft {
            kind: "reply".to_owned(),
            text: told.text.clone(),
            channel_id: Some(people.channels.get(&told.channel)?.id),
            ..Draft::default()
        };
        drafts::keep(tx, people.officers.get(&told.from)?.id, talk.id, &draft, now).await?;
    }
    Ok(())
}

async fn conversations(tx: &mut Tx, script: &Script<'_>) -> DbResult<()> {
    for some in script.talks.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO conversations
                 (number, id, contact_id, identity_id, channel_id, status, subject, preview, preview_kind,
                  preview_author, has_files, assignee_id, team_id, waiting_since, last_message_at, last_inbound_at,
                  message_count, snoozed_until, created_at, solved_at, version) ",
            some,
            |row, talk| row
                .push_bind(talk.told.number)
                .push_bind(talk.id)
                .push_bind(talk.contact_id)
                .push_bind(talk.identity_id)
                .push_bind(talk.channel_id)
                .push_bind(talk.told.status.as_str())
                .push_bind(&talk.told.subject)
                .push_bind(&talk.preview)
                .push_bind(talk.preview_kind)
                .push_bind(talk.preview_author)
                .push_bind(talk.has_files)
                .push_bind(talk.assignee_id)
                .push_bind(talk.team_id)
                .push_bind(talk.waiting_since)
                .push_bind(talk.last_message_at)
                .push_bind(talk.last_inbound_at)
                .push_bind(talk.message_count)
                .push_bind(talk.snoozed_until)
                .push_bind(talk.created_at)
                .push_bind(talk.solved_at)
                .push_bind(talk.version)
        );
    }
    let labels: Vec<(Uuid, &String)> = script
        .talks
        .iter()
        .flat_map(|talk| talk.told.labels.iter().map(|label| (talk.id, label)))
        .collect();
    for some in labels.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO conversation_labels (conversation_id, label) ",
            some,
            |row, (id, label)| row.push_bind(*id).push_bind(*label)
        );
    }
    Ok(())
}

async fn messages(tx: &mut Tx, script: &Script<'_>) -> DbResult<()> {
    for some in script.messages.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO messages
                 (id, conversation_id, contact_id, channel_id, identity_id, direction, author_kind, author_id,
                  author_name, external_id, subject, text, quoted, html, details, file_count, automatic, at) ",
            some,
            |row, new| row
                .push_bind(new.id)
                .push_bind(new.conversation_id)
                .push_bind(new.contact_id)
                .push_bind(new.channel_id)
                .push_bind(new.identity_id)
                .push_bind(new.direction)
                .push_bind(new.author_kind)
                .push_bind(new.author_id)
                .push_bind(new.author_name)
                .push_bind(&new.external_id)
                .push_bind(&new.said.subject)
                .push_bind(&new.said.text)
                .push_bind(&new.said.quoted)
                .push_bind(&new.html)
                .push_bind(Json(&new.details))
                .push_bind(i64::try_from(new.said.files.len()).unwrap_or(i64::MAX))
                .push_bind(new.author_kind == "system")
                .push_bind(new.at)
        );
    }
    for some in script.files.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO files (id, message_id, uploaded_by, name, media_type, size, digest, body, created_at) ",
            some,
            |row, file| row
                .push_bind(new_id())
                .push_bind(file.message_id)
                .push_bind(&file.uploaded_by)
                .push_bind(files::model::clean_name(&paper::named(&file.told.name, file.paper)))
                .push_bind(files::model::sniff(&file.paper.bytes, &file.told.media_type))
                .push_bind(i64::try_from(file.paper.bytes.len()).unwrap_or(i64::MAX))
                .push_bind(files::hash(&file.paper.bytes).to_vec())
                .push_bind(files::inline(&file.paper.bytes))
                .push_bind(file.at)
        );
    }
    for some in script.deliveries.chunks(SLICE) {
        insert_rows!(
            tx,
            "INSERT INTO deliveries
                 (message_id, conversation_id, channel_id, address, state, attempts, run_at, fence, reason, updated_at) ",
            some,
            |row, delivery| row
                .push_bind(delivery.message_id)
                .push_bind(delivery.conversation_id)
                .push_bind(delivery.channel_id)
                .push_bind(&delivery.address)
                .push_bind(delivery.state)
                .push_bind(1_i64)
                .push_bind(delivery.at)
                .push_bind(1_i64)
                .push_bind(delivery.reason)
                .push_bind(delivery.at)
        );
    }
    Ok(())
}
