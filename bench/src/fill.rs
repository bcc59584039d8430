//! A hub's past: contacts, conversations and messages, the same in every run.

use std::time::Duration;

use sapa::{app::App, db::Db, events};
use sapa_channel::{ChannelId, Timestamp};
use uuid::Uuid;

use crate::{
    rows::{self, Person, Said, Talk},
    words::{Dice, Words},
};

/// How many rows one statement takes.
const ROWS: usize = 500;

/// How many statements of messages one transaction takes.
const STATEMENTS: usize = 10;

/// How large a past is.
#[derive(Clone, Copy, Debug)]
pub struct Filled {
    /// Contacts.
    pub persons: usize,
    /// Conversations. The first of a hundred is with the first contact; the others have turns.
    pub talks: usize,
    /// Messages of each conversation.
    pub each: usize,
    /// So many of a hundred conversations, the newest, are open.
    pub open: usize,
    /// Bytes of text of a message.
    pub bytes: usize,
    /// Over how long a time it is spread, up to now.
    pub span: Duration,
}

fn id(table: u64, number: usize) -> Uuid {
    Uuid::from_u64_pair(table, 0x8000_0000_0000_0000 | u64::try_from(number).unwrap_or(u64::MAX))
}

/// What a hub knows before mails come: half of it old and solved, half of it open.
pub const PAST: Filled = Filled {
    persons: 20_000,
    talks: 20_000,
    each: 1,
    open: 50,
    bytes: 300,
    span: Duration::from_secs(28 * 24 * 3600),
};

impl Filled {
    /// A contact's address.
    pub fn address(person: usize) -> String {
        format!("p{person}@surat.example")
    }

    /// A contact's id.
    pub fn person(person: usize) -> Uuid {
        id(1, person)
    }

    /// An address's id.
    pub fn identity(person: usize) -> Uuid {
        id(2, person)
    }

    /// A conversation's id.
    pub fn talk(talk: usize) -> Uuid {
        id(3, talk)
    }

    /// A conversation's subject.
    pub fn subject(talk: usize) -> String {
        format!("Pesanan {talk}")
    }

    /// With whom a conversation is.
    pub fn person_of(&self, talk: usize) -> usize {
        if talk.is_multiple_of(100) { 0 } else { talk % self.persons }
    }

    /// The Message-ID of a conversation's last mail.
    pub fn last_mail_of(&self, talk: usize) -> String {
        format!("m{}@surat.example", (talk + 1) * self.each - 1)
    }

    /// How many messages there are.
    pub fn messages(&self) -> usize {
        self.talks * self.each
    }

    fn time(&self, now: Timestamp, message: usize) -> Timestamp {
        let left = self.messages() - message;
        let step = self.span / u32::try_from(self.messages()).unwrap_or(u32::MAX);
        now.before(step * u32::try_from(left).unwrap_or(u32::MAX))
    }

    /// Stores it all.
    pub async fn store(&self, app: &App, channel: ChannelId) -> anyhow::Result<()> {
        self.fill(app.db(), app.now(), channel, self.talks * self.open / 100).await?;
        app.wake().log_grew();
        Ok(())
    }

    /// Stores it all with so many open conversations, the newest. The first of three customers writes English.
    pub async fn fill(
        &self,
        db: &Db,
        now: Timestamp,
        channel: ChannelId,
        open: usize,
    ) -> anyhow::Result<()> {
        let (words, english) = (Words::new(), Words::english());
        let persons: Vec<Person> = (0..self.persons)
            .map(|number| Person {
                id: Self::person(number),
                identity: Self::identity(number),
                name: Words::name(number),
                address: Self::address(number),
                at: now.before(self.span),
            })
            .collect();
        for rows in persons.chunks(ROWS) {
            let mut tx = db.write().await?;
            rows::persons(&mut tx, channel, rows).await?;
            tx.commit().await?;
        }
        let numbers: Vec<usize> = (0..self.talks).collect();
        for chunk in numbers.chunks(ROWS) {
            let talks: Vec<Talk> = chunk.iter().map(|talk| self.made(*talk, now, open)).collect();
            let mut tx = db.write().await?;
            rows::talks(&mut tx, channel, &talks).await?;
            tx.commit().await?;
        }
        let mut dice = Dice(3);
        let numbers: Vec<usize> = (0..self.messages()).collect();
        for chunk in numbers.chunks(ROWS * STATEMENTS) {
            let mut tx = db.write().await?;
            let mut log = Vec::new();
            for part in chunk.chunks(ROWS) {
                let said: Vec<Said> = part
                    .iter()
                    .map(|number| {
                        let person = self.person_of(number / self.each);
                        let words = if person.is_multiple_of(3) { &english } else { &words };
                        self.said(*number, now, words.text(&mut dice, self.bytes))
                    })
                    .collect();
                rows::messages(&mut tx, channel, &said, &[]).await?;
                log.extend(rows::events(&said));
            }
            for events in log.chunks(ROWS) {
                events::append(&mut tx, events).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    fn made(&self, talk: usize, now: Timestamp, open: usize) -> Talk {
        let person = self.person_of(talk);
        Talk {
            id: Self::talk(talk),
            person: Self::person(person),
            identity: Self::identity(person),
            subject: Self::subject(talk),
            messages: i64::try_from(self.each).unwrap_or(i64::MAX),
            open: talk + open >= self.talks,
            begun: self.time(now, talk * self.each),
            at: self.time(now, (talk + 1) * self.each - 1),
        }
    }

    fn said(&self, number: usize, now: Timestamp, text: String) -> Said {
        let talk = number / self.each;
        let person = self.person_of(talk);
        Said {
            id: id(4, number),
            talk: Self::talk(talk),
            person: Self::person(person),
            identity: Self::identity(person),
            external_id: format!("m{number}@surat.example"),
            subject: Self::subject(talk),
            text,
            first: number.is_multiple_of(self.each),
            at: self.time(now, number),
        }
    }
}
