//! E-mail in and out, through real connections.

mod local;
mod received;
mod sent;

use reqwest::Method;
use serde_json::json;

use crate::{
    scenario,
    support::{
        MAILBOX, eventually,
        mail::{address, header, plain},
    },
};

scenario! {
    async fn a_mail_becomes_a_message_and_the_answer_comes_back_to_it(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("Rina Wulandari <rina@surat.example>", "Pesanan KS-20931", "1@surat.example", "Isinya kurang satu.", "");
        assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));

        let list = ayu.get("/conversations?folder=unassigned").await;
        let row = &list["items"][0];
        assert_eq!(row["contact"]["name"], "Rina Wulandari");
        assert_eq!(row["preview"], "Isinya kurang satu.");
        assert_eq!(row["unread"], true);
        let id = row["id"].as_str().unwrap();

        let answer = json!({ "kind": "reply", "text": "Maaf, Bu Rina. Kami kirim hari ini." });
        ayu.post(&format!("/conversations/{id}/messages"), answer).await;
        let sent = app.sent_mails(1).await.remove(0);
        assert_eq!(header(&sent, "In-Reply-To").unwrap(), "<1@surat.example>");
        assert_eq!(header(&sent, "References").unwrap(), "<1@surat.example>");
        assert_eq!(header(&sent, "Subject").unwrap(), "Re: Pesanan KS-20931");
        assert!(header(&sent, "To").unwrap().contains("rina@surat.example"));
        assert!(header(&sent, "From").unwrap().contains(MAILBOX));
        let reply_to = address(&header(&sent, "Reply-To").unwrap());
        assert!(reply_to.starts_with("halo+r-") && reply_to.ends_with("@kopiseruni.example"), "{reply_to}");

        // The customer's answer joins by the token alone, and proves the mailbox.
        let again = plain("rina@surat.example", "Terima kasih", "2@surat.example", "Baik, ditunggu.", "");
        assert!(app.receive_mail("rina@surat.example", &reply_to, &again).await.starts_with("250"));
        let conversation = ayu.get(&format!("/conversations/{id}")).await;
        assert_eq!(conversation["preview"], "Baik, ditunggu.");
        let contact = ayu.get(&format!("/contacts/{}", row["contact"]["id"].as_str().unwrap())).await;
        assert_eq!(contact["identities"][0]["proof"], "mail_reply");
        assert_eq!(contact["conversation_count"], 1);
    }
}

scenario! {
    async fn r9_a_stranger_who_copies_the_headers_starts_beside_it(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let forged = plain("mallory@evil.example", "Re: Pesanan", "2@evil.example", "Kirim ke alamat ini.",
            "In-Reply-To: <1@surat.example>\r\nReferences: <1@surat.example>\r\n");
        app.receive_mail("mallory@evil.example", MAILBOX, &forged).await;

        let list = ayu.get("/conversations?sort=oldest").await;
        let rows = list["items"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_ne!(rows[0]["contact"]["id"], rows[1]["contact"]["id"]);
        let forged = ayu.get(&format!("/conversations/{}", rows[1]["id"].as_str().unwrap())).await;
        assert_eq!(forged["related"][0]["id"], rows[0]["id"], "the officer is told what it may belong to");
    }
}

scenario! {
    async fn d3_the_same_mail_twice_is_one_message_and_another_one_with_its_id_is_kept(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
        for _ in 0..3 {
            assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));
        }
        // The same mail by another way has other trace headers; a forger's has other words.
        let other_way = format!("Received: from relay.example by mx.example; Mon, 23 Nov 2026 10:00:01 +0700\r\n{mail}");
        app.receive_mail("rina@surat.example", MAILBOX, &other_way).await;
        let same_id = plain("rina@surat.example", "Pesanan", "1@surat.example", "Ternyata kurang dua.", "");
        app.receive_mail("rina@surat.example", MAILBOX, &same_id).await;

        let row = ayu.get("/conversations").await["items"][0].clone();
        let history = ayu.get(&format!("/contacts/{}/timeline", row["contact"]["id"].as_str().unwrap())).await;
        let texts: Vec<_> = history["items"].as_array().unwrap().iter()
            .filter(|item| item["type"] == "message").map(|item| item["message"]["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts, ["Kurang satu.", "Ternyata kurang dua."]);
    }
}

scenario! {
    async fn d4_what_cannot_be_read_is_quarantined_and_holds_nothing_up(app: TestApp) {
        app.mailbox().await;
        let ayu = app.staff("Ayu", sapa::officers::policy::Role::Supervisor).await;
        let nested = format!("From: a@surat.example\r\nSubject: x\r\n{}\r\nHalo\r\n", "Received: x\r\n".repeat(80));
        assert!(app.receive_mail("a@surat.example", MAILBOX, &nested).await.starts_with("250"));
        let good = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
        assert!(app.receive_mail("rina@surat.example", MAILBOX, &good).await.starts_with("250"));

        let kept = ayu.get("/quarantine").await;
        let kept = kept["items"].as_array().unwrap();
        assert_eq!(kept.len(), 1);
        assert!(!kept[0]["reason"].as_str().unwrap().is_empty());
        assert_eq!(ayu.get("/conversations").await["items"].as_array().unwrap().len(), 1);
        // Tried again it is read again, and stays.
        let again = format!("/quarantine/{}/retry", kept[0]["id"].as_str().unwrap());
        let (status, problem) = ayu.refused(Method::POST, &again, Some(json!({}))).await;
        assert_eq!((status.as_u16(), problem["code"].as_str().unwrap()), (409, "still_quarantined"));
    }
}

scenario! {
    async fn mail_for_nobody_here_is_refused(app: TestApp) {
        app.mailbox().await;
        let mail = plain("rina@surat.example", "x", "1@surat.example", "x", "");
        let answer = app.receive_mail("rina@surat.example", "nobody@kopiseruni.example", &mail).await;
        assert!(answer.starts_with("550"), "{answer}");
    }
}

scenario! {
    async fn r1_html_is_shown_without_scripts_in_a_document_of_its_own(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = "From: rina@surat.example\r\nTo: halo@kopiseruni.example\r\nSubject: x\r\nMessage-ID: <1@surat.example>\r\n\
            Content-Type: text/html; charset=utf-8\r\n\r\n<p onclick=\"x()\">Halo <b>semua</b><script>alert(1)</script>\
            <img src=\"http://track.example/p.gif\"></p>\r\n";
        app.receive_mail("rina@surat.example", MAILBOX, mail).await;
        let row = ayu.get("/conversations").await["items"][0].clone();
        let history = ayu.get(&format!("/contacts/{}/timeline", row["contact"]["id"].as_str().unwrap())).await;
        let message = history["items"].as_array().unwrap().iter().find(|item| item["type"] == "message").unwrap()["message"].clone();
        let response = ayu.call(Method::GET, message["html_url"].as_str().unwrap(), None).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox") && !policy.contains("script"), "{policy}");
        let html = response.text().await.unwrap();
        assert!(html.contains("<b>semua</b>"), "{html}");
        for bad in ["<script", "onclick", " src=\"http://track"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        let original = ayu.call(Method::GET, message["original_url"].as_str().unwrap(), None).await;
        assert!(original.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert!(original.text().await.unwrap().contains("<script>alert(1)</script>"), "the original is kept as it came");
    }
}

scenario! {
    async fn an_answer_for_later_leaves_when_its_time_has_come_and_stays_sent(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let row = ayu.get("/conversations").await["items"][0].clone();
        let id = row["id"].as_str().unwrap();
        let later = (app.app.now().after(std::time::Duration::from_secs(3600))).to_string();
        let said = ayu.post(&format!("/conversations/{id}/messages"), json!({ "kind": "reply", "text": "Besok", "send_at": later })).await;
        assert_eq!(said["delivery"]["state"], "queued");
        app.clock.advance(std::time::Duration::from_secs(3700));
        app.app.wake().delivery_due();
        app.sent_mails(1).await;
        let state = eventually(|| async {
            let history = ayu.get(&format!("/contacts/{}/timeline", row["contact"]["id"].as_str().unwrap())).await;
            let items = history["items"].as_array().unwrap().clone();
            items.into_iter().rev().find(|item| item["message"]["direction"] == "out")
                .filter(|item| item["message"]["delivery"]["state"] == "sent")
        }).await;
        assert_eq!(state["message"]["delivery"]["attempts"], 1);
        let (status, problem) = ayu.refused(Method::DELETE, &format!("/messages/{}", said["id"].as_str().unwrap()), None).await;
        assert_eq!((status.as_u16(), problem["code"].as_str().unwrap()), (409, "too_late"));
    }
}

scenario! {
    async fn a_draft_is_kept_on_the_server_and_an_attachment_leaves_with_the_answer(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Minta notanya.", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let id = ayu.get("/conversations").await["items"][0]["id"].as_str().unwrap().to_owned();
        let draft = format!("/conversations/{id}/draft");
        ayu.put(&draft, json!({ "kind": "reply", "text": "Ini nota" })).await;
        assert_eq!(ayu.get(&draft).await["text"], "Ini nota");

        let file = ayu.upload("nota KS-20931.txt", "text/plain", b"dua bungkus Gayo").await;
        let answer = json!({ "kind": "reply", "text": "Ini notanya.", "files": [file["id"]] });
        let said = ayu.post(&format!("/conversations/{id}/messages"), answer).await;
        assert_eq!(said["files"][0]["name"], "nota KS-20931.txt");
        assert_eq!(ayu.get(&draft).await, serde_json::Value::Null, "what was sent is no draft");
        let sent = app.sent_mails(1).await.remove(0);
        assert!(sent.contains("multipart/mixed") && sent.contains("nota"), "{sent}");
    }
}
