//! What a bot can never reach, and what may never reach it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Hub, hears, say};
use crate::{
    scenario,
    support::{
        Client, MAILBOX, eventually,
        inbox::{id, mail_from, messages, newest, rows, text},
        mail::plain,
        visitor::Visitor,
    },
};

/// An id that nothing has.
const NOBODY: &str = "019acb1c-0000-7000-8000-000000000000";

scenario! {
    async fn r31_a_bots_token_opens_one_door_and_no_other(app: TestApp) {
        let hub = Hub::new(&app).await;
        let bot = hub.caller(&app);
        for route in sapa::http::api(&app.app).2 {
            let path: Vec<_> = route.path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part }).collect();
            let answer = bot.call(route.method.parse().unwrap(), &path.join("/"), None).await;
            let (status, shown) = (answer.status(), format!("{} {}", route.method, route.path));
            match route.access {
                sapa::http::Access::Public => {}
                sapa::http::Access::Bot => assert!(status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN, "{shown}: {status}"),
                _ => assert_eq!(status, StatusCode::UNAUTHORIZED, "{shown}"),
            }
        }
    }
}

scenario! {
    async fn r31_that_door_opens_for_no_officer_no_program_and_no_other_bot(app: TestApp) {
        let hub = Hub::new(&app).await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let path = format!("/bots/turns/{}/actions", hub.peer.asked(1).await[0].turn());
        let body = || Some(json!({ "actions": [say("a")] }));
        let other = hub.admin.post("/bots", json!({ "name": "Lain", "url": hub.peer.url })).await;
        let api = hub.admin.post("/tokens", json!({ "name": "Papan", "scopes": ["conversations:write", "bots:manage"] })).await;
        let with = |token: &str| Client::with_token(app.url(), token);
        for (who, caller, expected) in [
            ("an administrator", hub.admin.clone(), StatusCode::FORBIDDEN),
            ("a program", with(text(&api, "token")), StatusCode::FORBIDDEN),
            ("another bot", with(text(&other, "token")), StatusCode::NOT_FOUND),
            ("nobody", Client::anonymous(app.url()), StatusCode::UNAUTHORIZED),
            ("a guess", with("sapabot_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), StatusCode::UNAUTHORIZED),
        ] {
            let (status, problem) = caller.refused(Method::POST, &path, body()).await;
            assert_eq!(status, expected, "{who}: {problem}");
        }
        hub.caller(&app).post(&path, body().unwrap()).await;
    }
}

scenario! {
    async fn r31_a_bot_sees_no_customer_but_the_one_in_front_of_it(app: TestApp) {
        let channel = app.mailbox().await;
        let hub = Hub::new(&app).await;
        let row = mail_from(&app, &hub.admin, "Siti", "Rahasia Siti").await;
        hub.admin.post("/tickets", json!({ "conversation_id": row["id"], "kind": "question", "title": "Tiket Siti" })).await;
        hub.peer.does(json!([say("Halo!")]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Siapa Siti?").await;
        hears(&mut visitor).await;
        let call = hub.peer.asked(1).await.remove(0);
        for hidden in ["Rahasia", "Tiket Siti", "siti@surat.example", text(&channel, "id"), &id(&row)] {
            assert!(!call.raw.contains(hidden), "{hidden}: {}", call.raw);
        }
        assert_eq!(call.body["data"]["tickets"], json!([]));
    }
}

scenario! {
    async fn r8_r9_who_writes_under_anothers_address_learns_nothing_by_a_bot(app: TestApp) {
        let channel = app.mailbox().await;
        let hub = Hub::with(&app, json!({ "channels": [channel["id"]] })).await;
        hub.peer.does(json!([say("Ada yang bisa dibantu?")]));
        // Rina is known: by a name that an officer gave her, and with a ticket.
        let row = mail_from(&app, &hub.admin, "Rina", "Pesanan rahasia").await;
        hub.peer.asked(1).await;
        let contact = text(&row["contact"], "id").to_owned();
        hub.admin.patch(&format!("/contacts/{contact}"), json!({ "name": "Rina Wulandari", "tags": ["vip"] })).await;
        hub.admin.post("/tickets", json!({ "conversation_id": row["id"], "kind": "complaint", "title": "Biji apek" })).await;
        let forged = plain("Bukan Rina <rina@surat.example>", "Pesanan lain", "9@evil.example", "Apa status saya?", "");
        assert!(app.receive_mail("rina@surat.example", MAILBOX, &forged).await.starts_with("250"));
        let call = hub.peer.asked(1).await.remove(0);
        let data = &call.body["data"];
        assert_eq!((&data["contact"]["verified"], &data["contact"]["name"], &data["contact"]["id"]), (&json!(false), &json!("Bukan Rina"), &Value::Null));
        assert_eq!((&data["tickets"], &data["history"]), (&json!([]), &json!([])));
        for hidden in ["Wulandari", "vip", "apek", "rahasia"] {
            assert!(!call.raw.contains(hidden), "{hidden}: {}", call.raw);
        }
        // And the bot cannot write on her card by it.
        hub.peer.does(json!([{ "type": "tag", "add": ["penipu"], "of": "contact" }]));
        let more = plain("Bukan Rina <rina@surat.example>", "Ketiga", "10@evil.example", "Tandai saya", "");
        app.receive_mail("rina@surat.example", MAILBOX, &more).await;
        let turn = hub.turn_in("failed").await;
        assert!(text(&turn, "error").contains("not proved"), "{turn}");
        assert_eq!(hub.admin.get(&format!("/contacts/{contact}")).await["tags"], json!(["vip"]));
    }
}

scenario! {
    async fn r9_in_one_conversation_an_unproved_address_learns_nothing_of_what_another_said(app: TestApp) {
        // The bot answers both where Rina is proved and where a mail merely claims to be hers.
        let channel = app.mailbox().await;
        let hub = Hub::new(&app).await;
        hub.admin.patch(&hub.path(""), json!({ "channels": [hub.site.channel["id"], channel["id"]] })).await;
        hub.peer.does(json!([say("Baik.")]));
        let token = hub.site.token(&app, json!({ "sub": "rina", "email": "rina@surat.example", "name": "Rina" }));
        let secret = Visitor::new(&app, &hub.site).await.secret;
        let mut visitor = Visitor::back(&app, &hub.site, &secret, Some(&token), None).await;
        visitor.says("Alamat baru saya Jalan Kenanga 5").await;
        hears(&mut visitor).await;
        hub.peer.asked(1).await;
        // Proved by the shop's signature, the address itself is known: a mail from it is hers.
        let mail = plain("Rina <rina@surat.example>", "", "1@surat.example", "Sudah diubah?", "").replace("Subject: \r\n", "");
        assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));
        let call = hub.peer.asked(1).await.remove(0);
        assert_eq!(call.body["data"]["contact"]["verified"], true);
        // Notes and other conversations are left out all the same.
        assert!(call.raw.contains("Kenanga"), "{}", call.raw);
    }
}

scenario! {
    async fn r4_a_bot_at_an_inner_address_is_refused_when_it_is_added_and_when_it_is_called(app: TestApp) {
        let hub = Hub::new(&app).await;
        for url in ["http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "http://0x7f.1.1.1/", "ftp://a.example/", "http://u:p@a.example/", "x"] {
            let (status, problem) = hub.admin.refused(Method::POST, "/bots", Some(json!({ "name": "X", "url": url }))).await;
            assert_eq!((status, problem["fields"]["url"].is_string()), (StatusCode::UNPROCESSABLE_ENTITY, true), "{url}");
        }
        // A redirect leads nowhere.
        hub.peer.replies(|_| (307, String::new()));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let turn = hub.turn_in("failed").await;
        assert_eq!((text(&turn, "error"), &turn["attempts"]), ("answered with status 307: a redirect is not followed", &json!(1)));
    }
}

scenario! {
    async fn r31_an_answer_that_is_too_long_or_no_text_is_refused(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.replies(|_| (200, " ".repeat(300 * 1024)));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        let turn = hub.turn_in("failed").await;
        assert!(text(&turn, "error").contains("longer than 262144 bytes"), "{turn}");
        let details = hub.admin.get(&hub.path(&format!("/turns/{}", id(&turn)))).await;
        assert!(text(&details, "response").len() <= 4096 && text(&details, "request").contains("Halo"));
    }
}

scenario! {
    async fn r28_neither_secret_nor_token_stands_in_a_list_the_audit_or_an_answer(app: TestApp) {
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("Halo!")]));
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        hears(&mut visitor).await;
        let turn = hub.turn_in("answered").await;
        let shown = [
            hub.admin.get("/bots").await,
            hub.admin.get(&hub.path("/turns")).await,
            hub.admin.get(&hub.path(&format!("/turns/{}", id(&turn)))).await,
            hub.admin.get("/audit").await,
            hub.admin.post(&hub.path("/test"), json!({})).await,
        ];
        for value in shown {
            let value = value.to_string();
            assert!(!value.contains(text(&hub.bot, "secret")) && !value.contains(text(&hub.bot, "token")), "{value}");
        }
    }
}

scenario! {
    async fn r1_what_a_bot_says_is_text_and_never_a_page(app: TestApp) {
        let channel = app.mailbox().await;
        let hub = Hub::with(&app, json!({ "channels": [channel["id"]] })).await;
        hub.peer.does(json!([say("<script>alert(1)</script><b>Halo</b>")]));
        mail_from(&app, &hub.admin, "Rina", "Halo").await;
        let sent = app.sent_mails(1).await.remove(0);
        assert!(!sent.split_once("text/html").is_some_and(|(_, html)| html.contains("<script>")), "{sent}");
        let row = eventually(|| async { rows(&hub.admin, "folder=bot").await.pop() }).await;
        let said = messages(&hub.admin, &row).await.pop().unwrap();
        assert_eq!((&said["has_html"], text(&said, "text")), (&json!(false), "<script>alert(1)</script><b>Halo</b>"));
        assert_eq!(newest(&hub.admin).await["id"], row["id"]);
    }
}
