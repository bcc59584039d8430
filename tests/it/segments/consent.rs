//! Consent: said, taken back, merged and given back; and addresses that get no mailing.

use reqwest::Method;
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client,
        inbox::{id, text},
    },
};

async fn contact(client: &Client, name: &str) -> Value {
    let address = json!({ "kind": "email", "value": format!("{name}@surat.example") });
    client.post("/contacts", json!({ "name": name, "identities": [address] })).await
}

async fn say(client: &Client, contact: &Value, kind: &str, state: &str) {
    let path = format!("/contacts/{}/consents/{kind}", id(contact));
    client.put(&path, json!({ "state": state, "source": "On the phone" })).await;
}

/// What a contact said, as `email granted`.
async fn said(client: &Client, contact: &Value) -> Vec<String> {
    let whole = client.get(&format!("/contacts/{}", id(contact))).await;
    let all = whole["consents"].as_array().unwrap();
    all.iter().map(|one| format!("{} {}", text(one, "channel_kind"), text(one, "state"))).collect()
}

scenario! {
    async fn who_agreed_where_and_when_is_a_line_of_the_history(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let rina = contact(&ayu, "Rina").await;
        let path = format!("/contacts/{}/consents/email", id(&rina));
        let all = ayu.put(&path, json!({ "state": "granted", "source": "At the shop", "proof": "Form 12" })).await;
        assert_eq!((text(&all["items"][0], "source"), text(&all["items"][0], "proof")), ("At the shop", "Form 12"));
        say(&ayu, &rina, "email", "granted").await;
        say(&ayu, &rina, "email", "withdrawn").await;
        assert_eq!(said(&ayu, &rina).await, ["email withdrawn"]);
        let history = ayu.get(&format!("/contacts/{}/timeline", id(&rina))).await;
        let lines: Vec<_> = history["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "consent.changed")
            .map(|item| (text(&item["actor"], "name").to_owned(), text(&item["data"], "state").to_owned(), text(&item["data"], "source").to_owned())).collect();
        let line = |state: &str, source: &str| ("Ayu".to_owned(), state.to_owned(), source.to_owned());
        assert_eq!(lines, [line("granted", "At the shop"), line("withdrawn", "On the phone")]);
        for (path, body) in [
            (path.as_str(), json!({ "state": "granted", "source": " " })),
            (path.as_str(), json!({ "state": "never", "source": "x" })),
            (&path.replace("email", "fax"), json!({ "state": "granted", "source": "x" })),
        ] {
            assert_eq!(ayu.refused(Method::PUT, path, Some(body)).await.0, 422);
        }
    }
}

scenario! {
    async fn a_withdrawal_wins_a_merge_and_undoing_gives_each_his_own_word_back(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let (rina, other) = (contact(&ayu, "Rina").await, contact(&ayu, "R.W").await);
        say(&ayu, &rina, "email", "granted").await;
        say(&ayu, &rina, "phone", "granted").await;
        say(&ayu, &other, "email", "withdrawn").await;
        say(&ayu, &other, "telegram", "granted").await;
        let merged = ayu.post(&format!("/contacts/{}/merge", id(&rina)), json!({ "other_id": other["id"], "reason": "one" })).await;
        assert_eq!(said(&ayu, &rina).await, ["email withdrawn", "phone granted", "telegram granted"]);
        app.clock.advance(std::time::Duration::from_secs(60));
        say(&ayu, &rina, "telegram", "withdrawn").await;
        ayu.post(&format!("/merges/{}/undo", id(&merged["merges"][0])), json!({})).await;
        assert_eq!(said(&ayu, &rina).await, ["email granted", "phone granted", "telegram withdrawn"]);
        assert_eq!(said(&ayu, &other).await, ["email withdrawn", "telegram withdrawn"]);
    }
}

scenario! {
    async fn addresses_are_kept_from_mailings_by_hand_and_released(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        let rina = contact(&citra, "Rina").await;
        for value in ["Rina@Surat.example", "50%@surat.example", "budi@surat.example"] {
            citra.post("/suppressions", json!({ "kind": "email", "value": value, "note": "Asked us by phone" })).await;
        }
        let whole = citra.get(&format!("/contacts/{}", id(&rina))).await;
        assert_eq!((text(&whole["suppressed"][0], "reason"), text(&whole["suppressed"][0], "note")), ("manual", "Asked us by phone"));
        let one = citra.get("/suppressions?limit=2").await;
        let two = citra.get(&format!("/suppressions?limit=2&cursor={}", text(&one, "next"))).await;
        assert_eq!((one["items"].as_array().unwrap().len(), two["items"].as_array().unwrap().len(), &two["next"]), (2, 1, &Value::Null));
        assert_eq!(citra.get("/suppressions?q=RINA").await["items"].as_array().unwrap().len(), 1);
        assert_eq!(citra.get("/suppressions?q=%25").await["items"].as_array().unwrap().len(), 1);
        let (status, problem) = citra.refused(Method::POST, "/suppressions", Some(json!({ "kind": "email", "value": "rina", "note": "x" }))).await;
        assert_eq!((status.as_u16(), problem["fields"]["value"].is_string()), (422, true));
        citra.delete("/suppressions/email/rina%40surat.example").await;
        assert_eq!(citra.get(&format!("/contacts/{}", id(&rina))).await["suppressed"], json!([]));
        let ayu = app.officer("Ayu").await;
        assert_eq!(ayu.refused(Method::POST, "/suppressions", Some(json!({}))).await.0, 403);
        let history = citra.get(&format!("/contacts/{}/timeline", id(&rina))).await;
        let kinds: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| text(item, "kind").to_owned()).collect();
        assert_eq!(kinds, ["address.suppressed", "address.released"]);
    }
}
