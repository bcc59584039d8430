//! Assigning, snoozing, solving, answering side by side.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{begun, lines, path};
use crate::{
    scenario,
    support::{
        MAILBOX, eventually,
        inbox::{answer, change, conversation, id, messages, rows, say, text},
        mail::plain,
    },
};

scenario! {
    async fn a_conversation_is_assigned_to_officers_and_teams_and_to_nobody(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let admin = app.staff("Nyoman", sapa::officers::policy::Role::Administrator).await;
        let team = admin.post("/teams", json!({ "name": "Gudang", "members": [budi.id] })).await;
        let mine = change(&ayu, &row, json!({ "assignee_id": ayu.id })).await;
        assert_eq!(mine["assignee"]["name"], "Ayu");
        let his = change(&ayu, &row, json!({ "assignee_id": budi.id, "team_id": team["id"] })).await;
        assert_eq!((&his["assignee"]["name"], &his["team"]["name"]), (&json!("Budi"), &json!("Gudang")));
        let nobodys = change(&ayu, &row, json!({ "assignee_id": null })).await;
        assert_eq!((&nobodys["assignee"], &nobodys["team"]["name"]), (&Value::Null, &json!("Gudang")), "what is not named stays");
        change(&ayu, &row, json!({ "team_id": null })).await;
        assert_eq!(lines(&ayu, &row).await, [
            "conversation.opened", "conversation.assigned", "conversation.assigned", "conversation.assigned", "conversation.assigned",
        ]);
        for field in ["assignee_id", "team_id"] {
            let body = json!({ field: uuid::Uuid::new_v4() });
            let (status, problem) = ayu.refused(Method::PATCH, &path(&row, ""), Some(body)).await;
            assert_eq!(status, 422);
            assert!(problem["fields"][field].is_string(), "{problem}");
        }
        // Who answers first serves.
        answer(&budi, &row, "Halo").await;
        assert_eq!(conversation(&ayu, &id(&row)).await["assignee"]["name"], "Budi");
    }
}

scenario! {
    async fn a_snoozed_conversation_comes_back_when_its_time_has_come(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        let until = app.app.now().after(Duration::from_secs(3600)).to_string();
        let snoozed = change(&ayu, &row, json!({ "status": "snoozed", "snoozed_until": until })).await;
        assert_eq!((text(&snoozed, "status"), snoozed["snoozed_until"].is_string()), ("snoozed", true));
        assert_eq!(rows(&ayu, "folder=open").await.len(), 0);
        assert_eq!(rows(&ayu, "folder=snoozed").await.len(), 1);
        app.clock.advance(Duration::from_secs(3700));
        let awake = eventually(|| async {
            Some(conversation(&ayu, &id(&row)).await).filter(|now| now["status"] == "open")
        }).await;
        assert_eq!(awake["snoozed_until"], Value::Null);
        assert_eq!(lines(&ayu, &row).await, ["conversation.opened", "conversation.snoozed", "conversation.reopened"]);
        for body in [
            json!({ "status": "snoozed" }),
            json!({ "status": "snoozed", "snoozed_until": "2020-01-01T00:00:00Z" }),
            json!({ "snoozed_until": app.app.now().after(Duration::from_secs(60)).to_string() }),
        ] {
            let (status, problem) = ayu.refused(Method::PATCH, &path(&row, ""), Some(body)).await;
            assert_eq!(status, 422);
            assert!(problem["fields"]["snoozed_until"].is_string(), "{problem}");
        }
    }
}

scenario! {
    async fn a_customers_word_wakes_what_is_snoozed_and_reopens_what_is_solved(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        let later = app.app.now().after(Duration::from_secs(9 * 3600)).to_string();
        for (n, body) in [json!({ "status": "snoozed", "snoozed_until": later }), json!({ "status": "solved" })].into_iter().enumerate() {
            let changed = change(&ayu, &row, body.clone()).await;
            assert_eq!(changed["status"], body["status"]);
            let mail = plain("rina@surat.example", "Re: Pesanan KS-20931", &format!("w{n}@surat.example"), "Bagaimana?", "");
            app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
            let now = conversation(&ayu, &id(&row)).await;
            assert_eq!((text(&now, "status"), &now["snoozed_until"], &now["solved_at"]), ("open", &Value::Null, &Value::Null));
            assert!(now["waiting_since"].is_string());
        }
        assert!(lines(&ayu, &row).await.contains(&"conversation.reopened".to_owned()));
        assert_eq!(rows(&ayu, "folder=all").await.len(), 1);
        // By hand as well; and an answer may solve it at once.
        change(&ayu, &row, json!({ "status": "solved" })).await;
        change(&ayu, &row, json!({ "status": "open" })).await;
        say(&ayu, &row, json!({ "kind": "reply", "text": "Selesai.", "solve": true })).await;
        let now = conversation(&ayu, &id(&row)).await;
        assert_eq!((text(&now, "status"), &now["waiting_since"]), ("solved", &Value::Null));
        assert!(now["solved_at"].is_string());
    }
}

scenario! {
    async fn who_would_answer_twice_is_told_who_answered_and_when(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let seen = conversation(&budi, &id(&row)).await["last_seq"].clone();
        let said = answer(&ayu, &row, "Kami kirim hari ini.").await;
        let body = json!({ "kind": "reply", "text": "Kami kirim besok.", "seen_seq": seen });
        let (status, problem) = budi.refused(Method::POST, &path(&row, "/messages"), Some(body.clone())).await;
        assert_eq!((status.as_u16(), text(&problem, "code")), (409, "answered_meanwhile"));
        assert_eq!((&problem["by"], &problem["message_id"]), (&json!({ "id": ayu.id, "name": "Ayu" }), &said["id"]));
        assert_eq!(problem["at"], said["at"]);
        assert_eq!(messages(&ayu, &row).await.len(), 2, "nothing was sent");
        // A note harms nobody; his own answers do not stand in his way; and he may insist.
        say(&budi, &row, json!({ "kind": "note", "text": "Aku juga.", "seen_seq": seen })).await;
        say(&ayu, &row, json!({ "kind": "reply", "text": "Sudah.", "seen_seq": seen })).await;
        let mut anyway = body.clone();
        anyway["anyway"] = json!(true);
        say(&budi, &row, anyway).await;
        // Who has seen it answers freely.
        let seen = conversation(&budi, &id(&row)).await["last_seq"].clone();
        say(&budi, &row, json!({ "kind": "reply", "text": "Lagi.", "seen_seq": seen })).await;
        assert_eq!(messages(&ayu, &row).await.len(), 6);
    }
}

scenario! {
    async fn a_draft_is_its_writers_and_outlives_what_others_do(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let draft = json!({ "kind": "reply", "text": "Maaf, Bu", "cc": ["bos@kopiseruni.example"], "subject": "Re: x" });
        ayu.put(&path(&row, "/draft"), draft).await;
        answer(&budi, &row, "Sudah dikirim").await;
        change(&budi, &row, json!({ "assignee_id": budi.id, "status": "solved" })).await;
        let kept = ayu.get(&path(&row, "/draft")).await;
        assert_eq!((text(&kept, "text"), &kept["cc"]), ("Maaf, Bu", &json!(["bos@kopiseruni.example"])));
        assert_eq!(budi.get(&path(&row, "/draft")).await, Value::Null);
        assert_eq!(conversation(&ayu, &id(&row)).await["draft"], "Maaf, Bu");
        assert_eq!(conversation(&budi, &id(&row)).await["draft"], Value::Null);
        assert_eq!(ayu.get("/drafts").await["items"][0]["conversation_id"], row["id"]);
        // Sent, it is no draft any more; discarded neither.
        answer(&ayu, &row, "Maaf, Bu").await;
        assert_eq!(ayu.get("/drafts").await["items"], json!([]));
        ayu.put(&path(&row, "/draft"), json!({ "kind": "note", "text": "x" })).await;
        ayu.delete(&path(&row, "/draft")).await;
        assert_eq!(ayu.get(&path(&row, "/draft")).await, Value::Null);
    }
}
