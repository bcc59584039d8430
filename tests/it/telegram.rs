//! Telegram, against its stand-in.

mod webhook;

use std::time::Duration;

use reqwest::Method;
use sapa::officers::policy::Role;
use sapa_telegram::stub::{self, Behaviour, Stub};
use serde_json::{Value, json};

use crate::support::{
    Backend, TestApp, eventually,
    inbox::{answer, in_state, last_message, message, messages, newest, rows, say, text},
    telegram::hub,
};

/// A scenario with a bot, as two tests.
macro_rules! with_bot {
    (async fn $name:ident($app:ident: TestApp, $telegram:ident: Stub) $body:block) => {
        mod $name {
            use super::*;

            async fn run($app: &TestApp, $telegram: &Stub) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let (app, telegram, _) = hub(Backend::Sqlite).await;
                run(&app, &telegram).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let (app, telegram, _) = hub(Backend::Postgres).await;
                run(&app, &telegram).await;
            }
        }
    };
}

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// What the bot has sent, as soon as there is so much.
async fn sent(telegram: &Stub, count: usize) -> Vec<stub::Sent> {
    eventually(|| async { Some(telegram.sent()).filter(|sent| sent.len() >= count) }).await
}

with_bot! {
    async fn a_bot_is_added_by_its_token_and_a_wrong_one_is_refused_in_plain_words(app: TestApp, telegram: Stub) {
        assert!(!telegram.polled().is_empty() || telegram.pending().is_empty());
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let list = admin.get("/channels").await;
        assert_eq!((text(&list["items"][0], "address"), &list["items"][0]["enabled"]), (stub::USERNAME, &json!(true)));
        for (token, words) in [("110201543:wrong", "token"), ("no token at all", "token"), ("  ", "BotFather")] {
            let body = json!({ "kind": "telegram", "name": "X", "secret": token });
            let (status, problem) = admin.refused(Method::POST, "/channels", Some(body)).await;
            assert_eq!(status, 422, "{problem}");
            let why = text(&problem["fields"], "secret");
            assert!(why.contains(words) && !why.contains("wrong\""), "{why}");
        }
        let body = json!({ "kind": "telegram", "name": "Again", "secret": stub::TOKEN });
        let (status, problem) = admin.refused(Method::POST, "/channels", Some(body)).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "address_taken"));
        let id = text(&list["items"][0], "id").to_owned();
        assert_eq!(admin.post(&format!("/channels/{id}/check"), Value::Null).await["ok"], true);
        // R28: the token is told to nobody, not even to who entered it.
        for path in ["/channels", "/audit", "/conversations"] {
            let whole = admin.get(path).await.to_string();
            assert!(!whole.contains("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"), "{path}");
        }
    }
}

with_bot! {
    async fn whatever_a_customer_sends_comes_in(app: TestApp, telegram: Stub) {
        let ayu = app.officer("Ayu").await;
        let rina = telegram.customer(48_213_377, "Rina Wulandari");
        let first = rina.says("Halo");
        let row = newest(&ayu).await;
        assert_eq!(row["contact"]["name"], "Rina Wulandari");
        rina.photo(PNG, "paketnya begini");
        let photo = last_message(&ayu, &row, |last| last["text"] == "paketnya begini").await;
        assert_eq!(photo["files"][0]["media_type"], "image/png", "{photo}");
        let preview = ayu.call(Method::GET, text(&photo["files"][0], "preview_url"), None).await;
        assert_eq!(preview.bytes().await.unwrap(), PNG);
        rina.document("nota.pdf", "application/pdf", &b"%PDF-1.4"[..], "");
        let document = last_message(&ayu, &row, |last| last["files"][0]["name"] == "nota.pdf").await;
        assert_eq!(document["files"][0]["size"], 8);
        rina.voice(&b"OggS...."[..]);
        last_message(&ayu, &row, |last| last["files"][0]["media_type"] == "audio/ogg").await;
        let file = telegram.file("sticker.webp", &b"RIFF....WEBPVP8 "[..]);
        rina.sends(json!({ "sticker": {
            "file_id": file, "file_unique_id": "AgADs", "type": "regular", "width": 512, "height": 512,
            "is_animated": false, "is_video": false, "emoji": "\u{1f600}", "file_size": 16 } }));
        last_message(&ayu, &row, |last| last["text"] == "\u{1f600}" && last["files"][0]["size"] == 16).await;
        rina.contact("Rina", "+6281220447716", Some(48_213_377));
        last_message(&ayu, &row, |last| last["text"].as_str().is_some_and(|text| text.contains("+6281220447716"))).await;
        rina.location(-6.2, 106.8);
        let place = last_message(&ayu, &row, |last| last["place"].is_object()).await;
        assert_eq!(place["place"]["latitude"], -6.2);
        rina.edits(first.message, "Halo, Kak").unwrap();
        let edited = eventually(|| async {
            messages(&ayu, &row).await.into_iter().find(|message| message["text"] == "Halo, Kak")
        }).await;
        assert!(edited["edited_at"].is_string());
        assert_eq!(edited["versions"][0]["text"], "Halo");
        assert_eq!(rows(&ayu, "folder=all").await.len(), 1, "all in one conversation");
    }
}

with_bot! {
    async fn answers_files_and_buttons_go_out_and_a_press_comes_back(app: TestApp, telegram: Stub) {
        let ayu = app.officer("Ayu").await;
        let rina = telegram.customer(48_213_377, "Rina");
        rina.says("Halo");
        let row = newest(&ayu).await;
        let said = answer(&ayu, &row, "Halo, Bu <Rina> & keluarga").await;
        let out = sent(telegram, 1).await.remove(0);
        assert_eq!((out.chat, &*out.text), (48_213_377, "Halo, Bu <Rina> & keluarga"));
        in_state(&ayu, &row, text(&said, "id"), "sent").await;
        let file = ayu.upload("resi.png", "image/png", PNG).await;
        say(&ayu, &row, json!({ "kind": "reply", "text": "Resinya", "files": [file["id"]] })).await;
        let with_file = sent(telegram, 2).await.into_iter().find(|sent| sent.file.is_some());
        assert_eq!(with_file.unwrap().file.unwrap().bytes, PNG);
        let buttons = json!([{ "label": "Ya" }, { "label": "Tidak" }]);
        let asked = say(&ayu, &row, json!({ "kind": "reply", "text": "Sudah sampai?", "buttons": buttons })).await;
        let with_buttons = eventually(|| async { telegram.sent().into_iter().find(|sent| !sent.buttons.is_empty()) }).await;
        assert_eq!(with_buttons.buttons.concat(), ["Ya", "Tidak"]);
        in_state(&ayu, &row, text(&asked, "id"), "sent").await;
        rina.presses(with_buttons.message, "Ya").unwrap();
        let pressed = last_message(&ayu, &row, |last| last["direction"] == "in").await;
        assert_eq!(pressed["text"], "Ya");
        // An answer to an older message of ours stays in its conversation, however long ago.
        app.clock.advance_days(40);
        let budi = app.officer("Budi").await;
        rina.answers(out.message, "Terima kasih");
        last_message(&budi, &row, |last| last["text"] == "Terima kasih").await;
        assert_eq!(rows(&budi, "folder=all").await.len(), 1);
    }
}

with_bot! {
    async fn d6_who_blocked_the_bot_is_told_of_in_plain_words(app: TestApp, telegram: Stub) {
        let ayu = app.officer("Ayu").await;
        let rina = telegram.customer(48_213_377, "Rina");
        rina.says("Halo");
        let row = newest(&ayu).await;
        rina.blocks(true);
        let said = answer(&ayu, &row, "Halo, Bu").await;
        let failed = in_state(&ayu, &row, text(&said, "id"), "failed").await;
        assert_eq!(failed["delivery"]["reason"], "the customer has blocked the bot");
        assert_eq!((&failed["delivery"]["attempts"], &failed["delivery"]["next_try_at"]), (&json!(1), &Value::Null));
        rina.blocks(false);
        ayu.post(&format!("/messages/{}/retry", text(&said, "id")), json!({})).await;
        in_state(&ayu, &row, text(&said, "id"), "sent").await;
        assert_eq!(sent(telegram, 1).await.len(), 1);
    }
}

with_bot! {
    async fn telegrams_wish_to_wait_is_obeyed(app: TestApp, telegram: Stub) {
        let ayu = app.officer("Ayu").await;
        telegram.customer(48_213_377, "Rina").says("Halo");
        let row = newest(&ayu).await;
        telegram.behave_next([Behaviour::TooMany { retry_after: 3600 }]);
        let said = answer(&ayu, &row, "Halo, Bu").await;
        let waiting = in_state(&ayu, &row, text(&said, "id"), "retrying").await;
        let next: sapa_channel::Timestamp = serde_json::from_value(waiting["delivery"]["next_try_at"].clone()).unwrap();
        assert!(next.since(app.app.now()) > Duration::from_secs(3500), "{waiting}");
        app.clock.advance(Duration::from_secs(1800));
        app.app.wake().delivery_due();
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(telegram.sent().is_empty());
        app.clock.advance(Duration::from_secs(1900));
        app.app.wake().delivery_due();
        in_state(&ayu, &row, text(&said, "id"), "sent").await;
        assert_eq!(telegram.sent().len(), 1);
    }
}

with_bot! {
    async fn d6_an_unknown_fate_is_shown_and_left_to_the_officer(app: TestApp, telegram: Stub) {
        let ayu = app.officer("Ayu").await;
        telegram.customer(48_213_377, "Rina").says("Halo");
        let row = newest(&ayu).await;
        for how in [Behaviour::HangUp, Behaviour::broken()] {
            let before = telegram.sent().len();
            telegram.behave_next([how]);
            let said = answer(&ayu, &row, "Halo, Bu").await;
            let unknown = in_state(&ayu, &row, text(&said, "id"), "unknown").await;
            assert!(text(&unknown["delivery"], "reason").contains("nobody knows"), "{unknown}");
            app.clock.advance_days(1);
            app.app.wake().delivery_due();
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(telegram.sent().len(), before, "it is not sent again by itself");
            assert_eq!(message(&ayu, &row, text(&said, "id")).await["delivery"]["state"], "unknown");
            ayu.post(&format!("/messages/{}/retry", text(&said, "id")), json!({})).await;
            in_state(&ayu, &row, text(&said, "id"), "sent").await;
            assert_eq!(telegram.sent().len(), before + 1);
        }
    }
}

with_bot! {
    async fn d3_an_update_that_comes_twice_is_one_message(app: TestApp, telegram: Stub) {
        let ayu = app.officer("Ayu").await;
        let rina = telegram.customer(48_213_377, "Rina");
        let said = rina.says("Halo");
        let row = newest(&ayu).await;
        assert!(telegram.again(said.update));
        // Numbers begin anew after a quiet week: a lower one is not an old one.
        eventually(|| async { (telegram.pending().is_empty() && telegram.polled().last() == Some(&None)).then_some(()) }).await;
        telegram.number_from(7);
        rina.says("Masih di sana?");
        last_message(&ayu, &row, |last| last["text"] == "Masih di sana?").await;
        assert_eq!(messages(&ayu, &row).await.len(), 2);
    }
}

with_bot! {
    async fn d8_telegram_that_answers_late_has_each_answer_once_and_in_order(app: TestApp, telegram: Stub) {
        let ayu = app.officer("Ayu").await;
        let rina = telegram.customer(48_213_377, "Rina");
        rina.says("Halo");
        let row = newest(&ayu).await;
        telegram.behave_next([Behaviour::Late { milliseconds: 1500 }, Behaviour::Late { milliseconds: 700 }]);
        let mut said = Vec::new();
        for word in ["satu", "dua", "tiga"] {
            said.push(answer(&ayu, &row, word).await);
        }
        // Meanwhile customers are heard.
        rina.says("Cepat sedikit");
        last_message(&ayu, &row, |last| last["text"] == "Cepat sedikit").await;
        for one in &said {
            let sent = in_state(&ayu, &row, text(one, "id"), "sent").await;
            assert_eq!(sent["delivery"]["attempts"], 1);
        }
        let words: Vec<_> = telegram.sent().into_iter().map(|sent| sent.text).collect();
        assert_eq!(words, ["satu", "dua", "tiga"]);
    }
}
