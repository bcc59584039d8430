//! Segments by the API: written, counted, explained, listed.

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client,
        inbox::{id, text},
    },
};

/// Contacts in cities, made by hand.
async fn contacts(ayu: &Client, all: &[(&str, &str)]) -> Vec<Value> {
    let mut made = Vec::new();
    for (name, city) in all {
        let body = json!({ "name": name, "identities": [{ "kind": "email", "value": format!("{}@surat.example", name.to_lowercase()) }] });
        let contact = ayu.post("/contacts", body).await;
        made.push(ayu.patch(&format!("/contacts/{}", id(&contact)), json!({ "city": city })).await);
    }
    made
}

fn in_city(city: &str) -> Value {
    json!({ "type": "profile", "field": "city", "op": "is", "values": [city] })
}

scenario! {
    async fn a_segment_is_written_counted_and_explained(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        let people = contacts(&citra, &[("Rina", "Bandung"), ("Budi", "Medan"), ("Sari", "Bandung")]).await;
        citra.put(&format!("/contacts/{}/consents/email", id(&people[0])), json!({ "state": "granted", "source": "At the shop" })).await;
        let agreed = json!({ "type": "consent", "kind": "email", "state": "granted" });
        let condition = json!({ "type": "all", "of": [in_city("bandung"), { "type": "any", "of": [agreed, in_city("Medan")] }] });
        let segment = citra.post("/segments", json!({ "name": " Bandung ", "condition": condition })).await;
        assert_eq!((text(&segment, "name"), &segment["condition"], text(&segment, "created_by")), ("Bandung", &condition, "Citra"));
        let counted = citra.post("/segments/count", json!({ "condition": condition })).await;
        assert_eq!((&counted["total"], &counted["everybody"], &counted["nodes"]), (&json!(1), &json!(3), &json!([1, 2, 2, 1, 1])));
        let explained = citra.post("/segments/explain", json!({ "condition": condition, "contact_id": people[2]["id"] })).await;
        assert_eq!((&explained["holds"], &explained["contact"]["name"]), (&json!(false), &json!("Sari")));
        let held: Vec<_> = explained["nodes"].as_array().unwrap().iter().map(|node| node["holds"].as_bool().unwrap()).collect();
        assert_eq!(held, [false, true, false, false, false]);
        assert_eq!(explained["nodes"][1]["saw"], json!({ "type": "text", "value": "Bandung" }));
        assert_eq!(explained["nodes"][2]["saw"], json!({ "type": "group", "met": 0, "of": 2 }));
        let path = format!("/segments/{}", id(&segment));
        let in_it = citra.get(&format!("{path}/contacts")).await;
        assert_eq!((in_it["items"].as_array().unwrap().len(), text(&in_it["items"][0], "name")), (1, "Rina"));
        let changed = citra.patch(&path, json!({ "condition": in_city("Bandung") })).await;
        assert_eq!(changed["version"], 2);
        let one = citra.get(&format!("{path}/contacts?limit=1")).await;
        let two = citra.get(&format!("{path}/contacts?limit=1&cursor={}", text(&one, "next"))).await;
        assert_eq!((text(&one["items"][0], "name"), text(&two["items"][0], "name"), &two["next"]), ("Sari", "Rina", &Value::Null));
        let stale = citra.call_with(Method::PATCH, &path, Some(json!({ "name": "X" })), &[("if-match", "\"1\"")]).await;
        assert_eq!(stale.status(), StatusCode::PRECONDITION_FAILED);
        let (status, problem) = citra.refused(Method::POST, "/segments", Some(json!({ "name": "Bandung", "condition": condition }))).await;
        assert_eq!((status.as_u16(), problem["fields"]["name"].is_string()), (422, true));
        citra.delete(&path).await;
        assert_eq!(citra.get("/segments").await["items"], json!([]));
    }
}

scenario! {
    async fn r15_hostile_texts_in_conditions_are_texts(app: TestApp) {
        let citra = app.staff("Citra", Role::Marketer).await;
        contacts(&citra, &[("Rina", "Bandung")]).await;
        for hostile in ["' OR 1=1 --", "%", "_", "\\", "\"}') OR 1=1", "$1", "?1", "'; DROP TABLE contacts; --", "\u{202e}", "''"] {
            let mut leaves = vec![
                json!({ "type": "tag", "tag": hostile, "has": true }),
                json!({ "type": "field", "key": "Kelas", "op": "is", "values": [hostile] }),
            ];
            for op in ["is", "contains", "begins_with", "one_of"] {
                leaves.push(json!({ "type": "profile", "field": "name", "op": op, "values": [hostile] }));
            }
            if !hostile.contains(['"', '\\']) && !hostile.starts_with('$') {
                leaves.push(json!({ "type": "field", "key": hostile, "op": "is_set" }));
            }
            for condition in leaves {
                let counted = citra.post("/segments/count", json!({ "condition": condition })).await;
                assert_eq!((&counted["total"], &counted["everybody"]), (&json!(0), &json!(1)), "{condition}");
            }
        }
        for wrong in [
            json!({ "type": "profile", "field": "name; --", "op": "is", "values": ["x"] }),
            json!({ "type": "profile", "field": "name", "op": "= '' OR", "values": ["x"] }),
            json!({ "type": "reachable", "kind": "email' OR '1'='1" }),
            json!({ "type": "consent", "kind": "email", "state": "granted' OR '1'='1" }),
            json!({ "type": "tag", "tag": "a\u{0}b", "has": true }),
            json!({ "type": "all", "of": [], "having": "1=1" }),
            json!({ "type": "raw", "sql": "1=1" }),
        ] {
            let (status, problem) = citra.refused(Method::POST, "/segments/count", Some(json!({ "condition": wrong }))).await;
            assert_eq!(status, 422, "{problem}");
        }
    }
}
