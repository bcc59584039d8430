//! Search over everything, all time: messages, contacts, tickets. A reader of the log keeps the index.

use sapa_channel::Timestamp;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Decode, PgConnection, Postgres, QueryBuilder, Type};
use uuid::Uuid;

use crate::{
    contacts::model::{ContactRef, ContactRow},
    db::{self, DbResult, Tx},
    on_db,
    tickets::model::TicketRef,
};

mod excerpt;
pub mod http;
pub mod index;
mod question;

use question::{Place, ask};

/// The most words of a question.
const MOST_WORDS: usize = 10;

/// The words of a question, as both databases take them: letters and digits only.
fn words(question: &str) -> Vec<String> {
    question
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(40).collect::<String>().to_lowercase())
        .take(MOST_WORDS)
        .collect()
}

/// How a word of a question is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// As the beginning of a word.
    Beginning,
    /// As a whole word, which is much cheaper to look for where many words begin alike.
    Whole,
}

/// A message that was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MessageHit {
    /// The message.
    pub message_id: Uuid,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// The conversation's number.
    pub number: i64,
    /// With whom.
    pub contact: ContactRef,
    /// `in`, `out` or `note`.
    pub direction: String,
    /// Who said it.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// The place of it; what was looked for stands between U+0002 and U+0003.
    pub hit: String,
}

/// A ticket that was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TicketHit {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: TicketRef,
    /// The place of it, marked as in [`MessageHit::hit`].
    pub hit: String,
}

/// A contact that was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContactHit {
    /// The contact.
    #[serde(flatten)]
    pub contact: ContactRow,
    /// The place of it, marked as in [`MessageHit::hit`].
    pub hit: String,
}

#[derive(sqlx::FromRow)]
struct HitRow {
    id: Uuid,
    conversation_id: Uuid,
    number: i64,
    contact_id: Uuid,
    contact_name: String,
    direction: String,
    author_name: String,
    subject: Option<String>,
    text: String,
    at: Timestamp,
}

/// Messages in which all words of the question stand, the newest first.
pub async fn messages(tx: &mut Tx, question: &str, limit: usize) -> DbResult<Vec<MessageHit>> {
    let words = words(question);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let Some(full_text) = ask(tx, Place::Messages, &words, Word::Beginning).await? else {
        return Ok(Vec::new());
    };
    let found = newest(tx, &full_text, limit).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<HitRow> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT m.id, m.conversation_id, c.number, m.contact_id, k.name AS contact_name, m.direction, m.author_name,
                    m.subject, m.text, m.at
             FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contacts k ON k.id = m.contact_id
             WHERE m.retracted_at IS NULL AND m.seq IN (",
        );
        let mut list = query.separated(", ");
        for seq in db::padded(found) {
            list.push_bind(seq);
        }
        query.push(") ORDER BY m.seq DESC").build_query_as().fetch_all(conn).await?
    });
    Ok(rows
        .into_iter()
        .map(|row| {
            let whole = match &row.subject {
                Some(subject) => format!("{subject} · {}", row.text),
                None => row.text,
            };
            MessageHit {
                message_id: row.id,
                conversation_id: row.conversation_id,
                number: row.number,
                contact: ContactRef { id: row.contact_id, name: row.contact_name },
                direction: row.direction,
                author: row.author_name,
                at: row.at,
                hit: excerpt::excerpt(&whole, &words),
            }
        })
        .collect())
}

/// The numbers of the newest messages that answer a question of the full text.
async fn newest(tx: &mut Tx, question: &str, limit: usize) -> DbResult<Vec<i64>> {
    match tx {
        Tx::Sqlite(conn) => Ok(sqlx::query_scalar(
            "SELECT rowid FROM messages_fts WHERE messages_fts MATCH $1 ORDER BY rowid DESC LIMIT 0 + $2",
        )
        .bind(question)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut **conn)
        .await?),
        Tx::Postgres(conn) => {
            let stands = "words @@ $1::TEXT::TSQUERY";
            in_windows(conn, ["seq", "messages_fts", stands], [2_000, 20_000], question, limit).await
        }
    }
}

/// A column of the newest rows of a table for which a condition is true, in which `$1` is the question.
///
/// PostgreSQL's index tells all such rows at once, in no order, which takes long for a usual word; and where it may stop
/// at the first few, PostgreSQL looks through the whole table for a word that is seldom or nowhere, for it guesses how
/// many there are. So it is made to look through a few of the newest rows, then through many if enough are to be expected
/// there, and to ask the index for what is seldom.
async fn in_windows<T>(
    conn: &mut PgConnection,
    [column, table, condition]: [&str; 3],
    [few, many]: [u32; 2],
    question: &str,
    limit: usize,
) -> DbResult<Vec<T>>
where
    T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
{
    let among = |most: u32| {
        format!(
            "SELECT {column} FROM (SELECT * FROM {table} ORDER BY seq DESC LIMIT {most}) AS newest
             WHERE {condition} ORDER BY seq DESC LIMIT $2"
        )
    };
    let among_all = format!(
        "WITH found AS MATERIALIZED (SELECT seq AS place, {column} FROM {table} WHERE {condition})
         SELECT {column} FROM found ORDER BY place DESC LIMIT $2"
    );
    let mut look = async |sql: String| {
        sqlx::query_scalar::<_, T>(AssertSqlSafe(sql))
            .bind(question)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&mut *conn)
            .await
    };
    let mut found = look(among(few)).await?;
    let expected = found.len() * usize::try_from(many / few).unwrap_or(1);
    if found.len() < limit && expected >= 2 * limit {
        found = look(among(many)).await?;
    }
    if found.len() < limit {
        found = look(among_all).await?;
    }
    Ok(found)
}

/// Contacts other than one who said these words.
pub async fn contacts_who_said(
    tx: &mut Tx,
    question: &str,
    but: Uuid,
    limit: usize,
) -> DbResult<Vec<Uuid>> {
    let mut found: Vec<Uuid> = Vec::new();
    for hit in messages(tx, question, 50).await? {
        if hit.contact.id != but && !found.contains(&hit.contact.id) && found.len() < limit {
            found.push(hit.contact.id);
        }
    }
    Ok(found)
}

/// The ids of entries of a kind (`contact`, `ticket`) in which all words stand, the newest first.
pub async fn entries(
    tx: &mut Tx,
    kind: &'static str,
    question: &str,
    meant: Word,
    limit: usize,
) -> DbResult<Vec<Uuid>> {
    let words = words(question);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let Some(full_text) = ask(tx, Place::Entries, &words, meant).await? else {
        return Ok(Vec::new());
    };
    match tx {
        // A plain JOIN would look through all entries, and ask of each whether the words stand in it.
        Tx::Sqlite(conn) => Ok(sqlx::query_scalar(
            "SELECT e.id FROM entries_fts f CROSS JOIN entries e ON e.seq = f.rowid
             WHERE f.entries_fts MATCH 'kind : ' || $1 || ' AND words : (' || $2 || ')' ORDER BY f.rowid DESC LIMIT 0 + $3",
        )
        .bind(kind)
        .bind(full_text)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut **conn)
        .await?),
        Tx::Postgres(conn) => {
            let stands = format!(
                "kind = '{kind}' AND to_tsvector('simple', words) @@ to_tsquery('simple', $1)"
            );
            in_windows(conn, ["id", "entries", &stands], [200, 2_000], &full_text, limit).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn r15_a_question_is_taken_apart_into_plain_words() {
        assert_eq!(
            words("\"KS-20931\" OR (kopi* NEAR tumpah) ';--"),
            ["ks", "20931", "or", "kopi", "near", "tumpah"]
        );
        assert_eq!(words("&|!:<->"), Vec::<String>::new());
        assert_eq!(words("Ünïcode ☕ kopi"), ["ünïcode", "kopi"]);
        assert!(words(&"a ".repeat(1000)).len() <= 10);
    }
}
