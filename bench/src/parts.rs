//! The parts of intake by themselves: what understanding a mail costs the hub, and what routing costs it.

use std::{sync::Arc, time::Instant};

use futures::future::try_join_all;
use sapa::{app::App, intake::Inbox};
use sapa_channel::{Arrival, ChannelId, Intake, Original};
use sapa_email::Envelope;

use crate::{
    mails::{MAILBOX, Mail},
    report::rate,
};

/// How many senders wait for their acknowledgement at the same time.
const WAITING: usize = 200;

fn understand(mail: &Mail, channel: ChannelId, app: &App) -> Arrival {
    let ours = |address: &str| address == MAILBOX;
    let envelope = Envelope { sender: Some(&mail.from), recipient: MAILBOX, ours: &ours };
    let bytes = mail.bytes.clone().into();
    Arrival {
        channel,
        transport_key: sapa_channel::new_id().to_string(),
        original: Original { media_type: "message/rfc822", bytes, envelope: None },
        received_at: app.now(),
        content: sapa_email::parse(&mail.bytes, &envelope),
    }
}

/// Mails a second that the hub's own parser understands on all cores, and what came of them.
pub async fn parse(
    app: &App,
    channel: ChannelId,
    mails: &Arc<Vec<Mail>>,
) -> anyhow::Result<(f64, Vec<Arrival>)> {
    let cores = std::thread::available_parallelism()?.get();
    let begun = Instant::now();
    let threads: Vec<_> = (0..cores)
        .map(|core| {
            let (app, mails) = (app.clone(), mails.clone());
            tokio::task::spawn_blocking(move || {
                let mine = mails.iter().skip(core).step_by(cores);
                mine.map(|mail| understand(mail, channel, &app)).collect::<Vec<_>>()
            })
        })
        .collect();
    let arrivals: Vec<Arrival> = try_join_all(threads).await?.into_iter().flatten().collect();
    Ok((rate(mails.len(), begun.elapsed()), arrivals))
}

/// Arrivals a second that the router stores while nothing else runs.
pub async fn route(app: &App, arrivals: Vec<Arrival>) -> anyhow::Result<f64> {
    let (inbox, _routers) = Inbox::start(app)?;
    let count = arrivals.len();
    let begun = Instant::now();
    let senders = arrivals.chunks(count.div_ceil(WAITING)).map(|mine| {
        let (inbox, mine) = (inbox.clone(), mine.to_vec());
        tokio::spawn(async move {
            for arrival in mine {
                inbox.deliver(arrival).await?;
            }
            anyhow::Ok(())
        })
    });
    for sender in try_join_all(senders).await? {
        sender?;
    }
    Ok(rate(count, begun.elapsed()))
}
