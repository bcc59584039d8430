//! Reading: the pages that officers open, at sizes that grow; each beside the bare statement that its rows hang on.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use sapa::{
    db::{Db, DbResult},
    on_db,
};
use sqlx::AssertSqlSafe;

use crate::{
    fill::Filled,
    hub::Backend,
    long::{self, Long},
    report::{Better, Report, millis, number, percentile},
    words::{Dice, Words},
};

/// How often each page is read.
const TIMES: usize = 200;

/// How many different customers or questions there are of a kind of page.
const SOME: usize = 50;

/// A kind of page.
struct Page {
    name: &'static str,
    paths: Vec<String>,
    /// What is asked of the database alone, for the same paths.
    bare: Vec<String>,
}

/// Takes the figures at these sizes.
pub async fn run(
    report: &mut Report,
    backend: Backend,
    sizes: &[usize],
    keep: Option<&PathBuf>,
) -> anyhow::Result<()> {
    let name = if backend == Backend::Sqlite { "read.sqlite" } else { "read.postgres" };
    for messages in sizes.iter().copied() {
        let long = Long::new(backend, messages, keep).await?;
        if backend == Backend::Sqlite {
            let mebibytes = number(long::bytes(&long.served.folder) >> 20);
            eprintln!("the database has {:.2} GiB", mebibytes / 1024.0);
        }
        let hub = long.served.start()?;
        let client = long.client()?;
        let db = long.served.reading().await?;
        for page in pages(&long.filled, db.is_embedded()) {
            // What is kept at hand after the first calls is there in everyday life too.
            for (path, sql) in page.paths.iter().zip(&page.bare).take(5) {
                client.fetch(path).await?;
                ask(&db, sql).await?;
            }
            let (mut times, mut bare) = (Vec::new(), Vec::new());
            for (path, sql) in page.paths.iter().zip(&page.bare).cycle().take(TIMES) {
                let begun = Instant::now();
                client.fetch(path).await?;
                times.push(begun.elapsed());
                let begun = Instant::now();
                ask(&db, sql).await?;
                bare.push(begun.elapsed());
            }
            for percent in [50, 99] {
                let of = |times: &mut Vec<Duration>| millis(percentile(times, percent));
                let figure = format!("{name}.{}.p{percent}@{messages}", page.name);
                let limit = (of(&mut bare), "the bare statement");
                report.add(figure, (of(&mut times), "ms"), Better::Lower, limit);
            }
        }
        db.close().await;
        hub.stop()?;
        long.served.remove().await?;
    }
    Ok(())
}

/// Reads the rows of a statement.
async fn ask(db: &Db, sql: &str) -> DbResult<usize> {
    let mut tx = db.read().await?;
    Ok(on_db!(&mut tx, |conn| sqlx::query(AssertSqlSafe(sql.to_owned()))
        .fetch_all(conn)
        .await?
        .len()))
}

fn pages(filled: &Filled, sqlite: bool) -> Vec<Page> {
    let words = Words::new();
    let mut dice = Dice(5);
    let id = |person: usize| {
        let id = Filled::person(person);
        if sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'::uuid") }
    };
    let list = |name, path: &str, bare: &str| Page {
        name,
        paths: vec![path.to_owned()],
        bare: vec![bare.to_owned()],
    };
    let history = |name, persons: Vec<usize>| {
        Page {
        name,
        paths: persons
            .iter()
            .map(|person| format!("/contacts/{}/timeline?limit=50", Filled::person(*person)))
            .collect(),
        bare: persons
            .iter()
            .map(|person| format!("SELECT * FROM messages WHERE contact_id = {} ORDER BY at DESC, id DESC LIMIT 51", id(*person)))
            .collect(),
    }
    };
    let search = |name, questions: Vec<String>| Page {
        name,
        paths: questions
            .iter()
            .map(|asked| format!("/search?q={}", asked.replace(' ', "%20")))
            .collect(),
        bare: questions.iter().map(|asked| full_text(asked, sqlite)).collect(),
    };
    let some = |one: &dyn Fn(&mut Dice) -> String, dice: &mut Dice| -> Vec<String> {
        (0..SOME).map(|_| one(dice)).collect()
    };
    let rare = some(&|dice| words.at(5_000 + dice.below(10_000)).to_owned(), &mut dice);
    let usual = some(&|dice| words.at(dice.below(50)).to_owned(), &mut dice);
    let begun = some(&|dice| words.at(dice.below(90)).chars().take(4).collect(), &mut dice);
    let two = some(
        &|dice| format!("{} {}", words.at(dice.below(50)), words.at(50 + dice.below(500))),
        &mut dice,
    );
    let two_rare = some(
        &|dice| format!("{} {}", words.at(dice.below(20)), words.at(5_000 + dice.below(10_000))),
        &mut dice,
    );
    vec![
        list(
            "inbox",
            "/conversations?folder=open&limit=50",
            "SELECT * FROM conversations WHERE status = 'open' ORDER BY last_message_at DESC, id DESC LIMIT 51",
        ),
        list(
            "inbox_waiting",
            "/conversations?folder=waiting&sort=waiting&limit=50",
            "SELECT * FROM conversations WHERE status = 'open' AND waiting_since IS NOT NULL ORDER BY waiting_since, id LIMIT 51",
        ),
        list(
            "inbox_counts",
            "/inbox/counts",
            "SELECT COUNT(*) FROM conversations WHERE status = 'open'",
        ),
        list(
            "inbox_all",
            "/conversations?folder=all&limit=50",
            "SELECT * FROM conversations WHERE status = 'solved' ORDER BY last_message_at DESC, id DESC LIMIT 51",
        ),
        history("history", (0..SOME).map(|_| 1 + dice.below(filled.persons - 1)).collect()),
        history("history_long", vec![0]),
        list(
            "tickets",
            "/tickets?limit=50",
            "SELECT * FROM tickets WHERE status = 'open' ORDER BY opened_at DESC, id DESC LIMIT 51",
        ),
        list(
            "tickets_due",
            "/tickets?status=open&sort=due&limit=50",
            "SELECT * FROM tickets WHERE status = 'open' ORDER BY COALESCE(due_at, 9223372036854775807), id LIMIT 51",
        ),
        search("search_rare", rare),
        search("search_usual", usual),
        search("search_begun", begun),
        search("search_two", two),
        search("search_two_rare", two_rare),
    ]
}

/// The newest messages with all words of a question as whole words.
fn full_text(asked: &str, sqlite: bool) -> String {
    if sqlite {
        format!(
            "SELECT rowid FROM messages_fts WHERE messages_fts MATCH '{asked}' ORDER BY rowid DESC LIMIT 20"
        )
    } else {
        let asked = asked.replace(' ', " & ");
        format!(
            "SELECT seq FROM messages_fts WHERE words @@ to_tsquery('simple', '{asked}') ORDER BY seq DESC LIMIT 20"
        )
    }
}
