//! Quarantine: seen, tried again, dismissed.

use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use sapa::{files, officers::policy::Role, on_db};
use sapa_channel::new_id;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    scenario,
    support::{MAILBOX, TestApp, eventually, mail, screen::Screen},
};

/// Puts something into quarantine as a channel had left it there.
async fn quarantine(app: &TestApp, channel: &Value, bytes: &[u8]) -> String {
    let (id, channel): (_, Uuid) = (new_id(), channel["id"].as_str().unwrap().parse().unwrap());
    let mut tx = app.app.db().write().await.unwrap();
    on_db!(&mut tx, |conn| {
        sqlx::query(
        "INSERT INTO originals
             (id, channel_id, transport_key, digest, media_type, size, body, received_at, state, reason, attempts)
         VALUES ($1, $2, $3, $4, 'message/rfc822', $5, $6, $7, 'quarantined', 'too deep', 1)"
    )
    .bind(id)
    .bind(channel)
    .bind(id.to_string())
    .bind(files::hash(bytes).to_vec())
    .bind(i64::try_from(bytes.len()).unwrap())
    .bind(bytes)
    .bind(app.app.now())
    .execute(conn)
    .await
    .unwrap();
    });
    tx.commit().await.unwrap();
    id.to_string()
}

scenario! {
    async fn d4_what_was_quarantined_is_seen_as_it_came_and_can_be_taken_in_later(app: TestApp) {
        let channel = app.mailbox().await;
        let supervisor = app.staff("Sari", Role::Supervisor).await;
        let letter = mail::plain("Rina <rina@customer.example>", "Pesanan", "q1@customer.example", "Halo", "");
        let id = quarantine(&app, &channel, letter.as_bytes()).await;
        let list = supervisor.get("/quarantine").await;
        let entry = &list["items"][0];
        assert_eq!((&entry["id"], &entry["reason"], &entry["attempts"]), (&json!(id), &json!("too deep"), &json!(1)));
        assert_eq!(entry["channel"]["id"], channel["id"]);

        // R2: as a download that cannot run.
        let url = entry["original_url"].as_str().unwrap();
        let original = supervisor.call(Method::GET, url, None).await;
        let sent = |name: header::HeaderName| original.headers()[name].to_str().unwrap().to_owned();
        assert!(sent(header::CONTENT_DISPOSITION).starts_with("attachment;"));
        assert!(sent(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
        assert_eq!(original.text().await.unwrap(), letter);

        supervisor.post(&format!("/quarantine/{id}/retry"), Value::Null).await;
        assert_eq!(supervisor.get("/quarantine").await["items"], json!([]));
        let conversations = supervisor.get("/conversations?folder=all").await;
        assert_eq!(conversations["items"][0]["contact"]["name"], "Rina", "{conversations}");
        for (method, path) in [(Method::POST, format!("/quarantine/{id}/retry")), (Method::GET, url.to_owned())] {
            assert_eq!(supervisor.refused(method, &path, None).await.0, StatusCode::NOT_FOUND);
        }
    }
}

scenario! {
    async fn what_still_cannot_be_read_stays_until_it_is_dismissed(app: TestApp) {
        let channel = app.mailbox().await;
        let supervisor = app.staff("Sari", Role::Supervisor).await;
        let id = quarantine(&app, &channel, b"").await;
        let (status, problem) = supervisor.refused(Method::POST, &format!("/quarantine/{id}/retry"), None).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("still_quarantined")), "{problem}");
        assert_eq!(supervisor.get("/quarantine").await["items"][0]["attempts"], 2);

        let officer = app.officer("Dimas").await;
        let path = format!("/quarantine/{id}");
        assert_eq!(officer.refused(Method::DELETE, &path, None).await.0, StatusCode::FORBIDDEN);
        supervisor.delete(&path).await;
        assert_eq!(supervisor.refused(Method::DELETE, &path, None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(supervisor.get("/quarantine").await["items"], json!([]));
    }
}

scenario! {
    async fn d4_r6_that_a_mail_went_into_quarantine_is_told_once_and_to_those_who_manage_it(app: TestApp) {
        let channel = app.mailbox().await;
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let hook = admin.post("/webhooks", json!({ "url": "http://127.0.0.1:9/x", "events": ["quarantine.added"], "enabled": true })).await;
        let supervisor = app.staff("Sari", Role::Supervisor).await;
        let (mut sees, mut does_not) = (Screen::ready(&app, &supervisor).await, Screen::ready(&app, &app.officer("Dimas").await).await);
        // Nobody knows who this is from; it comes twice, as a server that lost the answer sends it.
        let unreadable = mail::plain("Rina <\"rina@surat.example\"@lain.example>", "Pesanan", "q2@surat.example", "Halo", "");
        for _ in 0..2 {
            let taken = app.receive_mail("rina@surat.example", MAILBOX, &unreadable).await;
            assert!(taken.starts_with("250"), "{taken}");
        }
        let letter = mail::plain("Rina <rina@surat.example>", "Pesanan", "q3@surat.example", "Halo", "");
        app.receive_mail("rina@surat.example", MAILBOX, &letter).await;

        let came = |told: &Value| told["event"]["kind"] == "message.received";
        let told = sees.all_with(came, Duration::ZERO).await;
        let added: Vec<_> = told.iter().filter(|told| told["event"]["kind"] == "quarantine.added").collect();
        assert_eq!(added.len(), 1, "{told:?}");
        let entry = supervisor.get("/quarantine").await["items"][0].clone();
        let data = json!({ "quarantine_id": entry["id"], "channel_id": channel["id"], "reason": entry["reason"] });
        assert_eq!((&added[0]["event"]["data"], &added[0]["event"]["at"]), (&data, &entry["at"]));
        let told = does_not.all_with(came, Duration::ZERO).await;
        assert!(!json!(told).to_string().contains("quarantine"), "{told:?}");

        let path = format!("/webhooks/{}/deliveries", hook["id"].as_str().unwrap());
        let posted = eventually(|| async {
            let posted = admin.get(&path).await["items"].clone();
            (posted != json!([])).then_some(posted)
        })
        .await;
        assert_eq!((posted.as_array().unwrap().len(), &posted[0]["event"]), (1, &json!("quarantine.added")), "{posted}");
    }
}

scenario! {
    async fn the_quarantine_is_read_in_parts(app: TestApp) {
        let channel = app.mailbox().await;
        let supervisor = app.staff("Sari", Role::Supervisor).await;
        let mut ids = Vec::new();
        for n in 0..3 {
            ids.insert(0, quarantine(&app, &channel, format!("{MAILBOX} {n}").as_bytes()).await);
        }
        let first = supervisor.get("/quarantine?limit=2").await;
        let cursor = first["next"].as_str().unwrap();
        let second = supervisor.get(&format!("/quarantine?limit=2&cursor={cursor}")).await;
        let seen: Vec<_> = [&first, &second]
            .iter()
            .flat_map(|page| page["items"].as_array().unwrap())
            .map(|entry| entry["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!((seen, &second["next"]), (ids, &Value::Null));
    }
}
