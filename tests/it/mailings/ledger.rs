//! The ledger: who is in it, what leaves, what became of it, after faults too.

use std::time::{Duration, Instant};

use reqwest::Method;
use sapa::{
    app::{App, running},
    on_db,
};
use sapa_channel::new_id;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    WORDS, address, adds_up, counted, customers, draft, hub, sql, start, taken, until,
    with_marketer,
};
use crate::support::{
    Backend, Client, TestApp, eventually,
    inbox::text,
    mail::header,
    sink::{Sink, Treatment},
};

with_marketer! {
    async fn everybody_who_agreed_gets_it_once_and_the_others_are_named_with_the_reason(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 9).await;
        sql(app, "DELETE FROM consents WHERE contact_id = $1 AND at <= $2", ids[0]).await;
        sql(app, "UPDATE consents SET state = 'withdrawn' WHERE contact_id = $1 AND at <= $2", ids[1]).await;
        sql(app, "INSERT INTO suppressions (kind, value, reason, at, source)
                  SELECT 'email', value, 'bounced', $2, 'test' FROM identities WHERE contact_id = $1", ids[2]).await;
        sql(app, "DELETE FROM identities WHERE contact_id = $1 AND last_seen_at <= $2", ids[3]).await;
        sql(app, "INSERT INTO tickets (id, contact_id, kind, title, description, status, opened_at, version)
                  VALUES ($1, $1, 'complaint', 'x', '', 'open', $2, 1)", ids[4]).await;
        sql(app, "INSERT INTO tickets (id, contact_id, kind, title, description, status, opened_at, version)
                  VALUES ($1, $1, 'question', 'x', '', 'open', $2, 1)", ids[5]).await;

        let id = draft(citra, channel, WORDS, None).await;
        let review = citra.get(&format!("/mailings/{id}/review")).await;
        assert_eq!((&review["audience"], &review["recipients"]), (&json!(9), &json!(4)), "{review}");
        assert!(sink.read().is_empty(), "nothing leaves before it is started");

        let begun = citra.post(&format!("/mailings/{id}/start"), json!({})).await;
        assert_eq!(begun["counts"]["recipients"], 4);
        let done = until(citra, &id, "done").await;
        adds_up(&done["counts"]);
        assert_eq!((&done["counts"]["sent"], &done["counts"]["excluded"]), (&json!(4), &json!(5)), "{done}");
        let mut reasons: Vec<&str> = done["counts"]["exclusions"].as_array().unwrap().iter().map(|why| text(why, "reason")).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["no_address", "no_consent", "open_complaint", "suppressed", "withdrawn"]);
        assert_eq!(taken(sink), [5, 6, 7, 8].map(address));

        // Each number opens its list.
        let list = citra.get(&format!("/mailings/{id}/recipients?state=excluded&exclusion=open_complaint")).await;
        assert_eq!(list["items"][0]["contact"]["id"], json!(ids[4]));
        let list = citra.get(&format!("/mailings/{id}/recipients?state=sent&limit=3")).await;
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        let next = citra.get(&format!("/mailings/{id}/recipients?state=sent&limit=3&cursor={}", text(&list, "next"))).await;
        assert_eq!((next["items"].as_array().unwrap().len(), &next["next"]), (1, &Value::Null));

        // It has begun, and stands as it was.
        let (status, problem) = citra.refused(Method::PATCH, &format!("/mailings/{id}"), Some(json!({ "name": "x" }))).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "begun"));
        let (status, _) = citra.refused(Method::POST, &format!("/mailings/{id}/start"), Some(json!({}))).await;
        assert_eq!(status, 409);
    }
}

with_marketer! {
    async fn mail_17_19_a_mailing_bears_both_ways_out_and_tells_that_it_goes_to_many(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 1).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let mail = sink.taken().remove(0);
        let unsubscribe = header(&mail, "List-Unsubscribe").unwrap();
        let (url, mailto) = unsubscribe.split_once(", ").unwrap();
        let public = &app.app.config().server.public_url;
        assert!(url.starts_with(&format!("<{public}/u/")) && url.ends_with('>'), "{unsubscribe}");
        assert!(mailto.starts_with("<mailto:halo+u-") && mailto.contains("@kopiseruni.example"), "{unsubscribe}");
        assert_eq!(header(&mail, "List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
        assert!(header(&mail, "List-Id").unwrap().contains("<m-0001.kopiseruni.example>"));
        assert_eq!(header(&mail, "Precedence").unwrap(), "bulk");
        assert!(header(&mail, "Message-ID").unwrap().ends_with("@kopiseruni.example>"));
        assert_eq!(header(&mail, "Subject").unwrap(), "Panen Pelanggan 0");
        assert!(header(&mail, "Content-Type").unwrap().starts_with("multipart/alternative"));
    }
}

with_marketer! {
    async fn d6_what_nobody_knows_is_parked_and_settled_by_hand(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 6).await;
        sink.treat_next([Treatment::Take, Treatment::HangUp, Treatment::HangUp, Treatment::Take]);
        let id = start(citra, channel, None).await;
        let done = until(citra, &id, "done").await;
        adds_up(&done["counts"]);
        assert_eq!((&done["counts"]["sent"], &done["counts"]["unknown"]), (&json!(4), &json!(2)), "{done}");
        assert_eq!(sink.read().len(), 6, "none was sent again by itself");
        let list = citra.get(&format!("/mailings/{id}/recipients?state=unknown")).await;
        let rows = list["items"].as_array().unwrap();
        assert!(text(&rows[0], "reason").contains("lost after the mail was sent"), "{}", rows[0]);

        let settle = |row: &Value, verdict: &str| json!({ "recipients": [row["id"]], "verdict": verdict });
        let path = format!("/mailings/{id}/settle");
        assert_eq!(citra.post(&path, settle(&rows[0], "arrived")).await["settled"], 1);
        assert_eq!(citra.post(&path, settle(&rows[0], "arrived")).await["settled"], 0, "it is known now");
        citra.post(&path, settle(&rows[1], "send_again")).await;
        let counts = counted(citra, &id, |counts| counts["sent"] == 6).await;
        adds_up(&counts);
        assert_eq!(sink.taken().len(), 5);
        let again = sink.read();
        let to = header(&again[6], "To").unwrap();
        let first = again.iter().find(|mail| header(mail, "To").unwrap() == to).unwrap();
        assert_eq!(header(first, "Message-ID"), header(&again[6], "Message-ID"), "it can be known again");
    }
}

with_marketer! {
    async fn mail_8_what_is_refused_for_a_while_is_tried_again_and_for_good_is_not(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 3).await;
        sink.treat_next([Treatment::Refuse("451 4.7.1 later"), Treatment::Refuse("550 5.1.1 nobody of that name")]);
        let id = start(citra, channel, None).await;
        let counts = counted(citra, &id, |counts| counts["retrying"] == 1 && counts["failed"] == 1).await;
        adds_up(&counts);
        let progress = citra.get(&format!("/mailings/{id}/progress")).await;
        assert!(progress["next_try_at"].is_string(), "{progress}");
        let failed = citra.get(&format!("/mailings/{id}/recipients?state=failed")).await;
        assert!(text(&failed["items"][0], "reason").contains("nobody of that name"), "{failed}");
        app.clock.advance(Duration::from_secs(120));
        app.app.wake().mailing_changed();
        let done = until(citra, &id, "done").await;
        assert_eq!((&done["counts"]["sent"], &done["counts"]["failed"]), (&json!(2), &json!(1)));
        assert_eq!(sink.read().len(), 4);
    }
}

with_marketer! {
    async fn a_mailing_is_paused_resumed_and_cancelled(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 200).await;
        let id = start(citra, channel, Some(20)).await;
        counted(citra, &id, |counts| counts["sent"].as_i64() > Some(2)).await;
        let paused = citra.post(&format!("/mailings/{id}/pause"), json!({})).await;
        assert_eq!(paused["state"], "paused");
        let (status, _) = citra.refused(Method::POST, &format!("/mailings/{id}/pause"), Some(json!({}))).await;
        assert_eq!(status, 409);
        let counts = counted(citra, &id, |counts| counts["under_way"] == 0).await;
        adds_up(&counts);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(json!(sink.read().len()), counts["sent"], "nothing leaves while it is paused");

        citra.post(&format!("/mailings/{id}/resume"), json!({})).await;
        let before = counts["sent"].as_i64();
        counted(citra, &id, |counts| counts["sent"].as_i64() > before).await;
        citra.post(&format!("/mailings/{id}/cancel"), json!({})).await;
        let counts = counted(citra, &id, |counts| counts["under_way"] == 0).await;
        adds_up(&counts);
        assert!(counts["waiting"] == 0 && counts["cancelled"].as_i64() > Some(100), "{counts}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(json!(sink.read().len()), counts["sent"]);
        let (status, _) = citra.refused(Method::POST, &format!("/mailings/{id}/resume"), Some(json!({}))).await;
        assert_eq!(status, 409);
    }
}

with_marketer! {
    async fn no_more_leave_a_second_than_were_allowed(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 30).await;
        let begun = Instant::now();
        let id = start(citra, channel, Some(10)).await;
        eventually(|| async { (sink.read().len() >= 20).then_some(()) }).await;
        assert!(begun.elapsed() >= Duration::from_millis(1700), "20 left in {:?}", begun.elapsed());
        until(citra, &id, "done").await;
        assert!(begun.elapsed() >= Duration::from_millis(2600), "30 left in {:?}", begun.elapsed());
    }
}

with_marketer! {
    async fn mail_20_who_leaves_or_complains_while_he_waits_gets_nothing(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 40).await;
        let id = start(citra, channel, Some(20)).await;
        counted(citra, &id, |counts| counts["sent"].as_i64() > Some(0)).await;
        // The last ones wait, some of them held by a worker already.
        sql(app, "UPDATE consents SET state = 'withdrawn' WHERE contact_id = $1 AND at <= $2", ids[39]).await;
        sql(app, "INSERT INTO suppressions (kind, value, reason, at, source)
                  SELECT 'email', value, 'manual', $2, 'test' FROM identities WHERE contact_id = $1", ids[38]).await;
        sql(app, "INSERT INTO tickets (id, contact_id, kind, title, description, status, opened_at, version)
                  VALUES ($1, $1, 'complaint', 'x', '', 'open', $2, 1)", ids[37]).await;
        let done = until(citra, &id, "done").await;
        adds_up(&done["counts"]);
        assert_eq!((&done["counts"]["sent"], &done["counts"]["excluded"]), (&json!(37), &json!(3)), "{done}");
        let to = taken(sink);
        for gone in [37, 38, 39] {
            assert!(!to.contains(&address(gone)), "{gone}");
        }
    }
}

/// Puts a row into the state in which a dead worker left it.
async fn left_behind(
    app: &TestApp,
    mailing: &str,
    state: &'static str,
    attempts: i64,
    seq_after: i64,
) -> i64 {
    let mailing: Uuid = mailing.parse().unwrap();
    let mut tx = app.app.db().write().await.unwrap();
    let seq: i64 = on_db!(&mut tx, |conn| {
        sqlx::query_scalar(
            "UPDATE mailing_recipients SET state = $2, lease_owner = $3, attempts = $4, fence = 7
             WHERE seq = (SELECT MIN(seq) FROM mailing_recipients WHERE mailing_id = $1 AND seq > $5) RETURNING seq",
        )
        .bind(mailing)
        .bind(state)
        .bind(new_id())
        .bind(attempts)
        .bind(seq_after)
        .fetch_one(conn)
        .await
        .unwrap()
    });
    tx.commit().await.unwrap();
    seq
}

with_marketer! {
    async fn d6_what_a_dead_worker_held_is_sent_and_what_it_was_sending_is_unknown(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 4).await;
        let id = start(citra, channel, Some(1)).await;
        citra.post(&format!("/mailings/{id}/pause"), json!({})).await;
        counted(citra, &id, |counts| counts["under_way"] == 0).await;
        let sent = sink.read().len();
        // The clock is moved so that nobody who was alive still is.
        let first = left_behind(app, &id, "leased", 0, i64::try_from(sent).unwrap()).await;
        left_behind(app, &id, "dispatching", 1, first).await;
        app.clock.advance(Duration::from_secs(3600));
        citra.post(&format!("/mailings/{id}/resume"), json!({})).await;
        let done = until(citra, &id, "done").await;
        adds_up(&done["counts"]);
        assert_eq!((&done["counts"]["sent"], &done["counts"]["unknown"]), (&json!(3), &json!(1)), "{done}");
        assert_eq!(sink.read().len(), 3, "what is unknown was not sent");
        let unknown = citra.get(&format!("/mailings/{id}/recipients?state=unknown")).await;
        assert!(text(&unknown["items"][0], "reason").contains("interrupted"), "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_nodes_work_on_one_mailing_and_nobody_gets_it_twice() {
    let (app, sink, citra, channel) = hub(Backend::Postgres).await;
    customers(&app, 400).await;
    let mut config = app.app.config().clone();
    config.files.folder = app.folder.path().join("files of the second");
    config.smtp.listen = None;
    config.smtp.lmtp_listen = None;
    let second = App::open(config, app.clock.clone(), false).await.unwrap();
    let running = running::start(second.clone()).await.unwrap();
    let id = start(&citra, &channel, Some(300)).await;
    second.wake().mailing_changed();
    let done = until(&citra, &id, "done").await;
    adds_up(&done["counts"]);
    assert_eq!(done["counts"]["sent"], 400);
    let mut to = taken(&sink);
    assert_eq!(to.len(), 400);
    to.dedup();
    assert_eq!(to.len(), 400);
    running.stop().await.unwrap();
}

with_marketer! {
    async fn a_value_that_is_missing_is_named_with_how_many_and_stops_the_start(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 5).await;
        sql(app, "UPDATE contacts SET city = 'Solo' WHERE id = $1 AND first_seen_at <= $2", ids[0]).await;
        let id = draft(citra, channel, "Halo {{name}} di {{city}} {{unsubscribe_url}}", None).await;
        let review = citra.get(&format!("/mailings/{id}/review")).await;
        assert_eq!((text(&review["missing"][0], "name"), &review["missing"][0]["count"]), ("city", &json!(4)), "{review}");
        let (status, problem) = citra.refused(Method::POST, &format!("/mailings/{id}/start"), Some(json!({}))).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "missing_values"), "{problem}");
        assert_eq!(problem["missing"][0]["count"], 4);
        assert_eq!(citra.get(&format!("/mailings/{id}")).await["state"], "draft");

        let template = citra.get(&format!("/mailings/{id}")).await["template"]["id"].as_str().unwrap().to_owned();
        let change = json!({ "text": "Halo {{name}} di {{default city \"kota Anda\"}} {{unsubscribe_url}}" });
        citra.patch(&format!("/templates/{template}"), change).await;
        citra.post(&format!("/mailings/{id}/start"), json!({})).await;
        until(citra, &id, "done").await;
        let mails = sink.taken().join("\n");
        assert!(mails.contains("di Solo") && mails.contains("di kota Anda"));
    }
}

with_marketer! {
    async fn a_mailing_to_a_segment_goes_to_it_alone_and_keeps_what_it_began_with(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 5).await;
        sql(app, "UPDATE contacts SET city = 'Solo' WHERE id = $1 AND first_seen_at <= $2", ids[3]).await;
        let segment = new_id();
        sql(app, "INSERT INTO segments (id, name, condition, created_at, updated_at, version) VALUES ($1, 'Orang Solo',
                  '{\"type\":\"profile\",\"field\":\"city\",\"op\":\"is\",\"values\":[\"Solo\"]}', $2, $2, 1)", segment).await;
        let id = draft(citra, channel, WORDS, None).await;
        citra.patch(&format!("/mailings/{id}"), json!({ "segment_id": segment })).await;
        citra.post(&format!("/mailings/{id}/start"), json!({})).await;
        let done = until(citra, &id, "done").await;
        assert_eq!((&done["counts"]["audience"], &done["segment"]["name"]), (&json!(1), &json!("Orang Solo")));
        assert_eq!(taken(sink), [address(3)]);
        let content = citra.get(&format!("/mailings/{id}/content")).await;
        assert_eq!((&content["frozen"], &content["condition"]["field"]), (&json!(true), &json!("city")));
        // What is changed later does not touch it.
        let template = text(&done["template"], "id").to_owned();
        citra.patch(&format!("/templates/{template}"), json!({ "subject": "Lain" })).await;
        assert_eq!(citra.get(&format!("/mailings/{id}/content")).await["subject"], "Panen {{name}}");
        citra.delete(&format!("/templates/{template}")).await;
        assert_eq!(citra.get(&format!("/mailings/{id}/content")).await["subject"], "Panen {{name}}");
    }
}

with_marketer! {
    async fn r17_the_ledger_is_a_file_whose_cells_are_no_formulas(app: TestApp, sink: Sink, citra: Client, channel: str) {
        assert!(sink.read().is_empty());
        let ids = customers(app, 3).await;
        sql(app, "UPDATE contacts SET name = '=HYPERLINK(\"x\")' WHERE id = $1 AND first_seen_at <= $2", ids[1]).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let file = citra.call(Method::GET, &format!("/mailings/{id}/recipients.csv"), None).await;
        assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8");
        let file = file.text().await.unwrap();
        assert_eq!(file.lines().count(), 4, "{file}");
        assert!(file.contains("\"'=HYPERLINK(\"\"x\"\")\","), "{file}");
        let nyoman = app.staff("Nyoman", sapa::officers::policy::Role::Administrator).await;
        let audit = nyoman.get("/audit").await.to_string();
        assert!(audit.contains("mailing.exported") && audit.contains("mailing.started"), "{audit}");
    }
}

with_marketer! {
    async fn r5_who_may_prepare_may_not_send_by_that_alone(app: TestApp, sink: Sink, citra: Client, channel: str) {
        assert!(sink.read().is_empty());
        customers(app, 1).await;
        let id = draft(citra, channel, WORDS, None).await;
        let ayu = app.officer("Ayu").await;
        assert_eq!(ayu.get(&format!("/mailings/{id}")).await["state"], "draft");
        for (method, path) in [(Method::POST, "start"), (Method::GET, "review"), (Method::GET, "recipients.csv")] {
            let (status, _) = ayu.refused(method, &format!("/mailings/{id}/{path}"), None).await;
            assert_eq!(status, 403, "{path}");
        }
    }
}
