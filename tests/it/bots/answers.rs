//! What bots answer later, by the API.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Hub, hears, outgoing, say};
use crate::{
    scenario,
    support::{
        TestApp,
        inbox::{answer, newest, text},
        visitor::Visitor,
    },
};

/// A visitor who asked, and the path by which the bot answers.
async fn asked(app: &TestApp, hub: &Hub, words: &str) -> (Visitor, String) {
    let mut visitor = Visitor::new(app, &hub.site).await;
    visitor.says(words).await;
    let call = hub.peer.asked(1).await.remove(0);
    let path = format!("/bots/turns/{}/actions", call.turn());
    let url = text(&call.body["data"], "actions_url").to_owned();
    assert!(url.ends_with(&path), "{url}");
    hub.turn_in("waiting").await;
    (visitor, path)
}

scenario! {
    async fn b1_a_bot_answers_later_once_for_each_key(app: TestApp) {
        let hub = Hub::new(&app).await;
        let (mut visitor, path) = asked(&app, &hub, "Halo").await;
        let bot = hub.caller(&app);
        let body = json!({ "actions": [say("Maaf menunggu.")] });
        for _ in 0..2 {
            let given = bot.call_with(Method::POST, &path, Some(body.clone()), &[("idempotency-key", "a")]).await;
            assert_eq!(given.status(), StatusCode::OK);
            let given: Value = given.json().await.unwrap();
            assert_eq!((&given["state"], &given["said"]), (&json!("answered"), &json!(1)));
        }
        let other = json!({ "actions": [say("Lain.")] });
        let refused = bot.call_with(Method::POST, &path, Some(other.clone()), &[("idempotency-key", "a")]).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(hears(&mut visitor).await["text"], "Maaf menunggu.");
        // As long as the bot is in charge it may add something.
        bot.post(&path, other).await;
        assert_eq!(hears(&mut visitor).await["text"], "Lain.");
        let row = newest(&hub.admin).await;
        assert_eq!(outgoing(&hub.admin, &row).await, ["Maaf menunggu.", "Lain."]);
        assert_eq!((&hub.turn_in("answered").await["said"], &row["bot"]["name"]), (&json!(2), &json!("Kira")));
    }
}

scenario! {
    async fn b1_more_keeps_the_turn_open(app: TestApp) {
        let hub = Hub::new(&app).await;
        let (mut visitor, path) = asked(&app, &hub, "Halo").await;
        let bot = hub.caller(&app);
        bot.post(&path, json!({ "actions": [say("Sebentar…")], "more": true })).await;
        assert_eq!(hears(&mut visitor).await["text"], "Sebentar…");
        assert_eq!(hub.turns().await[0]["state"], "waiting");
        bot.post(&path, json!({ "actions": [say("Ketemu.")] })).await;
        assert_eq!(hub.turn_in("answered").await["said"], 2);
    }
}

scenario! {
    async fn b1_when_the_time_is_over_a_person_will_answer_is_said_once_and_people_go_on(app: TestApp) {
        let hub = Hub::with(&app, json!({ "patience": 20, "fallback": { "id": "Kami segera menjawab.", "en": "We will answer." } })).await;
        let (mut visitor, path) = asked(&app, &hub, "Halo").await;
        app.clock.advance(Duration::from_secs(21));
        app.app.wake().log_grew();
        assert_eq!(hears(&mut visitor).await["text"], "Kami segera menjawab.");
        let turn = hub.turn_in("timed_out").await;
        assert_eq!(turn["error"], "no answer within 20 seconds");
        let row = newest(&hub.admin).await;
        assert_eq!((&row["bot"], row["waiting_since"].is_string()), (&Value::Null, true));
        let (status, problem) = hub.caller(&app).refused(Method::POST, &path, Some(json!({ "actions": [say("Halo!")] }))).await;
        assert_eq!((status, text(&problem, "code")), (StatusCode::CONFLICT, "too_late"));
        assert_eq!(outgoing(&hub.admin, &row).await, ["Kami segera menjawab."]);
    }
}

scenario! {
    async fn b1_a_bot_in_trouble_is_asked_again_with_the_same_id_until_its_time_is_over(app: TestApp) {
        let hub = Hub::with(&app, json!({ "patience": 30 })).await;
        hub.peer.replies(|_| (503, "sibuk".to_owned()));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let calls = hub.peer.asked(2).await;
        assert_eq!(calls[0].turn(), calls[1].turn());
        assert_eq!(hub.health().await["error"], "answered with status 503");
        app.clock.advance(Duration::from_secs(31));
        app.app.wake().log_grew();
        assert!(text(&hears(&mut visitor).await, "text").contains("Petugas kami akan menjawab"));
        let turn = hub.turn_in("failed").await;
        assert_eq!(turn["error"], "answered with status 503");
        // The next one is good again.
        hub.peer.does(json!([say("Halo!")]));
        let mut other = Visitor::new(&app, &hub.site).await;
        other.says("Halo").await;
        assert_eq!(hears(&mut other).await["text"], "Halo!");
        assert_eq!(hub.health().await["state"], "good");
    }
}

scenario! {
    async fn b1_a_person_who_took_over_is_not_talked_over(app: TestApp) {
        let hub = Hub::new(&app).await;
        let (mut visitor, path) = asked(&app, &hub, "Halo").await;
        let row = newest(&hub.admin).await;
        answer(&hub.admin, &row, "Saya sendiri yang membantu.").await;
        assert_eq!(hears(&mut visitor).await["from"], "officer");
        let (status, problem) = hub.caller(&app).refused(Method::POST, &path, Some(json!({ "actions": [say("Halo!")] }))).await;
        assert_eq!((status, text(&problem, "code")), (StatusCode::CONFLICT, "person_took_over"));
        hub.turn_in("dropped").await;
        assert_eq!(outgoing(&hub.admin, &row).await, ["Saya sendiri yang membantu."]);
    }
}
