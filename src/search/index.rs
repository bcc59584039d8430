//! The reader of the log that keeps the index, in small steps, so that it never holds up the router for long.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use foldhash::fast::RandomState;
use sqlx::QueryBuilder;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app::{App, woken},
    db::{self, Db, DbResult, Tx},
    events::{self, Event, reader},
    insert_rows, on_db, telemetry,
    tickets::model::number,
};

/// The name of the reader.
pub const READER: &str = "search";

/// How many events one step takes.
const STEP: i64 = 200;

/// How many it takes when it made way for longer than a moment: few large steps cost less than many small ones.
const LONG_STEP: i64 = 2000;
const A_MOMENT: Duration = Duration::from_millis(500);

/// Search makes way for what arrives until it is so far behind: a peak is stored first and found later. Both want the
/// same cores. PostgreSQL indexes fewer messages a second than it stores: with little patience search would make way
/// for nobody as soon as much arrives.
fn most_behind(db: &Db) -> Duration {
    Duration::from_secs(if db.is_embedded() { 1 } else { 10 })
}

/// Reads until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let mut grew = app.wake().subscribe_log();
    let most_behind = most_behind(app.db());
    let mut behind = Duration::ZERO;
    while !stop.is_cancelled() {
        app.pressure().make_way(most_behind.saturating_sub(behind)).await;
        match step(&app, if behind < A_MOMENT { STEP } else { LONG_STEP }).await {
            Ok((read, age)) => {
                behind = age;
                if read > 0 {
                    continue;
                }
            }
            Err(error) => tracing::error!(%error, "the search index could not be kept"),
        }
        if stop.run_until_cancelled(woken(&mut grew)).await.is_none() {
            return;
        }
        // More comes at once when it comes at all: one step for many.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Indexes what the next events tell of. Tells how many there were, and how old the last of them is.
async fn step(app: &App, most: i64) -> DbResult<(usize, Duration)> {
    let mut tx = app.db().read().await?;
    let seq = indexed(&mut tx).await?;
    let new = events::after(&mut tx, seq, most).await?;
    drop(tx);
    let Some(last) = new.last() else {
        telemetry::reader_lag(READER, 0);
        return Ok((0, Duration::ZERO));
    };
    let age = app.now().since(last.at);
    telemetry::reader_lag(READER, age.as_millis());
    // An index that had more than the log after a power failure would have to be made anew.
    app.db().settled().await?;
    let mut tx = app.db().index().await?;
    if !advance(&mut tx, seq, last).await? {
        return Ok((0, Duration::ZERO));
    }
    index(app.db(), &mut tx, &new).await?;
    // What a power failure takes back it takes with the cursor, and it is read again.
    tx.leave_to_the_disk().await?;
    tx.commit().await?;
    // Who searches because of an event waits for its being indexed.
    app.wake().log_grew();
    Ok((new.len(), age))
}

/// The last event that is indexed. On SQLite the index itself keeps it, and what is in it always fits.
pub async fn indexed(tx: &mut Tx) -> DbResult<i64> {
    match tx {
        Tx::Sqlite(conn) => {
            Ok(sqlx::query_scalar("SELECT seq FROM indexed").fetch_one(&mut **conn).await?)
        }
        Tx::Postgres(_) => reader::cursor(tx, READER).await,
    }
}

/// As [`reader::advance`].
async fn advance(tx: &mut Tx, from: i64, last: &Event) -> DbResult<bool> {
    match tx {
        Tx::Sqlite(conn) => {
            let sql = "UPDATE indexed SET seq = $2, at = $3 WHERE seq = $1";
            let done = sqlx::query(sql).bind(from).bind(last.seq).bind(last.at);
            Ok(done.execute(&mut **conn).await?.rows_affected() == 1)
        }
        Tx::Postgres(_) => reader::advance(tx, READER, from, last.seq).await,
    }
}

/// Indexes what events tell of. It is read beside the unit of work, a little at a time: on SQLite nothing is copied out of
/// the hub's log that came after the oldest moment that is still looked at.
async fn index(db: &Db, tx: &mut Tx, new: &[Event]) -> DbResult<()> {
    let said = |event: &&Event| {
        matches!(
            event.kind.as_str(),
            "message.received" | "message.sent" | "message.note" | "message.edited"
        )
    };
    let mut messages: Vec<Uuid> =
        new.iter().filter(said).filter_map(|event| event.message_id).collect();
    let mut seen = HashSet::new();
    messages.retain(|id| seen.insert(*id));
    let contacts: BTreeSet<Uuid> = new
        .iter()
        .filter(|event| {
            event.kind.starts_with("contact.")
                || event.kind == "conversation.opened"
                || event.kind == "identity.verified"
        })
        .filter_map(|event| event.contact_id)
        .collect();
    let tickets: BTreeSet<Uuid> = new
        .iter()
        .filter(|event| event.kind.starts_with("ticket."))
        .filter_map(|event| event.ticket_id)
        .collect();
    let mut held = Texts::default();
    for some in messages.chunks(db::SLICE) {
        held.extend(texts(&mut db.read().await?, some).await?);
        if held.bytes > MUCH {
            put_messages(tx, std::mem::take(&mut held)).await?;
        }
    }
    put_messages(tx, held).await?;
    let mut read = db.read().await?;
    let mut entries = contact_entries(&mut read, &contacts).await?;
    entries.extend(ticket_entries(&mut read, &tickets).await?);
    drop(read);
    put(tx, &entries).await
}

/// So many bytes of text are put into the index by one statement.
const MUCH: usize = 4 << 20;

/// Texts that wait for that.
#[derive(Default)]
struct Texts {
    all: Vec<Text>,
    bytes: usize,
}

/// The number, the subject and the text of a message.
type Text = (i64, String, String);

impl Texts {
    fn extend(&mut self, more: Vec<Text>) {
        self.bytes +=
            more.iter().map(|(_, subject, text)| subject.len() + text.len()).sum::<usize>();
        self.all.extend(more);
    }
}

async fn texts(tx: &mut Tx, ids: &[Uuid]) -> DbResult<Vec<Text>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT seq, COALESCE(subject, ''), text FROM messages WHERE id IN (",
        );
        let mut list = query.separated(", ");
        for id in db::padded(ids.iter().copied()) {
            list.push_bind(id);
        }
        query.push(")");
        query.build_query_as().fetch_all(conn).await?
    }))
}

/// The one statement that is written twice. PostgreSQL's own parser takes several times as long as the rest, and would
/// take `KS-20931` for a negative number: it gets words of letters and digits only, as a question does.
async fn put_messages(tx: &mut Tx, mut texts: Texts) -> DbResult<()> {
    if texts.all.is_empty() {
        return Ok(());
    }
    match tx {
        Tx::Sqlite(conn) => {
            // FTS5 writes out all that it holds before each statement of many rows, and before each row that does not
            // come behind the one before; then it has the more parts to merge. So it gets one statement, in order.
            texts.all.sort_unstable_by_key(|(seq, ..)| *seq);
            let mut query =
                QueryBuilder::new("INSERT OR REPLACE INTO messages_fts (rowid, subject, text) ");
            query.push_values(&texts.all, |mut row, (seq, subject, text)| {
                row.push_bind(*seq).push_bind(subject).push_bind(words(text));
            });
            query.build().persistent(false).execute(&mut **conn).await?;
        }
        Tx::Postgres(conn) => {
            let (seqs, all): (Vec<i64>, Vec<String>) = texts
                .all
                .iter()
                .map(|(seq, subject, text)| {
                    (*seq, words(&plain(&format!("{subject} {text}")).to_lowercase()))
                })
                .unzip();
            sqlx::query(
                "INSERT INTO messages_fts (seq, words)
                 SELECT seq, array_to_tsvector(string_to_array(words, ' ')) FROM UNNEST($1, $2) AS said (seq, words)
                 ON CONFLICT (seq) DO UPDATE SET words = excluded.words",
            )
            .bind(seqs)
            .bind(all)
            .execute(&mut **conn)
            .await?;
        }
    }
    Ok(())
}

/// Letters and digits, and spaces for all else.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect()
}

/// The most bytes of a word. What is longer was not written by a person; PostgreSQL takes no more than 2,046.
const LONGEST: usize = 500;

/// The words of a text, each once: nobody asks how often or where.
fn words(text: &str) -> String {
    let mut seen = HashSet::with_capacity_and_hasher(text.len() / 8, RandomState::default());
    let mut all = String::with_capacity(text.len());
    // Neither database takes such a sign for a part of a word. What else parts words they know better.
    for word in text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()) {
        if !word.is_empty() && word.len() <= LONGEST && seen.insert(word) {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(word);
        }
    }
    all
}

/// A contact or a ticket: which of the two, its id, and its words.
type Entry = (&'static str, Uuid, String);

async fn put(tx: &mut Tx, rows: &[Entry]) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO entries (kind, id, words) ",
        rows,
        |row, (kind, id, words)| row.push_bind(*kind).push_bind(*id).push_bind(plain(words)),
        " ON CONFLICT (kind, id) DO UPDATE SET words = excluded.words"
    );
    Ok(())
}

/// A contact's id, name, firm, city, and an address of his: its kind, and both spellings.
type ContactWords =
    (Uuid, String, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

/// The words by which an address is found. Of a visitor's that is his number at the shop alone: the shop's
/// name stands in the address of each of its visitors, and what is shown is the same for all.
fn address_words(kind: Option<&str>, value: Option<String>, shown: Option<String>) -> String {
    if kind == Some("webchat") {
        let number = value.as_deref().and_then(|value| value.split_once('/'));
        return number.map(|(_, number)| number.to_owned()).unwrap_or_default();
    }
    [value, shown].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

async fn contact_entries(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> DbResult<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ContactWords> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT k.id, k.name, k.company, k.city, i.kind, i.value, i.shown
                 FROM contacts k LEFT JOIN identities i ON i.contact_id = k.id WHERE k.id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY k.id");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    let mut entries: Vec<Entry> = Vec::new();
    for (id, name, company, city, kind, value, shown) in rows {
        let mut words = address_words(kind.as_deref(), value, shown);
        match entries.last_mut() {
            Some((_, last, all)) if *last == id => {
                all.push(' ');
                all.push_str(&words);
            }
            _ => {
                words = [Some(name), company, city, Some(words)]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" ");
                entries.push(("contact", id, words));
            }
        }
    }
    Ok(entries)
}

async fn ticket_entries(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> DbResult<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, i64, String, String, Option<String>)> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT id, number, title, description, remedy FROM tickets WHERE id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY id");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    Ok(rows
        .into_iter()
        .map(|(id, n, title, description, remedy)| {
            (
                "ticket",
                id,
                format!("{} {n} {title} {description} {}", number(n), remedy.unwrap_or_default()),
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_indexed_once() {
        assert_eq!(words("Kopi, kopi; KS-20931!\n> kopi (tumpah)"), "Kopi kopi KS 20931 tumpah");
        assert_eq!(words("été—été été"), "été—été été");
        assert_eq!(words(" -- "), "");
        assert_eq!(words(&format!("kopi {} teh", "x".repeat(LONGEST + 1))), "kopi teh");
    }
}
