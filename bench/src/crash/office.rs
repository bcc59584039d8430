//! The officers: they answer who waits, and note things, each call with a key of its own until it is answered.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::world::{PATIENCE, World};

/// Answers those who wait whose number leaves this rest by `of`.
pub async fn answer(world: Arc<World>, rest: i64, of: i64) {
    let mut said: HashMap<i64, u32> = HashMap::new();
    loop {
        let turn = world.turn().await;
        let waiting =
            match timeout(PATIENCE, world.client.get("/conversations?folder=waiting&limit=50"))
                .await
            {
                Ok(Ok(page)) => page["items"].as_array().cloned().unwrap_or_default(),
                _ => Vec::new(),
            };
        drop(turn);
        for row in waiting
            .iter()
            .filter(|row| row["number"].as_i64().is_some_and(|number| number % of == rest))
            .take(4)
        {
            let number = row["number"].as_i64().unwrap_or_default();
            let place = said.entry(number).or_default();
            *place += 1;
            let mark = format!("answer-{number}-{place}");
            let mut body = json!({ "kind": "reply", "text": mark });
            if row["channel"]["kind"] == "email" {
                body["subject"] = json!(mark);
            }
            let path =
                format!("/conversations/{}/messages", row["id"].as_str().unwrap_or_default());
            insist(&world, &path, &body, &mark).await;
            sleep(Duration::from_millis(30)).await;
        }
        sleep(Duration::from_millis(150)).await;
    }
}

/// Writes notes into one conversation, one after the other.
pub async fn note(world: Arc<World>) {
    let begin = json!({ "channel_id": world.mailbox, "to": { "value": "catatan@surat.example" },
                        "subject": "answer-0-1", "text": "answer-0-1" });
    let conversation = insist(&world, "/conversations", &begin, "answer-0-1").await;
    let path =
        format!("/conversations/{}/messages", conversation["id"].as_str().unwrap_or_default());
    for number in 1.. {
        let mark = format!("note-0-{number}");
        insist(&world, &path, &json!({ "kind": "note", "text": mark }), &mark).await;
        sleep(Duration::from_millis(120)).await;
    }
}

/// Makes a call until it is answered, always with the same key.
pub async fn insist(world: &World, path: &str, body: &Value, mark: &str) -> Value {
    let _turn = world.turn().await;
    world.ledger.say(mark);
    loop {
        let call = world.client.try_post(path, body, Some(mark));
        match timeout(PATIENCE, call).await {
            Ok(Ok((status, answer))) if (200..300).contains(&status) => {
                world.ledger.take(mark);
                return answer;
            }
            // The storage is in trouble, or a stopping hub is.
            Ok(Ok((status, _))) if status >= 500 => {}
            Ok(Ok((status, answer))) => {
                world.ledger.odd(format!("{mark} was refused: {status} {answer}"));
                return Value::Null;
            }
            _ => {}
        }
        sleep(Duration::from_millis(50)).await;
    }
}
