//! One story from end to end: a customer changes channel three times, three officers serve him, and nobody asks
//! him again (H2).

use serde_json::{Value, json};

use crate::support::{
    Backend, CAUSE, Client, MAILBOX, TestApp, eventually,
    inbox::{answer, conversation, id, rows, text},
    mail::plain,
    telegram,
    visitor::{Site, Visitor},
};

/// What an officer reads without asking anybody: the complaint, what was promised, how often it happened.
async fn sees_it_all(officer: &Client, row: &Value, ticket: &Value) {
    let contact = officer.get(&format!("/contacts/{}", text(&row["contact"], "id"))).await;
    let open = &contact["open_tickets"][0];
    assert_eq!((&open["number"], &open["title"]), (&ticket["number"], &ticket["title"]));
    assert_eq!(open["recurrence"]["times"], 3);
    let earlier = open["recurrence"]["earlier"].as_array().unwrap();
    let remedies: Vec<_> = earlier.iter().map(|one| text(one, "remedy")).collect();
    assert_eq!(remedies, ["Dana kembali Rp 86.000", "Dikirim ulang"]);
    let story = officer.get(&format!("/tickets/{}/timeline?limit=200", id(ticket))).await;
    let said: Vec<_> = story["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| Some(item["message"]["text"].as_str()?.trim()))
        .collect();
    assert!(said.contains(&"Isinya kurang satu bungkus."), "the complaint: {said:?}");
    assert!(said.contains(&"Bungkus kedua kami kirim hari Rabu."), "what was promised: {said:?}");
}

/// A complaint of Budi's that was solved long ago.
async fn earlier(app: &TestApp, ayu: &Client, n: u32, category: &Value, remedy: &str) {
    mails(app, n, &format!("Pesanan {n}"), "Isinya kurang.").await;
    let row = eventually(|| async {
        let all = rows(ayu, "folder=all").await;
        all.into_iter().find(|row| row["subject"] == format!("Pesanan {n}"))
    })
    .await;
    let body = json!({ "conversation_id": row["id"], "kind": "complaint", "title": "Isi kurang", "category_id": category["id"] });
    let ticket = ayu.post("/tickets", body).await;
    ayu.post(
        &format!("/tickets/{}/solve", id(&ticket)),
        json!({ "cause_id": CAUSE, "remedy": remedy }),
    )
    .await;
    ayu.patch(&format!("/conversations/{}", id(&row)), json!({ "status": "solved" })).await;
}

async fn mails(app: &TestApp, n: u32, subject: &str, text: &str) {
    let from = "Budi Santoso <budi@surat.example>";
    let mail = plain(from, subject, &format!("{n}@surat.example"), text, "");
    let answer = app.receive_mail("budi@surat.example", MAILBOX, &mail).await;
    assert!(answer.starts_with("250"), "{answer}");
}

async fn whole_story(backend: Backend) {
    let (app, stub, bot) = telegram::hub(backend).await;
    app.mailbox().await;
    let site = Site::new(&app).await;
    let head = app.staff("Nyoman", sapa::officers::policy::Role::Supervisor).await;
    let ayu = app.officer("Ayu").await;
    let category = json!({ "name": "Isi paket kurang", "attach": "attach" });
    let category = head.post("/ticket-categories", category).await;
    earlier(&app, &ayu, 1, &category, "Dana kembali Rp 86.000").await;
    app.clock.advance_days(30);
    ayu.signs_in("ayu@kopiseruni.example").await;
    earlier(&app, &ayu, 2, &category, "Dikirim ulang").await;
    app.clock.advance_days(20);
    ayu.signs_in("ayu@kopiseruni.example").await;

    let (dimas, citra) = (app.officer("Dimas").await, app.officer("Citra").await);

    // Budi complains by mail. Ayu opens a ticket from his message, sees that it is the third time, and promises.
    mails(&app, 3, "Pesanan KS-20931", "Isinya kurang satu bungkus.").await;
    let mail = eventually(|| async {
        let all = rows(&ayu, "folder=open").await;
        all.into_iter().find(|row| row["subject"] == "Pesanan KS-20931")
    })
    .await;
    let body = json!({ "conversation_id": mail["id"], "kind": "complaint", "title": "Satu bungkus kurang di KS-20931", "category_id": category["id"] });
    let ticket = ayu.post("/tickets", body).await;
    answer(&ayu, &mail, "Bungkus kedua kami kirim hari Rabu.").await;
    sees_it_all(&ayu, &mail, &ticket).await;

    // Two days later he asks on Telegram, where nobody knows him. Dimas sees who he may be and why, and what is open.
    app.clock.advance_days(2);
    let customer = stub.customer(48_213_377, "Budi Santoso");
    customer.says("Halo, KS-20931 bagaimana?");
    let chat = eventually(|| async {
        let all = rows(&dimas, "folder=open").await;
        all.into_iter().find(|row| row["channel"]["kind"] == "telegram")
    })
    .await;
    assert_ne!(chat["contact"]["id"], mail["contact"]["id"], "nothing joins on a name");
    assert_eq!(conversation(&dimas, &id(&chat)).await["tickets"], json!([]));
    let stranger = format!("/contacts/{}", text(&chat["contact"], "id"));
    let suggestion = eventually(|| async {
        let contact = dimas.get(&stranger).await;
        let suggestion = contact["suggestions"].as_array()?.first()?.clone();
        (suggestion["evidence"].as_array()?.len() == 2).then_some(suggestion)
    })
    .await;
    let kinds: Vec<_> =
        suggestion["evidence"].as_array().unwrap().iter().map(|one| text(one, "kind")).collect();
    assert!(kinds.contains(&"same_name") && kinds.contains(&"same_number"), "{kinds:?}");
    let other = &suggestion["other"];
    assert_eq!(other["id"], mail["contact"]["id"]);
    assert_eq!(
        (&other["open_tickets"][0]["number"], &other["open_tickets"][0]["recurrence"]["times"]),
        (&ticket["number"], &json!(3))
    );

    // He proves himself by the link that was sent to his mailbox: one customer, and his question is the ticket's.
    let known = text(&mail["contact"], "id");
    let link =
        dimas.post(&format!("/contacts/{known}/links"), json!({ "channel_id": bot["id"] })).await;
    let token = link["url"].as_str().unwrap().rsplit_once("start=").unwrap().1.to_owned();
    customer.starts(Some(&token));
    let joined = eventually(|| async {
        let now = conversation(&dimas, &id(&chat)).await;
        let one = now["contact"]["id"] == mail["contact"]["id"];
        (one && now["tickets"][0]["id"] == ticket["id"]).then_some(now)
    })
    .await;
    sees_it_all(&dimas, &joined, &ticket).await;
    answer(&dimas, &joined, "Sudah dikirim, resinya JNE 8821.").await;

    // A week later he writes in the shop's chat, signed in. Citra has never spoken with him.
    app.clock.advance_days(7);
    citra.signs_in("citra@kopiseruni.example").await;
    let anonymous = Visitor::new(&app, &site).await;
    let secret = anonymous.secret.clone();
    drop(anonymous);
    let customer = json!({ "sub": "1001", "email": "budi@surat.example", "name": "Budi Santoso" });
    let signed = site.token(&app, customer);
    let mut visitor = Visitor::back(&app, &site, &secret, Some(&signed), None).await;
    visitor.says("Belum sampai juga.").await;
    let newest = eventually(|| async {
        let all = rows(&citra, "folder=open").await;
        all.into_iter().find(|row| row["preview"] == "Belum sampai juga.")
    })
    .await;
    assert_eq!(newest["contact"]["id"], mail["contact"]["id"]);
    assert_eq!(
        (&newest["ticket"]["number"], &newest["ticket"]["times"]),
        (&ticket["number"], &json!(3))
    );
    sees_it_all(&citra, &newest, &ticket).await;
    let story = citra.get(&format!("/tickets/{}/timeline?limit=200", id(&ticket))).await;
    let items = story["items"].as_array().unwrap();
    let channels: Vec<_> =
        items.iter().filter_map(|item| item["message"]["channel"]["kind"].as_str()).collect();
    for kind in ["email", "telegram", "webchat"] {
        assert!(channels.contains(&kind), "{channels:?}");
    }
    assert!(items.iter().any(|item| item["message"]["text"] == "Sudah dikirim, resinya JNE 8821."));

    // She solves it, and whoever comes next reads how.
    let how = json!({ "cause_id": CAUSE, "remedy": "Diantar kurir sendiri, voucher Rp 50.000", "remedy_cost": 5_000_000 });
    citra.post(&format!("/tickets/{}/solve", id(&ticket)), how).await;
    ayu.signs_in("ayu@kopiseruni.example").await;
    let contact = ayu.get(&format!("/contacts/{known}")).await;
    assert_eq!(contact["open_tickets"], json!([]));
    let latest = &contact["earlier_tickets"][0];
    assert_eq!(text(latest, "remedy"), "Diantar kurir sendiri, voucher Rp 50.000");
    assert_eq!(
        (&latest["cause"]["name"], &latest["solved_by"]["name"]),
        (&json!("Our mistake"), &json!("Citra"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_budi_never_tells_his_complaint_twice_on_sqlite() {
    whole_story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_budi_never_tells_his_complaint_twice_on_postgres() {
    whole_story(Backend::Postgres).await;
}
