//! What keeps bots from talking on and on, and programs from talking to each other.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Hub, hears, outgoing, say};
use crate::{
    scenario,
    support::{
        MAILBOX, TestApp,
        inbox::{messages, newest, rows, text},
        mail::{header, plain},
        visitor::Visitor,
    },
};

scenario! {
    async fn r30_a_bot_that_talks_on_without_a_word_of_the_customer_is_stopped(app: TestApp) {
        let hub = Hub::new(&app).await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let first = hub.peer.asked(1).await.remove(0);
        hub.turn_in("waiting").await;
        let path = format!("/bots/turns/{}/actions", first.turn());
        let bot = hub.caller(&app);
        let three = json!({ "actions": [say("a"), say("b"), say("c")], "more": true });
        for _ in 0..3 {
            bot.post(&path, three.clone()).await;
        }
        let (status, problem) = bot.refused(Method::POST, &path, Some(three)).await;
        assert_eq!((status, text(&problem, "code")), (StatusCode::CONFLICT, "too_much"));
        let row = newest(&hub.admin).await;
        assert_eq!((outgoing(&hub.admin, &row).await.len(), &row["bot"]), (9, &Value::Null));
        let note = messages(&hub.admin, &row).await.pop().unwrap();
        assert_eq!((&note["direction"], text(&note, "text")), (&json!("note"), "Kira was stopped: 10 messages are the most in one turn."));
    }
}

scenario! {
    async fn r30_over_several_turns_twenty_messages_in_a_row_are_the_most(app: TestApp) {
        let hub = Hub::new(&app).await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        for text in ["satu", "dua", "tiga"] {
            visitor.says(text).await;
        }
        let bot = hub.caller(&app);
        let actions = |count: usize, more: bool| json!({ "actions": vec![say("a"); count], "more": more });
        for _ in 0..2 {
            let path = format!("/bots/turns/{}/actions", hub.peer.asked(1).await[0].turn());
            for more in [3, 3, 3] {
                bot.post(&path, actions(more, true)).await;
            }
            bot.post(&path, actions(1, false)).await;
        }
        let path = format!("/bots/turns/{}/actions", hub.peer.asked(1).await[0].turn());
        let (status, problem) = bot.refused(Method::POST, &path, Some(actions(1, false))).await;
        assert_eq!((status, text(&problem, "code")), (StatusCode::CONFLICT, "too_much"));
        let row = newest(&hub.admin).await;
        assert_eq!((outgoing(&hub.admin, &row).await.len(), &row["bot"]), (20, &Value::Null));
        let note = messages(&hub.admin, &row).await.pop().unwrap();
        assert_eq!(text(&note, "text"), "Kira was stopped: 20 messages in a row are the most without a word of the customer.");
    }
}

scenario! {
    async fn r30_within_an_hour_a_conversation_hears_so_many_messages_of_bots_and_no_more(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("a"), say("b"), say("c")]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        for _ in 0..20 {
            visitor.says("lagi").await;
            for _ in 0..3 {
                hears(&mut visitor).await;
            }
        }
        visitor.says("lagi").await;
        let turn = hub.turn_in("failed").await;
        assert_eq!(turn["error"], "60 messages are the most within an hour");
        let row = newest(&hub.admin).await;
        assert_eq!((outgoing(&hub.admin, &row).await.len(), row["handed_over_at"].is_string()), (60, true));
    }
}

/// Two hubs, each with a mailbox that a bot answers, and whose mails are carried to the other.
async fn hub_with_mailbox(app: &TestApp) -> Hub {
    let channel = app.mailbox().await;
    let hub = Hub::with(app, json!({ "channels": [channel["id"]] })).await;
    hub.peer.does(json!([say("Terima kasih atas surat Anda.")]));
    hub
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r11_two_hubs_whose_bots_answer_mail_stop_within_two_mails() {
    use crate::support::Backend;
    let (one, other) = (TestApp::new(Backend::Sqlite).await, TestApp::new(Backend::Sqlite).await);
    let (here, there) = (hub_with_mailbox(&one).await, hub_with_mailbox(&other).await);
    // A person's mail comes to the first hub; from then on each mail is carried to the other hub.
    let mail = plain("Rina <halo@lain.example>", "Halo", "1@lain.example", "Halo", "");
    assert!(one.receive_mail("halo@lain.example", MAILBOX, &mail).await.starts_with("250"));
    let answer = one.sent_mails(1).await.remove(0);
    assert_eq!(header(&answer, "Auto-Submitted").unwrap(), "auto-replied");
    assert!(other.receive_mail("", MAILBOX, &answer).await.starts_with("250"));
    let row = newest(&there.admin).await;
    sapa::bots::work(&other.app).await.unwrap();
    // The other hub shows it to people, and its bot says nothing.
    assert_eq!((&row["bot"], there.peer.count()), (&Value::Null, 0));
    assert_eq!(rows(&there.admin, "folder=unassigned").await.len(), 1);
    assert_eq!((here.peer.count(), one.sent_mails(1).await.len()), (1, 1));
}

scenario! {
    async fn r11_an_automatic_mail_is_never_put_before_a_bot(app: TestApp) {
        let hub = hub_with_mailbox(&app).await;
        for (n, more) in ["Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\n", "List-Id: <a.example>\r\n"].iter().enumerate() {
            let from = format!("a{n}@surat.example");
            let mail = plain(&from, "Tidak di kantor", &format!("{n}@surat.example"), "Saya cuti.", more);
            assert!(app.receive_mail(&from, MAILBOX, &mail).await.starts_with("250"));
        }
        sapa::bots::work(&app.app).await.unwrap();
        assert_eq!((hub.turns().await.len(), rows(&hub.admin, "folder=unassigned").await.len()), (0, 3));
    }
}
