//! A question in the language of the database's full text.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::Word;
use crate::db::{DbResult, Tx};

/// The most words by which a beginning is written out.
const MOST_TERMS: usize = 64;

/// Of a message no word is found by a beginning so short, if more begin so: a word in two begins like another.
const TOO_SHORT: usize = 2;

/// Where a question is asked: the full text of messages, or of contacts and tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Messages.
    Messages,
    /// Contacts and tickets.
    Entries,
}

impl Place {
    /// Whether beginnings of so many letters have an index of their own on SQLite.
    fn has_beginnings(self, letters: usize) -> bool {
        match self {
            Self::Messages => letters == 3,
            Self::Entries => (2..=3).contains(&letters),
        }
    }
}

/// The question for all words. None if the words of the index already tell that nothing will be found.
pub async fn ask(
    tx: &mut Tx,
    place: Place,
    words: &[String],
    meant: Word,
) -> DbResult<Option<String>> {
    if !tx.is_sqlite() {
        let star = if meant == Word::Beginning { ":*" } else { "" };
        let all: Vec<String> = words.iter().map(|word| format!("'{word}'{star}")).collect();
        return Ok(Some(all.join(" & ")));
    }
    let mut all = Vec::with_capacity(words.len());
    for word in words.iter().flat_map(|word| tokens(word)) {
        let part = match meant {
            Word::Whole => format!("\"{word}\""),
            Word::Beginning => match terms(tx, place, word).await? {
                None => format!("\"{word}\"*"),
                Some(terms) if terms.is_empty() => return Ok(None),
                Some(terms) => format!("(\"{}\")", terms.join("\" OR \"")),
            },
        };
        all.push(part);
    }
    Ok((!all.is_empty()).then(|| all.join(" AND ")))
}

/// The parts of a word that SQLite's full text takes for words: it parts words at vowel signs and the like, and at
/// the few signs that became letters after its version of Unicode.
fn tokens(word: &str) -> impl Iterator<Item = &str> {
    let letter = |c: char| {
        let group = c.general_category_group();
        let later = matches!(
            c,
            '\u{19b0}'..='\u{19c0}' | '\u{19c8}' | '\u{19c9}' | '\u{1cf2}' | '\u{1cf3}'
        );
        !later && matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
    };
    word.split(move |c| !letter(c)).filter(|part| !part.is_empty())
}

/// The words of the index that begin so, each found by one look; none if they are many, or if it is cheap or
/// necessary to let the index look for the beginning itself: it folds letters with marks.
async fn terms(tx: &mut Tx, place: Place, word: &str) -> DbResult<Option<Vec<String>>> {
    if place.has_beginnings(word.len()) || !word.is_ascii() {
        return Ok(None);
    }
    let Tx::Sqlite(conn) = tx else { return Ok(None) };
    macro_rules! look {
        ($table:literal) => {
            concat!(
                "WITH RECURSIVE found (term) AS (SELECT (SELECT term FROM ",
                $table,
                " WHERE term >= $1 LIMIT 1) UNION ALL SELECT (SELECT t.term FROM ",
                $table,
                " t WHERE t.term >= found.term || char(1) LIMIT 1) FROM found WHERE found.term < $2 LIMIT 0 + $3)
                 SELECT term FROM found WHERE term < $2"
            )
        };
    }
    let sql = match place {
        Place::Messages => look!("messages_terms"),
        Place::Entries => look!("entries_terms"),
    };
    let terms: Vec<String> = sqlx::query_scalar(sql)
        .bind(word)
        .bind(format!("{word}\u{10ffff}"))
        .bind(i64::try_from(MOST_TERMS + 1).unwrap_or(i64::MAX))
        .fetch_all(&mut **conn)
        .await?;
    if terms.len() <= MOST_TERMS {
        return Ok(Some(terms));
    }
    // The word itself stands first if it is there.
    let too_short = place == Place::Messages && word.len() <= TOO_SHORT;
    Ok(too_short.then(|| terms.into_iter().take_while(|term| term == word).collect()))
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, SqliteConnection};

    use super::*;
    use crate::db::Db;

    #[test]
    fn words_are_parted_as_the_index_parts_them() {
        let parts = |word| tokens(word).collect::<Vec<_>>();
        assert_eq!(parts("kopi"), ["kopi"]);
        assert_eq!(parts("ks20931"), ["ks20931"]);
        assert_eq!(parts("हिन्दी"), ["ह", "न", "द"]);
        assert!(parts("\u{93f}").is_empty());
    }

    #[tokio::test]
    async fn a_beginning_of_two_letters_is_a_word_if_many_begin_so() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("hub.db").display());
        let db = Db::connect(&url).await.unwrap();
        let asked = async |word: &str| {
            let words = [word.to_owned()];
            let mut tx = db.read().await.unwrap();
            ask(&mut tx, Place::Messages, &words, Word::Beginning).await.unwrap()
        };
        let put = async |rowid: i64, text: &str| {
            let mut tx = db.index().await.unwrap();
            let Tx::Sqlite(conn) = &mut tx else { unreachable!() };
            sqlx::query("INSERT INTO messages_fts (rowid, subject, text) VALUES ($1, '', $2)")
                .bind(rowid)
                .bind(text)
                .execute(&mut **conn)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        put(1, "kopi koper").await;
        assert_eq!(asked("ko").await.as_deref(), Some(r#"("koper" OR "kopi")"#), "few begin so");
        let many: Vec<String> = (0..=MOST_TERMS).map(|n| format!("ko{n}")).collect();
        put(2, &many.join(" ")).await;
        assert_eq!(asked("ko").await, None, "no message has this word");
        put(3, "ko").await;
        assert_eq!(asked("ko").await.as_deref(), Some(r#"("ko")"#));
        // Beginnings of three letters are kept, and of four and more there may be many.
        assert_eq!(asked("kop").await.as_deref(), Some(r#""kop"*"#));
        db.close().await;
    }

    /// An index that does not know where words stand refuses what it parts further.
    #[tokio::test]
    async fn every_letter_and_digit_may_stand_in_a_question() {
        let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let schema = include_str!("../../migrations/search/0001_init.sql");
        sqlx::raw_sql(schema).execute(&mut conn).await.unwrap();
        let words: Vec<String> = ('\0'..=char::MAX)
            .map(|c| format!("a{c}b"))
            .filter(|word| tokens(word).count() == 1)
            .collect();
        assert!(words.len() > 100_000);
        for some in words.chunks(100) {
            let all = format!("\"{}\"", some.join("\" AND \""));
            let found = sqlx::query("SELECT rowid FROM messages_fts WHERE messages_fts MATCH $1")
                .bind(&all)
                .fetch_all(&mut conn)
                .await;
            found.unwrap_or_else(|error| panic!("{error}: {all}"));
        }
    }
}
