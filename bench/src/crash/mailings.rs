//! A mailing to the customers who agreed, and the next one when it is done.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    office::insist,
    world::{PATIENCE, World},
};

/// The most a minute: so slow that there is nearly always one under way.
const RATE: u32 = 900;

/// Mailings without an end.
pub async fn run(world: Arc<World>) {
    for number in 1.. {
        let name = format!("mailing-{number}-1");
        let text = "Halo {{name}} {{unsubscribe_url}}";
        let template = json!({ "name": name, "kind": "email", "subject": name, "text": text });
        let template =
            insist(&world, "/templates", &template, &format!("template-{number}-1")).await;
        let mailing = json!({ "name": name, "channel_id": world.mailbox, "template_id": template["id"], "rate": RATE });
        let mailing = insist(&world, "/mailings", &mailing, &format!("prepared-{number}-1")).await;
        let path = format!("/mailings/{}", mailing["id"].as_str().unwrap_or_default());
        loop {
            let turn = world.turn().await;
            let state = match timeout(PATIENCE, world.client.get(&path)).await {
                Ok(Ok(mailing)) => mailing["state"].as_str().unwrap_or_default().to_owned(),
                _ => String::new(),
            };
            match state.as_str() {
                // Whether it began or not, the next look tells.
                "draft" => {
                    let start = format!("{path}/start");
                    let _ =
                        timeout(PATIENCE, world.client.try_post(&start, &json!({}), None)).await;
                }
                "done" | "cancelled" => break,
                _ => {}
            }
            drop(turn);
            sleep(Duration::from_millis(400)).await;
        }
    }
}
