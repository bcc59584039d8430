//! Ending mailings, and choosing what comes.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{WORDS, customers, draft, hub, sql, start, until, with_marketer};
use crate::support::{
    Backend, Client, TestApp, eventually,
    inbox::text,
    mail::{header, plain},
    sink::Sink,
};

/// The links in the first mail that left.
fn links(sink: &Sink) -> (String, String, String) {
    let mail = sink.taken().remove(0);
    let unsubscribe = header(&mail, "List-Unsubscribe").unwrap();
    let (url, mailto) = unsubscribe.split_once(", ").unwrap();
    let url = url.trim_matches(['<', '>']);
    let path = url.split_once("/u/").unwrap().1;
    let mailto = mailto.trim_start_matches("<mailto:").split('?').next().unwrap();
    let body = mail.replace("=\r\n", "");
    let preferences = body.split("/preferences/").nth(1).unwrap();
    let preferences: String = preferences.chars().take_while(char::is_ascii_alphanumeric).collect();
    (path.to_owned(), preferences, mailto.to_owned())
}

/// Opens a page as a browser without cookies does, following nothing.
async fn call(app: &TestApp, method: Method, path: &str, body: &'static str) -> (u16, String) {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let answer = browser
        .unwrap()
        .request(method, format!("{}{path}", app.url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn consent(app: &TestApp, contact: Uuid) -> Option<String> {
    let mut tx = app.app.db().read().await.unwrap();
    sapa::on_db!(&mut tx, |conn| {
        sqlx::query_scalar(
            "SELECT state FROM consents WHERE contact_id = $1 AND channel_kind = 'email'",
        )
        .bind(contact)
        .fetch_optional(conn)
        .await
        .unwrap()
    })
}

async fn suppressed(app: &TestApp) -> i64 {
    let mut tx = app.app.db().read().await.unwrap();
    sapa::on_db!(&mut tx, |conn| {
        sqlx::query_scalar("SELECT COUNT(*) FROM suppressions WHERE reason = 'unsubscribed'")
            .fetch_one(conn)
            .await
            .unwrap()
    })
}

with_marketer! {
    async fn r27_a_link_that_is_fetched_ends_nothing_and_one_press_ends_it_at_once(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 1).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let (token, _, _) = links(sink);
        let path = format!("/u/{token}");
        for _ in 0..3 {
            let (status, shown) = call(app, Method::GET, &path, "").await;
            assert_eq!(status, 200);
            assert!(shown.contains("<form method=\"post\">") && shown.contains("p•••@surat.example"), "{shown}");
            assert!(!shown.contains("pelanggan0@") && !shown.contains("<script"), "{shown}");
        }
        assert_eq!(consent(app, ids[0]).await.as_deref(), Some("granted"));
        for body in ["List-Unsubscribe=One-Click", "List-Unsubscribe=One-Click", ""] {
            let (status, shown) = call(app, Method::POST, &path, body).await;
            assert_eq!(status, 200, "without cookie, login or redirect");
            assert!(shown.contains("sudah berhenti"), "{shown}");
        }
        assert_eq!(consent(app, ids[0]).await.as_deref(), Some("withdrawn"));
        assert_eq!(suppressed(app).await, 1);
        let mailing = citra.get(&format!("/mailings/{id}")).await;
        assert_eq!(mailing["counts"]["unsubscribed"], 1);
        let history = citra.get(&format!("/contacts/{}/timeline", ids[0])).await.to_string();
        assert!(history.contains("consent.changed") && history.contains("unsubscribe link"), "{history}");
        // The next one leaves him out.
        let id = draft(citra, channel, WORDS, None).await;
        let (status, problem) = citra.refused(Method::POST, &format!("/mailings/{id}/start"), Some(json!({}))).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "nobody"));
    }
}

with_marketer! {
    async fn r26_an_altered_link_is_no_page_and_guessing_is_stopped(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 1).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let (token, preferences, _) = links(sink);
        let altered = |token: &str| format!("{}{}", if token.starts_with('a') { 'b' } else { 'a' }, &token[1..]);
        let false_ones = [altered(&token), token[1..].to_owned(), format!("{token}a"), preferences.clone(), "x".to_owned(), "%00".to_owned()];
        for wrong in &false_ones {
            for method in [Method::GET, Method::POST] {
                let (status, _) = call(app, method.clone(), &format!("/u/{wrong}"), "").await;
                assert!(status == 404 || status == 400, "{method} {wrong}: {status}");
            }
        }
        assert_eq!(call(app, Method::GET, &format!("/preferences/{token}"), "").await.0, 404, "a token is for one purpose");
        let mut stopped = false;
        for _ in 0..60 {
            stopped |= call(app, Method::GET, &format!("/u/{}", altered(&token)), "").await.0 == 429;
        }
        assert!(stopped);
    }
}

with_marketer! {
    async fn mail_18_a_mail_to_the_address_of_the_header_ends_it_and_nobody_reads_it(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 1).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let (_, _, mailto) = links(sink);
        let mail = plain("pelanggan0@surat.example", "unsubscribe", "u1@surat.example", "", "Auto-Submitted: auto-generated\r\n");
        for _ in 0..2 {
            let answer = app.receive_mail("pelanggan0@surat.example", &mailto, &mail).await;
            assert!(answer.starts_with("250"), "{answer}");
        }
        let state = eventually(|| async { consent(app, ids[0]).await.filter(|state| state == "withdrawn") }).await;
        assert_eq!(state, "withdrawn");
        let rows = citra.get("/conversations?folder=all").await;
        assert_eq!(rows["items"].as_array().unwrap().len(), 0, "nobody has to read it: {rows}");
        assert_eq!(citra.get(&format!("/mailings/{id}")).await["counts"]["unsubscribed"], 1);
        // A false token is a letter like any other.
        let mail = plain("pelanggan0@surat.example", "unsubscribe", "u2@surat.example", "tolong", "");
        app.receive_mail("pelanggan0@surat.example", "halo+u-abc123@kopiseruni.example", &mail).await;
        eventually(|| async {
            let rows = citra.get("/conversations?folder=all").await;
            (rows["items"].as_array().unwrap().len() == 1).then_some(())
        }).await;
    }
}

with_marketer! {
    async fn what_comes_is_chosen_on_a_page_and_can_be_chosen_again(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 1).await;
        sql(app, "UPDATE contacts SET language = 'en' WHERE id = $1 AND first_seen_at <= $2", ids[0]).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let (_, token, _) = links(sink);
        let path = format!("/preferences/{token}");
        let (_, shown) = call(app, Method::GET, &path, "").await;
        assert!(shown.contains("name=\"email\" value=\"on\" checked") && shown.contains("What you get from us"), "{shown}");
        let (status, shown) = call(app, Method::POST, &path, "").await;
        assert_eq!(status, 200);
        assert!(shown.contains("Saved") && !shown.contains("checked"), "{shown}");
        assert_eq!((consent(app, ids[0]).await.as_deref(), suppressed(app).await), (Some("withdrawn"), 1));
        let (_, shown) = call(app, Method::POST, &path, "email=on").await;
        assert!(shown.contains("checked"), "{shown}");
        assert_eq!((consent(app, ids[0]).await.as_deref(), suppressed(app).await), (Some("granted"), 0));
    }
}

with_marketer! {
    async fn a_trial_goes_to_oneself_and_its_links_change_nothing(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 1).await;
        let body = json!({ "subject": "Panen", "text": WORDS, "channel_id": channel });
        let tried = citra.post("/templates/try", body).await;
        assert_eq!(text(&tried, "to"), "citra@kopiseruni.example");
        let mail = sink.taken().remove(0);
        assert!(header(&mail, "To").unwrap().contains("citra@kopiseruni.example"));
        assert_eq!(header(&mail, "Subject").unwrap(), "[Test] Panen");
        let (token, _, mailto) = links(sink);
        let (status, shown) = call(app, Method::POST, &format!("/u/{token}"), "").await;
        assert_eq!(status, 200);
        assert!(shown.contains("percobaan"), "{shown}");
        let mail = plain("citra@kopiseruni.example", "unsubscribe", "u1@surat.example", "", "");
        app.receive_mail("citra@surat.example", &mailto, &mail).await;
        assert_eq!(suppressed(app).await, 0);
        let list: Value = citra.get("/mailings").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 0);
    }
}
