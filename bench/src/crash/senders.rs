//! Those who write mails: by SMTP and by LMTP, each until he is told that his mail was taken.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bench::{client::MAILBOX, dice::Dice, smtp::Sender};
use tokio::time::{sleep, timeout};

use crate::world::{PATIENCE, World};

/// Mails of one customer.
const EACH: u32 = 6;

/// Writes mails without an end: one customer after the other, his number rising by `step`.
pub async fn write(world: Arc<World>, kind: &'static str, first: u32, step: u32) {
    let (server, hello) = match kind {
        "lmtp" => (world.lmtp, "LHLO"),
        _ => (world.smtp, "EHLO"),
    };
    let mut dice = Dice(world.seed ^ u64::from(first) ^ 0x6d61_696c);
    let mut connection = None;
    for customer in (first..).step_by(usize::try_from(step).unwrap_or(1)) {
        let from = format!("{kind}{customer}@surat.example");
        for number in 1..=EACH {
            let turn = world.turn().await;
            let mark = format!("{kind}-{customer}-{number}");
            // Some are so large that their bytes lie in a file.
            let large = if dice.below(40) == 0 { 150_000 } else { 0 };
            let mail = mail(&from, &mark, large);
            world.ledger.say(&mark);
            while !hand_over(&mut connection, server, hello, &from, &mail).await {
                connection = None;
                sleep(Duration::from_millis(30)).await;
            }
            world.ledger.take(&mark);
            drop(turn);
            sleep(Duration::from_millis(20 + dice.below(120) as u64)).await;
        }
    }
}

async fn hand_over(
    connection: &mut Option<Sender>,
    server: SocketAddr,
    hello: &str,
    from: &str,
    mail: &[u8],
) -> bool {
    let handing = async {
        if connection.is_none() {
            *connection = Some(Sender::greet(server, hello).await?);
        }
        let Some(sender) = connection else { anyhow::bail!("no connection") };
        sender.send(from, mail).await
    };
    matches!(timeout(PATIENCE, handing).await, Ok(Ok(())))
}

/// The mail with this mark, the same each time.
fn mail(from: &str, mark: &str, large: usize) -> Vec<u8> {
    let padding = "0123456789abcdef0123456789abcdef0123456789abcdef\r\n".repeat(large / 50);
    format!(
        "From: {from}\r\nTo: {MAILBOX}\r\nSubject: Perkara {from}\r\nMessage-ID: <{mark}@surat.example>\r\n\
         Date: Mon, 23 Nov 2026 10:00:00 +0700\r\n\r\n{mark}\r\n{padding}"
    )
    .into_bytes()
}
