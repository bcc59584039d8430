//! The hub's tables, filled by many rows a statement: for making data, and as the bare limit of storing.

use sapa::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    files, insert_rows,
};
use sapa_channel::{ChannelId, Timestamp};
use uuid::Uuid;

/// A contact with one address.
#[derive(Clone, Debug)]
pub struct Person {
    /// The contact.
    pub id: Uuid,
    /// Its address's id.
    pub identity: Uuid,
    /// What it is called.
    pub name: String,
    /// The address.
    pub address: String,
    /// Since when.
    pub at: Timestamp,
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    /// The conversation.
    pub id: Uuid,
    /// With whom.
    pub person: Uuid,
    /// At which address.
    pub identity: Uuid,
    /// About what.
    pub subject: String,
    /// How many messages it has.
    pub messages: i64,
    /// Whether it is open, and then the customer waits.
    pub open: bool,
    /// When it began.
    pub begun: Timestamp,
    /// When its last message came.
    pub at: Timestamp,
}

/// A message that came in.
#[derive(Clone, Debug)]
pub struct Said {
    /// The message.
    pub id: Uuid,
    /// Its conversation.
    pub talk: Uuid,
    /// Whose.
    pub person: Uuid,
    /// From which address.
    pub identity: Uuid,
    /// Its Message-ID.
    pub external_id: String,
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Whether it begins the conversation.
    pub first: bool,
    /// When.
    pub at: Timestamp,
}

/// Stores contacts and their addresses.
pub async fn persons(tx: &mut Tx, channel: ChannelId, rows: &[Person]) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO contacts (id, name, named_by, language, notes, tags, fields, first_seen_at, version) ",
        rows,
        |row, new| row
            .push_bind(new.id)
            .push_bind(&new.name)
            .push_bind("channel")
            .push_bind("id")
            .push_bind("")
            .push_bind(sqlx::types::Json(serde_json::json!([])))
            .push_bind(sqlx::types::Json(serde_json::json!({})))
            .push_bind(new.at)
            .push_bind(1_i64)
    );
    insert_rows!(
        tx,
        "INSERT INTO identities (id, contact_id, kind, value, shown, first_seen_at, last_seen_at, last_channel_id) ",
        rows,
        |row, new| row
            .push_bind(new.identity)
            .push_bind(new.id)
            .push_bind("email")
            .push_bind(&new.address)
            .push_bind(&new.address)
            .push_bind(new.at)
            .push_bind(new.at)
            .push_bind(channel)
    );
    Ok(())
}

/// Stores conversations.
pub async fn talks(tx: &mut Tx, channel: ChannelId, rows: &[Talk]) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO conversations
             (id, contact_id, identity_id, channel_id, status, subject, preview, preview_kind, has_files, waiting_since,
              last_message_at, last_inbound_at, message_count, created_at, solved_at, version) ",
        rows,
        |row, new| row
            .push_bind(new.id)
            .push_bind(new.person)
            .push_bind(new.identity)
            .push_bind(channel)
            .push_bind(if new.open { "open" } else { "solved" })
            .push_bind(&new.subject)
            .push_bind("pesanan saya belum sampai, mohon dibantu ya kak, terima kasih")
            .push_bind("in")
            .push_bind(false)
            .push_bind(new.open.then_some(new.at))
            .push_bind(new.at)
            .push_bind(new.at)
            .push_bind(new.messages)
            .push_bind(new.begun)
            .push_bind((!new.open).then_some(new.at))
            .push_bind(1_i64)
    );
    Ok(())
}

/// A key as hashes are: one lies far from the next, and each dirties a page of its index.
fn scattered(id: Uuid) -> String {
    let [high, low] = [0, 16].map(|at| {
        let hash = files::hash(id.as_bytes());
        u128::from_be_bytes(std::array::from_fn(|byte| hash[at + byte]))
    });
    format!("{high:032x}{low:032x}")
}

/// Stores messages; each with its original if `originals` has them, in the same order.
pub async fn messages(
    tx: &mut Tx,
    channel: ChannelId,
    rows: &[Said],
    originals: &[&[u8]],
) -> DbResult<()> {
    let originals: Vec<(&Said, &[u8])> = rows.iter().zip(originals.iter().copied()).collect();
    insert_rows!(
        tx,
        "INSERT INTO originals
             (id, channel_id, transport_key, digest, media_type, size, body, received_at, state, attempts) ",
        &originals,
        |row, (new, bytes)| row
            .push_bind(new.id)
            .push_bind(channel)
            .push_bind(scattered(new.id))
            .push_bind([new.id.into_bytes(), new.id.into_bytes()].concat())
            .push_bind("message/rfc822")
            .push_bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
            .push_bind(bytes.to_vec())
            .push_bind(new.at)
            .push_bind("taken")
            .push_bind(1_i64)
    );
    let stored = !originals.is_empty();
    insert_rows!(
        tx,
        "INSERT INTO messages
             (id, conversation_id, contact_id, channel_id, identity_id, original_id, direction, author_kind, author_id,
              author_name, external_id, logical_key, subject, text, details, file_count, automatic, at) ",
        rows,
        |row, new| row
            .push_bind(new.id)
            .push_bind(new.talk)
            .push_bind(new.person)
            .push_bind(channel)
            .push_bind(new.identity)
            .push_bind(stored.then_some(new.id))
            .push_bind("in")
            .push_bind("contact")
            .push_bind(new.person)
            .push_bind("Pelanggan")
            .push_bind(&new.external_id)
            .push_bind(format!("{} {}", new.external_id, scattered(new.id)))
            .push_bind(&new.subject)
            .push_bind(&new.text)
            .push_bind(sqlx::types::Json(serde_json::json!({})))
            .push_bind(0_i64)
            .push_bind(false)
            .push_bind(new.at)
    );
    Ok(())
}

/// What the log says of messages.
pub fn events(rows: &[Said]) -> Vec<NewEvent> {
    let mut events = Vec::with_capacity(rows.len() * 2);
    for said in rows {
        let actor =
            || Actor { kind: "contact", id: Some(said.person), name: "Pelanggan".to_owned() };
        if said.first {
            events.push(
                NewEvent::new("conversation.opened", said.at, actor())
                    .conversation(said.talk, said.person)
                    .in_history(),
            );
        }
        events.push(
            NewEvent::new("message.received", said.at, actor())
                .conversation(said.talk, said.person)
                .message(said.id, Some(said.identity)),
        );
    }
    events
}
