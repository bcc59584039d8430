//! Compares the ledger with the database, and the database with what came out.

use std::collections::{BTreeMap, HashMap, HashSet};

use sapa_telegram::stub::Sent;

use crate::{
    ledger::{self, Marks},
    peers::Arrived,
    report::Report,
    rows::{Message, Rows},
};

/// What was said, what is stored, and what came out.
#[derive(Debug)]
pub struct Books {
    /// By the ledger.
    pub marks: Marks,
    /// By the database.
    pub rows: Rows,
    /// By the mail server.
    pub mails: Vec<Arrived>,
    /// By Telegram.
    pub sent: Vec<Sent>,
    /// By the webhook.
    pub posts: Vec<String>,
}

/// What marks begin with whose messages are stored as such.
const STORED: [&str; 6] = ["smtp", "lmtp", "tg", "chat", "note", "answer"];

/// Checks all of it.
pub fn audit(books: &Books, report: &mut Report) {
    stored(books, report);
    answers(books, report);
    mailings(books, report);
    bot(books, report);
    posts(books, report);
    for (what, count) in [
        ("messages in quarantine", books.rows.quarantined),
        ("messages that are not in the log", books.rows.unlogged),
        ("messages of which the bot was not told", books.rows.unasked),
    ] {
        if count > 0 {
            report.odd.insert(format!("{count} {what}"));
        }
    }
    report.odd.extend(books.marks.odd.iter().cloned());
    report.taken = books.marks.taken.len();
    report.left = books.mails.len() + books.sent.len();
}

/// Whether what has this mark is a message.
pub fn is_stored(mark: &str) -> bool {
    mark.split('-').next().is_some_and(|kind| STORED.contains(&kind))
}

/// Each that was taken is there, none is there twice, and each sender's are in his order.
fn stored(books: &Books, report: &mut Report) {
    let mut found: HashMap<&str, usize> = HashMap::new();
    let mut last: HashMap<&str, u32> = HashMap::new();
    let mut last_stored: HashMap<&str, (i64, u32)> = HashMap::new();
    for message in books.rows.messages.iter().filter(|message| message.author_kind != "bot") {
        let mark = message.mark();
        *found.entry(mark).or_default() += 1;
        let Some((who, number)) = ledger::split(mark) else { continue };
        let before = last.insert(who, number).unwrap_or(0);
        if number < before {
            report.inversions.insert(format!("{mark} is shown after {who}-{before}"));
        }
        let (seq, before) = last_stored.insert(who, (message.seq, number)).unwrap_or((0, 0));
        if (message.seq > seq) != (number > before) {
            report
                .inversions
                .insert(format!("{mark} was stored out of order beside {who}-{before}"));
        }
    }
    for mark in books.marks.said.iter().filter(|mark| is_stored(mark)) {
        match found.get(&**mark).copied().unwrap_or(0) {
            0 if books.marks.taken.contains(mark) => {
                report.lost.insert(format!("{mark} was taken and is not in the database"));
            }
            0 | 1 => {}
            times => {
                report.doubled_in.insert(format!("{mark} is there {times} times"));
            }
        }
    }
}

/// What came of the officers' answers, by mail and by Telegram.
fn answers(books: &Books, report: &mut Report) {
    let mut mails: HashMap<&str, Vec<&Arrived>> = HashMap::new();
    for mail in &books.mails {
        mails.entry(&mail.subject).or_default().push(mail);
    }
    let mut texts: HashMap<&str, usize> = HashMap::new();
    for sent in &books.sent {
        *texts.entry(&sent.text).or_default() += 1;
    }
    let out = books.rows.messages.iter().filter(|message| message.direction == "out");
    for message in out {
        let mark = message.mark();
        let state = message.state.as_deref().unwrap_or_default();
        let copies = match message.kind.as_deref() {
            Some("email") => mails.get(mark).map_or(0, Vec::len),
            Some("telegram") => texts.get(mark).copied().unwrap_or(0),
            _ => continue,
        };
        match (state, copies) {
            ("sent", 0) => {
                report.lost.insert(format!("{mark} is sent and never arrived"));
            }
            ("failed", 1..) => {
                report.odd.insert(format!("{mark} is failed, and arrived"));
            }
            ("unknown", _) => {
                report.unknown.insert(mark.to_owned());
            }
            ("sent" | "failed", _) => {}
            _ => {
                report.odd.insert(format!("{mark} is {state} at the end"));
            }
        }
        if copies > 1 {
            doubled(message, mark, mails.get(mark), copies, report);
        }
    }
    order(books, report);
}

/// An officer's mail may leave twice, after a try of which nobody knew; nothing else may.
fn doubled(
    message: &Message,
    mark: &str,
    mails: Option<&Vec<&Arrived>>,
    copies: usize,
    report: &mut Report,
) {
    let alike = mails.is_some_and(|all| all.iter().all(|mail| mail.print == all[0].print));
    let tried = usize::try_from(message.attempts.unwrap_or(0)).unwrap_or(0);
    if message.kind.as_deref() == Some("email") && alike && copies == 2 && tried >= 2 {
        report.resent.insert(mark.to_owned());
    } else {
        report.doubled_out.insert(format!("{mark} arrived {copies} times in {tried} tries"));
    }
}

/// Of each conversation the answers arrive in the order in which they were written (D8).
fn order(books: &Books, report: &mut Report) {
    let subjects = books.mails.iter().map(|mail| &*mail.subject);
    let texts = books.sent.iter().map(|sent| &*sent.text);
    let mut seen = HashSet::new();
    for arrivals in [subjects.collect::<Vec<_>>(), texts.collect()] {
        let mut last: HashMap<&str, u32> = HashMap::new();
        for mark in arrivals.into_iter().filter(|mark| mark.starts_with("answer-")) {
            let Some((who, number)) = ledger::split(mark) else { continue };
            if !seen.insert(mark) {
                continue;
            }
            let before = last.insert(who, number).unwrap_or(0);
            if number < before {
                report.inversions.insert(format!("{mark} arrived after {who}-{before}"));
            }
        }
    }
}

fn mailings(books: &Books, report: &mut Report) {
    let mut arrived: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for mail in books.mails.iter().filter(|mail| mail.subject.starts_with("mailing-")) {
        *arrived.entry((&mail.subject, &mail.to)).or_default() += 1;
    }
    for ((name, to), times) in arrived.iter().filter(|(_, times)| **times > 1) {
        report.doubled_out.insert(format!("{name} arrived at {to} {times} times"));
    }
    let mut rows = HashSet::new();
    for row in &books.rows.recipients {
        rows.insert((&*row.name, &*row.address));
        let copies = arrived.get(&(&*row.name, &*row.address)).copied().unwrap_or(0);
        let what = format!("{} to {}", row.name, row.address);
        match (&*row.state, copies) {
            ("sent", 0) => {
                report.lost.insert(format!("{what} is sent and never arrived"));
            }
            ("failed", 1..) => {
                report.odd.insert(format!("{what} is failed, and arrived"));
            }
            ("unknown", _) => {
                report.unknown.insert(what);
            }
            ("sent" | "failed", _) => {}
            (state, _) => {
                report.odd.insert(format!("{what} is {state} at the end"));
            }
        }
    }
    for ((name, to), _) in arrived.iter().filter(|(key, _)| !rows.contains(*key)) {
        report.odd.insert(format!("{name} arrived at {to}, who is not in its ledger"));
    }
}

/// Each turn is done once: what the bot says is stored once, and leaves at most once.
fn bot(books: &Books, report: &mut Report) {
    let mut stored: HashMap<&str, usize> = HashMap::new();
    for message in books.rows.messages.iter().filter(|message| message.author_kind == "bot") {
        if message.mark().starts_with("bot:") {
            *stored.entry(message.mark()).or_default() += 1;
        }
    }
    for (mark, times) in stored.iter().filter(|(_, times)| **times > 1) {
        report.doubled_out.insert(format!("{mark} was said {times} times"));
    }
    for turn in &books.rows.turns {
        let mark = format!("bot:{}", turn.text.trim());
        let said = stored.get(&*mark).copied().unwrap_or(0);
        if turn.state == "answered" && (turn.said != 1 || said != 1) {
            report
                .lost
                .insert(format!("{mark}: the turn is answered, and it was said {said} times"));
        }
        if matches!(&*turn.state, "queued" | "calling" | "waiting") {
            report.odd.insert(format!("{mark}: the turn is {} at the end", turn.state));
        }
    }
}

/// Each event was posted, and arrived.
fn posts(books: &Books, report: &mut Report) {
    let arrived: HashSet<&str> = books.posts.iter().map(|id| &**id).collect();
    for (id, state) in &books.rows.posts {
        if state != "sent" || !arrived.contains(&*id.to_string()) {
            report.lost.insert(format!("the post {id} is {state} and may not have arrived"));
        }
    }
    let queued = i64::try_from(books.rows.posts.len()).unwrap_or(i64::MAX);
    if queued != books.rows.events {
        report.lost.insert(format!("{} events, and {queued} posts", books.rows.events));
    }
}
