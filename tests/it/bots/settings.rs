//! Adding and changing bots.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Hub, hears, say};
use crate::{
    scenario,
    support::{inbox::text, visitor::Visitor},
};

scenario! {
    async fn b1_a_bots_secrets_are_shown_once_and_can_be_made_anew(app: TestApp) {
        let hub = Hub::new(&app).await;
        assert!(text(&hub.bot, "secret").starts_with("whsec_") && text(&hub.bot, "token").starts_with("sapabot_"));
        assert_eq!((&hub.bot["patience"], &hub.bot["form"], &hub.bot["enabled"], &hub.bot["health"]["state"]), (&json!(30), &json!("sapa"), &json!(true), &json!("new")));
        assert!(text(&hub.bot["fallback"], "id").contains("Petugas") && text(&hub.bot["fallback"], "en").contains("answer"));
        let listed = hub.admin.get("/bots").await["items"][0].clone();
        assert_eq!((&listed["secret"], &listed["token"], &listed["channels"][0]["id"]), (&Value::Null, &Value::Null, &hub.site.channel["id"]));
        let renewed = hub.admin.post(&hub.path("/secrets"), json!({ "token": true })).await;
        assert_eq!(renewed["secret"], Value::Null);
        // The old token is worth nothing.
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let path = format!("/bots/turns/{}/actions", hub.peer.asked(1).await[0].turn());
        let body = json!({ "actions": [say("Halo!")] });
        let (status, _) = hub.caller(&app).refused(Method::POST, &path, Some(body.clone())).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        crate::support::Client::with_token(app.url(), text(&renewed, "token")).post(&path, body).await;
        assert_eq!(hears(&mut visitor).await["text"], "Halo!");
        let audit = hub.admin.get("/audit").await.to_string();
        assert!(audit.contains("bot.added") && audit.contains("bot.secrets_renewed"));
    }
}

scenario! {
    async fn b1_what_cannot_be_is_refused_in_plain_words(app: TestApp) {
        let hub = Hub::new(&app).await;
        let good = json!({ "name": "Lain", "url": hub.peer.url });
        for (field, value) in [
            ("name", json!("")), ("name", json!("a\nb")), ("name", json!("a".repeat(61))),
            ("patience", json!(4)), ("patience", json!(301)),
            ("fallback", json!({ "fr": "Bonjour" })), ("fallback", json!({ "id": "a".repeat(501) })),
            ("team_id", json!("019acb1c-0000-7000-8000-000000000000")),
            ("channels", json!(["019acb1c-0000-7000-8000-000000000000"])),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            let (status, problem) = hub.admin.refused(Method::POST, "/bots", Some(body)).await;
            assert_eq!((status, problem["fields"][field].is_string()), (StatusCode::UNPROCESSABLE_ENTITY, true), "{field} {value}: {problem}");
        }
        let mut body = good;
        body["channels"] = json!([hub.site.channel["id"]]);
        let (status, problem) = hub.admin.refused(Method::POST, "/bots", Some(body)).await;
        assert_eq!((status, text(&problem, "code")), (StatusCode::CONFLICT, "channel_taken"));
        assert!(text(&problem, "title").contains("Toko is answered by Kira"), "{problem}");
        assert_eq!(hub.admin.get("/bots").await["items"].as_array().unwrap().len(), 1);
    }
}

scenario! {
    async fn b1_the_log_is_filtered_and_paged(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("Halo!")]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        for text in ["satu", "dua"] {
            visitor.says(text).await;
            hears(&mut visitor).await;
        }
        hub.peer.replies(|_| (400, String::new()));
        visitor.says("tiga").await;
        let failed = hub.turn_in("failed").await;
        assert_eq!((text(&failed, "said_by_customer"), text(&failed, "error")), ("tiga", "answered with status 400"));
        let list = |query: &'static str| { let (admin, path) = (hub.admin.clone(), hub.path(query)); async move { admin.get(&path).await } };
        let answered = list("/turns?state=answered&limit=1").await;
        assert_eq!((text(&answered["items"][0], "said_by_customer"), answered["next"].is_string()), ("dua", true));
        let next = hub.admin.get(&hub.path(&format!("/turns?state=answered&limit=1&cursor={}", text(&answered, "next")))).await;
        assert_eq!((text(&next["items"][0], "said_by_customer"), &next["next"]), ("satu", &Value::Null));
        assert_eq!(list("/turns?conversation=019acb1c-0000-7000-8000-000000000000").await["items"], json!([]));
        let (status, _) = hub.admin.refused(Method::GET, &hub.path("/turns?state=gone"), None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!((&hub.health().await["turns"], &hub.health().await["failed"]), (&json!(3), &json!(1)));
    }
}
