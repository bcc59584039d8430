//! The bare limits of intake: understanding mails and nothing else, storing rows and nothing else.

use std::{sync::Arc, time::Instant};

use mail_parser::MessageParser;
use sapa::{app::App, events, intake::SLICE};
use sapa_channel::{ChannelId, new_id};

use crate::{
    fill::Filled,
    mails::Mail,
    report::rate,
    rows::{self, Person, Said, Talk},
};

/// Mails a second through the bare parser on all cores.
pub async fn parse(mails: &Arc<Vec<Mail>>) -> anyhow::Result<f64> {
    let cores = std::thread::available_parallelism()?.get();
    let begun = Instant::now();
    let mut threads = Vec::new();
    for core in 0..cores {
        let mails = mails.clone();
        threads.push(tokio::task::spawn_blocking(move || {
            let parser = MessageParser::default();
            mails
                .iter()
                .skip(core)
                .step_by(cores)
                .filter_map(|mail| parser.parse(&mail.bytes)?.body_text(0).map(|text| text.len()))
                .sum::<usize>()
        }));
    }
    for thread in threads {
        anyhow::ensure!(thread.await? > 0, "the parser found nothing");
    }
    Ok(rate(mails.len(), begun.elapsed()))
}

/// Mails a second whose rows alone are stored, a transaction for each slice: the same that the router inserts for
/// them, with the same contacts and conversations. Nothing is read, and nothing that was there is changed.
pub async fn store(app: &App, channel: ChannelId, mails: &[Mail]) -> anyhow::Result<f64> {
    let parser = MessageParser::default();
    let texts: Vec<String> = mails
        .iter()
        .filter_map(|mail| Some(parser.parse(&mail.bytes)?.body_text(0)?.into_owned()))
        .collect();
    let now = app.now();
    let begun = Instant::now();
    for (slice, texts) in mails.chunks(SLICE).zip(texts.chunks(SLICE)) {
        let (mut persons, mut talks, mut said) = (Vec::new(), Vec::new(), Vec::new());
        for (mail, text) in slice.iter().zip(texts) {
            let id = new_id();
            let (person, identity) = if let Some((number, _)) = mail.known {
                (Filled::person(number), Filled::identity(number))
            } else {
                persons.push(Person {
                    id,
                    identity: id,
                    name: "Rina Wulandari".to_owned(),
                    address: mail.from.clone(),
                    at: now,
                });
                (id, id)
            };
            let going_on = mail.known.and_then(|(_, talk)| talk).map(Filled::talk);
            let subject = "Keluhan".to_owned();
            if going_on.is_none() {
                talks.push(Talk {
                    id,
                    person,
                    identity,
                    subject,
                    messages: 1,
                    open: true,
                    begun: now,
                    at: now,
                });
            }
            said.push(Said {
                id,
                talk: going_on.unwrap_or(id),
                person,
                identity,
                external_id: format!("{}@pos.example", id.simple()),
                subject: "Keluhan".to_owned(),
                text: text.clone(),
                first: going_on.is_none(),
                at: now,
            });
        }
        let originals: Vec<&[u8]> = slice.iter().map(|mail| mail.bytes.as_slice()).collect();
        let mut tx = app.db().write().await?;
        rows::persons(&mut tx, channel, &persons).await?;
        rows::talks(&mut tx, channel, &talks).await?;
        rows::messages(&mut tx, channel, &said, &originals).await?;
        events::append(&mut tx, &rows::events(&said)).await?;
        tx.commit().await?;
    }
    Ok(rate(mails.len(), begun.elapsed()))
}
