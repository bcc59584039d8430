//! Mails as customers write them: a fifth from people nobody knows, a fifth about a new matter, the rest goes on
//! with a matter that is open.

use crate::{
    fill::Filled,
    words::{Dice, Words},
};

pub use crate::client::MAILBOX;

/// How large a mail is.
const BYTES: usize = 5 * 1024;

/// Who writes a mail about what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matter {
    /// Somebody new.
    Stranger,
    /// A known customer with a new matter.
    New,
    /// A known customer with his open matter.
    Open,
}

/// A mail ready to be handed over.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The sender's address.
    pub from: String,
    /// The known customer's number, and that of the conversation which it goes on with.
    pub known: Option<(usize, Option<usize>)>,
    /// The whole of it, with CRLF and no dot at the beginning of a line.
    pub bytes: Vec<u8>,
}

/// So many mails to a hub that is filled.
pub fn mails(count: usize, filled: &Filled) -> Vec<Mail> {
    let words = Words::new();
    let mut dice = Dice(7);
    let quarter = filled.talks / 4;
    (0..count)
        .map(|number| {
            // Talks of the first half of the span are old and solved, those of the second half are open.
            let (matter, talk) = match dice.below(5) {
                0 => (Matter::Stranger, 0),
                1 => (Matter::New, dice.below(quarter)),
                _ => (Matter::Open, 3 * quarter + dice.below(quarter)),
            };
            let (from, subject) = match matter {
                Matter::Stranger => (format!("baru{number}@pos.example"), format!("Tanya {number}")),
                Matter::New => (Filled::address(filled.person_of(talk)), format!("Keluhan {number}")),
                Matter::Open => (Filled::address(filled.person_of(talk)), format!("Re: {}", Filled::subject(talk))),
            };
            let name = match matter {
                Matter::Stranger => Words::name(1_000_000 + number),
                Matter::New | Matter::Open => Words::name(filled.person_of(talk)),
            };
            // Half of those who go on with a matter answer a mail of it by its id.
            let answers = if matter == Matter::Open && number % 2 == 0 {
                format!("In-Reply-To: <{0}>\r\nReferences: <{0}>\r\n", filled.last_mail_of(talk))
            } else {
                String::new()
            };
            let head = format!(
                "Received: from pos.example by mx.example; Mon, 23 Nov 2026 10:00:00 +0700\r\nFrom: {name} <{from}>\r\n\
                 To: {MAILBOX}\r\nSubject: {subject}\r\nMessage-ID: <n{number}@pos.example>\r\n{answers}\
                 Date: Mon, 23 Nov 2026 10:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            );
            let text = words.text(&mut dice, BYTES - head.len());
            let known = match matter {
                Matter::Stranger => None,
                Matter::New => Some((filled.person_of(talk), None)),
                Matter::Open => Some((filled.person_of(talk), Some(talk))),
            };
            Mail { from, known, bytes: format!("{head}{text}\r\n").into_bytes() }
        })
        .collect()
}
