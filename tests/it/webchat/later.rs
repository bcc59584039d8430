//! Answers for later.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Widget, hears_officer, shown, status, texts};
use crate::{
    scenario,
    support::{
        Client, TestApp,
        inbox::{answer, in_state, message, newest, say, text},
        screen::Screen,
        visitor::{Site, Visitor},
    },
};

/// Says something that leaves in an hour.
async fn tomorrow(app: &TestApp, ayu: &Client, row: &Value, words: &str) -> Value {
    let at = app.app.now().after(Duration::from_secs(3600)).to_string();
    let said = say(ayu, row, json!({ "kind": "reply", "text": words, "send_at": at })).await;
    assert_eq!(said["delivery"]["state"], "queued", "{said}");
    said
}

scenario! {
    async fn an_answer_for_later_is_hidden_from_the_visitor_until_its_time(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu Lestari").await;
        let mut visitor = Visitor::new(&app, &site).await;
        visitor.says("Halo").await;
        let row = newest(&ayu).await;
        let mut screen = Screen::ready(&app, &ayu).await;
        let later = tomorrow(&app, &ayu, &row, "Besok").await;
        assert_eq!(screen.hears_event("delivery.changed").await["message_id"], later["id"], "colleagues see it at once");
        answer(&ayu, &row, "Sebentar").await;
        assert_eq!(hears_officer(&mut visitor).await["text"], "Sebentar");
        assert_eq!(texts(&shown(&app, &site, &visitor.secret, None).await), ["Halo", "Sebentar"]);
        assert_eq!(message(&ayu, &row, text(&later, "id")).await["delivery"]["state"], "queued");

        app.clock.advance(Duration::from_secs(3700));
        app.app.wake().delivery_due();
        let heard = hears_officer(&mut visitor).await;
        assert_eq!((&heard["id"], &heard["name"]), (&later["id"], &json!("Ayu Lestari")));
        let at: sapa_channel::Timestamp = serde_json::from_value(heard["at"].clone()).unwrap();
        assert!(app.app.now().since(at) < Duration::from_secs(60), "it says when it was sent, not when it was written");
        in_state(&ayu, &row, text(&later, "id"), "sent").await;
        assert_eq!(texts(&shown(&app, &site, &visitor.secret, None).await), ["Halo", "Sebentar", "Besok"]);
        visitor.send(json!({ "t": "read", "seq": heard["seq"] })).await;
        in_state(&ayu, &row, text(&later, "id"), "read").await;
    }
}

scenario! {
    async fn an_answer_for_later_is_taken_back_and_the_visitor_hears_nothing_of_it(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut visitor = Visitor::new(&app, &site).await;
        let seen = visitor.says("Halo").await["seq"].as_i64().unwrap();
        let row = newest(&ayu).await;
        let later = tomorrow(&app, &ayu, &row, "Besok").await;
        app.clock.advance(Duration::from_secs(1800));
        let gone = ayu.delete(&format!("/messages/{}", text(&later, "id"))).await;
        assert_eq!(gone["delivery"]["state"], "cancelled");
        app.clock.advance(Duration::from_secs(3600));
        app.app.wake().delivery_due();
        answer(&ayu, &row, "Halo juga").await;
        assert_eq!(hears_officer(&mut visitor).await["text"], "Halo juga");
        let mut widget = Widget::hello(&app, &site, &visitor.secret, None, Some(seen)).await;
        let missed: Vec<Value> = widget.until("ready").await.into_iter()
            .filter(|frame| frame["t"] == "message" || frame["t"] == "retract").collect();
        assert_eq!(texts(&missed), ["Halo juga"]);
        let (status, _) = ayu.refused(Method::DELETE, &format!("/messages/{}", text(&later, "id")), None).await;
        assert_eq!(status, StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_the_link_to_a_file_that_was_taken_back_is_dead_on_sqlite() {
    dead_link(crate::support::Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_the_link_to_a_file_that_was_taken_back_is_dead_on_postgres() {
    dead_link(crate::support::Backend::Postgres).await;
}

async fn dead_link(backend: crate::support::Backend) {
    let app = TestApp::with(backend, |config| config.delivery.undo_seconds = 10).await;
    let site = Site::new(&app).await;
    let ayu = app.officer("Ayu").await;
    let mut visitor = Visitor::new(&app, &site).await;
    visitor.says("Halo").await;
    let row = newest(&ayu).await;
    let file = ayu.upload("gaji.txt", "text/plain", b"rahasia").await;
    let body = json!({ "kind": "reply", "text": "Ini", "files": [file["id"]] });
    let said = say(&ayu, &row, body).await;
    let heard = hears_officer(&mut visitor).await;
    let url = text(&heard["files"][0], "url").to_owned();
    assert_eq!(status(&app, &url).await, StatusCode::OK);
    ayu.delete(&format!("/messages/{}", text(&said, "id"))).await;
    assert_eq!(status(&app, &url).await, StatusCode::NOT_FOUND);
}
