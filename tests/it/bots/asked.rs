//! What bots are told, and what becomes of what they answer at once.

use std::time::Duration;

use sapa::webhooks::sign;
use serde_json::{Value, json};

use super::{Hub, hears, outgoing, say};
use crate::{
    scenario,
    support::{
        MAILBOX, eventually,
        inbox::{conversation, id, messages, newest, rows, text},
        mail::{address, header, plain},
        visitor::Visitor,
    },
};

scenario! {
    async fn b1_a_bot_is_told_of_each_message_signed_and_its_answer_reaches_the_customer(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("Halo! Saya Kira.")]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo, ada biji kopi?").await;
        let heard = hears(&mut visitor).await;
        assert_eq!((&heard["from"], &heard["name"], &heard["text"]), (&json!("bot"), &json!("Kira"), &json!("Halo! Saya Kira.")));

        let call = hub.peer.asked(1).await.remove(0);
        let secret = text(&hub.bot, "secret");
        let seconds = call.header("webhook-timestamp").parse().unwrap();
        assert_eq!(call.header("webhook-signature"), sign::signature(secret, call.header("webhook-id"), seconds, &call.raw));
        let data = &call.body["data"];
        assert_eq!((&call.body["type"], text(data, "turn_id")), (&json!("message.received"), call.header("webhook-id")));
        assert_eq!((&data["message"]["text"], &data["contact"]["verified"], &data["contact"]["language"]), (&json!("Halo, ada biji kopi?"), &json!(true), &json!("id")));
        assert_eq!((&data["channel"]["kind"], &data["channel"]["buttons"], &data["bot"]["name"]), (&json!("webchat"), &json!(true), &json!("Kira")));
        assert!(text(data, "actions_url").ends_with(&format!("/api/v1/bots/turns/{}/actions", call.turn())));

        // It stands in the history under the bot's name, marked as automatic, and nobody is assigned.
        let row = newest(&hub.admin).await;
        let said = messages(&hub.admin, &row).await.pop().unwrap();
        assert_eq!((&said["author"]["kind"], &said["author"]["id"], &said["automatic"]), (&json!("bot"), &hub.bot["id"], &json!(true)));
        assert_eq!((&row["assignee"], &row["bot"]["name"]), (&Value::Null, &json!("Kira")));
        let turn = hub.turn_in("answered").await;
        assert_eq!((&turn["said"], &turn["attempts"], &turn["status"], &turn["error"]), (&json!(1), &json!(1), &json!(200), &Value::Null));
        assert_eq!(hub.health().await["state"], "good");
    }
}

scenario! {
    async fn b1_the_history_of_the_conversation_comes_along_and_private_notes_do_not(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([{ "type": "note", "text": "rahasia dapur" }, say("Nomor pesanan?")]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        hears(&mut visitor).await;
        visitor.says("KS-1024").await;
        hears(&mut visitor).await;
        let second = hub.peer.asked(2).await.remove(1);
        let history = second.body["data"]["history"].as_array().unwrap();
        let told: Vec<_> = history.iter().map(|one| (text(one, "from"), text(one, "text"))).collect();
        assert_eq!(told, [("contact", "Halo"), ("bot", "Nomor pesanan?")]);
        assert!(!second.raw.contains("rahasia"));
        // Officers see the note.
        let row = newest(&hub.admin).await;
        assert!(messages(&hub.admin, &row).await.iter().any(|one| one["direction"] == "note" && one["text"] == "rahasia dapur"));
    }
}

scenario! {
    async fn b1_a_bot_says_files_tags_tickets_and_hands_over_with_a_summary(app: TestApp) {
        let hub = Hub::new(&app).await;
        let team = hub.admin.post("/teams", json!({ "name": "Gudang" })).await;
        hub.peer.does(json!([
            { "type": "say", "text": "Ini labelnya.", "files": [{ "name": "label.txt", "media_type": "text/plain", "data": "aGFsbw==" }] },
            { "type": "tag", "add": ["retur", "bot"] },
            { "type": "tag", "add": ["langganan"], "of": "contact" },
            { "type": "ticket", "kind": "complaint", "title": "Kemasan sobek", "description": "Pesanan KS-1024" },
            { "type": "hand_over", "team": "gudang", "summary": "Pesanan KS-1024 datang sobek; mau diganti." },
        ]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Kemasannya sobek").await;
        let heard = hears(&mut visitor).await;
        assert_eq!(heard["files"][0]["name"], "label.txt");
        hub.turn_in("handed_over").await;
        let row = newest(&hub.admin).await;
        assert_eq!((&row["bot"], &row["team"]["id"], &row["assignee"]), (&Value::Null, &team["id"], &Value::Null));
        assert!(row["handed_over_at"].is_string() && row["waiting_since"].is_string(), "{row}");
        assert_eq!(row["labels"], json!(["bot", "retur"]));
        assert_eq!(row["ticket"]["title"], "Kemasan sobek");
        let note = messages(&hub.admin, &row).await.into_iter().find(|one| one["direction"] == "note").unwrap();
        assert_eq!((&note["author"]["kind"], &note["text"]), (&json!("bot"), &json!("Pesanan KS-1024 datang sobek; mau diganti.")));
        let contact = hub.admin.get(&format!("/contacts/{}", text(&row["contact"], "id"))).await;
        assert_eq!(contact["tags"], json!(["langganan"]));
        let history = hub.admin.get(&format!("/contacts/{}/timeline", text(&row["contact"], "id"))).await;
        let over = history["items"].as_array().unwrap().iter().find(|item| item["kind"] == "conversation.handed_over").unwrap();
        assert_eq!((&over["data"]["team"], &over["data"]["why"], &over["actor"]["name"]), (&json!("Gudang"), &json!("asked"), &json!("Kira")));

        // What the customer says next is for people.
        hub.peer.asked(1).await;
        visitor.says("Halo?").await;
        assert_eq!(hub.turns().await.len(), 1);
        assert_eq!(rows(&hub.admin, "folder=unassigned").await.len(), 1);
    }
}

scenario! {
    async fn b1_messages_of_one_conversation_are_asked_about_in_order_and_one_at_a_time(app: TestApp) {
        let hub = Hub::new(&app).await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        for text in ["satu", "dua", "tiga"] {
            visitor.says(text).await;
        }
        // The first waits for an answer by the API, and holds up the others.
        let first = hub.peer.asked(1).await.remove(0);
        assert_eq!(first.body["data"]["message"]["text"], "satu");
        let waiting = eventually(|| async {
            let turns = hub.turns().await;
            (turns.len() == 3 && turns[2]["state"] == "waiting").then_some(turns)
        })
        .await;
        assert_eq!((&waiting[1]["state"], &waiting[0]["state"], hub.peer.count()), (&json!("queued"), &json!("queued"), 0));
        hub.peer.replies(|call| (200, json!({ "actions": [say(&format!("jawab {}", text(&call["data"]["message"], "text")))] }).to_string()));
        hub.caller(&app).post(&format!("/bots/turns/{}/actions", first.turn()), json!({ "actions": [say("jawab satu")] })).await;
        let mut heard = Vec::new();
        for _ in 0..3 {
            heard.push(text(&hears(&mut visitor).await, "text").to_owned());
        }
        assert_eq!(heard, ["jawab satu", "jawab dua", "jawab tiga"]);
    }
}

scenario! {
    async fn b1_buttons_are_shown_and_a_choice_is_told_with_its_payload(app: TestApp) {
        let hub = Hub::new(&app).await;
        let buttons = json!([{ "label": "Lacak pesanan", "payload": "track" }, { "label": "Bicara dengan orang" }]);
        hub.peer.does(json!([{ "type": "say", "text": "Mau apa?", "buttons": buttons }]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let heard = hears(&mut visitor).await;
        assert_eq!(heard["buttons"], json!([{ "label": "Lacak pesanan" }, { "label": "Bicara dengan orang" }]));
        for (said, choice) in [
            ("Lacak pesanan", json!({ "number": 1, "label": "Lacak pesanan", "payload": "track" })),
            ("2", json!({ "number": 2, "label": "Bicara dengan orang" })),
            ("besok saja", Value::Null),
        ] {
            visitor.says(said).await;
            hears(&mut visitor).await;
            let call = hub.peer.asked(hub.peer.count()).await.pop().unwrap();
            assert_eq!(call.body["data"]["message"]["choice"], choice, "{said}");
        }
    }
}

scenario! {
    async fn b1_by_mail_buttons_are_numbered_and_an_answer_with_the_number_is_the_choice(app: TestApp) {
        let channel = app.mailbox().await;
        let hub = Hub::with(&app, json!({ "channels": [channel["id"]] })).await;
        let buttons = json!([{ "label": "Lacak pesanan", "payload": "track" }, { "label": "Retur", "payload": "return" }]);
        hub.peer.does(json!([{ "type": "say", "text": "Mau apa?", "buttons": buttons }]));
        let mail = plain("Rina <rina@surat.example>", "Pesanan", "1@surat.example", "Halo", "");
        assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));
        let sent = app.sent_mails(1).await.remove(0);
        assert!(sent.contains("1. Lacak pesanan") && sent.contains("2. Retur"), "{sent}");
        // R11: it says that no person wrote it.
        assert_eq!(header(&sent, "Auto-Submitted").unwrap(), "auto-replied");
        assert!(header(&sent, "From").unwrap().contains("Kira"));
        let reply_to = address(&header(&sent, "Reply-To").unwrap());
        let again = plain("rina@surat.example", "Re: Pesanan", "2@surat.example", "2\r\n\r\nSalam, Rina", "");
        assert!(app.receive_mail("rina@surat.example", &reply_to, &again).await.starts_with("250"));
        let call = hub.peer.asked(2).await.remove(1);
        assert_eq!(call.body["data"]["message"]["choice"], json!({ "number": 2, "label": "Retur", "payload": "return" }));
        assert_eq!(call.body["data"]["channel"]["buttons"], false);
    }
}

scenario! {
    async fn b1_rasa_is_spoken_to_in_its_own_form(app: TestApp) {
        let hub = Hub::with(&app, json!({ "form": "rasa" })).await;
        hub.peer.replies(|call| (200, match call["message"].as_str().unwrap() {
            "/human" => json!([{ "recipient_id": "x", "text": "Sebentar ya." }, { "recipient_id": "x", "custom": { "sapa": "hand_over" } }]),
            _ => json!([
                { "recipient_id": "x", "text": "Halo." },
                { "recipient_id": "x", "text": "Mau apa?", "buttons": [{ "title": "Orang", "payload": "/human" }] },
            ]),
        }.to_string()));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("hai").await;
        let heard = hears(&mut visitor).await;
        assert_eq!((&heard["text"], &heard["buttons"]), (&json!("Halo.\n\nMau apa?"), &json!([{ "label": "Orang" }])));
        visitor.says("Orang").await;
        assert_eq!(hears(&mut visitor).await["text"], "Sebentar ya.");
        hub.turn_in("handed_over").await;
        let calls = hub.peer.asked(2).await;
        let row = newest(&hub.admin).await;
        assert_eq!(calls[0].body, json!({ "sender": row["id"], "message": "hai" }));
        assert_eq!(calls[1].body, json!({ "sender": row["id"], "message": "/human" }));
        assert!(!calls[0].headers.contains_key("webhook-signature"));
    }
}

scenario! {
    async fn b1_an_answer_that_cannot_be_done_is_done_not_at_all_and_people_go_on(app: TestApp) {
        let hub = Hub::new(&app).await;
        let long = "a".repeat(20_000);
        for (answer, why) in [
            (json!({ "actions": [say("satu"), { "type": "call", "url": "x" }] }), "unknown variant `call`"),
            (json!({ "actions": [say("satu"), say(&long)] }), "characters long"),
            (json!({ "actions": [say("satu"), { "type": "hand_over", "team": "Tidak ada" }] }), "there is no team"),
        ] {
            let body = answer.to_string();
            hub.peer.replies(move |_| (200, body.clone()));
            let mut visitor = Visitor::new(&app, &hub.site).await;
            visitor.says("Halo").await;
            let heard = hears(&mut visitor).await;
            assert!(text(&heard, "text").contains("Petugas kami akan menjawab"), "{heard}");
            let turn = hub.turn_in("failed").await;
            assert!(text(&turn, "error").contains(why), "{turn}");
            let row = conversation(&hub.admin, text(&turn, "conversation_id")).await;
            assert_eq!((&row["bot"], row["handed_over_at"].is_string()), (&Value::Null, true));
            assert_eq!(outgoing(&hub.admin, &row).await.len(), 1, "nothing of the answer was done");
        }
        assert!(text(&hub.health().await, "error").contains("there is no team"));
    }
}

scenario! {
    async fn d6_a_call_that_was_cut_off_is_made_again_with_the_same_id_and_its_answer_is_done_once(app: TestApp) {
        let hub = Hub::new(&app).await;
        // It takes the call and says nothing: the hub stops while it waits.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = silent.local_addr().unwrap();
        hub.admin.patch(&hub.path(""), json!({ "url": format!("http://{address}/"), "patience": 300 })).await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let (_connection, _) = silent.accept().await.unwrap();
        let turn = hub.turn_in("calling").await;
        hub.admin.patch(&hub.path(""), json!({ "url": hub.peer.url })).await;
        app.app.stopping().cancel();
        app.app.tasks().close();
        app.app.tasks().wait().await;

        hub.peer.does(json!([say("Halo!")]));
        sapa::bots::work(&app.app).await.unwrap();
        assert_eq!(hub.peer.count(), 0, "it is held until its lease ends");
        app.clock.advance(Duration::from_secs(80));
        sapa::bots::work(&app.app).await.unwrap();
        sapa::bots::work(&app.app).await.unwrap();
        let calls = hub.peer.asked(1).await;
        assert_eq!((calls[0].turn(), hub.peer.count()), (id(&turn), 0));
        let mut tx = app.app.db().read().await.unwrap();
        let said: i64 = sapa::on_db!(&mut tx, |conn| sqlx::query_scalar("SELECT COUNT(*) FROM messages WHERE author_kind = 'bot'").fetch_one(conn).await.unwrap());
        assert_eq!(said, 1);
    }
}

scenario! {
    async fn b1_a_test_call_says_nothing_to_anybody_and_tells_how_the_bot_fares(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("Halo")]));
        let tested = hub.admin.post(&hub.path("/test"), json!({})).await;
        assert_eq!((&tested["good"], &tested["status"], &tested["actions"]), (&json!(true), &json!(200), &json!(["say"])));
        let call = hub.peer.asked(1).await.remove(0);
        assert_eq!((&call.body["type"], call.body["data"]["message"].is_null()), (&json!("bot.test"), true));
        hub.peer.replies(|_| (500, "aduh".to_owned()));
        let tested = hub.admin.post(&hub.path("/test"), json!({})).await;
        assert_eq!((&tested["good"], &tested["error"], &tested["response"]), (&json!(false), &json!("answered with status 500"), &json!("aduh")));
        assert_eq!(hub.health().await["state"], "bad");
        assert!(rows(&hub.admin, "folder=all").await.is_empty());
    }
}

scenario! {
    async fn b1_a_visitor_sees_that_the_bot_is_writing(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("Halo")]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let typing = visitor.hears("typing").await;
        assert_eq!((&typing["on"], &typing["name"]), (&json!(true), &json!("Kira")));
    }
}
