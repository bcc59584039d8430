//! A hub with a long past, made in haste: what its readers would have done is done by statements over everything.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;
use sapa::{
    db::{Db, DbResult},
    on_db,
    search::index,
};
use sapa_channel::{ChannelId, Clock, SystemClock, Timestamp};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{client::Client, fill::Filled, hub::Backend, report::rate, served::Served};

/// However long the past is: no more than officers can work on at a time.
const OPEN: usize = 2_000;

/// One conversation in so many has a ticket.
const TICKETS: usize = 20;

/// How many messages one transaction puts into full text.
const PORTION: usize = 20_000;

/// A hub with a past. It does not run.
#[derive(Debug)]
pub struct Long {
    /// The hub.
    pub served: Served,
    /// How large its past is.
    pub filled: Filled,
    cookie: String,
}

/// How large a past with so many messages is.
pub fn size(messages: usize) -> Filled {
    Filled {
        persons: messages / 10,
        talks: messages / 5,
        each: 5,
        open: 0,
        bytes: 200,
        span: Duration::from_secs(365 * 24 * 3600),
    }
}

impl Long {
    /// One with so many messages. On the embedded database it is kept in a folder if there is one, and found again.
    pub async fn new(
        backend: Backend,
        messages: usize,
        keep: Option<&PathBuf>,
    ) -> anyhow::Result<Self> {
        let filled = size(messages);
        let kept = keep.filter(|_| backend == Backend::Sqlite);
        let served = match kept {
            Some(folder) => Served::at(&folder.join(messages.to_string()), "")?,
            None => Served::new(backend, "").await?,
        };
        let done = served.folder.join("cookie");
        if let Ok(cookie) = std::fs::read_to_string(&done) {
            return Ok(Self { served, filled, cookie });
        }
        let hub = served.start()?;
        let client = Client::set_up(served.http()).await?;
        let channel = client.add_mailbox().await?;
        hub.stop()?;
        make(&served, &filled, channel).await?;
        std::fs::write(&done, &client.cookie)?;
        Ok(Self { served, filled, cookie: client.cookie })
    }

    /// Its officer.
    pub fn client(&self) -> anyhow::Result<Client> {
        Client::signed_in(self.served.http(), self.cookie.clone())
    }
}

/// Runs statements one after the other.
pub async fn execute(db: &Db, statements: Vec<String>) -> DbResult<()> {
    let mut tx = db.write().await?;
    for sql in statements {
        on_db!(&mut tx, |conn| sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(drop)?);
    }
    tx.commit().await
}

async fn make(served: &Served, filled: &Filled, channel: ChannelId) -> anyhow::Result<()> {
    let (db, now, messages) = (served.hasty().await?, SystemClock.now(), filled.messages());
    let begun = Instant::now();
    filled.fill(&db, now, channel, OPEN.min(filled.talks / 10)).await?;
    let stored = begun.elapsed();
    let sqlite = db.is_embedded();
    execute(&db, tickets(sqlite, filled.talks, now)).await?;
    let mut tx = db.read().await?;
    let last: DbResult<i64> = async {
        Ok(on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT MAX(seq) FROM messages")
            .fetch_one(conn)
            .await?))
    }
    .await;
    drop(tx);
    let last = usize::try_from(last?)?;
    for from in (0..last).step_by(PORTION) {
        let range = format!("FROM messages WHERE seq > {from} AND seq <= {}", from + PORTION);
        let words = if sqlite {
            format!(
                "INSERT INTO messages_fts (rowid, subject, text) SELECT seq, COALESCE(subject, ''), text {range}"
            )
        } else {
            format!(
                "INSERT INTO messages_fts (seq, words) SELECT seq, to_tsvector('simple',
                     regexp_replace(COALESCE(subject, '') || ' ' || text, '[^[:alnum:]]+', ' ', 'g')) {range}"
            )
        };
        execute(&db, vec![words]).await?;
    }
    execute(&db, entries(sqlite)).await?;
    eprintln!(
        "{messages} messages: stored at {:.0}/s, with full text at {:.0}/s",
        rate(messages, stored),
        rate(messages, begun.elapsed())
    );
    db.close().await;
    analyse(served).await
}

/// Tickets, of which a tenth are open, but no more than can be worked on.
fn tickets(sqlite: bool, talks: usize, now: Timestamp) -> Vec<String> {
    let count = talks / TICKETS;
    let open = (count / 10).min(OPEN / 4);
    let id = if sqlite {
        "CAST(X'05' || substr(c.id, 2) AS BLOB)"
    } else {
        "('05' || substr(c.id::text, 3))::uuid"
    };
    vec![
        format!(
            "INSERT INTO tickets (id, contact_id, kind, title, description, status, opened_at, due_at, solved_at, severity, version)
             SELECT {id}, c.contact_id, CASE c.number % 3 WHEN 0 THEN 'request' ELSE 'complaint' END, c.subject,
                    'Isinya kurang satu bungkus, mohon dikirim ulang.',
                    CASE WHEN c.number > {talks} - {open} * {TICKETS} THEN 'open' ELSE 'solved' END, c.created_at,
                    CASE WHEN c.number % 2 = 0 THEN c.created_at + 172800000000 END,
                    CASE WHEN c.number > {talks} - {open} * {TICKETS} THEN NULL ELSE c.last_message_at END, 'normal', 1
             FROM conversations c WHERE c.number % {TICKETS} = 0 ORDER BY c.number"
        ),
        format!(
            "INSERT INTO ticket_conversations (ticket_id, conversation_id, attached_at)
             SELECT {id}, c.id, {} FROM conversations c WHERE c.number % {TICKETS} = 0",
            now.0
        ),
    ]
}

fn entries(sqlite: bool) -> Vec<String> {
    let mut statements = vec![
        "INSERT INTO entries (kind, id, words)
         SELECT 'contact', k.id, k.name || ' ' || replace(replace(i.value, '@', ' '), '.', ' ')
         FROM contacts k JOIN identities i ON i.contact_id = k.id"
            .to_owned(),
        "INSERT INTO entries (kind, id, words)
         SELECT 'ticket', id, 'K ' || number || ' ' || title || ' ' || replace(replace(description, ',', ' '), '.', ' ') FROM tickets"
            .to_owned(),
    ];
    let newest = "FROM events ORDER BY seq DESC LIMIT 1";
    let mut readers = vec!["likeness", "webhooks", "bots"];
    if sqlite {
        statements.push(format!("UPDATE indexed SET (seq, at) = (SELECT seq, at {newest})"));
    } else {
        readers.push(index::READER);
    }
    for reader in readers {
        statements.push(format!(
            "INSERT INTO cursors (reader, seq) SELECT '{reader}', MAX(seq) FROM events WHERE TRUE
             ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq"
        ));
    }
    statements
}

/// Gathers what the server's own tidying would have gathered by now. The embedded database has nothing of the kind.
async fn analyse(served: &Served) -> anyhow::Result<()> {
    let Some(url) = served.server() else { return Ok(()) };
    let mut admin = PgConnection::connect(&url).await?;
    sqlx::query("VACUUM ANALYZE").execute(&mut admin).await.context("tidying")?;
    Ok(())
}

/// The size of a folder's database in bytes.
pub fn bytes(folder: &Path) -> usize {
    let file = std::fs::metadata(folder.join("sapa.db"));
    file.map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX))
}
