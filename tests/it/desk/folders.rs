//! Folders, their counts, mentions, labels, what is read.

use std::time::Duration;

use reqwest::Method;
use sapa::on_db;
use serde_json::{Value, json};

use super::{begun, path};
use crate::{
    scenario,
    support::{
        Client, MAILBOX,
        inbox::{answer, change, conversation, id, in_state, mail_from, rows, say, text},
        mail::plain,
    },
};

async fn count(client: &Client, folder: &str) -> i64 {
    client.get("/inbox/counts").await[folder].as_i64().unwrap()
}

scenario! {
    async fn a_note_calls_a_colleague_and_reading_answers_the_call(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let note = say(&ayu, &row, json!({ "kind": "note", "text": "@Budi lihat ini?", "mentions": [budi.id] })).await;
        assert_eq!((&note["direction"], &note["mentions"], &note["delivery"]), (&json!("note"), &json!([budi.id]), &Value::Null));
        assert_eq!((count(&budi, "mentions").await, count(&ayu, "mentions").await), (1, 0));
        assert_eq!(rows(&budi, "folder=mentions").await[0]["id"], row["id"]);
        // A note answers no customer.
        let now = conversation(&budi, &id(&row)).await;
        assert!(now["waiting_since"].is_string());
        let seq = now["last_seq"].clone();
        budi.post(&path(&row, "/read"), json!({ "seq": seq })).await;
        assert_eq!((count(&budi, "mentions").await, rows(&budi, "folder=mentions").await.len()), (0, 0));
        // What was seen before the call does not answer it.
        say(&ayu, &row, json!({ "kind": "note", "text": "@Budi lagi?", "mentions": [budi.id] })).await;
        budi.post(&path(&row, "/read"), json!({ "seq": seq })).await;
        assert_eq!(count(&budi, "mentions").await, 1);
        answer(&budi, &row, "Sudah").await;
        assert_eq!(count(&budi, "mentions").await, 0);
    }
}

scenario! {
    async fn the_counts_are_those_of_the_folders(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let admin = app.staff("Nyoman", sapa::officers::policy::Role::Administrator).await;
        let team = admin.post("/teams", json!({ "name": "Gudang" })).await;
        let sari = mail_from(&app, &ayu, "Sari", "Lain").await;
        let tono = mail_from(&app, &ayu, "Tono", "Ketiga").await;
        change(&ayu, &row, json!({ "assignee_id": ayu.id, "team_id": team["id"] })).await;
        change(&ayu, &sari, json!({ "assignee_id": budi.id })).await;
        let later = app.app.now().after(Duration::from_secs(9 * 3600)).to_string();
        change(&ayu, &tono, json!({ "status": "snoozed", "snoozed_until": later })).await;
        app.clock.advance(Duration::from_secs(3700));
        let counts = ayu.get("/inbox/counts").await;
        for (folder, wanted) in [("mine", 1), ("unassigned", 0), ("open", 2), ("snoozed", 1), ("waiting", 2), ("unread", 1)] {
            assert_eq!(counts[folder], wanted, "{folder}: {counts}");
        }
        for folder in ["mine", "unassigned", "open", "snoozed"] {
            assert_eq!(counts[folder], rows(&ayu, &format!("folder={folder}")).await.len(), "{folder}");
        }
        assert_eq!((&counts["teams"][0]["name"], &counts["teams"][0]["open"]), (&json!("Gudang"), &json!(1)));
        assert_eq!(counts["channels"][0]["open"], 2);
        assert_eq!(rows(&ayu, &format!("team={}", text(&team, "id"))).await.len(), 1);
        assert_eq!(rows(&ayu, &format!("channel={}", text(&row["channel"], "id"))).await.len(), 2);
        answer(&ayu, &row, "Halo").await;
        let counts = ayu.get("/inbox/counts").await;
        assert_eq!((&counts["waiting"], &counts["unread"]), (&json!(1), &json!(0)), "{counts}");
        change(&ayu, &row, json!({ "status": "solved" })).await;
        assert_eq!((count(&ayu, "mine").await, rows(&ayu, "folder=solved").await.len()), (0, 1));
    }
}

scenario! {
    async fn each_officer_has_read_what_he_has_read(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let now = conversation(&ayu, &id(&row)).await;
        assert_eq!(now["unread"], true);
        ayu.post(&path(&row, "/read"), json!({ "seq": now["last_seq"] })).await;
        assert_eq!(conversation(&ayu, &id(&row)).await["unread"], false);
        assert_eq!(conversation(&budi, &id(&row)).await["unread"], true);
        ayu.post(&path(&row, "/unread"), Value::Null).await;
        assert_eq!(conversation(&ayu, &id(&row)).await["unread"], true);
        ayu.post(&path(&row, "/read"), json!({ "seq": now["last_seq"] })).await;
        let mail = plain("rina@surat.example", "Re: Pesanan KS-20931", "2@surat.example", "Halo?", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        assert_eq!(conversation(&ayu, &id(&row)).await["unread"], true);
        // What he has not been shown he has not read.
        ayu.post(&path(&row, "/read"), json!({ "seq": now["last_seq"] })).await;
        assert_eq!(conversation(&ayu, &id(&row)).await["unread"], true);
    }
}

scenario! {
    async fn labels_are_put_on_and_found(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        mail_from(&app, &ayu, "Sari", "Lain").await;
        let labelled = change(&ayu, &row, json!({ "labels": ["kirim ulang", " mendesak ", "mendesak", ""] })).await;
        assert_eq!(labelled["labels"], json!(["kirim ulang", "mendesak"]));
        let found = rows(&ayu, "label=kirim%20ulang").await;
        assert_eq!((found.len(), &found[0]["id"]), (1, &row["id"]));
        assert_eq!(rows(&ayu, "label=kirim").await.len(), 0);
        change(&ayu, &row, json!({ "labels": [] })).await;
        assert_eq!(rows(&ayu, "label=mendesak").await.len(), 0);
        for bad in [json!(["x".repeat(41)]), json!(["a\u{0}b"]), json!((0..21).map(|n| n.to_string()).collect::<Vec<_>>())] {
            let (status, problem) = ayu.refused(Method::PATCH, &path(&row, ""), Some(json!({ "labels": bad }))).await;
            assert_eq!((status.as_u16(), problem["fields"]["labels"].is_string()), (422, true));
        }
    }
}

scenario! {
    async fn many_are_changed_alike_and_those_that_are_gone_are_told(app: TestApp) {
        let (row, ayu, budi) = begun(&app).await;
        let mut ids = vec![row["id"].clone()];
        for name in ["Sari", "Tono", "Umar"] {
            ids.push(mail_from(&app, &ayu, name, "Lain").await["id"].clone());
        }
        let unknown = json!(uuid::Uuid::new_v4());
        let mut with_unknown = ids.clone();
        with_unknown.push(unknown.clone());
        let change = json!({ "assignee_id": budi.id, "labels": ["borongan"], "status": "solved" });
        let done = ayu.post("/conversations/bulk", json!({ "ids": with_unknown, "change": change })).await;
        assert_eq!((&done["changed"], &done["failed"]), (&json!(4), &json!([unknown])), "{done}");
        assert_eq!(rows(&ayu, "folder=solved&label=borongan").await.len(), 4);
        // A change that cannot be made is made to none.
        let bad = json!({ "ids": ids, "change": { "status": "snoozed" } });
        assert_eq!(ayu.refused(Method::POST, "/conversations/bulk", Some(bad)).await.0, 422);
        assert_eq!(rows(&ayu, "folder=solved").await.len(), 4);
        let many = json!({ "ids": vec![row["id"].clone(); 201], "change": { "status": "open" } });
        assert_eq!(ayu.refused(Method::POST, "/conversations/bulk", Some(many)).await.0, 422);
    }
}

scenario! {
    async fn an_answer_of_which_nobody_knows_lies_in_a_folder_until_an_officer_says_what_became_of_it(app: TestApp) {
        let (row, ayu, _) = begun(&app).await;
        let sari = mail_from(&app, &ayu, "Sari", "Lain").await;
        let mut unknown = Vec::new();
        for (row, text) in [(&row, "Satu"), (&row, "Dua"), (&sari, "Tiga")] {
            let said = id(&answer(&ayu, row, text).await);
            in_state(&ayu, row, &said, "sent").await;
            assert_eq!(ayu.refused(Method::POST, &format!("/messages/{said}/arrived"), None).await.0, 409);
            unknown.push(said);
        }
        // As after a crash.
        let mut tx = app.app.db().write().await.unwrap();
        on_db!(&mut tx, |conn| {
            sqlx::query("UPDATE deliveries SET state = 'unknown'").execute(conn).await.unwrap();
        });
        tx.commit().await.unwrap();
        // It is found whatever became of the conversation.
        change(&ayu, &row, json!({ "status": "solved" })).await;
        assert_eq!((count(&ayu, "unsure").await, rows(&ayu, "folder=unsure").await.len()), (2, 2));

        let settled = ayu.post(&format!("/messages/{}/arrived", unknown[0]), json!({})).await;
        assert_eq!(settled["delivery"]["state"], "sent");
        assert_eq!(count(&ayu, "unsure").await, 2, "another one of this conversation is unknown");
        ayu.post(&format!("/messages/{}/arrived", unknown[1]), json!({})).await;
        ayu.post(&format!("/messages/{}/retry", unknown[2]), json!({})).await;
        in_state(&ayu, &sari, &unknown[2], "sent").await;
        assert_eq!((count(&ayu, "unsure").await, rows(&ayu, "folder=unsure").await.len()), (0, 0));
    }
}
