//! Who is in charge: folders, taking over, giving back, switching off.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Hub, hears, say};
use crate::{
    scenario,
    support::{
        MAILBOX, TestApp, eventually,
        inbox::{answer, change, conversation, id, newest, rows, text},
        mail::{address, header, plain},
        screen::Screen,
        visitor::Visitor,
    },
};

/// A conversation that the bot is in charge of and has answered.
async fn begun(app: &TestApp, hub: &Hub) -> (Visitor, Value) {
    hub.peer.does(json!([say("Halo!")]));
    let mut visitor = Visitor::new(app, &hub.site).await;
    visitor.says("Halo").await;
    hears(&mut visitor).await;
    hub.peer.asked(1).await;
    let row = newest(&hub.admin).await;
    (visitor, row)
}

async fn counted(hub: &Hub, folder: &str) -> (i64, usize) {
    let count = hub.admin.get("/inbox/counts").await[folder].as_i64().unwrap();
    (count, rows(&hub.admin, &format!("folder={folder}")).await.len())
}

scenario! {
    async fn b1_what_a_bot_has_stands_in_its_own_folder_and_in_nobodys(app: TestApp) {
        let hub = Hub::new(&app).await;
        let (_visitor, row) = begun(&app, &hub).await;
        assert_eq!((counted(&hub, "bot").await, counted(&hub, "unassigned").await, counted(&hub, "open").await), ((1, 1), (0, 0), (1, 1)));
        assert!(rows(&hub.admin, "folder=waiting").await.is_empty());
        assert_eq!(hub.admin.get("/bots").await["items"][0]["in_charge"], 1);
        change(&hub.admin, &row, json!({ "status": "solved" })).await;
        assert_eq!(counted(&hub, "bot").await, (0, 0));
    }
}

scenario! {
    async fn b1_a_person_takes_over_by_the_button_by_answering_and_by_assigning(app: TestApp) {
        let hub = Hub::new(&app).await;
        for way in ["button", "answer", "assign"] {
            let (mut visitor, row) = begun(&app, &hub).await;
            let path = format!("/conversations/{}/bot", id(&row));
            match way {
                "button" => drop(hub.admin.post(&path, json!({ "bot": false })).await),
                "answer" => drop(answer(&hub.admin, &row, "Saya bantu.").await),
                _ => drop(change(&hub.admin, &row, json!({ "assignee_id": hub.admin.id })).await),
            }
            let now = conversation(&hub.admin, &id(&row)).await;
            assert_eq!((&now["bot"], &now["assignee"]["id"], &now["channel_bot"]["name"]), (&Value::Null, &hub.admin.id, &json!("Kira")), "{way}");
            let line = hub.admin.get(&format!("/contacts/{}/timeline", text(&row["contact"], "id"))).await;
            let taken = line["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "conversation.taken_over").count();
            assert_eq!(taken, 1, "{way}");
            let before = hub.turns().await.len();
            visitor.says("Terima kasih").await;
            eventually(|| async { Some(newest(&hub.admin).await).filter(|row| row["preview"] == "Terima kasih") }).await;
            sapa::bots::work(&app.app).await.unwrap();
            assert_eq!((hub.turns().await.len(), hub.peer.count()), (before, 0), "{way}");
        }
    }
}

scenario! {
    async fn b1_given_back_the_bot_answers_what_the_customer_still_waits_for(app: TestApp) {
        let hub = Hub::new(&app).await;
        let (mut visitor, row) = begun(&app, &hub).await;
        let path = format!("/conversations/{}/bot", id(&row));
        hub.admin.post(&path, json!({ "bot": false })).await;
        visitor.says("Buka jam berapa?").await;
        eventually(|| async { Some(newest(&hub.admin).await).filter(|row| row["preview"] == "Buka jam berapa?") }).await;
        hub.peer.does(json!([say("Jam 8.")]));
        let now = hub.admin.post(&path, json!({ "bot": true })).await;
        assert_eq!((&now["bot"]["name"], &now["assignee"]), (&json!("Kira"), &Value::Null));
        assert_eq!(hears(&mut visitor).await["text"], "Jam 8.");
        let call = hub.peer.asked(1).await.remove(0);
        assert_eq!(call.body["data"]["message"]["text"], "Buka jam berapa?");
        // Giving it twice is giving it once.
        hub.admin.post(&path, json!({ "bot": true })).await;
        visitor.says("Makasih").await;
        hears(&mut visitor).await;
        assert_eq!(hub.peer.asked(1).await.len(), 1);
    }
}

scenario! {
    async fn b1_what_people_serve_is_never_grabbed_and_a_channel_without_a_bot_has_none(app: TestApp) {
        let channel = app.mailbox().await;
        let hub = Hub::new(&app).await;
        let mail = plain("Rina <rina@surat.example>", "Pesanan", "1@surat.example", "Kurang satu.", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let row = newest(&hub.admin).await;
        let path = format!("/conversations/{}/bot", id(&row));
        let (status, problem) = hub.admin.refused(Method::POST, &path, Some(json!({ "bot": true }))).await;
        assert_eq!((status, text(&problem, "code")), (StatusCode::CONFLICT, "no_bot"));
        // The mailbox gets a bot, and what was there stays with people.
        hub.admin.patch(&hub.path(""), json!({ "channels": [hub.site.channel["id"], channel["id"]] })).await;
        answer(&hub.admin, &row, "Kami kirim.").await;
        let sent = app.sent_mails(1).await.remove(0);
        let reply_to = address(&header(&sent, "Reply-To").unwrap());
        let again = plain("rina@surat.example", "Re: Pesanan", "2@surat.example", "Baik.", "");
        app.receive_mail("rina@surat.example", &reply_to, &again).await;
        sapa::bots::work(&app.app).await.unwrap();
        assert_eq!((hub.turns().await.len(), &newest(&hub.admin).await["bot"]), (0, &Value::Null));
    }
}

scenario! {
    async fn b1_switched_off_its_conversations_are_peoples_at_once_and_its_turns_are_dropped(app: TestApp) {
        let hub = Hub::new(&app).await;
        let mut screen = Screen::ready(&app, &hub.admin).await;
        let mut visitor = Visitor::new(&app, &hub.site).await;
        visitor.says("Halo").await;
        hub.turn_in("waiting").await;
        let path = format!("/bots/turns/{}/actions", hub.peer.asked(1).await[0].turn());
        let off = hub.admin.patch(&hub.path(""), json!({ "enabled": false })).await;
        assert_eq!((&off["health"]["state"], &off["in_charge"]), (&json!("off"), &json!(0)));
        let heard = screen.hears_event("conversation.handed_over").await;
        assert_eq!(heard["data"]["why"], "switched_off");
        assert_eq!((counted(&hub, "bot").await, counted(&hub, "unassigned").await), ((0, 0), (1, 1)));
        assert_eq!(hub.turns().await[0]["state"], "dropped");
        // Its token opens nothing any more.
        let (status, _) = hub.caller(&app).refused(Method::POST, &path, Some(json!({ "actions": [say("a")] }))).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        visitor.says("Halo?").await;
        sapa::bots::work(&app.app).await.unwrap();
        assert_eq!(hub.turns().await.len(), 1);
    }
}

scenario! {
    async fn b1_a_bot_that_is_removed_leaves_what_it_said_and_its_conversations_to_people(app: TestApp) {
        let hub = Hub::new(&app).await;
        let (_visitor, row) = begun(&app, &hub).await;
        hub.admin.delete(&hub.path("")).await;
        assert_eq!(counted(&hub, "unassigned").await, (1, 1));
        let said = crate::support::inbox::messages(&hub.admin, &row).await.pop().unwrap();
        assert_eq!((&said["author"]["name"], &said["text"]), (&json!("Kira"), &json!("Halo!")));
        assert_eq!(hub.admin.get("/bots").await["items"], json!([]));
    }
}

scenario! {
    async fn b1_a_customer_who_goes_on_by_another_channel_goes_on_with_people(app: TestApp) {
        app.mailbox().await;
        let hub = Hub::new(&app).await;
        hub.peer.does(json!([say("Halo!")]));
        let token = hub.site.token(&app, json!({ "sub": "rina", "email": "rina@surat.example", "name": "Rina" }));
        let secret = Visitor::new(&app, &hub.site).await.secret;
        let mut visitor = Visitor::back(&app, &hub.site, &secret, Some(&token), None).await;
        visitor.says("Halo").await;
        hears(&mut visitor).await;
        // The same customer by mail, without a subject of its own: the same conversation.
        let mail = plain("Rina <rina@surat.example>", "", "1@surat.example", "Saya lanjut lewat surel.", "").replace("Subject: \r\n", "");
        assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));
        let row = eventually(|| async { Some(newest(&hub.admin).await).filter(|row| row["channel"]["kind"] == "email" && row["bot"].is_null()) }).await;
        assert!(row["handed_over_at"].is_string(), "{row}");
        assert_eq!(hub.peer.asked(1).await.len(), 1);
    }
}
