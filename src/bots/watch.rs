//! The reader of the log that puts bots in charge and queues their turns, in the transaction in which it moves its
//! cursor: each message is asked about once.

use std::collections::{BTreeMap, HashMap};

use sapa_channel::{Timestamp, points::reach};
use serde_json::json;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    queries,
    turns::{self, NewTurn},
};
use crate::{
    app::App,
    conversations::charge::{self, InCharge, Why},
    db::{DbResult, Tx},
    events::{self, Actor, Event, NewEvent, reader},
    on_db,
};

/// The reader's name.
pub const READER: &str = "bots";

/// How many events are read at a time.
const SLICE: i64 = 200;

/// Reads the log to its end. Tells whether what was read had a bot to ask.
pub async fn read(app: &App) -> DbResult<bool> {
    loop {
        let mut tx = app.db().read().await?;
        let cursor = reader::cursor(&mut tx, READER).await?;
        let head = events::head(&mut tx).await?;
        if head <= cursor {
            return Ok(true);
        }
        let told = queries::any_enabled(&mut tx).await?;
        let slice = if told { events::after(&mut tx, cursor, SLICE).await? } else { Vec::new() };
        drop(tx);
        // With no bot to ask, the whole log is read at once.
        let read_to = slice.last().map_or(head, |last| last.seq);
        let mut tx = app.db().write().await?;
        // Another node that read the same entries has done what they ask for.
        if !reader::advance(&mut tx, READER, cursor, read_to).await? {
            continue;
        }
        let events = react(&mut tx, &slice, app.now()).await?;
        reach("bot.before_queue");
        app.commit(tx, &events).await?;
        reach("bot.after_queue");
        if !told {
            // Under load there is always more: what comes meanwhile is read after the rest.
            return Ok(false);
        }
    }
}

/// What is known of a message and its conversation.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Fact {
    message_id: Uuid,
    conversation_id: Uuid,
    automatic: bool,
    bot_id: Option<Uuid>,
    bot_name: Option<String>,
    /// It is the first of its conversation, nobody serves the customer, and the bot was there already.
    may_begin: bool,
    of_channel: Option<Uuid>,
    of_channel_name: Option<String>,
}

/// What a message asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing: people serve, or nobody wrote it.
    Leave,
    /// The channel's bot takes the conversation, and answers.
    Begin(InCharge),
    /// The bot in charge answers.
    Ask(Uuid),
    /// The bot in charge is not the channel's: people go on.
    HandOver(InCharge),
}

fn decide(fact: &Fact, begun: &HashMap<Uuid, InCharge>) -> Verdict {
    // A program gets no answer by a program (R11).
    if fact.automatic {
        return Verdict::Leave;
    }
    let begun = begun.get(&fact.conversation_id).cloned();
    let stored = fact.bot_id.zip(fact.bot_name.clone()).map(|(id, name)| InCharge { id, name });
    let of_channel =
        fact.of_channel.zip(fact.of_channel_name.clone()).map(|(id, name)| InCharge { id, name });
    match (begun.or(stored), of_channel) {
        (Some(bot), Some(own)) if bot.id == own.id => Verdict::Ask(bot.id),
        (Some(bot), _) => Verdict::HandOver(bot),
        (None, Some(own)) if fact.may_begin => Verdict::Begin(own),
        (None, _) => Verdict::Leave,
    }
}

async fn react(tx: &mut Tx, slice: &[Event], now: Timestamp) -> DbResult<Vec<NewEvent>> {
    let taken: Vec<(Uuid, i64)> = slice
        .iter()
        .filter(|event| event.kind == "conversation.taken_over")
        .filter_map(|event| Some((event.conversation_id?, event.seq)))
        .collect();
    let mut asked: Vec<(i64, Uuid)> = slice
        .iter()
        .filter(|event| event.kind == "message.received")
        .filter_map(|event| Some((event.seq, event.message_id?)))
        .collect();
    for event in slice {
        // An officer gave it back while the customer waits: the bot answers what was said last.
        if event.kind == "conversation.given_to_bot"
            && event.actor_kind == "officer"
            && let Some(id) = event.conversation_id
            && let Some(message) = waiting(tx, id).await?
        {
            asked.push((event.seq, message));
        }
    }
    asked.sort_unstable();
    let mut events = Vec::new();
    if !asked.is_empty() {
        events = ask(tx, &asked, now).await?;
    }
    for (conversation, seq) in taken {
        turns::drop_of(tx, &[conversation], seq, "a person took over", now).await?;
    }
    Ok(events)
}

async fn ask(tx: &mut Tx, asked: &[(i64, Uuid)], now: Timestamp) -> DbResult<Vec<NewEvent>> {
    let facts = facts(tx, asked).await?;
    let (mut begun, mut queued, mut events) = (HashMap::new(), Vec::new(), Vec::new());
    for (seq, message_id) in asked {
        let Some(fact) = facts.get(message_id) else { continue };
        let conversation_id = fact.conversation_id;
        let bot_id = match decide(fact, &begun) {
            Verdict::Leave => continue,
            Verdict::Ask(bot_id) => bot_id,
            Verdict::Begin(bot) => {
                let id = bot.id;
                begun.insert(conversation_id, bot);
                id
            }
            Verdict::HandOver(bot) => {
                events.extend(
                    charge::hand_over(tx, conversation_id, &bot, None, Why::Channel, now).await?,
                );
                continue;
            }
        };
        queued.push(NewTurn { bot_id, seq: *seq, conversation_id, message_id: *message_id });
    }
    let contacts = begin(tx, &begun).await?;
    // Somebody was faster and serves the customer already.
    queued.retain(|turn| {
        !begun.contains_key(&turn.conversation_id) || contacts.contains_key(&turn.conversation_id)
    });
    turns::queue(tx, &queued, now).await?;
    for (conversation_id, bot) in begun {
        let Some(contact_id) = contacts.get(&conversation_id) else { continue };
        let data = json!({ "bot": bot.name });
        let actor = Actor { kind: "bot", id: Some(bot.id), name: bot.name };
        events.push(
            NewEvent::new("conversation.given_to_bot", now, actor)
                .conversation(conversation_id, *contact_id)
                .data(data),
        );
    }
    Ok(events)
}

/// Puts bots in charge of conversations that nobody serves, by one statement a bot. Tells which it got, and whose
/// they are.
async fn begin(tx: &mut Tx, begun: &HashMap<Uuid, InCharge>) -> DbResult<HashMap<Uuid, Uuid>> {
    let mut of_bot: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (conversation, bot) in begun {
        of_bot.entry(bot.id).or_default().push(*conversation);
    }
    let mut contacts = HashMap::new();
    for (bot, conversations) in of_bot {
        contacts.extend::<Vec<(Uuid, Uuid)>>(on_db!(&mut *tx, |conn| {
            let mut query =
                QueryBuilder::new("UPDATE conversations SET version = version + 1, bot_id = ");
            query.push_bind(bot).push(" WHERE bot_id IS NULL AND assignee_id IS NULL AND id IN (");
            let mut list = query.separated(", ");
            for id in conversations {
                list.push_bind(id);
            }
            query.push(") RETURNING id, contact_id");
            query.build_query_as().persistent(false).fetch_all(conn).await?
        }));
    }
    Ok(contacts)
}

async fn facts(tx: &mut Tx, asked: &[(i64, Uuid)]) -> DbResult<HashMap<Uuid, Fact>> {
    let rows: Vec<Fact> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT m.id AS message_id, m.conversation_id, m.automatic, c.bot_id, o.name AS bot_name,
                    c.assignee_id IS NULL AND COALESCE(m.at >= b.created_at, FALSE)
                        AND NOT EXISTS (SELECT 1 FROM messages e
                                        WHERE e.conversation_id = m.conversation_id AND e.seq < m.seq) AS may_begin,
                    b.id AS of_channel, b.name AS of_channel_name
             FROM messages m JOIN conversations c ON c.id = m.conversation_id
             LEFT JOIN bots o ON o.id = c.bot_id
             LEFT JOIN bot_channels bc ON bc.channel_id = m.channel_id
             LEFT JOIN bots b ON b.id = bc.bot_id AND b.enabled
             WHERE m.direction = 'in' AND m.id IN (",
        );
        let mut list = query.separated(", ");
        for (_, id) in asked {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(|fact| (fact.message_id, fact)).collect())
}

/// The customer's last message of a conversation in which he waits for an answer.
async fn waiting(tx: &mut Tx, conversation_id: Uuid) -> DbResult<Option<Uuid>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation_id
         WHERE m.conversation_id = $1 AND m.direction = 'in' AND c.waiting_since IS NOT NULL
         ORDER BY m.at DESC, m.id DESC LIMIT 1"
    )
    .bind(conversation_id)
    .fetch_optional(conn)
    .await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn bot(number: u128) -> InCharge {
        InCharge { id: id(number), name: format!("bot {number}") }
    }

    /// The first message of a conversation that nobody serves, on a channel of bot 1.
    fn first() -> Fact {
        Fact {
            message_id: id(10),
            conversation_id: id(20),
            automatic: false,
            bot_id: None,
            bot_name: None,
            may_begin: true,
            of_channel: Some(id(1)),
            of_channel_name: Some("bot 1".to_owned()),
        }
    }

    fn in_charge(fact: Fact, number: u128) -> Fact {
        Fact { bot_id: Some(id(number)), bot_name: Some(format!("bot {number}")), ..fact }
    }

    #[test]
    fn a_bot_begins_only_what_is_new_and_nobodys() {
        let none = HashMap::new();
        assert_eq!(decide(&first(), &none), Verdict::Begin(bot(1)));
        for left in [Fact { may_begin: false, ..first() }, Fact { of_channel: None, ..first() }] {
            assert_eq!(decide(&left, &none), Verdict::Leave, "{left:?}");
        }
    }

    #[test]
    fn the_bot_in_charge_is_asked_and_no_other() {
        let none = HashMap::new();
        let later = Fact { may_begin: false, ..first() };
        assert_eq!(decide(&in_charge(later.clone(), 1), &none), Verdict::Ask(id(1)));
        let begun = HashMap::from([(id(20), bot(1))]);
        assert_eq!(decide(&later, &begun), Verdict::Ask(id(1)), "begun a moment ago");
    }

    #[test]
    fn a_customer_who_leaves_the_bots_channels_goes_on_with_people() {
        let elsewhere = Fact { of_channel: None, may_begin: false, ..first() };
        let none = HashMap::new();
        assert_eq!(decide(&in_charge(elsewhere, 1), &none), Verdict::HandOver(bot(1)));
        assert_eq!(decide(&in_charge(first(), 2), &none), Verdict::HandOver(bot(2)));
    }

    #[test]
    fn r11_a_program_gets_no_answer_by_a_bot() {
        let automatic = Fact { automatic: true, ..first() };
        assert_eq!(decide(&automatic, &HashMap::new()), Verdict::Leave);
        assert_eq!(decide(&in_charge(automatic, 1), &HashMap::new()), Verdict::Leave);
    }
}
