//! One history: the same customer on three channels (H1, H2, H3).

use serde_json::{Value, json};

use crate::support::{
    Backend, Client, MAILBOX, eventually,
    mail::plain,
    telegram,
    visitor::{Site, Visitor},
};

async fn rows(client: &Client) -> Vec<Value> {
    client.get("/conversations?sort=oldest").await["items"].as_array().unwrap().clone()
}

async fn three_channels(backend: Backend) {
    let (app, telegram, bot) = telegram::hub(backend).await;
    app.mailbox().await;
    let site = Site::new(&app).await;
    let ayu = app.officer("Ayu").await;

    // Monday: by mail.
    let mail = plain(
        "Rina Wulandari <rina@surat.example>",
        "Pesanan KS-20931",
        "1@surat.example",
        "Isinya kurang satu.",
        "",
    );
    app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
    let rina = rows(&ayu).await[0]["contact"]["id"].as_str().unwrap().to_owned();
    let conversation = rows(&ayu).await[0]["id"].as_str().unwrap().to_owned();
    let ticket = json!({ "conversation_id": conversation, "kind": "complaint", "title": "Item missing from parcel" });
    ayu.post("/tickets", ticket).await;

    // A day later in Telegram, not proved: suggested with its evidence, and not joined.
    app.clock.advance_days(1);
    let customer = telegram.customer(48_213_377, "Rina Wulandari");
    customer.says("Halo, soal KS-20931 bagaimana?");
    let found =
        eventually(|| async { Some(rows(&ayu).await).filter(|rows| rows.len() == 2) }).await;
    let unproved =
        found.iter().find(|row| row["channel"]["kind"] == "telegram").unwrap()["contact"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
    assert_ne!(unproved, rina, "nothing joins on a name");
    let contact = eventually(|| async {
        Some(ayu.get(&format!("/contacts/{unproved}")).await).filter(|contact| {
            contact["suggestions"][0]["evidence"].as_array().is_some_and(|all| all.len() == 2)
        })
    })
    .await;
    let suggestion = &contact["suggestions"][0];
    assert_eq!(suggestion["other"]["id"], rina.as_str());
    let kinds: Vec<_> = suggestion["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"same_number") && kinds.contains(&"same_name"), "{kinds:?}");

    // She opens the link that was sent to her mailbox: proved, and one.
    let link =
        ayu.post(&format!("/contacts/{rina}/links"), json!({ "channel_id": bot["id"] })).await;
    let token = link["url"].as_str().unwrap().rsplit_once("start=").unwrap().1.to_owned();
    customer.starts(Some(&token));
    eventually(|| async {
        Some(ayu.get(&format!("/contacts/{unproved}")).await)
            .filter(|contact| contact["id"] == rina.as_str())
    })
    .await;

    // Another day, in the shop's chat, signed in.
    app.clock.advance_days(1);
    let mut visitor = Visitor::new(&app, &site).await;
    let secret = visitor.secret.clone();
    drop(visitor);
    let signed = site.token(
        &app,
        json!({ "sub": "1001", "email": "rina@surat.example", "name": "Rina Wulandari" }),
    );
    visitor = Visitor::back(&app, &site, &secret, Some(&signed), None).await;
    assert_eq!(visitor.ready["identified"], true);
    visitor.says("Bungkus kedua dikirim kapan ya?").await;

    // The officer who opens the newest message sees it all at once.
    let newest = ayu.get("/conversations").await["items"][0].clone();
    assert_eq!(newest["contact"]["id"], rina.as_str());
    assert_eq!(newest["preview"], "Bungkus kedua dikirim kapan ya?");
    let contact = ayu.get(&format!("/contacts/{rina}")).await;
    let reached: Vec<_> = contact["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|identity| {
            (
                identity["kind"].as_str().unwrap().to_owned(),
                identity["proof"].as_str().unwrap_or("none").to_owned(),
            )
        })
        .collect();
    assert!(
        reached.contains(&("telegram".into(), "channel".into()))
            || reached.contains(&("telegram".into(), "deep_link".into())),
        "{reached:?}"
    );
    assert!(reached.contains(&("webchat".into(), "shop_signature".into())), "{reached:?}");
    assert_eq!(contact["open_tickets"][0]["title"], "Item missing from parcel");
    let history = ayu.get(&format!("/contacts/{rina}/timeline?limit=200")).await;
    let items = history["items"].as_array().unwrap();
    let channels: Vec<_> =
        items.iter().filter_map(|item| item["message"]["channel"]["kind"].as_str()).collect();
    for kind in ["email", "telegram", "webchat"] {
        assert!(channels.contains(&kind), "{channels:?}");
    }
    let times: Vec<_> = items.iter().map(|item| item["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "the newest is last");

    // And an undone merge gives back what it took.
    let merge = contact["merges"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["name"] == "Rina Wulandari")
        .unwrap();
    ayu.post(&format!("/merges/{}/undo", merge["id"].as_str().unwrap()), json!({})).await;
    let apart = ayu.get(&format!("/contacts/{unproved}")).await;
    assert_eq!(apart["id"], unproved.as_str());
    assert_eq!(apart["identities"][0]["kind"], "telegram");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_three_channels_become_one_history_on_sqlite() {
    three_channels(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_three_channels_become_one_history_on_postgres() {
    three_channels(Backend::Postgres).await;
}
