//! Tickets: a matter that outlives its conversations.

mod attaching;
mod recurring;
mod settings;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        CAUSE, Client, MAILBOX, TestApp,
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
    async fn c1_a_ticket_is_solved_with_cause_and_remedy_and_may_be_reopened(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let ticket = opened(&ayu, &first, "Sobek").await;
        let solve = async |body: Value| ayu.refused(Method::POST, &path(&ticket, "/solve"), Some(body)).await;
        for bad in [" ", &"x".repeat(501), "a\u{0}"] {
            let (status, problem) = solve(json!({ "cause_id": CAUSE, "remedy": bad })).await;
            assert_eq!((status.as_u16(), problem["fields"]["remedy"].is_string()), (422, true));
        }
        let (status, problem) = solve(json!({ "remedy": "Diganti baru" })).await;
        assert_eq!((status.as_u16(), problem["fields"]["cause_id"].is_string()), (422, true), "a complaint has a cause");
        for (body, field) in [
            (json!({ "outcome": "Diganti baru" }), ""),
            (json!({ "cause_id": first["id"], "remedy": "x" }), "cause_id"),
            (json!({ "cause_id": CAUSE, "remedy": "x", "remedy_cost": -1 }), "remedy_cost"),
        ] {
            let (status, problem) = solve(body).await;
            assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true), "{problem}");
        }
        let solved = ayu.post(&path(&ticket, "/solve"), json!({ "cause_id": CAUSE, "remedy": " Diganti baru ", "remedy_cost": 2_100_000 })).await;
        assert_eq!((text(&solved, "status"), text(&solved, "remedy"), solved["solved_at"].is_string()), ("solved", "Diganti baru", true));
        assert_eq!((&solved["cause"]["name"], &solved["solved_by"]["name"]), (&json!("Our mistake"), &json!("Ayu")));
        assert_eq!(solved["remedy_cost"], json!({ "minor": 2_100_000, "currency": "IDR" }));
        assert_eq!(solved["same_cause"], json!({ "tickets": 1, "contacts": 1 }));
        let (status, problem) = solve(json!({ "cause_id": CAUSE, "remedy": "Lain" })).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "solved_already"));
        let contact = ayu.get(&format!("/contacts/{}", text(&first["contact"], "id"))).await;
        assert_eq!((&contact["open_tickets"], &contact["earlier_tickets"][0]["remedy"]), (&json!([]), &json!("Diganti baru")));
        assert_eq!(conversation(&ayu, &id(&first)).await["ticket"], Value::Null);
        let again = ayu.post(&path(&ticket, "/reopen"), Value::Null).await;
        assert_eq!((text(&again, "status"), &again["solved_at"], text(&again, "remedy")), ("open", &Value::Null, "Diganti baru"));
        // It keeps its cause, and is solved again with it.
        ayu.post(&path(&ticket, "/solve"), json!({ "remedy": "Diganti lagi" })).await;
        let history = ayu.get(&format!("/contacts/{}/timeline", text(&first["contact"], "id"))).await;
        let kinds: Vec<_> = history["items"].as_array().unwrap().iter().filter_map(|item| item["kind"].as_str())
            .filter(|kind| kind.starts_with("ticket.")).collect();
        assert_eq!(kinds, ["ticket.opened", "ticket.solved", "ticket.reopened", "ticket.solved"]);
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
        ayu.post(&format!("/tickets/{}/solve", all[0]), json!({ "cause_id": CAUSE, "remedy": "x" })).await;
        ayu.patch(&format!("/tickets/{}", all[1]), json!({ "owner_id": budi.id, "kind": "question" })).await;
        assert_eq!(ids(&ayu.get("/tickets?status=solved").await), all[..1]);
        assert_eq!(ids(&ayu.get("/tickets?status=open").await), all[1..]);
        assert_eq!(ids(&ayu.get(&format!("/tickets?owner={}", budi.id.as_str().unwrap())).await), all[1..2]);
        assert_eq!(ids(&ayu.get("/tickets?kind=question").await), all[1..2]);
    }
}

scenario! {
    async fn a_question_and_a_request_need_no_cause(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        for kind in ["question", "request"] {
            let ticket = ayu.post("/tickets", json!({ "conversation_id": first["id"], "kind": kind, "title": "Jam buka" })).await;
            let solved = ayu.post(&path(&ticket, "/solve"), json!({ "remedy": "Dijawab" })).await;
            assert_eq!((text(&solved, "status"), &solved["cause"], &solved["remedy_cost"]), ("solved", &Value::Null, &Value::Null));
            // Who finds out that it was a complaint says why it happened.
            let (status, problem) = ayu.refused(Method::PATCH, &path(&ticket, ""), Some(json!({ "kind": "complaint" }))).await;
            assert_eq!((status.as_u16(), problem["fields"]["cause_id"].is_string()), (422, true));
            ayu.patch(&path(&ticket, ""), json!({ "kind": "complaint", "cause_id": CAUSE })).await;
        }
    }
}

scenario! {
    async fn a_ticket_says_who_sees_to_it_how_bad_it_is_and_until_when(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let head = app.staff("Komang", sapa::officers::policy::Role::Administrator).await;
        let team = head.post("/teams", json!({ "name": "Gudang" })).await;
        let category = head.post("/ticket-categories", json!({ "name": "Pengiriman", "severity": "high", "due_hours": 4 })).await;
        let body = json!({ "conversation_id": first["id"], "kind": "complaint", "title": "Sobek", "category_id": category["id"], "team_id": team["id"] });
        let ticket = ayu.post("/tickets", body.clone()).await;
        assert_eq!((text(&ticket, "severity"), &ticket["category"]["name"], &ticket["team"]["name"]), ("high", &json!("Pengiriman"), &json!("Gudang")));
        let time = |value: &Value| value.as_str().unwrap().parse::<sapa_channel::Timestamp>().unwrap();
        assert_eq!(time(&ticket["due_at"]).since(time(&ticket["opened_at"])).as_secs(), 4 * 3600);
        let mut bare = body.clone();
        bare["due_at"] = Value::Null;
        bare["owner_id"] = Value::Null;
        bare["severity"] = json!("critical");
        let bare = ayu.post("/tickets", bare).await;
        assert_eq!((&bare["due_at"], &bare["owner"], text(&bare, "severity")), (&Value::Null, &Value::Null, "critical"));
        let change = json!({ "owner_id": head.id, "team_id": null, "severity": "low", "category_id": null, "due_at": "2030-01-01T00:00:00Z", "description": "Dua bungkus" });
        let changed = ayu.patch(&path(&ticket, ""), change.clone()).await;
        assert_eq!((&changed["team"], &changed["category"], text(&changed, "severity"), &changed["owner"]["name"]), (&Value::Null, &Value::Null, "low", &json!("Komang")));
        let story = ayu.get(&path(&ticket, "/timeline")).await;
        let events: Vec<&Value> = story["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "ticket.changed").collect();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["data"]["changed"]["severity"], json!({ "from": "high", "to": "low" }));
        assert_eq!(events[0]["data"]["changed"]["owner"], json!({ "from": "Ayu", "to": "Komang" }));
        // The same again changes nothing and is not told.
        ayu.patch(&path(&ticket, ""), change).await;
        let again = ayu.get(&path(&ticket, "/timeline")).await;
        assert_eq!(again["items"].as_array().unwrap().len(), story["items"].as_array().unwrap().len());
        for (field, value) in [("owner_id", &first["id"]), ("team_id", &first["id"]), ("category_id", &first["id"]), ("due_at", &json!("2999-01-01T00:00:00Z"))] {
            let (status, problem) = ayu.refused(Method::PATCH, &path(&ticket, ""), Some(json!({ field: value }))).await;
            assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true), "{field}: {problem}");
            let mut wrong = body.clone();
            wrong[field] = value.clone();
            let (status, problem) = ayu.refused(Method::POST, "/tickets", Some(wrong)).await;
            assert_eq!((status.as_u16(), problem["fields"][field].is_string()), (422, true), "{field}: {problem}");
        }
        // A team that is gone leaves its tickets.
        ayu.patch(&path(&ticket, ""), json!({ "team_id": team["id"] })).await;
        head.delete(&format!("/teams/{}", id(&team))).await;
        assert_eq!(ayu.get(&path(&ticket, "")).await["team"], Value::Null);
    }
}

scenario! {
    async fn tickets_are_listed_by_what_is_due_and_counted(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let head = app.staff("Komang", sapa::officers::policy::Role::Supervisor).await;
        let parent = head.post("/ticket-categories", json!({ "name": "Pengiriman" })).await;
        let below = head.post("/ticket-categories", json!({ "name": "Terlambat", "parent_id": parent["id"] })).await;
        let open = async |title: &str, minutes: Option<u64>, more: Value| {
            let due = minutes.map(|minutes| app.app.now().after(std::time::Duration::from_secs(minutes * 60)));
            let mut body = json!({ "conversation_id": first["id"], "kind": "complaint", "title": title, "due_at": due });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            id(&ayu.post("/tickets", body).await)
        };
        let none = open("Tanpa", None, json!({ "severity": "low" })).await;
        let soon = open("Segera", Some(20), json!({ "category_id": below["id"] })).await;
        let later = open("Nanti", Some(600), json!({ "owner_id": null })).await;
        let over = open("Lewat", Some(5), json!({ "category_id": parent["id"] })).await;
        app.clock.advance(std::time::Duration::from_secs(10 * 60));
        let ids = async |query: &str| {
            let page = ayu.get(&format!("/tickets?{query}")).await;
            page["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>()
        };
        assert_eq!(ids("sort=due").await, [&*over, &*soon, &*later, &*none]);
        let one = ayu.get("/tickets?sort=due&limit=3").await;
        let two = ayu.get(&format!("/tickets?sort=due&limit=3&cursor={}", text(&one, "next"))).await;
        assert_eq!((id(&two["items"][0]), &two["next"]), (none.clone(), &Value::Null));
        assert_eq!(ids("overdue=true").await, [&*over]);
        assert_eq!(ids("unowned=true").await, [&*later]);
        assert_eq!(ids("severity=low").await, [&*none]);
        assert_eq!(ids(&format!("category={}", id(&parent))).await, [&*over, &*soon]);
        assert_eq!(ids(&format!("category={}", id(&below))).await, [&*soon]);
        let counts = ayu.get("/tickets/counts").await;
        assert_eq!(counts, json!({ "open": 4, "mine": 3, "unowned": 1, "overdue": 1, "due_soon": 1, "recurrent": 0 }));
        app.clock.advance(std::time::Duration::from_secs(500 * 60));
        let counts = ayu.get("/tickets/counts").await;
        assert_eq!((&counts["overdue"], &counts["due_soon"]), (&json!(2), &json!(1)), "three quarters of its time are over");
        for wrong in ["status=lost", "sort=oldest", "severity=worst", "overdue=perhaps"] {
            assert_eq!(ayu.refused(Method::GET, &format!("/tickets?{wrong}"), None).await.0, 422, "{wrong}");
        }
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
