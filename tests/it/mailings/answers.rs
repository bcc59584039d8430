//! Answers to mailings, and mailings in the history.

use std::time::Duration;

use reqwest::Method;
use sapa::officers::policy::Role;
use sapa_telegram::stub::Behaviour;
use serde_json::{Value, json};

use super::{adds_up, counted, customers, hub, sql, start, until, with_marketer};
use crate::support::{
    Backend, Client, MAILBOX, TestApp, eventually,
    inbox::{eventually_rows, rows, text},
    mail::{address, header, plain},
    sink::Sink,
    telegram,
};

with_marketer! {
    async fn an_answer_opens_a_conversation_that_names_the_mailing_and_counts_once(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 2).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let mail = sink.taken().into_iter().find(|mail| header(mail, "To").unwrap().contains("pelanggan0@")).unwrap();
        let reply_to = address(&header(&mail, "Reply-To").unwrap());
        assert!(reply_to.starts_with("halo+r-"), "{reply_to}");
        let answer = plain("Pelanggan <pelanggan0@surat.example>", "Re: Panen Pelanggan 0", "1@surat.example", "Saya mau dua bungkus.", "");
        app.receive_mail("pelanggan0@surat.example", &reply_to, &answer).await;
        let row = eventually_rows(citra, 1).await.remove(0);
        assert_eq!((text(&row["mailing"], "id"), text(&row["mailing"], "number")), (&*id, "M-0001"), "{row}");
        assert_eq!(row["contact"]["id"], json!(ids[0]), "the recipient himself");
        assert_eq!(counted(citra, &id, |counts| counts["answered"] == 1).await["unsubscribed"], 0);

        // More of it joins, by the id of the mail too, and counts no second time.
        let message_id = header(&mail, "Message-ID").unwrap();
        let more = plain("pelanggan0@surat.example", "Re: Panen Pelanggan 0", "2@surat.example", "Eh, tiga.", &format!("In-Reply-To: {message_id}\r\n"));
        app.receive_mail("pelanggan0@surat.example", MAILBOX, &more).await;
        eventually(|| async { (rows(citra, "folder=all").await[0]["preview"] == "Eh, tiga.").then_some(()) }).await;
        assert_eq!(rows(citra, "folder=all").await.len(), 1);
        assert_eq!(citra.get(&format!("/mailings/{id}")).await["counts"]["answered"], 1);

        let answers = citra.get(&format!("/mailings/{id}/answers")).await;
        assert_eq!(answers["items"].as_array().unwrap().len(), 1);
        let contact = citra.get(&format!("/contacts/{}", ids[0])).await;
        assert_eq!(contact["identities"][0]["proof"], "mail_reply", "it came back from where it went");
    }
}

with_marketer! {
    async fn r9_only_the_recipient_himself_answers_a_mailing(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 1).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let mail = sink.taken().remove(0);
        let reply_to = address(&header(&mail, "Reply-To").unwrap());
        let message_id = header(&mail, "Message-ID").unwrap();
        let forged = plain("mallory@evil.example", "Re: Panen", "1@evil.example", "Kirim ke saya.", &format!("In-Reply-To: {message_id}\r\n"));
        app.receive_mail("mallory@evil.example", &reply_to, &forged).await;
        let row = eventually_rows(citra, 1).await.remove(0);
        assert_eq!((&row["mailing"], text(&row["contact"], "name")), (&Value::Null, "mallory@evil.example"), "{row}");
        assert_eq!(citra.get(&format!("/mailings/{id}")).await["counts"]["answered"], 0);
    }
}

with_marketer! {
    async fn an_answer_by_a_program_does_not_count(app: TestApp, sink: Sink, citra: Client, channel: str) {
        customers(app, 1).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        let reply_to = address(&header(&sink.taken()[0], "Reply-To").unwrap());
        let away = plain("pelanggan0@surat.example", "Sedang cuti", "1@surat.example", "Saya kembali Senin.", "Auto-Submitted: auto-replied\r\n");
        app.receive_mail("pelanggan0@surat.example", &reply_to, &away).await;
        eventually_rows(citra, 1).await;
        assert_eq!(citra.get(&format!("/mailings/{id}")).await["counts"]["answered"], 0);
    }
}

with_marketer! {
    async fn the_history_shows_the_mailing_and_what_it_said_then(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 1).await;
        let id = start(citra, channel, None).await;
        until(citra, &id, "done").await;
        assert_eq!(sink.taken().len(), 1);
        sql(app, "UPDATE contacts SET name = 'Nama Baru' WHERE id = $1 AND first_seen_at <= $2", ids[0]).await;
        let history = citra.get(&format!("/contacts/{}/timeline", ids[0])).await;
        let item = history["items"].as_array().unwrap().iter().find(|item| item["type"] == "mailing").unwrap_or_else(|| panic!("{history}"));
        assert_eq!((text(&item["mailing"], "name"), text(&item["mailing"], "state")), ("Panen Gayo", "sent"));
        let path = format!("/mailings/{id}/recipients/{}/letter", text(&item["mailing"], "recipient_id"));
        let ayu = app.officer("Ayu").await;
        let letter = ayu.get(&path).await;
        assert_eq!(text(&letter, "subject"), "Panen Pelanggan 0", "as it was sent");
        // Pages of the history go on behind it.
        let cursor = history["next"].as_str().map(str::to_owned);
        assert!(cursor.is_none());
    }
}

with_marketer! {
    async fn when_two_contacts_become_one_the_ledger_follows_and_he_gets_it_once(app: TestApp, sink: Sink, citra: Client, channel: str) {
        let ids = customers(app, 3).await;
        let id = start(citra, channel, Some(1)).await;
        citra.post(&format!("/mailings/{id}/pause"), json!({})).await;
        counted(citra, &id, |counts| counts["under_way"] == 0).await;
        let budi = app.staff("Budi", Role::Supervisor).await;
        let merged = budi.post(&format!("/contacts/{}/merge", ids[0]), json!({ "other_id": ids[2], "reason": "orang yang sama" })).await;
        citra.post(&format!("/mailings/{id}/resume"), json!({})).await;
        let done = until(citra, &id, "done").await;
        adds_up(&done["counts"]);
        assert_eq!((&done["counts"]["sent"], &done["counts"]["exclusions"][0]["reason"]), (&json!(2), &json!("duplicate")), "{done}");
        assert_eq!(sink.taken().len(), 2);
        let merge = text(&merged["merges"][0], "id").to_owned();
        budi.post(&format!("/merges/{merge}/undo"), json!({})).await;
        let list = citra.get(&format!("/mailings/{id}/recipients?state=excluded")).await;
        assert_eq!(list["items"][0]["contact"]["id"], json!(ids[2]));
    }
}

async fn by_bot(backend: Backend) {
    let (app, stub, channel) = telegram::hub(backend).await;
    let citra = app.staff("Citra", Role::Marketer).await;
    let rina = stub.customer(48_213_377, "Rina Wulandari");
    rina.says("Halo");
    let row = eventually_rows(&citra, 1).await.remove(0);
    let contact: uuid::Uuid = text(&row["contact"], "id").parse().unwrap();
    sql(&app, "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source) VALUES ($1, 'telegram', 'offers', 'granted', $2, 'test')", contact).await;
    sql(&app, "UPDATE conversations SET status = 'solved', solved_at = $2, last_message_at = 1 WHERE contact_id = $1", contact).await;
    // Who has a mail address alone cannot be reached by a bot.
    customers(&app, 1).await;

    let template = json!({ "name": "Kabar", "kind": "telegram", "text": "Halo {{first_name}}! {{unsubscribe_url}}" });
    let template = citra.post("/templates", template).await;
    let mailing =
        json!({ "name": "Kabar", "channel_id": channel["id"], "template_id": template["id"] });
    let id = text(&citra.post("/mailings", mailing).await, "id").to_owned();
    app.clock.advance(Duration::from_secs(1));
    citra.post(&format!("/mailings/{id}/start"), json!({})).await;
    let done = until(&citra, &id, "done").await;
    adds_up(&done["counts"]);
    assert_eq!(
        (&done["counts"]["sent"], &done["counts"]["exclusions"][0]["reason"]),
        (&json!(1), &json!("no_address")),
        "{done}"
    );
    let sent = eventually(|| async { stub.sent().last().cloned() }).await;
    assert!(format!("{sent:?}").contains("Halo Rina!"), "{sent:?}");

    app.clock.advance(Duration::from_secs(5));
    rina.says("Mau dong");
    let answered = eventually(|| async {
        rows(&citra, "folder=all").await.into_iter().find(|row| row["preview"] == "Mau dong")
    })
    .await;
    assert_eq!(text(&answered["mailing"], "id"), id, "{answered}");
    assert_eq!(citra.get(&format!("/mailings/{id}")).await["counts"]["answered"], 1);
    let (status, _) = citra
        .refused(
            Method::POST,
            "/templates/try",
            Some(json!({ "text": "x {{unsubscribe_url}}", "channel_id": channel["id"] })),
        )
        .await;
    assert_eq!(status, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_writes_to_those_who_wrote_to_it_and_hears_their_answers_on_sqlite() {
    by_bot(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_writes_to_those_who_wrote_to_it_and_hears_their_answers_on_postgres() {
    by_bot(Backend::Postgres).await;
}

async fn bot_in_trouble(backend: Backend) {
    let (app, stub, channel) = telegram::hub(backend).await;
    let citra = app.staff("Citra", Role::Marketer).await;
    for (number, name) in [(48_213_377, "Rina"), (48_213_378, "Yohanes"), (48_213_379, "Dewi")] {
        stub.customer(number, name).says("Halo");
    }
    for row in eventually_rows(&citra, 3).await {
        let contact: uuid::Uuid = text(&row["contact"], "id").parse().unwrap();
        sql(&app, "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source) VALUES ($1, 'telegram', 'offers', 'granted', $2, 'test')", contact).await;
    }
    let template = json!({ "name": "Kabar", "kind": "telegram", "text": "Halo {{name}}! {{unsubscribe_url}}" });
    let template = citra.post("/templates", template).await;
    let mailing =
        json!({ "name": "Kabar", "channel_id": channel["id"], "template_id": template["id"] });
    let id = text(&citra.post("/mailings", mailing).await, "id").to_owned();
    stub.behave_next([Behaviour::TooMany { retry_after: 90 }, Behaviour::HangUp]);
    citra.post(&format!("/mailings/{id}/start"), json!({})).await;
    let counts =
        counted(&citra, &id, |counts| counts["retrying"] == 1 && counts["under_way"] == 0).await;
    adds_up(&counts);
    app.clock.advance(Duration::from_secs(60));
    app.app.wake().mailing_changed();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        citra.get(&format!("/mailings/{id}")).await["counts"]["retrying"],
        1,
        "it waits as long as it was asked to"
    );
    app.clock.advance(Duration::from_secs(60));
    app.app.wake().mailing_changed();
    let done = until(&citra, &id, "done").await;
    adds_up(&done["counts"]);
    assert_eq!(
        (&done["counts"]["sent"], &done["counts"]["unknown"]),
        (&json!(2), &json!(1)),
        "{done}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d6_telegram_is_obeyed_when_it_asks_to_wait_and_not_asked_twice_on_sqlite() {
    bot_in_trouble(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d6_telegram_is_obeyed_when_it_asks_to_wait_and_not_asked_twice_on_postgres() {
    bot_in_trouble(Backend::Postgres).await;
}
