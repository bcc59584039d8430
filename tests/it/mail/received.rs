//! What an officer sees of a mail.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Client, MAILBOX, TestApp,
        inbox::{answer, id, last_message, mail_from, messages, newest, say, text},
        mail::{address, header, plain},
        visitor::{Site, Visitor},
    },
};

/// Takes a mail with these headers, and tells its message.
async fn read(app: &TestApp, ayu: &Client, from: &str, headers: &str, body: &str) -> Value {
    let mail = format!("From: {from}\r\nTo: {MAILBOX}\r\n{headers}\r\n\r\n{body}\r\n");
    let said = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
    assert!(said.starts_with("250"), "{said}");
    let row = newest(ayu).await;
    last_message(ayu, &row, |_| true).await
}

scenario! {
    async fn mail_33_mails_in_other_charsets_are_read(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        for (n, (charset, encoding, body, wanted)) in [
            ("iso-8859-1", "quoted-printable", "Gr=FC=DFe aus K=F6ln", "Grüße aus Köln"),
            ("us-ascii", "quoted-printable", "Gr=FC=DFe =80", "Grüße €"),
            ("gb18030", "base64", "xOO6ww==", "你好"),
            ("koi8-r", "quoted-printable", "=F0=D2=C9=D7=C5=D4", "Привет"),
            ("x-unknown", "quoted-printable", "Gr=C3=BC=C3=9Fe", "Grüße"),
        ].into_iter().enumerate() {
            let from = format!("=?iso-8859-1?q?J=FCrgen?= <j{n}@surat.example>");
            let headers = format!(
                "Subject: =?iso-8859-1?q?Gr=FC=DFe_{n}?=\r\nMIME-Version: 1.0\r\n\
                 Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}"
            );
            let message = read(&app, &ayu, &from, &headers, body).await;
            assert_eq!((text(&message, "text"), text(&message, "subject")), (wanted, &*format!("Grüße {n}")), "{charset}");
            assert_eq!(text(&message["author"], "name"), "Jürgen");
            assert_eq!(text(&newest(&ayu).await, "preview"), wanted);
        }
    }
}

scenario! {
    async fn mail_32_what_a_mail_quotes_is_folded_away(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let body = "Belum sampai juga.\r\n\r\nPada Sen, 23 Nov 2026 pukul 10.15 Halo <halo@kopiseruni.example> menulis:\r\n\r\n\
            > Kami kirim hari ini.\r\n> Salam, Ayu";
        let message = read(&app, &ayu, "rina@surat.example", "Subject: Re: Pesanan", body).await;
        assert_eq!(text(&message, "text"), "Belum sampai juga.");
        let quoted = text(&message, "quoted");
        assert!(quoted.contains("> Kami kirim hari ini.") && quoted.contains("menulis:"), "{quoted}");
        assert_eq!(text(&newest(&ayu).await, "preview"), "Belum sampai juga.");
    }
}

scenario! {
    async fn mail_37_r20_what_looks_like_another_sender_is_warned_of(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let warned = async |from: &str, headers: &str| {
            let message = read(&app, &ayu, from, headers, "Tolong transfer.").await;
            message["warnings"].as_array().unwrap().iter().map(|warning| warning.as_str().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
        };
        let name = warned("\"ceo@bank.example\" <c@evil.example>", "Subject: Segera").await;
        assert!(name.contains("ceo@bank.example"), "{name}");
        let reply_to = warned("Rina <rina@surat.example>", "Subject: Lagi\r\nReply-To: lain@evil.example").await;
        assert!(reply_to.contains("lain@evil.example"), "{reply_to}");
        let several = warned("a@surat.example, Bos <b@evil.example>", "Subject: Dua").await;
        assert!(several.contains("b@evil.example"), "{several}");
        assert_eq!(warned("Budi <budi@surat.example>", "Subject: Biasa").await, "");
    }
}

scenario! {
    async fn mail_21_r11_mail_from_programs_is_marked(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        for (n, (from, headers, automatic)) in [
            ("rina@surat.example", "Auto-Submitted: auto-replied", true),
            ("kabar@surat.example", "List-Id: <kabar.surat.example>", true),
            ("noreply@surat.example", "X-Mailer: x", true),
            ("budi@surat.example", "Auto-Submitted: no", false),
        ].into_iter().enumerate() {
            let headers = format!("{headers}\r\nSubject: Kabar {n}");
            assert_eq!(read(&app, &ayu, from, &headers, "Halo").await["automatic"], automatic, "{from} {headers}");
        }
    }
}

scenario! {
    async fn r9_copies_of_a_mail_are_shown_and_not_answered_by_themselves(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let headers = "Cc: Adi <adi@surat.example>, bos@lain.example\r\nSubject: Pesanan\r\nMessage-ID: <1@surat.example>";
        let message = read(&app, &ayu, "rina@surat.example", headers, "Kurang satu.").await;
        assert_eq!(message["also_to"], json!(["adi@surat.example", "bos@lain.example"]));
        let row = newest(&ayu).await;
        answer(&ayu, &row, "Kami kirim.").await;
        let sent = app.sent_mails(1).await.remove(0);
        assert_eq!((address(&header(&sent, "To").unwrap()), header(&sent, "Cc")), ("rina@surat.example".to_owned(), None));
        assert!(!sent.contains("adi@surat.example") && !sent.contains("bos@lain.example"), "{sent}");
        // If the officer wants it, it is copied.
        say(&ayu, &row, json!({ "kind": "reply", "text": "Lagi.", "cc": ["adi@surat.example"] })).await;
        let copied = app.sent_mails(2).await.into_iter().find(|mail| mail.contains("Lagi.")).unwrap();
        assert_eq!(header(&copied, "Cc").unwrap(), "adi@surat.example");
    }
}

scenario! {
    async fn r10_a_verification_mail_is_shown_to_officers_and_not_to_the_visitor(app: TestApp) {
        app.mailbox().await;
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        answer(&ayu, &row, "Kami kirim.").await;
        let reply_to = address(&header(&app.sent_mails(1).await[0], "Reply-To").unwrap());
        let begun = Visitor::new(&app, &site).await;
        let token = site.token(&app, json!({ "sub": "1001", "email": "rina@surat.example", "name": "Rina" }));
        let mut visitor = Visitor::back(&app, &site, &begun.secret, Some(&token), None).await;
        visitor.says("Halo").await;
        visitor.hears("message").await;

        // Somebody gave the shop's address with her token for his account elsewhere.
        let mail = plain("Bank <noreply@bank.example>", "Kode verifikasi", "k1@bank.example", "Kode Anda 314159.", "");
        let received = app.receive_mail("noreply@bank.example", &reply_to, &mail).await;
        assert!(received.starts_with("250"), "{received}");
        let with_code = newest(&ayu).await;
        assert_eq!(text(&with_code, "preview"), "Kode Anda 314159.");
        assert_eq!(last_message(&ayu, &with_code, |last| last["text"] == "Kode Anda 314159.").await["automatic"], true);

        // The next thing that she hears is an officer's word, and a reload shows no more.
        let chat = ayu.get("/conversations?folder=all").await["items"].as_array().unwrap().iter()
            .find(|row| row["channel"]["kind"] == "webchat").map_or_else(|| row.clone(), Clone::clone);
        say(&ayu, &chat, json!({ "kind": "reply", "text": "Ada yang lain?", "channel_id": site.channel["id"] })).await;
        assert_eq!(visitor.hears("message").await["text"], "Ada yang lain?");
        drop(visitor);
        let mut again = Visitor::silent(&app, &site, &begun.secret, Some(&token)).await;
        let history = again.hears("history").await;
        let seen: Vec<_> = history["messages"].as_array().unwrap().iter().map(|message| text(message, "text")).collect();
        assert_eq!(seen, ["Halo", "Ada yang lain?"], "neither the code nor any other mail");
    }
}

scenario! {
    async fn r2_attachments_that_could_run_are_downloads_and_nothing_else(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        let page = "<!doctype html><script>alert(1)</script>";
        let part = |kind: &str, name: &str, content: &str| format!(
            "--x\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
        );
        let body = [
            "--x\r\n\r\nLihat lampiran.\r\n".to_owned(),
            part("image/svg+xml", "gambar.svg", svg),
            part("text/html", "halaman.html", page),
            part("image/png", "foto.png", svg),
            part("image/gif", "a\"b\\\u{202e}gnp.html", page),
            "--x--".to_owned(),
        ].concat();
        let headers = "MIME-Version: 1.0\r\nSubject: Lampiran\r\nContent-Type: multipart/mixed; boundary=x";
        let message = read(&app, &ayu, "rina@surat.example", headers, &body).await;
        let files = message["files"].as_array().unwrap();
        assert_eq!(files.len(), 4, "{message}");
        for file in files {
            assert_eq!(file["preview_url"], Value::Null, "{file}");
            let preview = format!("/files/{}/preview", id(file));
            assert_eq!(ayu.call(Method::GET, &preview, None).await.status(), 404, "{file}");
            let download = ayu.call(Method::GET, text(file, "url"), None).await;
            assert_eq!(download.status(), 200);
            let sent = |name: &str| download.headers()[name].to_str().unwrap().to_owned();
            assert!(sent("content-disposition").starts_with("attachment; filename=\""), "{file}");
            assert_eq!(sent("content-type"), "application/octet-stream");
            assert_eq!(sent("x-content-type-options"), "nosniff");
            let policy = sent("content-security-policy");
            assert!(policy.contains("sandbox") && policy.contains("default-src 'none'") && !policy.contains("allow-scripts"), "{policy}");
        }
        assert_eq!(messages(&ayu, &newest(&ayu).await).await.len(), 1);
    }
}
