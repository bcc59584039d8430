//! The live inbox: what screens are told, in what order, and when they are shut.

mod ends;

use std::time::Duration;

use reqwest::Method;
use sapa::{
    events::{Actor, NewEvent},
    officers::policy::Role,
};
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client, MAILBOX, TestApp,
        inbox::{answer, mail_from, text},
        mail::plain,
        screen::Screen,
    },
};

/// Logs events of a kind as the hub does.
async fn log(app: &TestApp, kind: &'static str, count: usize) {
    let tx = app.app.db().write().await.unwrap();
    let events: Vec<_> =
        (0..count).map(|_| NewEvent::new(kind, app.app.now(), Actor::system())).collect();
    app.app.commit(tx, &events).await.unwrap();
}

/// The newest event's number.
async fn head(app: &TestApp) -> i64 {
    let mut tx = app.app.db().read().await.unwrap();
    sapa::events::head(&mut tx).await.unwrap()
}

fn seqs(told: &[Value]) -> Vec<i64> {
    told.iter().filter_map(|told| told["event"]["seq"].as_i64()).collect()
}

scenario! {
    async fn a_screen_that_was_away_is_told_what_it_missed_once_and_in_order(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let since = head(&app).await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        answer(&ayu, &row, "satu").await;
        let mut screen = Screen::open(&app, &ayu, Some(since)).await;
        // While it catches up, more happens.
        for word in ["dua", "tiga", "empat"] {
            answer(&ayu, &row, word).await;
        }
        log(&app, "conversation.changed", 1).await;
        let last = head(&app).await;
        let mut told = Vec::new();
        while seqs(&told).last() != Some(&last) {
            told.push(screen.next().await.unwrap());
        }
        told.extend(screen.all(Duration::from_millis(300)).await);
        let seqs = seqs(&told);
        assert!(seqs.is_sorted(), "{seqs:?}");
        // Numbers may be left out by the database, never events.
        let mut tx = app.app.db().read().await.unwrap();
        let logged: Vec<i64> = sapa::events::after(&mut tx, since, 1000).await.unwrap().into_iter().map(|event| event.seq).filter(|seq| *seq <= last).collect();
        let heard: Vec<i64> = seqs.into_iter().filter(|seq| *seq <= last).collect();
        assert_eq!(heard, logged);
        assert_eq!(told.iter().filter(|told| told["type"] == "ready").count(), 1);
    }
}

scenario! {
    async fn what_happens_while_a_desk_is_being_opened_is_told_to_it(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        log(&app, "contact.changed", 2).await;
        let since = ayu.get("/me").await["seq"].as_i64();
        assert_eq!(since, Some(head(&app).await));
        log(&app, "conversation.changed", 1).await;
        let mut screen = Screen::open(&app, &ayu, since).await;
        let told = screen.all_with(|told| told["type"] == "ready", Duration::from_millis(300)).await;
        assert_eq!(seqs(&told), [head(&app).await]);
    }
}

scenario! {
    async fn a_screen_that_is_too_far_behind_reads_everything_again(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        log(&app, "conversation.changed", 1001).await;
        let head = head(&app).await;
        for since in [0, head - 1001, head + 5, -7] {
            let mut screen = Screen::open(&app, &ayu, Some(since)).await;
            let told = screen.hears("reload").await;
            assert_eq!(told["seq"], head, "since {since}");
        }
        let mut screen = Screen::open(&app, &ayu, Some(head - 3)).await;
        let told = screen.all_with(|told| told["event"]["seq"] == head, Duration::from_millis(300)).await;
        assert_eq!(seqs(&told), [head - 2, head - 1, head]);
        // From then on it is told all that happens.
        log(&app, "contact.changed", 1).await;
        assert_eq!(screen.hears_event("contact.changed").await["seq"], head + 1);
    }
}

scenario! {
    async fn r6_r29_nothing_is_told_before_the_hello_and_nothing_that_is_not_understood_is_heard(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mut screen = Screen::quiet(&app, &ayu).await;
        let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Halo", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let told = screen.all(Duration::from_millis(500)).await;
        assert!(told.iter().all(|told| told["type"] != "event"), "{told:?}");
        for bad in [json!({ "type": "shout" }), json!({ "type": "hello", "since": 0, "x_unknown": 1 }), json!("x"), json!({ "type": "viewing", "conversation_id": "x" })] {
            let mut screen = Screen::quiet(&app, &ayu).await;
            screen.send(bad).await;
            assert_eq!(screen.closed().await, 4400);
        }
        let mut screen = Screen::ready(&app, &ayu).await;
        screen.send(json!({ "type": "ping" })).await;
        screen.hears("pong").await;
    }
}

scenario! {
    async fn officers_see_who_looks_at_the_same_conversation(app: TestApp) {
        app.mailbox().await;
        let (ayu, budi) = (app.officer("Ayu").await, app.officer("Budi").await);
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let mut first = Screen::ready(&app, &ayu).await;
        let mut second = Screen::ready(&app, &budi).await;
        first.hears_that("online", |told| told["count"] == 2).await;
        assert_eq!(ayu.get("/inbox/counts").await["officers_online"], 2);
        let names = |told: &Value| told["officers"].as_array().unwrap().iter().map(|officer| text(officer, "name").to_owned()).collect::<Vec<_>>();
        first.send(json!({ "type": "viewing", "conversation_id": row["id"] })).await;
        second.hears_that("presence", |told| names(told) == ["Ayu"]).await;
        second.send(json!({ "type": "viewing", "conversation_id": row["id"] })).await;
        second.send(json!({ "type": "typing", "conversation_id": row["id"], "on": true })).await;
        let told = first.hears_that("presence", |told| told["officers"].as_array().unwrap().iter().any(|officer| officer["typing"] == true)).await;
        assert_eq!((names(&told), &told["conversation_id"]), (vec!["Ayu".to_owned(), "Budi".to_owned()], &row["id"]));
        // Who goes is gone.
        drop(second);
        first.hears_that("presence", |told| names(told) == ["Ayu"]).await;
        first.hears_that("online", |told| told["count"] == 1).await;
    }
}

scenario! {
    async fn r7_the_desks_socket_opens_for_the_hubs_own_pages_and_for_no_key_in_its_address(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        let cookie = ayu.cookie().unwrap();
        let own = app.url();
        let port = app.running.http.port();
        let near = [format!("https://127.0.0.1.evil.example:{port}"), format!("http://127.0.0.1:{port}.evil.example"), format!("{own}/"), format!("http://127.0.0.1:{}", port ^ 1)];
        // A page that hides where it is, or is elsewhere, brings the officer's cookie all the same.
        for foreign in ["null", "", "https://evil.example", "file://"].into_iter().chain(near.iter().map(String::as_str)) {
            let refused = Screen::with(&app, &[("cookie", &cookie), ("origin", foreign)]).await.err();
            assert_eq!(refused, Some(403), "{foreign}");
        }
        assert_eq!(Screen::with(&app, &[("cookie", &cookie)]).await.err(), Some(403), "a cookie without a page");
        assert!(Screen::with(&app, &[("cookie", &cookie), ("origin", &own)]).await.is_ok());

        let admin = app.staff("Nyoman", Role::Administrator).await;
        let made = admin.post("/tokens", json!({ "name": "Papan", "scopes": ["conversations:read"] })).await;
        let token = made["token"].as_str().unwrap();
        for name in ["token", "access_token", "authorization", "key"] {
            let path = format!("/live?{name}={token}");
            assert_eq!(Client::anonymous(app.url()).call(Method::GET, &path, None).await.status(), 401, "{path}");
        }
        let authorization = format!("Bearer {token}");
        assert!(Screen::with(&app, &[("authorization", &authorization)]).await.is_ok());
    }
}
