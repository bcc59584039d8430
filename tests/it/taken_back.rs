//! Taking an answer back within the time for it, and sending it again.

use std::time::Duration;

use reqwest::Method;
use sapa_telegram::stub::{self, Stub};
use serde_json::{Value, json};

use crate::support::{
    Backend, Client, TestApp,
    inbox::{answer, id, mail_from, newest, say, text},
    mail::header,
};

/// A hub where an answer waits for ten seconds, with a mailbox and a bot.
async fn hub(backend: Backend) -> (TestApp, Stub, Client) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let telegram = Stub::start().await.unwrap();
    let url = telegram.url();
    let app = TestApp::with(backend, move |config| {
        config.telegram.api_url = url;
        config.delivery.undo_seconds = 10;
    })
    .await;
    app.mailbox().await;
    let admin = app.staff("Komang", sapa::officers::policy::Role::Administrator).await;
    let bot = json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN });
    admin.post("/channels", bot).await;
    let ayu = app.officer("Ayu").await;
    (app, telegram, ayu)
}

/// A scenario with time for undo, as two tests.
macro_rules! with_undo {
    (async fn $name:ident($app:ident: TestApp, $telegram:ident: Stub, $ayu:ident: Client) $body:block) => {
        mod $name {
            use super::*;

            async fn run($app: &TestApp, $telegram: &Stub, $ayu: &Client) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let (app, telegram, ayu) = hub(Backend::Sqlite).await;
                run(&app, &telegram, &ayu).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let (app, telegram, ayu) = hub(Backend::Postgres).await;
                run(&app, &telegram, &ayu).await;
            }
        }
    };
}

fn later(app: &TestApp, seconds: u64) {
    app.clock.advance(Duration::from_secs(seconds));
    app.app.wake().delivery_due();
}

async fn undone(ayu: &Client, said: &Value) -> Value {
    let gone = ayu.delete(&format!("/messages/{}", id(said))).await;
    assert_eq!(gone["delivery"]["state"], "cancelled", "{gone}");
    assert!(gone["retracted_at"].is_string(), "{gone}");
    gone
}

with_undo! {
    async fn a_mail_and_a_telegram_answer_are_taken_back_before_they_leave(app: TestApp, telegram: Stub, ayu: Client) {
        let mail = mail_from(app, ayu, "Rina", "Pesanan").await;
        let wrong = answer(ayu, &mail, "Salah").await;
        assert_eq!(wrong["delivery"]["state"], "held");
        later(app, 5);
        undone(ayu, &wrong).await;
        let draft = format!("/conversations/{}/draft", id(&mail));
        assert_eq!(ayu.get(&draft).await["text"], "Salah");
        let row = newest(ayu).await;
        assert_eq!((text(&row, "preview"), text(&row, "preview_kind")), ("Isinya kurang satu.", "in"));
        assert!(row["waiting_since"].is_string(), "the customer waits again");

        telegram.customer(48_213_377, "Budi").says("Halo");
        let chat = crate::support::eventually(|| async {
            Some(newest(ayu).await).filter(|row| row["channel"]["kind"] == "telegram")
        }).await;
        let wrong = answer(ayu, &chat, "Salah juga").await;
        undone(ayu, &wrong).await;

        // Those that are not taken back leave, and they alone.
        let right = answer(ayu, &mail, "Benar").await;
        answer(ayu, &chat, "Benar juga").await;
        later(app, 11);
        let sent = app.sent_mails(1).await;
        let chats = crate::support::eventually(|| async {
            Some(telegram.sent()).filter(|sent| !sent.is_empty())
        }).await;
        assert!(sent.len() == 1 && sent[0].contains("Benar") && !sent[0].contains("Salah"), "{sent:?}");
        assert_eq!((chats.len(), &*chats[0].text), (1, "Benar juga"));
        let (status, problem) = ayu.refused(Method::DELETE, &format!("/messages/{}", id(&right)), None).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "too_late"));
    }
}

with_undo! {
    async fn an_answer_for_later_is_taken_back_long_after_the_time_for_undo(app: TestApp, telegram: Stub, ayu: Client) {
        let mail = mail_from(app, ayu, "Rina", "Pesanan").await;
        telegram.customer(48_213_377, "Budi").says("Halo");
        let chat = crate::support::eventually(|| async {
            Some(newest(ayu).await).filter(|row| row["channel"]["kind"] == "telegram")
        }).await;
        let at = app.app.now().after(Duration::from_secs(3600)).to_string();
        for row in [&mail, &chat] {
            let said = say(ayu, row, json!({ "kind": "reply", "text": "Besok", "send_at": at })).await;
            later(app, 600);
            undone(ayu, &said).await;
        }
        later(app, 7200);
        answer(ayu, &mail, "Sekarang").await;
        answer(ayu, &chat, "Sekarang").await;
        later(app, 11);
        assert!(app.sent_mails(1).await.concat().contains("Sekarang"));
        let chats = crate::support::eventually(|| async {
            Some(telegram.sent()).filter(|sent| !sent.is_empty())
        }).await;
        assert_eq!(chats.len(), 1, "what was taken back never left");
    }
}

with_undo! {
    async fn an_answer_with_all_that_belongs_to_it_becomes_a_draft_and_is_sent_again(app: TestApp, telegram: Stub, ayu: Client) {
        assert!(telegram.sent().is_empty());
        let row = mail_from(app, ayu, "Rina", "Pesanan").await;
        let file = ayu.upload("nota.txt", "text/plain", b"dua bungkus Gayo").await;
        let body = json!({
            "kind": "reply", "text": "Ini notanya.", "subject": "Nota KS-1", "files": [file["id"]],
            "cc": ["suami@surat.example"], "bcc": ["arsip@kopiseruni.example"],
        });
        let said = say(ayu, &row, body.clone()).await;
        // What was begun since stands behind it.
        let draft = format!("/conversations/{}/draft", id(&row));
        ayu.put(&draft, json!({ "kind": "reply", "text": "Satu lagi:", "cc": ["ibu@surat.example"] })).await;
        undone(ayu, &said).await;
        let kept = ayu.get(&draft).await;
        assert_eq!(kept, json!({
            "kind": "reply", "text": "Ini notanya.\n\nSatu lagi:", "subject": "Nota KS-1", "files": [file["id"]],
            "channel_id": said["channel"]["id"], "cc": ["suami@surat.example", "ibu@surat.example"],
            "bcc": ["arsip@kopiseruni.example"], "buttons": [],
        }));
        let bytes = ayu.call(Method::GET, text(&file, "url"), None).await;
        assert_eq!(bytes.status(), 200, "the file is the officer's upload again");
        say(ayu, &row, body).await;
        later(app, 11);
        let sent = app.sent_mails(1).await.remove(0);
        assert!(sent.contains("multipart/mixed") && sent.contains("nota.txt"), "{sent}");
        assert_eq!(header(&sent, "Subject").unwrap(), "Nota KS-1");
        assert_eq!(ayu.get(&draft).await, Value::Null);
    }
}
