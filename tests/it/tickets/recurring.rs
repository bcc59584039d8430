//! The same again: what is counted, and where it is shown.

use serde_json::{Value, json};

use super::{begun, path};
use crate::{
    scenario,
    support::{
        CAUSE, Client,
        inbox::{conversation, id, mail_from, text},
    },
};

const OTHER: &str = "019acb1c-0000-7000-8000-000000000002";

async fn complaint(ayu: &Client, row: &Value, title: &str, category: Option<&Value>) -> Value {
    let body = json!({ "conversation_id": row["id"], "kind": "complaint", "title": title, "category_id": category.map(|one| &one["id"]) });
    ayu.post("/tickets", body).await
}

async fn solved(ayu: &Client, ticket: &Value, cause: &str) {
    ayu.post(&path(ticket, "/solve"), json!({ "cause_id": cause, "remedy": "Dikirim ulang" }))
        .await;
}

fn times(ticket: &Value) -> i64 {
    ticket["recurrence"]["times"].as_i64().unwrap_or(1)
}

scenario! {
    async fn c1_the_third_time_in_sixty_days_is_seen_in_list_thread_and_ticket(app: TestApp) {
        let (first, second, ayu) = begun(&app).await;
        let head = app.staff("Komang", sapa::officers::policy::Role::Supervisor).await;
        let missing = head.post("/ticket-categories", json!({ "name": "Isi kurang" })).await;
        let one = complaint(&ayu, &first, "Satu", Some(&missing)).await;
        solved(&ayu, &one, CAUSE).await;
        app.clock.advance_days(33);
        ayu.signs_in("ayu@kopiseruni.example").await;
        let two = complaint(&ayu, &first, "Dua", None).await;
        assert_eq!(two["recurrence"], Value::Null, "neither cause nor category is known");
        solved(&ayu, &two, CAUSE).await;
        let two = ayu.get(&path(&two, "")).await;
        assert_eq!((times(&two), &two["recurrence"]["earlier"][0]["id"]), (2, &one["id"]), "by its cause");
        app.clock.advance_days(23);
        ayu.signs_in("ayu@kopiseruni.example").await;
        // Somebody else's, another matter of his, and a question count for nothing.
        let other = mail_from(&app, &ayu, "Sari", "Lain").await;
        solved(&ayu, &complaint(&ayu, &other, "Lain", Some(&missing)).await, CAUSE).await;
        solved(&ayu, &complaint(&ayu, &first, "Lambat", None).await, OTHER).await;
        ayu.post("/tickets", json!({ "conversation_id": first["id"], "kind": "question", "title": "Tanya", "category_id": missing["id"] })).await;
        let three = complaint(&ayu, &second, "Tiga", Some(&missing)).await;
        assert_eq!(times(&three), 2, "before its cause is known, by its category");
        let three = ayu.patch(&path(&three, ""), json!({ "cause_id": CAUSE })).await;
        let recurrence = &three["recurrence"];
        assert_eq!((times(&three), &recurrence["days"]), (3, &json!(60)));
        let earlier: Vec<_> = recurrence["earlier"].as_array().unwrap().iter().map(|one| (text(one, "number").to_owned(), text(one, "remedy").to_owned())).collect();
        assert_eq!(earlier, [(text(&one, "number").to_owned(), "Dikirim ulang".to_owned()), (text(&two, "number").to_owned(), "Dikirim ulang".to_owned())]);

        let listed = ayu.get("/tickets?recurrent=true&status=open").await;
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["recurrence"]), (1, recurrence));
        assert_eq!(ayu.get("/tickets/counts").await["recurrent"], 1);
        let thread = conversation(&ayu, &id(&second)).await;
        assert_eq!((&thread["tickets"][0]["recurrence"], &thread["ticket"]["times"]), (recurrence, &json!(3)));
        let contact = ayu.get(&format!("/contacts/{}", text(&first["contact"], "id"))).await;
        assert!(contact["open_tickets"].as_array().unwrap().iter().any(|one| one["recurrence"] == *recurrence));
        // What came later does not change what an earlier one was.
        assert_eq!(times(&ayu.get(&path(&one, "")).await), 1);
        // Beyond the window it begins anew; the category says how long that is.
        app.clock.advance_days(61);
        ayu.signs_in("ayu@kopiseruni.example").await;
        let fourth = complaint(&ayu, &first, "Empat", Some(&missing)).await;
        assert_eq!(times(&fourth), 1);
        head.signs_in("komang@kopiseruni.example").await;
        head.patch(&format!("/ticket-categories/{}", id(&missing)), json!({ "recurs_days": 365 })).await;
        let fourth = ayu.get(&path(&fourth, "")).await;
        assert_eq!((times(&fourth), &fourth["recurrence"]["days"]), (3, &json!(365)), "by category: one and three");
    }
}
