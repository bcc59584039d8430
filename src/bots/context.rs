//! What a bot is told: the customer in front of it, and nobody else (R31).
//!
//! Of an address that is not proved, it learns what that address itself said in this conversation and what it was
//! answered, and nothing of the contact behind it: who writes under another's name sees nothing by a bot either
//! (R8, R9). Private notes never leave the house.

use sapa_channel::{Capabilities, ChannelId, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::{
    choice::{self, Choice},
    model::{Bot, BotRef, Claimed, Heard},
};
use crate::{
    app::App,
    db::{DbResult, Tx},
    files,
    messages::Details,
    on_db,
    tickets::model::{TicketKind, number},
};

/// How many earlier messages are told.
const HISTORY: i64 = 20;

/// The most characters of each.
const LONGEST: usize = 2000;

/// How many open tickets are told.
const TICKETS: i64 = 10;

/// What is posted.
#[derive(Debug, Serialize)]
struct Payload {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Data,
}

#[derive(Debug, Serialize)]
struct Data {
    turn_id: Uuid,
    answer_by: Timestamp,
    actions_url: String,
    bot: BotRef,
    channel: Value,
    conversation: Conversation,
    contact: Value,
    message: Value,
    history: Vec<Earlier>,
    tickets: Vec<Ticket>,
}

#[derive(Debug, Serialize)]
struct Conversation {
    id: Uuid,
    number: i64,
    subject: Option<String>,
    labels: Vec<String>,
}

/// An earlier message of the conversation.
#[derive(Debug, Serialize)]
struct Earlier {
    from: String,
    name: String,
    at: Timestamp,
    text: String,
}

/// An open ticket, in short.
#[derive(Debug, Serialize)]
struct Ticket {
    number: String,
    title: String,
    kind: TicketKind,
    status: String,
}

/// A turn in words for its bot.
#[derive(Clone, Debug)]
pub struct Told {
    /// Sapa's own form.
    pub body: String,
    /// What the customer said.
    pub text: String,
    /// What he chose by it.
    pub choice: Option<Choice>,
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Puts into words what a turn is about.
pub async fn tell(
    app: &App,
    tx: &mut Tx,
    turn: &Claimed,
    bot: &Bot,
    heard: &Heard,
) -> DbResult<Told> {
    let (number, subject): (i64, Option<String>) = on_db!(&mut *tx, |conn| sqlx::query_as(
        "SELECT number, subject FROM conversations WHERE id = $1"
    )
    .bind(heard.conversation_id)
    .fetch_one(conn)
    .await?);
    let labels: Vec<String> = on_db!(&mut *tx, |conn| sqlx::query_scalar(
        "SELECT label FROM conversation_labels WHERE conversation_id = $1 ORDER BY label"
    )
    .bind(heard.conversation_id)
    .fetch_all(conn)
    .await?);
    let tickets = if heard.proved { tickets(tx, heard.contact_id).await? } else { Vec::new() };
    let (history, offered) = history(tx, heard).await?;
    let choice = offered
        .and_then(|offered| choice::chosen(&heard.text, &offered.buttons, &offered.payloads));
    let attached = files::queries::of_messages(tx, &[heard.message_id]).await?;
    let files: Vec<Value> = attached
        .values()
        .flatten()
        .map(|file| json!({ "name": file.name, "media_type": file.media_type, "size": file.size }))
        .collect();
    let name = if heard.proved { &heard.contact_name } else { &heard.author_name };
    let language = heard.language.as_deref().unwrap_or("id");
    let payload = Payload {
        kind: "message.received",
        timestamp: app.now(),
        data: Data {
            turn_id: turn.id,
            answer_by: turn.give_up_at,
            actions_url: actions_url(app, turn.id),
            bot: bot.named(),
            channel: channel(app, heard.channel_id),
            conversation: Conversation { id: heard.conversation_id, number, subject, labels },
            contact: json!({
                "id": heard.proved.then_some(heard.contact_id),
                "name": name, "language": language, "verified": heard.proved,
            }),
            message: json!({
                "id": heard.message_id, "at": heard.at, "text": heard.text, "files": files, "choice": choice,
            }),
            history,
            tickets,
        },
    };
    let body = serde_json::to_string(&payload).expect("texts, numbers and lists become JSON");
    Ok(Told { body, text: heard.text.clone(), choice })
}

/// Where a bot answers later.
pub fn actions_url(app: &App, turn_id: Uuid) -> String {
    format!("{}/api/v1/bots/turns/{turn_id}/actions", app.config().server.public_url)
}

fn channel(app: &App, id: ChannelId) -> Value {
    let Some(operated) = app.registry().get(id) else { return json!({ "id": id }) };
    let Capabilities { buttons, max_text, max_file, .. } = operated.channel.capabilities();
    json!({
        "id": id, "kind": operated.channel.kind(), "name": operated.name,
        "buttons": buttons, "max_text": max_text, "max_file": max_file,
    })
}

async fn tickets(tx: &mut Tx, contact_id: Uuid) -> DbResult<Vec<Ticket>> {
    let rows: Vec<(i64, String, TicketKind, String)> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT number, title, kind, status FROM tickets WHERE contact_id = $1 AND status = 'open'
         ORDER BY opened_at DESC LIMIT 0 + $2"
    )
    .bind(contact_id)
    .bind(TICKETS)
    .fetch_all(conn)
    .await?
    });
    let shown = |(n, title, kind, status)| Ticket { number: number(n), title, kind, status };
    Ok(rows.into_iter().map(shown).collect())
}

#[derive(sqlx::FromRow)]
struct Row {
    direction: String,
    author_kind: String,
    author_name: String,
    at: Timestamp,
    text: String,
    details: Json<Details>,
}

/// What was said before, the oldest first (what an officer wrote for later was not said yet), and the buttons that
/// the customer was shown last: those of our messages since he last said something.
async fn history(tx: &mut Tx, heard: &Heard) -> DbResult<(Vec<Earlier>, Option<Details>)> {
    let rows: Vec<Row> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT direction, author_kind, author_name, at, text, details FROM messages
             WHERE direction <> 'note' AND retracted_at IS NULL AND conversation_id = ",
        );
        query.push_bind(heard.conversation_id);
        query.push(" AND (at, id) < (").push_bind(heard.at).push(", ").push_bind(heard.message_id);
        query.push(
            ") AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = messages.id AND d.state = 'queued'
                               AND d.run_at > ",
        );
        query.push_bind(heard.at).push(")");
        if !heard.proved {
            query.push(" AND identity_id = ").push_bind(heard.identity_id);
        }
        query.push(" ORDER BY at DESC, id DESC LIMIT 0 + ").push_bind(HISTORY);
        query.build_query_as().fetch_all(conn).await?
    });
    let offered = rows
        .iter()
        .take_while(|row| row.direction == "out")
        .find(|row| !row.details.0.buttons.is_empty())
        .map(|row| row.details.0.clone());
    let mut history: Vec<Earlier> = rows
        .into_iter()
        .map(|row| Earlier {
            from: if row.direction == "in" { "contact".to_owned() } else { row.author_kind },
            name: row.author_name,
            at: row.at,
            text: cut(&row.text),
        })
        .collect();
    history.reverse();
    Ok((history, offered))
}
