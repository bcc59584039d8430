//! Tickets: a matter that outlives its conversations.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client, MAILBOX, TestApp,
        inbox::{conversation, id, mail_from, messages, rows, text},
        mail::plain,
    },
};

/// A hub with a customer who has two conversations, and an officer.
async fn begun(app: &TestApp) -> (Value, Value, Client) {
    app.mailbox().await;
    let ayu = app.officer("Ayu").await;
    let first = mail_from(app, &ayu, "Rina", "Pesanan").await;
    let mail = plain("rina@surat.example", "Hal lain", "2@surat.example", "Ada lagi", "");
    app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
    let second = rows(&ayu, "sort=newest").await.remove(0);
    assert_eq!(
        (&first["contact"]["id"], first["id"] == second["id"]),
        (&second["contact"]["id"], false)
    );
    (first, second, ayu)
}

async fn opened(client: &Client, row: &Value, title: &str) -> Value {
    client
        .post(
            "/tickets",
            json!({ "conversation_id": row["id"], "kind": "complaint", "title": title }),
        )
        .await
}

fn path(ticket: &Value, rest: &str) -> String {
    format!("/tickets/{}{rest}", id(ticket))
}

scenario! {
    async fn a_ticket_goes_on_over_several_conversations(app: TestApp) {
        let (first, second, ayu) = begun(&app).await;
        let said = messages(&ayu, &first).await.remove(0);
        let body = json!({ "conversation_id": first["id"], "message_id": said["id"], "kind": "complaint", "title": " Bungkus sobek ", "description": "dua" });
        let ticket = ayu.post("/tickets", body).await;
        assert_eq!((text(&ticket, "title"), text(&ticket, "status"), &ticket["message_id"]), ("Bungkus sobek", "open", &said["id"]));
        assert_eq!((&ticket["owner"]["name"], &ticket["contact"]["name"]), (&json!("Ayu"), &json!("Rina")));
        assert!(text(&ticket, "number").starts_with("K-"));
        let both = ayu.post(&path(&ticket, "/conversations"), json!({ "conversation_id": second["id"] })).await;
        assert_eq!(both["conversations"].as_array().unwrap().len(), 2);
        ayu.post(&path(&ticket, "/conversations"), json!({ "conversation_id": second["id"] })).await;
        for row in [&first, &second] {
            let now = conversation(&ayu, &id(row)).await;
            assert_eq!((&now["ticket"]["number"], &now["ticket"]["count_open"]), (&ticket["number"], &json!(1)));
            assert_eq!(now["tickets"][0]["id"], ticket["id"]);
        }
        let one = ayu.delete(&path(&ticket, &format!("/conversations/{}", id(&second)))).await;
        assert_eq!(one["conversations"].as_array().unwrap().len(), 1);
        assert_eq!(ayu.refused(Method::DELETE, &path(&ticket, &format!("/conversations/{}", id(&second))), None).await.0, 404);
        // Another customer's conversation has nothing to do with it.
        let other = mail_from(&app, &ayu, "Sari", "Lain").await;
        let (status, problem) = ayu.refused(Method::POST, &path(&ticket, "/conversations"), Some(json!({ "conversation_id": other["id"] }))).await;
        assert_eq!((status.as_u16(), problem["fields"]["conversation_id"].is_string()), (422, true));
    }
}

scenario! {
    async fn a_ticket_is_solved_with_its_outcome_and_may_be_reopened(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let ticket = opened(&ayu, &first, "Sobek").await;
        for bad in [" ", &"x".repeat(501), "a\u{0}"] {
            assert_eq!(ayu.refused(Method::POST, &path(&ticket, "/solve"), Some(json!({ "outcome": bad }))).await.0, 422);
        }
        let solved = ayu.post(&path(&ticket, "/solve"), json!({ "outcome": "Diganti baru" })).await;
        assert_eq!((text(&solved, "status"), text(&solved, "outcome"), solved["solved_at"].is_string()), ("solved", "Diganti baru", true));
        let contact = ayu.get(&format!("/contacts/{}", text(&first["contact"], "id"))).await;
        assert_eq!((&contact["open_tickets"], &contact["earlier_tickets"][0]["outcome"]), (&json!([]), &json!("Diganti baru")));
        assert_eq!(conversation(&ayu, &id(&first)).await["ticket"], Value::Null);
        let again = ayu.post(&path(&ticket, "/reopen"), Value::Null).await;
        assert_eq!((text(&again, "status"), &again["solved_at"]), ("open", &Value::Null));
        let history = ayu.get(&format!("/contacts/{}/timeline", text(&first["contact"], "id"))).await;
        let kinds: Vec<_> = history["items"].as_array().unwrap().iter().filter_map(|item| item["kind"].as_str())
            .filter(|kind| kind.starts_with("ticket.")).collect();
        assert_eq!(kinds, ["ticket.opened", "ticket.solved", "ticket.reopened"]);
    }
}

scenario! {
    async fn tickets_are_listed_by_state_owner_kind_and_in_parts(app: TestApp) {
        let (first, second, ayu) = begun(&app).await;
        let budi = app.officer("Budi").await;
        let mut all = Vec::new();
        for n in 0..5 {
            all.insert(0, id(&opened(&ayu, if n % 2 == 0 { &first } else { &second }, &format!("Nomor {n}")).await));
        }
        let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>();
        assert_eq!(ids(&ayu.get("/tickets").await), all);
        let one = ayu.get("/tickets?limit=2").await;
        let two = ayu.get(&format!("/tickets?limit=2&cursor={}", text(&one, "next"))).await;
        let three = ayu.get(&format!("/tickets?limit=2&cursor={}", text(&two, "next"))).await;
        assert_eq!([ids(&one), ids(&two), ids(&three)].concat(), all);
        assert_eq!(three["next"], Value::Null);
        ayu.post(&format!("/tickets/{}/solve", all[0]), json!({ "outcome": "x" })).await;
        ayu.patch(&format!("/tickets/{}", all[1]), json!({ "owner_id": budi.id, "kind": "question" })).await;
        assert_eq!(ids(&ayu.get("/tickets?status=solved").await), all[..1]);
        assert_eq!(ids(&ayu.get("/tickets?status=open").await), all[1..]);
        assert_eq!(ids(&ayu.get(&format!("/tickets?owner={}", budi.id.as_str().unwrap())).await), all[1..2]);
        assert_eq!(ids(&ayu.get("/tickets?kind=question").await), all[1..2]);
    }
}

scenario! {
    async fn who_changes_an_old_version_of_a_ticket_is_told(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let ticket = opened(&ayu, &first, "Sobek").await;
        let old = format!("\"{}\"", ticket["version"]);
        ayu.patch(&path(&ticket, ""), json!({ "title": "Sobek dua" })).await;
        let change = Some(json!({ "title": "Lain" }));
        let answer = ayu.call_with(Method::PATCH, &path(&ticket, ""), change.clone(), &[("if-match", &old)]).await;
        assert_eq!(answer.status(), 412);
        let new = format!("\"{}\"", ayu.get(&path(&ticket, "")).await["version"]);
        let answer = ayu.call_with(Method::PATCH, &path(&ticket, ""), change, &[("if-match", &new)]).await;
        assert_eq!(answer.status(), 200);
        for bad in [json!({ "title": "" }), json!({ "title": "a\nb" }), json!({ "kind": "fault" })] {
            let (status, problem) = ayu.refused(Method::PATCH, &path(&ticket, ""), Some(bad.clone())).await;
            assert_eq!(status, 422, "{bad}: {problem}");
        }
    }
}

scenario! {
    async fn a_ticket_that_is_opened_twice_with_one_key_is_opened_once(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let open = async |title: &str| {
            let body = json!({ "conversation_id": first["id"], "kind": "request", "title": title });
            let answer = ayu.call_with(Method::POST, "/tickets", Some(body), &[("idempotency-key", "t-1")]).await;
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        };
        let (one, two) = (open("Satu").await, open("Satu").await);
        assert_eq!((one.0, &one.1["id"]), (201, &two.1["id"]));
        assert_eq!(ayu.get("/tickets").await["items"].as_array().unwrap().len(), 1);
    }
}
