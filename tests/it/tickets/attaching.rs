//! Which messages are a ticket's: by the router's rules, and by hand.

use reqwest::Method;
use sapa::officers::policy::Role;
use serde_json::{Value, json};

use super::{begun, opened, path};
use crate::{
    scenario,
    support::{
        Backend, CAUSE, Client, MAILBOX, TestApp, eventually,
        inbox::{answer, conversation, id, messages, rows, text},
        mail::plain,
        telegram,
        visitor::{Site, Visitor},
    },
};

async fn solve(ayu: &Client, ticket: &Value) {
    ayu.post(&path(ticket, "/solve"), json!({ "cause_id": CAUSE, "remedy": "Diganti" })).await;
}

/// What was said of a ticket, the oldest first.
async fn said(client: &Client, ticket: &Value) -> Vec<String> {
    let story = client.get(&path(ticket, "/timeline?limit=200")).await;
    let items = story["items"].as_array().unwrap().iter();
    items.filter_map(|item| Some(item["message"]["text"].as_str()?.trim().to_owned())).collect()
}

/// What happened to a ticket, the oldest first.
async fn happened(client: &Client, ticket: &Value) -> Vec<String> {
    let story = client.get(&path(ticket, "/timeline?limit=200")).await;
    let items = story["items"].as_array().unwrap().iter();
    items
        .filter_map(|item| item["kind"].as_str())
        .filter(|kind| kind.starts_with("ticket."))
        .map(str::to_owned)
        .collect()
}

async fn mails(app: &TestApp, n: u32, subject: &str, text: &str) {
    let mail = plain("rina@surat.example", subject, &format!("{n}@surat.example"), text, "");
    let answer = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
    assert!(answer.starts_with("250"), "{answer}");
}

scenario! {
    async fn c1_what_is_said_in_a_conversation_of_an_open_ticket_is_the_tickets(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let ticket = opened(&ayu, &first, "Kurang").await;
        mails(&app, 11, "Re: Pesanan", "Sudah dua hari.").await;
        answer(&ayu, &first, "Kami kirim hari ini.").await;
        ayu.post(&format!("/conversations/{}/messages", id(&first)), json!({ "kind": "note", "text": "Stok ada." })).await;
        assert_eq!(said(&ayu, &ticket).await, ["Isinya kurang satu.", "Sudah dua hari.", "Kami kirim hari ini.", "Stok ada."]);
        assert_eq!(ayu.get(&path(&ticket, "")).await["message_count"], 4);
        let one = ayu.get(&path(&ticket, "/timeline?limit=2")).await;
        let two = ayu.get(&path(&ticket, &format!("/timeline?limit=200&cursor={}", text(&one, "next")))).await;
        let both = two["items"].as_array().unwrap().len() + one["items"].as_array().unwrap().len();
        let all = ayu.get(&path(&ticket, "/timeline?limit=200")).await["items"].as_array().unwrap().len();
        assert_eq!((both, &two["next"]), (all, &Value::Null));
    }
}

scenario! {
    async fn c1_a_reply_after_solving_reopens_and_much_later_opens_one_that_goes_on(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let head = app.staff("Komang", Role::Supervisor).await;
        let category = head.post("/ticket-categories", json!({ "name": "Pengiriman", "reopen_days": 10, "due_hours": 24, "severity": "high" })).await;
        let ticket = opened(&ayu, &first, "Kurang").await;
        ayu.patch(&path(&ticket, ""), json!({ "category_id": category["id"] })).await;
        let sent = answer(&ayu, &first, "Kami kirim ulang.").await;
        solve(&ayu, &ticket).await;
        ayu.patch(&format!("/conversations/{}", id(&first)), json!({ "status": "solved" })).await;
        app.clock.advance_days(9);
        // By the headers of our answer it comes back to its conversation, however old that is.
        let letter = app.sent_mails(1).await.remove(0);
        let ours = letter.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim().to_owned();
        let reply = |n: u32, text: &str| plain("rina@surat.example", "Re: Pesanan", &format!("{n}@surat.example"), text, &format!("In-Reply-To: {ours}\r\n"));
        app.receive_mail("rina@surat.example", MAILBOX, &reply(21, "Masih kurang juga.")).await;
        let again = eventually(|| async { Some(ayu.get(&path(&ticket, "")).await).filter(|now| now["status"] == "open") }).await;
        assert_eq!((text(&again, "remedy"), &again["cause"]["id"]), ("Diganti", &json!(CAUSE)), "what was done before is still seen");
        assert!(again["due_at"].is_string(), "its time begins anew");
        assert!(happened(&ayu, &ticket).await.contains(&"ticket.reopened".to_owned()));
        assert!(said(&ayu, &ticket).await.contains(&"Masih kurang juga.".to_owned()));
        assert_eq!(text(&sent, "text"), "Kami kirim ulang.");

        solve(&ayu, &again).await;
        app.clock.advance_days(11);
        app.receive_mail("rina@surat.example", MAILBOX, &reply(22, "Kurang lagi.")).await;
        let next = eventually(|| async { ayu.get("/tickets?status=open").await["items"].as_array().unwrap().first().cloned() }).await;
        assert_eq!((&next["follows"]["id"], text(&next, "title"), text(&next, "severity")), (&ticket["id"], "Kurang", "normal"));
        assert_eq!((&next["owner"]["name"], &next["category"]["name"]), (&json!("Ayu"), &json!("Pengiriman")));
        let old = ayu.get(&path(&ticket, "")).await;
        assert_eq!((text(&old, "status"), &old["followed_by"][0]["id"]), ("solved", &next["id"]));
        assert_eq!(said(&ayu, &next).await, ["Kurang lagi."]);
        assert!(!said(&ayu, &old).await.contains(&"Kurang lagi.".to_owned()));
    }
}

scenario! {
    async fn c1_words_elsewhere_are_attached_or_offered_as_the_category_says(app: TestApp) {
        let (first, second, ayu) = begun(&app).await;
        let head = app.staff("Komang", Role::Supervisor).await;
        let ticket = opened(&ayu, &first, "Kurang").await;
        // Without a category it is offered, once.
        for n in 31..33 {
            mails(&app, n, "Hal lain", &format!("Soal yang kemarin {n}")).await;
        }
        let offered = eventually(|| async { Some(conversation(&ayu, &id(&second)).await).filter(|now| now["offers"] != json!([])) }).await;
        let offers = offered["offers"].as_array().unwrap();
        assert_eq!((offers.len(), &offers[0]["ticket"]["number"], &offered["tickets"]), (1, &ticket["number"], &json!([])));
        let refuse = format!("/ticket-offers/{}/refuse", id(&offers[0]));
        ayu.post(&refuse, Value::Null).await;
        assert_eq!(ayu.refused(Method::POST, &refuse, None).await.0, 404, "it is answered once");
        mails(&app, 33, "Hal lain", "Satu lagi").await;
        eventually(|| async { (messages(&ayu, &second).await.last()?["text"].as_str()?.trim() == "Satu lagi").then_some(()) }).await;
        assert_eq!(conversation(&ayu, &id(&second)).await["offers"], json!([]), "what was refused is not offered again");
        // A third conversation: offered, and taken from the message on.
        mails(&app, 34, "Resi", "Resinya mana?").await;
        let third = eventually(|| async { rows(&ayu, "folder=all").await.into_iter().find(|row| row["subject"] == "Resi") }).await;
        let offer = eventually(|| async { conversation(&ayu, &id(&third)).await["offers"].as_array().unwrap().first().cloned() }).await;
        let taken = ayu.post(&format!("/ticket-offers/{}/accept", id(&offer)), Value::Null).await;
        assert_eq!((taken["conversations"].as_array().unwrap().len(), taken["message_count"].as_i64()), (2, Some(2)));
        assert_eq!(conversation(&ayu, &id(&third)).await["tickets"][0]["id"], ticket["id"]);
        assert_eq!(happened(&ayu, &ticket).await, ["ticket.opened", "ticket.offered", "ticket.refused", "ticket.offered", "ticket.attached"]);
        // With a category that attaches, by itself; and what was taken out does not come back.
        let category = head.post("/ticket-categories", json!({ "name": "Terlambat", "attach": "attach" })).await;
        ayu.patch(&path(&ticket, ""), json!({ "category_id": category["id"] })).await;
        mails(&app, 35, "Alamat", "Alamat saya pindah.").await;
        eventually(|| async { (said(&ayu, &ticket).await.last()? == "Alamat saya pindah.").then_some(()) }).await;
        let fourth = rows(&ayu, "folder=all").await.into_iter().find(|row| row["subject"] == "Alamat").unwrap();
        ayu.delete(&path(&ticket, &format!("/conversations/{}", id(&fourth)))).await;
        mails(&app, 36, "Alamat", "Jalan Mawar 4.").await;
        eventually(|| async { (messages(&ayu, &fourth).await.last()?["text"].as_str()?.trim() == "Jalan Mawar 4.").then_some(()) }).await;
        assert!(!said(&ayu, &ticket).await.iter().any(|text| text.contains("Mawar") || text.contains("pindah")));
    }
}

scenario! {
    async fn c1_single_messages_are_attached_and_taken_out_by_hand(app: TestApp) {
        let (first, second, ayu) = begun(&app).await;
        let ticket = opened(&ayu, &first, "Kurang").await;
        let other = messages(&ayu, &second).await.into_iter().find(|one| one["conversation_id"] == second["id"]).unwrap();
        let body = json!({ "message_id": other["id"] });
        for _ in 0..2 {
            assert_eq!(ayu.post(&path(&ticket, "/messages"), body.clone()).await["message_count"], 2);
        }
        assert_eq!(ayu.get(&path(&ticket, "")).await["conversations"].as_array().unwrap().len(), 1, "only the message");
        let one = path(&ticket, &format!("/messages/{}", id(&other)));
        assert_eq!(ayu.delete(&one).await["message_count"], 1);
        assert_eq!(ayu.refused(Method::DELETE, &one, None).await.0, 404);
        let stranger = crate::support::inbox::mail_from(&app, &ayu, "Sari", "Lain").await;
        let theirs = messages(&ayu, &stranger).await.remove(0);
        let (status, problem) = ayu.refused(Method::POST, &path(&ticket, "/messages"), Some(json!({ "message_id": theirs["id"] }))).await;
        assert_eq!((status.as_u16(), problem["fields"]["message_id"].is_string()), (422, true));
        // A message is of many tickets, and a ticket from a message on has nothing of what was before it.
        mails(&app, 41, "Re: Pesanan", "Dan sobek.").await;
        let sobek = eventually(|| async { messages(&ayu, &first).await.into_iter().find(|one| one["text"].as_str().unwrap().trim() == "Dan sobek.") }).await;
        let body = json!({ "conversation_id": first["id"], "message_id": sobek["id"], "kind": "complaint", "title": "Sobek" });
        let torn = ayu.post("/tickets", body).await;
        assert_eq!((said(&ayu, &torn).await, said(&ayu, &ticket).await.len()), (vec!["Dan sobek.".to_owned()], 2));
        mails(&app, 42, "Re: Pesanan", "Bagaimana?").await;
        eventually(|| async { (said(&ayu, &torn).await.len() == 2 && said(&ayu, &ticket).await.len() == 3).then_some(()) }).await;
        let body = json!({ "conversation_id": second["id"], "message_id": sobek["id"], "kind": "complaint", "title": "x" });
        assert_eq!(ayu.refused(Method::POST, "/tickets", Some(body)).await.0, 422, "it was said elsewhere");
    }
}

/// A Telegram account and a signed-in visitor of the shop, whose words come to the ticket of their mail.
async fn on_other_channels(backend: Backend) {
    let (app, stub, _) = telegram::hub(backend).await;
    app.mailbox().await;
    let site = Site::new(&app).await;
    let (head, ayu) = (app.staff("Nyoman", Role::Supervisor).await, app.officer("Ayu").await);
    let category =
        head.post("/ticket-categories", json!({ "name": "Terlambat", "attach": "attach" })).await;
    let row = crate::support::inbox::mail_from(&app, &ayu, "Rina", "Pesanan").await;
    let ticket = opened(&ayu, &row, "Terlambat").await;
    ayu.patch(&path(&ticket, ""), json!({ "category_id": category["id"] })).await;

    // In the shop's chat, signed in with the address of her mail: attached.
    let anonymous = Visitor::new(&app, &site).await;
    let secret = anonymous.secret.clone();
    drop(anonymous);
    let signed =
        site.token(&app, json!({ "sub": "7", "email": "rina@surat.example", "name": "Rina" }));
    let mut visitor = Visitor::back(&app, &site, &secret, Some(&signed), None).await;
    visitor.says("Paket saya di mana?").await;
    eventually(|| async {
        said(&ayu, &ticket).await.contains(&"Paket saya di mana?".to_owned()).then_some(())
    })
    .await;

    // On Telegram, as somebody who is not known: nothing.
    let customer = stub.customer(4_821, "Rina");
    customer.says("Paket saya?");
    let unknown = eventually(|| async {
        rows(&ayu, "folder=all").await.into_iter().find(|row| row["channel"]["kind"] == "telegram")
    })
    .await;
    let whole = conversation(&ayu, &id(&unknown)).await;
    assert_eq!((&whole["tickets"], &whole["offers"]), (&json!([]), &json!([])));
    // An officer merges the two, and the open conversation of one is attached to the only open ticket of the other.
    let (kept, gone) = (text(&row["contact"], "id"), text(&unknown["contact"], "id"));
    ayu.post(&format!("/contacts/{kept}/merge"), json!({ "other_id": gone, "reason": "Telepon" }))
        .await;
    let whole = conversation(&ayu, &id(&unknown)).await;
    assert_eq!(whole["tickets"][0]["id"], ticket["id"]);
    assert!(said(&ayu, &ticket).await.contains(&"Paket saya?".to_owned()));
    // Apart again, neither sees anything of the other.
    let contact = ayu.get(&format!("/contacts/{kept}")).await;
    let merge = contact["merges"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["by"]["kind"] == "officer")
        .unwrap()
        .clone();
    ayu.post(&format!("/merges/{}/undo", id(&merge)), json!({})).await;
    assert_eq!(conversation(&ayu, &id(&unknown)).await["tickets"], json!([]));
    assert!(!said(&ayu, &ticket).await.contains(&"Paket saya?".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c1_words_on_other_channels_come_to_the_ticket_on_sqlite() {
    on_other_channels(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c1_words_on_other_channels_come_to_the_ticket_on_postgres() {
    on_other_channels(Backend::Postgres).await;
}

scenario! {
    async fn a_merge_carries_tickets_along_and_undoing_gives_them_back(app: TestApp) {
        let (first, _, ayu) = begun(&app).await;
        let other = crate::support::inbox::mail_from(&app, &ayu, "Sari", "Lain").await;
        let (mine, theirs) = (opened(&ayu, &first, "Satu").await, opened(&ayu, &other, "Dua").await);
        let (kept, gone) = (text(&first["contact"], "id"), text(&other["contact"], "id"));
        ayu.post(&format!("/contacts/{kept}/merge"), json!({ "other_id": gone, "reason": "Telepon" })).await;
        assert_eq!(ayu.get(&format!("/contacts/{kept}")).await["open_tickets"].as_array().unwrap().len(), 2);
        ayu.post(&path(&mine, "/conversations"), json!({ "conversation_id": other["id"] })).await;
        let merge = ayu.get(&format!("/contacts/{kept}")).await["merges"][0].clone();
        ayu.post(&format!("/merges/{}/undo", id(&merge)), json!({})).await;
        assert_eq!(ayu.get(&format!("/contacts/{gone}")).await["open_tickets"][0]["id"], theirs["id"]);
        assert_eq!(ayu.get(&path(&mine, "")).await["conversations"].as_array().unwrap().len(), 1);
        assert_eq!(said(&ayu, &theirs).await.len(), 1);
    }
}
