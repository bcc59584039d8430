//! What the demonstration's bot has done already: one conversation that it is in, and one that it handed over.

use std::time::Duration;

use sapa_channel::{ChannelId, Timestamp, new_id};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::{BOT, NAME};
use crate::{
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    insert_rows,
    messages::Details,
};

/// A conversation of the bot's.
struct Talk {
    contact: &'static str,
    minutes_ago: u64,
    said: &'static [(&'static str, &'static str)],
    /// The note by which it handed over; without one it is still in charge.
    summary: Option<&'static str>,
    /// What its last turn came to.
    last: (&'static str, Option<&'static str>, Option<i64>),
}

/// From whom, and what: `c` is the customer, `b` the bot.
const TALKS: [Talk; 2] = [
    Talk {
        contact: "Gilang Ramadhan",
        minutes_ago: 27 * 60,
        said: &[
            ("c", "Paket data saya hilang padahal baru beli"),
            ("b", "Hai! Saya Nusi, bot Nusa Seluler. Apa yang bisa saya bantu?"),
            ("c", "0812-5550-7781"),
            ("b", "Kartu berakhiran 7781 punya pulsa Rp18.500 dan 2,4 GB sampai hari Minggu."),
            ("c", "Bukan itu, saya mau bicara dengan petugas"),
            ("b", "Baik, saya panggilkan petugas. Ceritanya sudah saya teruskan."),
        ],
        summary: Some(
            "Ingin bicara dengan petugas. Yang dikatakan: Paket data saya hilang padahal baru beli / 0812-5550-7781",
        ),
        last: ("handed_over", None, Some(200)),
    },
    Talk {
        contact: "Sekar Ayuningtyas",
        minutes_ago: 170,
        said: &[
            ("c", "Halo, eSIM saya kapan aktif?"),
            ("b", "Hai! Saya Nusi, bot Nusa Seluler. Apa yang bisa saya bantu?"),
            ("c", "NS-2039"),
            ("b", "Pesanan NS-2039 sedang diproses, aktif hari ini."),
        ],
        summary: None,
        last: ("answered", None, Some(200)),
    },
];

/// How long the bot takes for an answer.
const THINKS: Duration = Duration::from_millis(340);

/// Writes both. Tells what to log.
pub async fn write(tx: &mut Tx, channel: ChannelId, now: Timestamp) -> DbResult<Vec<NewEvent>> {
    let mut events = Vec::new();
    for talk in &TALKS {
        events.extend(one(tx, talk, channel, now).await?);
    }
    Ok(events)
}

struct Said {
    id: Uuid,
    inbound: bool,
    text: &'static str,
    at: Timestamp,
}

async fn one(
    tx: &mut Tx,
    talk: &Talk,
    channel: ChannelId,
    now: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    let begun = now.before(Duration::from_secs(talk.minutes_ago * 60));
    let (contact, identity, conversation) = (new_id(), new_id(), new_id());
    let mut at = begun;
    let mut said = Vec::new();
    for (from, text) in talk.said {
        let inbound = *from == "c";
        at = at.after(if inbound { Duration::from_secs(35) } else { THINKS });
        said.push(Said { id: new_id(), inbound, text, at });
    }
    let last = said.last().map_or("", |last| last.text);
    let solved = talk.summary.map(|_| at.after(Duration::from_secs(1800)));
    insert_rows!(
        tx,
        "INSERT INTO contacts (id, name, named_by, language, notes, tags, fields, first_seen_at, version) ",
        [talk],
        |row, talk| row
            .push_bind(contact)
            .push_bind(talk.contact)
            .push_bind("channel")
            .push_bind("id")
            .push_bind("")
            .push_bind(Json(json!([])))
            .push_bind(Json(json!({})))
            .push_bind(begun)
            .push_bind(1_i64)
    );
    insert_rows!(
        tx,
        "INSERT INTO identities
             (id, contact_id, kind, value, shown, proof, verified_at, first_seen_at, last_seen_at, last_channel_id) ",
        [talk],
        |row, talk| row
            .push_bind(identity)
            .push_bind(contact)
            .push_bind("webchat")
            .push_bind(identity.to_string())
            .push_bind(talk.contact)
            .push_bind("channel")
            .push_bind(begun)
            .push_bind(begun)
            .push_bind(at)
            .push_bind(channel)
    );
    insert_rows!(
        tx,
        "INSERT INTO conversations
             (id, contact_id, identity_id, channel_id, status, preview, preview_kind, preview_author, has_files,
              last_message_at, last_inbound_at, message_count, created_at, solved_at, bot_id, version) ",
        [talk],
        |row, _talk| row
            .push_bind(conversation)
            .push_bind(contact)
            .push_bind(identity)
            .push_bind(channel)
            .push_bind(if solved.is_some() { "solved" } else { "open" })
            .push_bind(last)
            .push_bind("out")
            .push_bind(NAME)
            .push_bind(false)
            .push_bind(at)
            .push_bind(at)
            .push_bind(i64::try_from(said.len()).unwrap_or(0))
            .push_bind(begun)
            .push_bind(solved)
            .push_bind(solved.is_none().then_some(BOT))
            .push_bind(1_i64)
    );
    insert_rows!(
        tx,
        "INSERT INTO messages
             (id, conversation_id, contact_id, channel_id, identity_id, direction, author_kind, author_id, author_name,
              text, details, file_count, automatic, at) ",
        &said,
        |row, one| row
            .push_bind(one.id)
            .push_bind(conversation)
            .push_bind(contact)
            .push_bind(channel)
            .push_bind(identity)
            .push_bind(if one.inbound { "in" } else { "out" })
            .push_bind(if one.inbound { "contact" } else { "bot" })
            .push_bind(if one.inbound { contact } else { BOT })
            .push_bind(if one.inbound { talk.contact } else { NAME })
            .push_bind(one.text)
            .push_bind(Json(Details::default()))
            .push_bind(0_i64)
            .push_bind(!one.inbound)
            .push_bind(one.at)
    );
    let asked: Vec<&Said> = said.iter().filter(|one| one.inbound).collect();
    let ends = asked.last().map(|last| last.id);
    insert_rows!(
        tx,
        "INSERT INTO bot_turns
             (id, bot_id, seq, conversation_id, message_id, state, attempts, run_at, fence, said, status, error,
              created_at, called_at, ended_at) ",
        &asked,
        |row, one| {
            let (state, error, status) =
                if ends == Some(one.id) { talk.last } else { ("answered", None, Some(200)) };
            row.push_bind(new_id())
                .push_bind(BOT)
                // These answer to no entry of this log, and to each other's none.
                .push_bind(-one.at.0)
                .push_bind(conversation)
                .push_bind(one.id)
                .push_bind(state)
                .push_bind(1_i64)
                .push_bind(one.at)
                .push_bind(1_i64)
                .push_bind(1_i64)
                .push_bind(status)
                .push_bind(error)
                .push_bind(one.at)
                .push_bind(one.at)
                .push_bind(one.at.after(THINKS))
        }
    );
    let customer = Actor { kind: "contact", id: Some(contact), name: talk.contact.to_owned() };
    let bot = Actor { kind: "bot", id: Some(BOT), name: NAME.to_owned() };
    let mut events = vec![
        NewEvent::new("conversation.opened", begun, customer.clone())
            .conversation(conversation, contact)
            .in_history(),
    ];
    events.extend(said.iter().map(|one| {
        let (kind, actor) =
            if one.inbound { ("message.received", &customer) } else { ("message.sent", &bot) };
        NewEvent::new(kind, one.at, actor.clone())
            .conversation(conversation, contact)
            .message(one.id, Some(identity))
    }));
    if let (Some(summary), Some(solved)) = (talk.summary, solved) {
        let id = note(tx, conversation, contact, summary, at).await?;
        events.push(
            NewEvent::new("message.note", at, bot.clone())
                .conversation(conversation, contact)
                .message(id, None)
                .data(json!({ "mentions": [] })),
        );
        events.push(
            NewEvent::new("conversation.handed_over", at, bot)
                .conversation(conversation, contact)
                .in_history()
                .data(json!({ "bot": NAME, "why": "asked", "team": "Nusa Care" })),
        );
        events.push(
            NewEvent::new("conversation.solved", solved, Actor::system())
                .conversation(conversation, contact)
                .in_history(),
        );
    }
    Ok(events)
}

async fn note(
    tx: &mut Tx,
    conversation: Uuid,
    contact: Uuid,
    text: &str,
    at: Timestamp,
) -> DbResult<Uuid> {
    let id = new_id();
    insert_rows!(
        tx,
        "INSERT INTO messages
             (id, conversation_id, contact_id, direction, author_kind, author_id, author_name, text, details, file_count,
              automatic, at) ",
        [text],
        |row, text| row
            .push_bind(id)
            .push_bind(conversation)
            .push_bind(contact)
            .push_bind("note")
            .push_bind("bot")
            .push_bind(BOT)
            .push_bind(NAME)
            .push_bind(text)
            .push_bind(Json(Details::default()))
            .push_bind(0_i64)
            .push_bind(true)
            .push_bind(at)
    );
    Ok(id)
}
