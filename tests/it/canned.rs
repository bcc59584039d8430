//! Canned answers.

use reqwest::{Method, StatusCode};
use sapa::officers::policy::Role;
use sapa_channel::new_id;
use serde_json::{Value, json};

use crate::scenario;

fn new(shortcut: &str) -> Value {
    json!({ "shortcut": shortcut, "title": "Title", "text": "Text" })
}

scenario! {
    async fn a_canned_answer_is_added_changed_and_removed(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let team = admin.post("/teams", json!({ "name": "Roastery" })).await["id"].clone();
        let made = admin
            .post(
                "/canned",
                json!({ "shortcut": "/Jam", "title": "Opening hours", "text": "Halo {nama},\nkami buka jam 8.",
                        "team_id": team, "language": "id" }),
            )
            .await;
        assert_eq!((&made["shortcut"], &made["team_id"]), (&json!("jam"), &team));
        let path = format!("/canned/{}", made["id"].as_str().unwrap());

        let changed = admin.patch(&path, json!({ "title": "Hours", "team_id": null })).await;
        assert_eq!((&changed["title"], &changed["team_id"]), (&json!("Hours"), &Value::Null));
        // What is not named stays.
        assert_eq!((&changed["language"], &changed["shortcut"]), (&json!("id"), &json!("jam")));
        assert_eq!(app.officer("Dimas").await.get("/canned").await["items"], json!([changed]));
        admin.delete(&path).await;
        for (method, body) in [(Method::DELETE, None), (Method::PATCH, Some(json!({ "title": "X" })))] {
            assert_eq!(admin.refused(method, &path, body).await.0, StatusCode::NOT_FOUND);
        }
    }
}

scenario! {
    async fn a_shortcut_is_plain_and_one_answers(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        admin.post("/canned", new("jam")).await;
        let path = format!("/canned/{}", admin.post("/canned", new("lain")).await["id"].as_str().unwrap());
        for (method, path, body, field) in [
            (Method::POST, "/canned", new("JAM"), "shortcut"),
            (Method::POST, "/canned", new("jam buka"), "shortcut"),
            (Method::PATCH, &path, json!({ "shortcut": "jam" }), "shortcut"),
            (Method::PATCH, &path, json!({ "text": "\0" }), "text"),
            (Method::PATCH, &path, json!({ "team_id": new_id() }), "team_id"),
        ] {
            let (status, problem) = admin.refused(method, path, Some(body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(problem["fields"][field].is_string(), "{problem}");
        }
    }
}

scenario! {
    async fn the_same_call_twice_adds_one_answer(app: TestApp) {
        let admin = app.staff("Ayu", Role::Administrator).await;
        let key = [("idempotency-key", "a1")];
        let first = admin.call_with(Method::POST, "/canned", Some(new("jam")), &key).await.text().await.unwrap();
        let second = admin.call_with(Method::POST, "/canned", Some(new("jam")), &key).await;
        assert_eq!((second.status(), second.text().await.unwrap()), (StatusCode::CREATED, first));
        let other = admin.call_with(Method::POST, "/canned", Some(new("lain")), &key).await;
        assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(admin.get("/canned").await["items"].as_array().unwrap().len(), 1);
    }
}
