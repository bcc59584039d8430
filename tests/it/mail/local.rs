//! Mail by LMTP: one answer for each recipient.

use sapa::officers::policy::Role;
use serde_json::json;

use crate::{
    scenario,
    support::{
        MAILBOX,
        inbox::{answer, conversation, id, messages, newest, rows, text},
        lmtp,
        mail::{address, header, plain},
    },
};

/// Another mailbox of the shop.
const OFFICE: &str = "kantor@kopiseruni.example";

scenario! {
    async fn each_recipient_of_local_mail_has_an_answer_of_its_own(app: TestApp) {
        app.mailbox().await;
        let admin = app.staff("Nyoman", Role::Administrator).await;
        admin.post("/channels", json!({ "kind": "email", "name": "Kantor", "address": OFFICE })).await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("Rina <rina@surat.example>", "Pesanan", "1@surat.example", "Kurang satu.", "");
        let answers = lmtp::hand_over(&app, "rina@surat.example", &[MAILBOX, "nobody@kopiseruni.example", OFFICE], &mail).await;
        let codes: Vec<_> = answers.iter().map(|answer| &answer[..3]).collect();
        assert_eq!(codes, ["250", "550", "250"], "{answers:?}");
        // It is in both mailboxes, of one customer.
        let all = messages(&ayu, &newest(&ayu).await).await;
        let mut channels: Vec<_> = all.iter().map(|message| text(&message["channel"], "name")).collect();
        channels.sort_unstable();
        assert_eq!(channels, ["Kantor", "Kopi Seruni"]);
        let nobody = lmtp::hand_over(&app, "rina@surat.example", &["nobody@kopiseruni.example"], &mail).await;
        assert!(nobody[0].starts_with("550"), "{nobody:?}");
    }
}

scenario! {
    async fn d3_the_same_mail_by_smtp_and_by_lmtp_is_one_message(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("rina@surat.example", "Pesanan", "1@surat.example", "Kurang satu.", "");
        for _ in 0..2 {
            assert!(app.receive_mail("rina@surat.example", MAILBOX, &mail).await.starts_with("250"));
            let local = lmtp::hand_over(&app, "rina@surat.example", &[MAILBOX], &mail).await;
            assert!(local[0].starts_with("250"), "{local:?}");
        }
        let row = newest(&ayu).await;
        assert_eq!(messages(&ayu, &row).await.len(), 1);
        // An answer comes back by the token, and joins.
        answer(&ayu, &row, "Kami kirim.").await;
        let reply_to = address(&header(&app.sent_mails(1).await[0], "Reply-To").unwrap());
        let again = plain("rina@surat.example", "Terima kasih", "2@surat.example", "Baik.", "");
        let local = lmtp::hand_over(&app, "rina@surat.example", &[&reply_to], &again).await;
        assert!(local[0].starts_with("250"), "{local:?}");
        assert_eq!(conversation(&ayu, &id(&row)).await["preview"], "Baik.");
        assert_eq!(rows(&ayu, "folder=all").await.len(), 1);
    }
}
