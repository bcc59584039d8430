//! What the database holds, read by SQL while no hub runs.

use sapa::{
    db::{Db, DbResult},
    events, on_db,
    search::index,
};
use uuid::Uuid;

/// A message.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Message {
    /// Its place in the order of storing.
    pub seq: i64,
    /// Which one.
    pub id: Uuid,
    /// The number of its conversation.
    pub number: i64,
    /// Its contact.
    pub contact_id: Uuid,
    /// `in`, `out` or `note`.
    pub direction: String,
    /// `contact`, `officer` or `bot`.
    pub author_kind: String,
    /// The beginning of what it says.
    pub text: String,
    /// The kind of its channel.
    pub kind: Option<String>,
    /// How its delivery stands.
    pub state: Option<String>,
    /// How often it was tried.
    pub attempts: Option<i64>,
}

impl Message {
    /// Its mark.
    pub fn mark(&self) -> &str {
        self.text.lines().next().unwrap_or_default().trim()
    }
}

/// A row of a mailing's ledger.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    /// The mailing.
    pub mailing_id: Uuid,
    /// Its name, which is also the subject.
    pub name: String,
    /// To whom.
    pub address: String,
    /// What became of it.
    pub state: String,
}

/// A turn of the bot.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Turn {
    /// What the customer said.
    pub text: String,
    /// What became of it.
    pub state: String,
    /// How many messages were said.
    pub said: i64,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Messages as their history shows them: by time and id.
    pub messages: Vec<Message>,
    /// The mailings' ledgers, but for those who get nothing.
    pub recipients: Vec<Recipient>,
    /// The bot's turns.
    pub turns: Vec<Turn>,
    /// What was posted to the webhook: id and state.
    pub posts: Vec<(Uuid, String)>,
    /// How many events the webhook wants.
    pub events: i64,
    /// Messages that are in quarantine, of which none should be.
    pub quarantined: i64,
    /// Messages that came in and are not in the log.
    pub unlogged: i64,
    /// Messages to the bot, in conversations that are still its own, about which it was not asked.
    pub unasked: i64,
}

/// The kinds of events that the webhook wants.
pub const EVENTS: [&str; 3] = ["message.received", "message.sent", "conversation.opened"];

macro_rules! all {
    ($db:expr, $sql:literal) => {{
        let mut tx = $db.read().await?;
        on_db!(&mut tx, |conn| sqlx::query_as($sql).fetch_all(conn).await?)
    }};
}

macro_rules! count {
    ($db:expr, $sql:literal) => {{
        let mut tx = $db.read().await?;
        let count: i64 = on_db!(&mut tx, |conn| sqlx::query_scalar($sql).fetch_one(conn).await?);
        count
    }};
}

/// Reads all.
pub async fn read(db: &Db) -> DbResult<Rows> {
    Ok(Rows {
        messages: all!(
            db,
            "SELECT m.seq, m.id, c.number, m.contact_id, m.direction, m.author_kind, SUBSTR(m.text, 1, 100) AS text,
                    k.kind, d.state, d.attempts
             FROM messages m JOIN conversations c ON c.id = m.conversation_id
             LEFT JOIN channels k ON k.id = m.channel_id LEFT JOIN deliveries d ON d.message_id = m.id
             ORDER BY m.at, m.id"
        ),
        recipients: all!(
            db,
            "SELECT r.mailing_id, g.name, r.address, r.state FROM mailing_recipients r
             JOIN mailings g ON g.id = r.mailing_id WHERE r.state <> 'excluded'"
        ),
        turns: all!(
            db,
            "SELECT m.text, t.state, t.said FROM bot_turns t JOIN messages m ON m.id = t.message_id"
        ),
        posts: all!(db, "SELECT id, state FROM webhook_deliveries"),
        events: count!(
            db,
            "SELECT COUNT(*) FROM events WHERE kind IN ('message.received', 'message.sent', 'conversation.opened')"
        ),
        quarantined: count!(db, "SELECT COUNT(*) FROM originals WHERE state = 'quarantined'"),
        unlogged: count!(
            db,
            "SELECT COUNT(*) FROM messages m LEFT JOIN events e ON e.message_id = m.id AND e.kind = 'message.received'
             WHERE m.direction = 'in' AND e.seq IS NULL"
        ),
        unasked: count!(
            db,
            "SELECT COUNT(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id
             LEFT JOIN bot_turns t ON t.message_id = m.id
             WHERE m.direction = 'in' AND c.bot_id IS NOT NULL AND t.id IS NULL"
        ),
    })
}

/// How many events search has not read.
async fn not_indexed(db: &Db) -> DbResult<i64> {
    let mut tx = db.read().await?;
    Ok(events::head(&mut tx).await? - index::indexed(&mut tx).await?)
}

/// How much is still to be done.
pub async fn pending(db: &Db) -> DbResult<i64> {
    Ok(count!(
        db,
        "SELECT (SELECT COUNT(*) FROM deliveries WHERE state IN ('queued', 'retrying', 'leased', 'dispatching'))
              + (SELECT COUNT(*) FROM mailing_recipients WHERE state IN ('queued', 'retrying', 'leased', 'dispatching'))
              + (SELECT COUNT(*) FROM bot_turns WHERE state IN ('queued', 'calling', 'waiting'))
              + (SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'queued')
              + (SELECT COALESCE(MAX(seq), 0) FROM events)
              - (SELECT COALESCE(MIN(seq), 0) FROM cursors WHERE reader IN ('webhooks', 'bots'))"
    ) + not_indexed(db).await?)
}
