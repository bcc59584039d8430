//! Posts updates to the webhook, one after the other, again and again until each is taken.

use std::{sync::Arc, time::Duration};

use reqwest::Client;
use tokio_util::sync::CancellationToken;

use super::{
    Shared,
    world::{Webhook, now},
};

/// Telegram waits longer and longer; the stub is quick.
const AGAIN: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(60);

/// Posts until it is told to stop.
pub(super) async fn run(shared: Arc<Shared>, client: Client, stop: CancellationToken) {
    loop {
        let changed = shared.changed.notified();
        let next = {
            let world = shared.world();
            let first = world.pending.first_key_value();
            let first = first.map(|(number, raw)| (*number, raw.clone()));
            world.webhook.clone().zip(first)
        };
        let turn = async {
            match next {
                None => {
                    // A notice between looking and waiting would be missed without the limit.
                    let _ = tokio::time::timeout(AGAIN, changed).await;
                }
                Some((webhook, (number, raw))) => {
                    if !post(&shared, &client, &webhook, number, raw).await {
                        tokio::time::sleep(AGAIN).await;
                    }
                }
            }
        };
        if stop.run_until_cancelled(turn).await.is_none() {
            return;
        }
    }
}

async fn post(
    shared: &Shared,
    client: &Client,
    webhook: &Webhook,
    number: i64,
    raw: String,
) -> bool {
    let mut request = client
        .post(&webhook.url)
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .body(raw);
    if let Some(secret) = &webhook.secret {
        request = request.header("x-telegram-bot-api-secret-token", secret);
    }
    let status = request.send().await.ok().map(|answer| answer.status().as_u16());
    let mut world = shared.world();
    world.posted.push((number, status));
    let taken = status.is_some_and(|status| (200..300).contains(&status));
    if taken {
        world.pending.remove(&number);
    }
    if let Some(webhook) = &mut world.webhook {
        let why = status.map_or("Connection failed".to_owned(), |status| {
            format!("Wrong response from the webhook: {status}")
        });
        webhook.error = (!taken).then(|| (now(), why));
    }
    taken
}
