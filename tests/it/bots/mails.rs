//! What a bot writes by mail: nothing of a stranger's, and not without end (R12).

use std::time::Duration;

use sapa::{bots::guard, on_db};
use sapa_channel::{Clock, Timestamp};
use serde_json::{Value, json};

use super::{Hub, outgoing, say};
use crate::{
    scenario,
    support::{
        MAILBOX, TestApp,
        inbox::{self, messages, newest, text},
        mail::{header, plain},
    },
};

const ANSWER: &str = "Terima kasih atas surat Anda.";

/// A hub whose bot answers the mailbox.
async fn hub(app: &TestApp) -> Hub {
    let channel = app.mailbox().await;
    let hub = Hub::with(app, json!({ "channels": [channel["id"]] })).await;
    hub.peer.does(json!([say(ANSWER)]));
    hub
}

/// A mail comes, and the bot's turn ends.
async fn mail(app: &TestApp, hub: &Hub, from: &str, n: usize, state: &str) -> Value {
    let before = hub.turns().await.len();
    let mail = plain(from, "Pesanan", &format!("{n}@surat.example"), "Halo", "");
    assert!(app.receive_mail("a@surat.example", MAILBOX, &mail).await.starts_with("250"));
    crate::support::eventually(|| async {
        let turns = hub.turns().await;
        (turns.len() > before && turns[0]["state"] == state).then(|| turns[0].clone())
    })
    .await
}

scenario! {
    async fn r12_a_bots_mail_carries_no_text_of_whom_it_answers(app: TestApp) {
        let hub = hub(&app).await;
        // Whoever wrote this is not whom it says, and wants the hub to send it on to him.
        let forged = plain("\"BELI obat\" <korban@lain.example>", "BELI di evil.example", "1@evil.example", "BELI di http://evil.example/x", "");
        assert!(app.receive_mail("korban@lain.example", MAILBOX, &forged).await.starts_with("250"));
        let sent = app.sent_mails(1).await.remove(0);
        assert!(sent.contains(ANSWER) && header(&sent, "To").unwrap().contains("korban@lain.example"), "{sent}");
        assert_eq!(header(&sent, "Subject").unwrap(), "Kopi Seruni");
        let ids = header(&sent, "References").unwrap();
        assert!(!sent.replace(&ids, "").contains("BELI") && !sent.replace(&ids, "").replace("<1@evil.example>", "").contains("evil"), "{sent}");

        // A person who answers knows to whom, and goes on with the subject that it has.
        let row = newest(&hub.admin).await;
        inbox::answer(&hub.admin, &row, "Ini kami.").await;
        let sent = app.sent_mails(2).await.remove(1);
        assert_eq!(header(&sent, "Subject").unwrap(), "Re: BELI di evil.example");
    }
}

scenario! {
    async fn r12_one_address_gets_so_many_mails_of_bots_a_day_and_then_people_go_on(app: TestApp) {
        let hub = hub(&app).await;
        hub.peer.does(json!([say(ANSWER), say("Kami segera kembali.")]));
        for n in 0..10 {
            mail(&app, &hub, "rina@surat.example", n, "answered").await;
        }
        let row = newest(&hub.admin).await;
        assert_eq!(i64::try_from(outgoing(&hub.admin, &row).await.len()).unwrap(), guard::MOST_TO_ADDRESS);
        let turn = mail(&app, &hub, "rina@surat.example", 10, "failed").await;
        assert_eq!(turn["error"], "20 mails a day are the most to one address");
        let note = messages(&hub.admin, &row).await.pop().unwrap();
        assert_eq!(text(&note, "text"), "Kira was stopped: 20 mails a day are the most to one address.");
        assert_eq!(outgoing(&hub.admin, &row).await.len(), 20);
        // Others are answered as before.
        mail(&app, &hub, "budi@surat.example", 11, "answered").await;
    }
}

/// As if so many mails had gone to a domain in this hour; to all, if it has no name.
async fn mailed(app: &TestApp, domain: &str, mails: i64) {
    let hour = Timestamp::from_seconds(app.clock.now().seconds() / 3600 * 3600);
    let mut tx = app.app.db().write().await.unwrap();
    on_db!(&mut tx, |conn| {
        sqlx::query("DELETE FROM bot_mails WHERE domain = $1")
            .bind(domain)
            .execute(&mut *conn)
            .await
            .unwrap();
        sqlx::query("INSERT INTO bot_mails (domain, hour, mails) VALUES ($1, $2, $3)")
            .bind(domain)
            .bind(hour)
            .bind(mails)
            .execute(conn)
            .await
            .unwrap();
    });
    tx.commit().await.unwrap();
}

scenario! {
    async fn r12_one_domain_and_all_together_get_so_many_mails_of_bots_an_hour(app: TestApp) {
        let hub = hub(&app).await;
        // Not at the end of an hour: what follows is one.
        let into = app.clock.now().seconds() % 3600;
        app.clock.advance(Duration::from_secs(u64::try_from(3600 - into).unwrap()));
        mailed(&app, "surat.example", guard::MOST_TO_DOMAIN - 1).await;
        mail(&app, &hub, "a@surat.example", 1, "answered").await;
        let turn = mail(&app, &hub, "b@surat.example", 2, "failed").await;
        assert_eq!(turn["error"], "500 mails an hour are the most to one domain");
        mail(&app, &hub, "a@lain.example", 3, "answered").await;
        mailed(&app, "", guard::MOST_MAILS).await;
        let turn = mail(&app, &hub, "b@lain.example", 4, "failed").await;
        assert_eq!(turn["error"], "2000 mails of bots are the most within an hour");
        app.clock.advance(Duration::from_secs(3600));
        mail(&app, &hub, "c@surat.example", 5, "answered").await;
        assert_eq!(app.sent_mails(3).await.len(), 3);
    }
}
