//! Relays that refuse, are slow, hang up or are gone.

use std::time::Duration;

use reqwest::Method;
use sapa::officers::policy::Role;
use sapa_telegram::stub::{self, Stub};
use serde_json::{Value, json};

use super::{hub, later, with_relay};
use crate::support::{
    Backend, Client, TestApp, eventually,
    inbox::{answer, eventually_rows, in_state, mail_from, message, newest, text},
    mail::header,
    sink::{Sink, Treatment, relay},
};

/// The texts of mails, in the order in which they were taken.
fn first_lines(mails: &[String]) -> Vec<String> {
    let line = |mail: &String| {
        // After the mail's head comes that of its plain part.
        mail.split("\r\n\r\n").nth(2).and_then(|part| part.lines().next()).map(str::to_owned)
    };
    mails.iter().map(|mail| line(mail).expect("a plain part")).collect()
}

async fn taken(sink: &Sink, count: usize) -> Vec<String> {
    eventually(|| async { Some(sink.taken()).filter(|taken| taken.len() >= count) }).await
}

with_relay! {
    async fn d8_a_refused_answer_keeps_its_place_before_the_later_ones(app: TestApp, sink: Sink, ayu: Client) {
        let rina = mail_from(app, ayu, "Rina", "Pesanan").await;
        let budi = mail_from(app, ayu, "Budi", "Lain").await;
        sink.treat_next([Treatment::Refuse("451 4.7.1 try again later")]);
        let first = answer(ayu, &rina, "satu").await;
        let waiting = in_state(ayu, &rina, text(&first, "id"), "retrying").await;
        assert!(text(&waiting["delivery"], "reason").contains("try again later"), "{waiting}");
        assert!(waiting["delivery"]["next_try_at"].is_string());
        let second = answer(ayu, &rina, "dua").await;
        let third = answer(ayu, &rina, "tiga").await;
        // Another customer does not wait with them.
        answer(ayu, &budi, "untuk Budi").await;
        assert_eq!(first_lines(&taken(sink, 1).await), ["untuk Budi"]);
        tokio::time::sleep(Duration::from_millis(300)).await;
        for waits in [&second, &third] {
            assert_eq!(message(ayu, &rina, text(waits, "id")).await["delivery"]["state"], "queued");
        }
        later(app, 100);
        let mails = taken(sink, 4).await;
        assert_eq!(first_lines(&mails), ["untuk Budi", "satu", "dua", "tiga"]);
        // The same message, known again by its id.
        assert_eq!(header(&sink.read()[0], "Message-ID"), header(&mails[1], "Message-ID"));
        let sent = in_state(ayu, &rina, text(&first, "id"), "sent").await;
        assert_eq!((&sent["delivery"]["attempts"], &sent["delivery"]["reason"]), (&json!(2), &Value::Null));
    }
}

with_relay! {
    async fn d8_a_slow_answer_is_not_overtaken(app: TestApp, sink: Sink, ayu: Client) {
        let rina = mail_from(app, ayu, "Rina", "Pesanan").await;
        sink.treat_next([Treatment::Slow(Duration::from_millis(600))]);
        for word in ["satu", "dua", "tiga"] {
            answer(ayu, &rina, word).await;
        }
        assert_eq!(first_lines(&taken(sink, 3).await), ["satu", "dua", "tiga"]);
    }
}

with_relay! {
    async fn a_final_refusal_is_shown_and_an_officer_may_try_again(app: TestApp, sink: Sink, ayu: Client) {
        let rina = mail_from(app, ayu, "Rina", "Pesanan").await;
        sink.treat_next([Treatment::Refuse("550 5.1.1 no such mailbox")]);
        let said = answer(ayu, &rina, "Halo").await;
        let failed = in_state(ayu, &rina, text(&said, "id"), "failed").await;
        assert!(text(&failed["delivery"], "reason").contains("no such mailbox"), "{failed}");
        later(app, 24 * 3600);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(sink.read().len(), 1, "it is not tried again by itself");
        ayu.post(&format!("/messages/{}/retry", text(&said, "id")), json!({})).await;
        in_state(ayu, &rina, text(&said, "id"), "sent").await;
        assert_eq!(header(&sink.read()[0], "Message-ID"), header(&sink.read()[1], "Message-ID"));
        let (status, problem) = ayu.refused(Method::POST, &format!("/messages/{}/retry", text(&said, "id")), Some(json!({}))).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "not_failed"));
    }
}

with_relay! {
    async fn d6_a_relay_that_hangs_up_after_the_dot_gets_the_same_bytes_once_more(app: TestApp, sink: Sink, ayu: Client) {
        let rina = mail_from(app, ayu, "Rina", "Pesanan").await;
        sink.treat_next([Treatment::HangUp, Treatment::HangUp]);
        let said = answer(ayu, &rina, "Halo").await;
        let doubtful = in_state(ayu, &rina, text(&said, "id"), "retrying").await;
        assert!(text(&doubtful["delivery"], "reason").contains("may come twice"), "{doubtful}");
        later(app, 100);
        let unknown = in_state(ayu, &rina, text(&said, "id"), "unknown").await;
        assert_eq!(unknown["delivery"]["attempts"], 2);
        let read = sink.read();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0], read[1], "byte by byte");
        later(app, 6 * 24 * 3600);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(sink.read().len(), 2, "and never again by itself");
    }
}

with_relay! {
    async fn d6_a_letter_that_perhaps_arrived_has_never_surely_failed(app: TestApp, sink: Sink, ayu: Client) {
        let rina = mail_from(app, ayu, "Rina", "Pesanan").await;
        let refused = Treatment::Refuse("451 4.7.1 later");
        sink.treat_next([Treatment::HangUp, refused, Treatment::Refuse("550 5.7.1 not this one")]);
        let said = answer(ayu, &rina, "Halo").await;
        in_state(ayu, &rina, text(&said, "id"), "retrying").await;
        later(app, 100);
        eventually(|| async { (sink.read().len() == 2).then_some(()) }).await;
        in_state(ayu, &rina, text(&said, "id"), "retrying").await;
        later(app, 24 * 3600);
        let unknown = in_state(ayu, &rina, text(&said, "id"), "unknown").await;
        let reason = text(&unknown["delivery"], "reason");
        assert!(reason.starts_with("perhaps it arrived") && reason.contains("not this one"), "{reason}");

        sink.treat_next([Treatment::HangUp]);
        let said = answer(ayu, &rina, "Halo lagi").await;
        in_state(ayu, &rina, text(&said, "id"), "retrying").await;
        later(app, 100);
        let sent = in_state(ayu, &rina, text(&said, "id"), "sent").await;
        assert_eq!(sent["delivery"]["reason"], "perhaps it arrived twice");
    }
}

with_relay! {
    async fn mail_8_after_five_days_it_is_given_up_and_said_so(app: TestApp, sink: Sink, ayu: Client) {
        let rina = mail_from(app, ayu, "Rina", "Pesanan").await;
        sink.treat_next(std::iter::repeat_n(Treatment::Refuse("451 later"), 100));
        let said = answer(ayu, &rina, "Halo").await;
        in_state(ayu, &rina, text(&said, "id"), "retrying").await;
        later(app, 5 * 24 * 3600 + 1);
        let failed = in_state(ayu, &rina, text(&said, "id"), "failed").await;
        assert!(text(&failed["delivery"], "reason").contains("five days"), "{failed}");
    }
}

/// Mail and Telegram, and nobody where the relay should be.
async fn dead_relay(backend: Backend) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let telegram = Stub::start().await.unwrap();
    let (url, address) = (telegram.url(), Sink::nobody().await);
    let app = TestApp::with(backend, |config| {
        config.telegram.api_url = url;
        relay(config, address);
    })
    .await;
    app.mailbox().await;
    let admin = app.staff("Komang", Role::Administrator).await;
    let bot = json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN });
    admin.post("/channels", bot).await;
    let ayu = app.officer("Ayu").await;
    let mail = mail_from(&app, &ayu, "Rina", "Pesanan").await;
    let mut waiting = Vec::new();
    for word in ["satu", "dua"] {
        waiting.push(answer(&ayu, &mail, word).await);
    }
    let stuck = in_state(&ayu, &mail, text(&waiting[0], "id"), "retrying").await;
    assert!(!text(&stuck["delivery"], "reason").is_empty());

    telegram.customer(48_213_377, "Budi").says("Halo");
    eventually_rows(&ayu, 2).await;
    let chat = newest(&ayu).await;
    assert_eq!(chat["channel"]["kind"], "telegram");
    let said = answer(&ayu, &chat, "Halo, Pak").await;
    in_state(&ayu, &chat, text(&said, "id"), "sent").await;
    let health = eventually(|| async {
        let channels = admin.get("/channels").await["items"].as_array().unwrap().clone();
        channels
            .into_iter()
            .find(|channel| channel["kind"] == "email" && channel["health"]["state"] == "bad")
    })
    .await;
    assert!(health["health"]["error"].is_string(), "an alarm in plain words: {health}");

    let sink = Sink::at(address).await;
    later(&app, 100);
    assert_eq!(first_lines(&taken(&sink, 2).await), ["satu", "dua"]);
    in_state(&ayu, &mail, text(&waiting[1], "id"), "sent").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_relay_delays_its_own_messages_alone_on_sqlite() {
    dead_relay(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_relay_delays_its_own_messages_alone_on_postgres() {
    dead_relay(Backend::Postgres).await;
}
