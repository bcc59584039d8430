//! Saying, answering, typing, reading, coming back.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::{Widget, hears_officer, shown, texts};
use crate::{
    scenario,
    support::{
        eventually,
        inbox::{answer, conversation, id, in_state, last_message, messages, newest, say, text},
        screen::Screen,
        visitor::{Site, Visitor},
    },
};

scenario! {
    async fn a_visitor_writes_and_an_officer_answers_both_at_once(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu Lestari").await;
        let mut screen = Screen::ready(&app, &ayu).await;
        let mut visitor = Visitor::new(&app, &site).await;
        visitor.says("Halo, ada biji kopi?").await;

        let heard = screen.hears_event("message.received").await;
        let row = newest(&ayu).await;
        assert_eq!((text(&heard, "conversation_id"), text(&row, "preview")), (&*id(&row), "Halo, ada biji kopi?"));
        assert_eq!(row["channel"]["kind"], "webchat");
        let said = messages(&ayu, &row).await.remove(0);
        assert_eq!(said["page"], "https://kopiseruni.example/");

        let sent = answer(&ayu, &row, "Ada, Kak.").await;
        let heard = hears_officer(&mut visitor).await;
        assert_eq!(
            (&heard["id"], &heard["from"], &heard["name"], &heard["text"]),
            (&sent["id"], &json!("officer"), &json!("Ayu Lestari"), &json!("Ada, Kak."))
        );
        assert_eq!(screen.hears_event("message.sent").await["message_id"], sent["id"]);
        assert_eq!(sent["delivery"]["state"], "sent");
    }
}

scenario! {
    async fn who_reloads_or_comes_back_tomorrow_sees_what_was_said(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut visitor = Visitor::new(&app, &site).await;
        visitor.says("Halo").await;
        let row = newest(&ayu).await;
        answer(&ayu, &row, "Halo juga").await;
        hears_officer(&mut visitor).await;
        let secret = visitor.secret.clone();
        drop(visitor);
        assert_eq!(texts(&shown(&app, &site, &secret, None).await), ["Halo", "Halo juga"]);

        app.clock.advance_days(1);
        let mut visitor = Visitor::back(&app, &site, &secret, None, None).await;
        visitor.says("Masih ada?").await;
        assert_eq!(texts(&shown(&app, &site, &secret, None).await), ["Halo", "Halo juga", "Masih ada?"]);
        // It is the same conversation.
        assert_eq!(conversation(&ayu, &id(&row)).await["preview"], "Masih ada?");
    }
}

scenario! {
    async fn d3_what_is_said_twice_is_one_message_and_other_words_with_its_id_are_a_conflict(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let secret = Visitor::new(&app, &site).await.secret;
        let mut widget = Widget::hello(&app, &site, &secret, None, None).await;
        widget.hears("ready").await;
        let one = Uuid::new_v4().to_string();
        widget.say(&one, "Halo").await;
        let first = widget.hears("ack").await;
        widget.say(&one, "Halo").await;
        let second = widget.hears("ack").await;
        assert_eq!((&first["id"], &first["seq"]), (&second["id"], &second["seq"]));
        // After a reload as well.
        let mut widget = Widget::hello(&app, &site, &secret, None, None).await;
        widget.hears("ready").await;
        widget.say(&one, "Halo").await;
        assert_eq!(widget.hears("ack").await["seq"], first["seq"]);
        widget.say(&one, "Kirim ke alamat lain").await;
        let refused = widget.hears("nack").await;
        assert_eq!((&refused["id"], &refused["code"]), (&json!(one), &json!("conflict")));

        let row = newest(&ayu).await;
        assert_eq!(texts(&messages(&ayu, &row).await), ["Halo"]);
    }
}

scenario! {
    async fn d3_d8_who_was_cut_off_gets_what_he_missed_once_and_in_order(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut visitor = Visitor::new(&app, &site).await;
        let seen = visitor.says("Halo").await["seq"].as_i64().unwrap();
        let secret = visitor.secret.clone();
        drop(visitor);
        let row = newest(&ayu).await;
        let words = ["satu", "dua", "tiga", "empat"];
        for word in words {
            answer(&ayu, &row, word).await;
        }

        let mut widget = Widget::hello(&app, &site, &secret, None, Some(seen)).await;
        let mut frames = widget.until("ready").await;
        assert!(frames.iter().all(|frame| frame["t"] != "history"), "{frames:?}");
        frames.extend(widget.rest().await);
        // What is said while he comes back may be told twice: the widget knows it by its id.
        let mut known = std::collections::HashSet::new();
        let missed: Vec<_> = frames.into_iter()
            .filter(|frame| frame["t"] == "message" && known.insert(frame["id"].to_string())).collect();
        assert_eq!(texts(&missed), words);
        let seqs: Vec<_> = missed.iter().map(|frame| frame["seq"].as_i64().unwrap()).collect();
        assert!(seqs.is_sorted() && seqs[0] > seen);
        // From the middle, only the rest.
        let mut widget = Widget::hello(&app, &site, &secret, None, Some(seqs[1])).await;
        let frames = widget.until("ready").await;
        let missed: Vec<_> = frames.into_iter().filter(|frame| frame["t"] == "message").collect();
        assert_eq!(texts(&missed), &words[2..]);
    }
}

scenario! {
    async fn each_side_sees_that_the_other_is_typing(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu Lestari").await;
        let mut screen = Screen::ready(&app, &ayu).await;
        let mut visitor = Visitor::new(&app, &site).await;
        visitor.says("Halo").await;
        let row = newest(&ayu).await;
        visitor.send(json!({ "t": "typing", "on": true })).await;
        let typing = screen.hears("customer_typing").await;
        assert_eq!((&typing["conversation_id"], &typing["on"]), (&row["id"], &json!(true)));

        for on in [true, false] {
            screen.send(json!({ "type": "typing", "conversation_id": row["id"], "on": on })).await;
            let typing = visitor.hears("typing").await;
            assert_eq!((&typing["on"], &typing["name"]), (&json!(on), &json!("Ayu")));
        }
    }
}

scenario! {
    async fn each_side_sees_how_far_the_other_has_read(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut visitor = Visitor::new(&app, &site).await;
        let seq = visitor.says("Halo").await["seq"].as_i64().unwrap();
        let row = newest(&ayu).await;
        assert_eq!(row["unread"], true);
        ayu.post(&format!("/conversations/{}/read", id(&row)), json!({ "seq": seq })).await;
        let state = visitor.hears("state").await;
        assert_eq!((&state["delivered"], &state["read"]), (&json!(seq), &json!(seq)));
        assert_eq!(conversation(&ayu, &id(&row)).await["unread"], false);

        let sent = id(&answer(&ayu, &row, "Halo juga").await);
        let told = hears_officer(&mut visitor).await["seq"].clone();
        visitor.send(json!({ "t": "seen", "seq": told })).await;
        in_state(&ayu, &row, &sent, "delivered").await;
        visitor.send(json!({ "t": "read", "seq": told })).await;
        in_state(&ayu, &row, &sent, "read").await;
        // After a reload the marks are there too.
        let mut widget = Widget::hello(&app, &site, &visitor.secret, None, None).await;
        assert_eq!(widget.hears("state").await["read"], seq);
    }
}

scenario! {
    async fn a_visitor_chooses_an_answer_by_its_button(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut visitor = Visitor::new(&app, &site).await;
        visitor.says("Halo").await;
        let row = newest(&ayu).await;
        let buttons = json!([{ "label": "Biji" }, { "label": "Bubuk" }]);
        say(&ayu, &row, json!({ "kind": "reply", "text": "Yang mana?", "buttons": buttons })).await;
        let asked = hears_officer(&mut visitor).await;
        assert_eq!(asked["buttons"], buttons);
        visitor.says("Bubuk").await;
        last_message(&ayu, &row, |last| last["text"] == "Bubuk").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_taken_back_is_gone_for_the_visitor_on_sqlite() {
    taken_back(crate::support::Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_taken_back_is_gone_for_the_visitor_on_postgres() {
    taken_back(crate::support::Backend::Postgres).await;
}

async fn taken_back(backend: crate::support::Backend) {
    let app =
        crate::support::TestApp::with(backend, |config| config.delivery.undo_seconds = 10).await;
    let site = Site::new(&app).await;
    let ayu = app.officer("Ayu").await;
    let mut visitor = Visitor::new(&app, &site).await;
    visitor.says("Halo").await;
    let row = newest(&ayu).await;
    let sent = answer(&ayu, &row, "Halo jgua").await;
    assert_eq!(hears_officer(&mut visitor).await["text"], "Halo jgua", "it is there at once");
    assert!(sent["delivery"]["undo_until"].is_string(), "{sent}");
    let gone = ayu.delete(&format!("/messages/{}", id(&sent))).await;
    assert!(gone["retracted_at"].is_string(), "{gone}");
    assert_eq!(visitor.hears("retract").await["id"], sent["id"]);
    assert_eq!(texts(&shown(&app, &site, &visitor.secret, None).await), ["Halo"]);
    let draft = ayu.get(&format!("/conversations/{}/draft", id(&row))).await;
    assert_eq!(draft["text"], "Halo jgua", "it can be mended");
    let now = conversation(&ayu, &id(&row)).await;
    assert_eq!((&now["preview"], &now["preview_kind"]), (&json!("Halo"), &json!("in")));
    assert!(now["waiting_since"].is_string());

    // Later it has been read, perhaps, and stays.
    let second = answer(&ayu, &row, "Halo juga").await;
    app.clock.advance(Duration::from_secs(11));
    let (status, problem) =
        ayu.refused(reqwest::Method::DELETE, &format!("/messages/{}", id(&second)), None).await;
    assert_eq!((status.as_u16(), text(&problem, "code")), (409, "too_late"));
    eventually(|| async {
        let there = shown(&app, &site, &visitor.secret, None).await;
        (texts(&there) == ["Halo", "Halo juga"]).then_some(())
    })
    .await;
}
