//! Categories, causes and rules on addresses: what a supervisor sets up.

use reqwest::Method;
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        CAUSE, Client, MAILBOX, eventually,
        inbox::{id, mail_from, text},
        mail::plain,
    },
};

async fn names(client: &Client, list: &str) -> Vec<String> {
    let page = client.get(list).await;
    page["items"].as_array().unwrap().iter().map(|one| text(one, "name").to_owned()).collect()
}

scenario! {
    async fn c1_a_tree_is_kept_and_what_was_used_is_archived_and_not_deleted(app: TestApp) {
        app.mailbox().await;
        let (head, ayu) = (app.staff("Komang", Role::Supervisor).await, app.officer("Ayu").await);
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        for list in ["/ticket-categories", "/ticket-causes"] {
            let one = |node: &Value| format!("{list}/{}", id(node));
            let top = head.post(list, json!({ "name": " Gudang " })).await;
            let below = head.post(list, json!({ "name": "Salah timbang", "parent_id": top["id"] })).await;
            assert_eq!((text(&top, "name"), &below["parent_id"]), ("Gudang", &top["id"]));
            for (bad, field) in [
                (json!({ "name": "gudang" }), "name"),
                (json!({ "name": "" }), "name"),
                (json!({ "name": "x", "parent_id": row["id"] }), "parent_id"),
            ] {
                let (status, problem) = head.refused(Method::POST, list, Some(bad)).await;
                assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true), "{problem}");
            }
            let (status, problem) = head.refused(Method::PATCH, &one(&top), Some(json!({ "parent_id": below["id"] }))).await;
            assert_eq!((status.as_u16(), problem["fields"]["parent_id"].is_string()), (422, true));
            let (status, problem) = head.refused(Method::DELETE, &one(&top), None).await;
            assert_eq!((status.as_u16(), text(&problem, "code")), (409, "used"));
            let renamed = head.patch(&one(&below), json!({ "name": "Tidak ditimbang" })).await;
            assert_eq!(text(&renamed, "name"), "Tidak ditimbang");

            let field = if list == "/ticket-causes" { "cause_id" } else { "category_id" };
            let ticket = ayu.post("/tickets", json!({ "conversation_id": row["id"], "kind": "complaint", "title": "x" })).await;
            ayu.patch(&format!("/tickets/{}", id(&ticket)), json!({ field: below["id"] })).await;
            assert_eq!(head.refused(Method::DELETE, &one(&below), None).await.0, 409);
            // With the one above goes what is below; the old ticket keeps it, a new one cannot have it.
            head.patch(&one(&top), json!({ "archived": true })).await;
            let all = head.get(list).await;
            let archived = all["items"].as_array().unwrap().iter().filter(|one| one["archived"] == true).count();
            assert_eq!(archived, 2);
            ayu.patch(&format!("/tickets/{}", id(&ticket)), json!({ "title": "y", field: below["id"] })).await;
            let other = ayu.post("/tickets", json!({ "conversation_id": row["id"], "kind": "complaint", "title": "z" })).await;
            let (status, problem) = ayu.refused(Method::PATCH, &format!("/tickets/{}", id(&other)), Some(json!({ field: below["id"] }))).await;
            assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true));
            let unused = head.post(list, json!({ "name": "Salah ketik" })).await;
            head.delete(&one(&unused)).await;
            assert_eq!(head.refused(Method::DELETE, &one(&unused), None).await.0, 404);
        }
        assert!(names(&ayu, "/ticket-causes").await.contains(&"Our mistake".to_owned()));
        for (bad, field) in [(json!({ "name": "a", "due_hours": 0 }), "due_hours"), (json!({ "name": "a", "recurs_days": 0 }), "recurs_days"), (json!({ "name": "a", "reopen_days": 4000 }), "reopen_days")] {
            let (status, problem) = head.refused(Method::POST, "/ticket-categories", Some(bad)).await;
            assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true), "{problem}");
        }
        assert_eq!(ayu.get("/ticket-settings").await, json!({ "currency": "IDR" }));
    }
}

scenario! {
    async fn c1_what_is_sent_to_an_address_with_a_rule_opens_a_ticket(app: TestApp) {
        app.mailbox().await;
        let (head, ayu) = (app.staff("Komang", Role::Administrator).await, app.officer("Ayu").await);
        head.post("/channels", json!({ "kind": "email", "name": "Keluhan", "address": "keluhan@kopiseruni.example" })).await;
        let team = head.post("/teams", json!({ "name": "Gudang" })).await;
        let category = head.post("/ticket-categories", json!({ "name": "Pengiriman", "severity": "high", "due_hours": 8 })).await;
        let rule = json!({ "address": "Keluhan@KopiSeruni.example", "kind": "complaint", "category_id": category["id"], "team_id": team["id"] });
        let rule = head.post("/ticket-rules", rule).await;
        assert_eq!((text(&rule, "address"), &rule["enabled"]), ("keluhan@kopiseruni.example", &json!(true)));
        for (bad, field) in [
            (json!({ "kind": "complaint" }), "address"),
            (json!({ "kind": "complaint", "address": "keluhan" }), "address"),
            (json!({ "kind": "complaint", "channel_id": team["id"] }), "channel_id"),
            (json!({ "kind": "complaint", "address": MAILBOX, "category_id": team["id"] }), "category_id"),
        ] {
            let (status, problem) = head.refused(Method::POST, "/ticket-rules", Some(bad)).await;
            assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true), "{problem}");
        }
        let send = async |from: &str, to: &str, n: u32| {
            let mail = plain(&format!("{from}@surat.example"), &format!("Sobek {n}"), &format!("{n}@surat.example"), "Bungkusnya sobek.", "");
            assert!(app.receive_mail(&format!("{from}@surat.example"), to, &mail).await.starts_with("250"));
        };
        send("sari", MAILBOX, 1).await;
        send("rina", "keluhan@kopiseruni.example", 2).await;
        let ticket = eventually(|| async { ayu.get("/tickets").await["items"].as_array().unwrap().first().cloned() }).await;
        assert_eq!(ayu.get("/tickets").await["items"].as_array().unwrap().len(), 1, "the other mailbox has no rule");
        assert_eq!((text(&ticket, "title"), text(&ticket, "kind"), text(&ticket, "severity")), ("Sobek 2", "complaint", "high"));
        assert_eq!((&ticket["team"]["name"], &ticket["category"]["name"], &ticket["owner"]), (&json!("Gudang"), &json!("Pengiriman"), &Value::Null));
        assert!(ticket["due_at"].is_string());
        let story = ayu.get(&format!("/tickets/{}/timeline", id(&ticket))).await;
        let kinds: Vec<_> = story["items"].as_array().unwrap().iter().map(|item| item["message"]["text"].as_str().or(item["kind"].as_str()).unwrap()).collect();
        assert!(kinds.contains(&"Bungkusnya sobek.") && kinds.contains(&"ticket.opened"), "{kinds:?}");
        // Switched off it says nothing.
        head.patch(&format!("/ticket-rules/{}", id(&rule)), json!({ "enabled": false })).await;
        send("dewi", "keluhan@kopiseruni.example", 3).await;
        eventually(|| async { (ayu.get("/conversations?folder=all").await["items"].as_array().unwrap().len() == 3).then_some(()) }).await;
        assert_eq!(ayu.get("/tickets").await["items"].as_array().unwrap().len(), 1);
        head.delete(&format!("/ticket-rules/{}", id(&rule))).await;
        assert_eq!(head.get("/ticket-rules").await["items"], json!([]));
        ayu.post(&format!("/tickets/{}/solve", id(&ticket)), json!({ "cause_id": CAUSE, "remedy": "Diganti" })).await;
    }
}
