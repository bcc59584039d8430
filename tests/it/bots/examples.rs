//! The example bots of `docs/bots`, run for real.

use std::{path::PathBuf, process::Stdio};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{Hub, hears};
use crate::{
    scenario,
    support::{
        TestApp,
        inbox::{messages, newest, text},
        visitor::Visitor,
    },
};

/// A bot that runs until it is dropped, and where it listens.
async fn run(program: &str, file: &str, secret: &str) -> (Child, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/bots").join(file);
    let mut child = Command::new(program)
        .arg(path)
        .env("SAPA_BOT_SECRET", secret)
        .env("PORT", "0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    (child, line.strip_prefix("listening on ").unwrap().to_owned())
}

async fn greets_looks_up_and_hands_over(app: &TestApp, program: &str, file: &str) {
    let hub = Hub::new(app).await;
    let (_bot, url) = run(program, file, text(&hub.bot, "secret")).await;
    hub.admin.patch(&hub.path(""), json!({ "url": url })).await;
    let tested = hub.admin.post(&hub.path("/test"), json!({})).await;
    assert_eq!((&tested["good"], &tested["status"]), (&json!(true), &json!(200)), "{tested}");

    let mut visitor = Visitor::new(app, &hub.site).await;
    visitor.says("Halo").await;
    let heard = hears(&mut visitor).await;
    assert!(text(&heard, "text").contains("Saya Kira"), "{heard}");
    assert_eq!(heard["buttons"][0]["label"], "Lacak pesanan");
    visitor.says("Lacak pesanan").await;
    assert!(text(&hears(&mut visitor).await, "text").contains("nomor pesanan"));
    visitor.says("KS-1024").await;
    assert_eq!(
        text(&hears(&mut visitor).await, "text"),
        "Pesanan KS-1024 sudah dikirim pagi ini, resi JX0091."
    );
    visitor.says("2").await;
    assert!(text(&hears(&mut visitor).await, "text").contains("petugas"));
    hub.turn_in("handed_over").await;
    let row = newest(&hub.admin).await;
    assert_eq!((row["handed_over_at"].is_string(), &row["labels"]), (true, &json!(["pesanan"])));
    let note = messages(&hub.admin, &row)
        .await
        .into_iter()
        .find(|one| one["direction"] == "note")
        .unwrap();
    assert!(text(&note, "text").contains("Halo / Lacak pesanan / KS-1024 / 2"), "{note}");

    // What is signed with another secret is refused.
    hub.admin.post(&hub.path("/secrets"), json!({ "secret": true })).await;
    let tested = hub.admin.post(&hub.path("/test"), json!({})).await;
    assert_eq!((&tested["good"], &tested["status"]), (&json!(false), &json!(401)));
}

scenario! {
    async fn b1_the_python_example_greets_looks_up_an_order_and_hands_over(app: TestApp) {
        greets_looks_up_and_hands_over(&app, "python3", "python/bot.py").await;
    }
}

scenario! {
    async fn b1_the_node_example_greets_looks_up_an_order_and_hands_over(app: TestApp) {
        greets_looks_up_and_hands_over(&app, "node", "node/bot.mjs").await;
    }
}
