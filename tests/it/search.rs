//! Search over everything that was ever said.

use std::{fmt::Write, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Backend, Client, MAILBOX, TestApp, eventually,
        inbox::{answer, id, mail_from, newest, say, text},
        mail::plain,
        visitor::{Site, Visitor},
    },
};

/// What is found, as soon as there is something.
async fn found(client: &Client, question: &str, kind: &str) -> Vec<Value> {
    eventually(|| async {
        Some(look(client, question, kind).await).filter(|found| !found.is_empty())
    })
    .await
}

/// What is found now.
async fn look(client: &Client, question: &str, kind: &str) -> Vec<Value> {
    let mut path = format!("/search?type={kind}&q=");
    for byte in question.bytes() {
        write!(path, "%{byte:02X}").unwrap();
    }
    let answer = client.get(&path).await;
    for other in ["contacts", "messages", "tickets"].into_iter().filter(|other| *other != kind) {
        assert_eq!(answer[other], json!([]), "only what was asked for");
    }
    answer[kind].as_array().unwrap().clone()
}

/// A hit with its marks in brackets.
fn hit(found: &Value) -> String {
    text(found, "hit").replace('\u{2}', "[").replace('\u{3}', "]")
}

scenario! {
    async fn messages_are_found_by_the_beginnings_of_words_in_subject_and_text(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let mail = plain("Rina <rina@surat.example>", "Pesanan KS-20931", "1@surat.example", "Bungkusnya sobek, kopinya tumpah di jalan.", "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        let row = newest(&ayu).await;
        for (question, marked) in [
            ("tumpah", "[tumpah]"), ("kopi", "[kopinya]"), ("KS-20931", "[KS]-[20931]"), ("pesan sobek", "[Pesanan]"), ("SOBEK", "[sobek]"),
        ] {
            let hits = found(&ayu, question, "messages").await;
            assert_eq!((hits.len(), &hits[0]["conversation_id"]), (1, &row["id"]), "{question}");
            assert!(hit(&hits[0]).contains(marked), "{question}: {}", hit(&hits[0]));
            assert_eq!((text(&hits[0]["contact"], "name"), text(&hits[0], "direction")), ("Rina", "in"));
        }
        for nothing in ["umpah", "tumpah kering", "209 kopi x"] {
            assert_eq!(look(&ayu, nothing, "messages").await, Vec::<Value>::new(), "{nothing}");
        }
        // What officers say and note is found too, the newest first.
        answer(&ayu, &row, "Kami ganti kopinya").await;
        say(&ayu, &row, json!({ "kind": "note", "text": "kopinya sudah diganti" })).await;
        let hits = eventually(|| async { Some(look(&ayu, "kopinya", "messages").await).filter(|hits| hits.len() == 3) }).await;
        let directions: Vec<_> = hits.iter().map(|found| text(found, "direction")).collect();
        assert_eq!(directions, ["note", "out", "in"]);
    }
}

scenario! {
    async fn whatever_a_word_is_made_of_it_is_found_and_an_endless_one_hides_no_other(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let endless = "Qz9".repeat(1500);
        let said = format!("ÉTÉ di İstanbul: 10KG seharga 1e5, kode 0x1F dan www.toko.example/a_b?c=-7. Ελλάδα 注文 {endless} selesai'; ''--");
        let mail = plain("Rina <rina@surat.example>", "", "1@surat.example", &said, "");
        app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        found(&ayu, "selesai", "messages").await;
        for word in ["été", "10kg", "1e5", "0X1f", "toko", "example", "Ελλάδα", "注文", "kod", "7", "a b c", "' ''"] {
            let hits = look(&ayu, word, "messages").await;
            assert_eq!(hits.len(), usize::from(word != "' ''"), "{word}");
        }
        for nothing in ["stanbu", "kg", "e5"] {
            assert_eq!(look(&ayu, nothing, "messages").await, Vec::<Value>::new(), "{nothing}");
        }
    }
}

scenario! {
    async fn contacts_are_found_by_name_and_address_and_by_what_they_have_become(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let contact = format!("/contacts/{}", text(&row["contact"], "id"));
        for question in ["rina", "rin", "rina@surat.example", "surat.exam"] {
            assert_eq!(found(&ayu, question, "contacts").await[0]["id"], row["contact"]["id"], "{question}");
        }
        assert!(hit(&found(&ayu, "rina", "contacts").await[0]).starts_with("[Rina]"));
        ayu.patch(&contact, json!({ "name": "Wulandari", "city": "Bandung" })).await;
        let renamed = found(&ayu, "wulan bandung", "contacts").await;
        assert_eq!(renamed[0]["name"], "Wulandari");
        ayu.post(&format!("{contact}/identities"), json!({ "kind": "phone", "value": "0812-2044-7716" })).await;
        found(&ayu, "6281220447716", "contacts").await;
        let list = ayu.get("/contacts?q=wulan").await;
        assert_eq!(list["items"][0]["id"], row["contact"]["id"]);
    }
}

scenario! {
    async fn tickets_are_found_by_number_title_and_remedy(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let body = json!({ "conversation_id": row["id"], "kind": "complaint", "title": "Bungkus sobek", "description": "dua buah" });
        let ticket = ayu.post("/tickets", body).await;
        for question in [text(&ticket, "number"), "bungkus", "sob", "dua"] {
            assert_eq!(found(&ayu, question, "tickets").await[0]["id"], ticket["id"], "{question}");
        }
        assert!(hit(&found(&ayu, "sobek", "tickets").await[0]).contains("[sobek]"));
        ayu.post(&format!("/tickets/{}/solve", id(&ticket)), json!({ "cause_id": crate::support::CAUSE, "remedy": "diganti baru" })).await;
        found(&ayu, "diganti", "tickets").await;
        let all = ayu.get("/search?q=sobek").await;
        assert_eq!(all["tickets"].as_array().unwrap().len(), 1, "all kinds if none is named");
    }
}

scenario! {
    async fn a_beginning_finds_all_words_that_begin_so_however_many_and_the_newest_first(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let mut rina = Visitor::new(&app, &site).await;
        rina.says("Bungkusnya sobek").await;
        rina.says("Terbungkus rapi").await;
        rina.says("bungkus dan bungkusan, café").await;
        found(&ayu, "café", "messages").await;
        let said = async |question: &str| -> Vec<String> {
            look(&ayu, question, "messages").await.iter().map(hit).collect()
        };
        let both = ["[bungkus] dan [bungkusan], café", "[Bungkusnya] sobek"];
        assert_eq!(said("bungku").await, both);
        assert_eq!(said("bun").await, both);
        assert_eq!(said("bungkusn sobe").await, ["[Bungkusnya] [sobek]"]);
        assert_eq!(said("bungkusx").await, Vec::<String>::new());
        // So many words begin so that they are not written out.
        let mut many = String::new();
        for number in 100..200 {
            write!(many, "bungkus{number} ").unwrap();
        }
        rina.says(&many).await;
        found(&ayu, "bungkus199", "messages").await;
        assert_eq!(said("bungk").await.len(), 3);
        assert!(said("bungk").await[0].contains("[bungkus100]"));
    }
}

scenario! {
    async fn a_word_of_all_addresses_finds_contacts_and_the_tickets_alone_in_which_it_stands(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        mail_from(&app, &ayu, "Rina", "Pesanan").await;
        found(&ayu, "surat", "contacts").await;
        assert_eq!(look(&ayu, "sura", "tickets").await, Vec::<Value>::new());
        let row = newest(&ayu).await;
        let ticket = json!({ "conversation_id": row["id"], "kind": "complaint", "title": "Surat jalan hilang" });
        ayu.post("/tickets", ticket).await;
        assert_eq!(hit(&found(&ayu, "sura", "tickets").await[0]), "[Surat] jalan hilang");
        assert_eq!(look(&ayu, "ticket", "contacts").await, Vec::<Value>::new(), "its kind is no word of an entry");
        assert_eq!(look(&ayu, "ticket", "tickets").await, Vec::<Value>::new());
    }
}

scenario! {
    async fn r15_no_question_breaks_the_search(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        mail_from(&app, &ayu, "Rina", "Pesanan").await;
        found(&ayu, "pesanan", "messages").await;
        let long = "a".repeat(5000);
        let many = "kopi ".repeat(500);
        for question in [
            "\"", "'", "''", "\\", "\"pesanan", "pesanan'", "pesanan\" OR 1=1 --", "' OR '1'='1", "*", "pesanan*", "NEAR(a b)", "a NEAR/2 b",
            "AND", "OR NOT", "pesanan AND", "^pesanan", "subject:pesanan", "{subject text}:x", "-pesanan", "+", "a:*", "a & b | c", "!a", "<->",
            "a <2> b", ":*", "(", "((a)", "%", "_", "\u{2}x\u{3}", "\u{202e}abc", "☕", "ß", "İ", "Ünïcödé", "日本語", "\u{0301}", "ﬁ", "1e400",
            "\n\t", "  ", "", &long, &many, "a\u{0}b", "٣", "²", "𝟘", "ǆ", "a'b\"c\\d",
        ] {
            look(&ayu, question, "messages").await;
            look(&ayu, question, "contacts").await;
            look(&ayu, question, "tickets").await;
        }
        for path in ["/search", "/search?q=a&x_unknown=1", "/search?q=a&limit=x"] {
            assert_eq!(ayu.refused(Method::GET, path, None).await.0, 422, "{path}");
        }
        for path in ["/contacts?q=%22%27", "/tickets?q=%22%27*", "/search?q=a&limit=0", "/search?q=a&limit=100000"] {
            ayu.get(path).await;
        }
        // Still the same.
        assert_eq!(look(&ayu, "pesanan", "messages").await.len(), 1);
    }
}

/// What was taken back is not found.
async fn retracted(backend: Backend) {
    let app = TestApp::with(backend, |config| config.delivery.undo_seconds = 60).await;
    let site = Site::new(&app).await;
    let ayu = app.officer("Ayu").await;
    Visitor::new(&app, &site).await.says("Halo").await;
    let row = newest(&ayu).await;
    let said = answer(&ayu, &row, "rahasiakita").await;
    found(&ayu, "rahasia", "messages").await;
    ayu.delete(&format!("/messages/{}", id(&said))).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(look(&ayu, "rahasia", "messages").await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_is_not_found_on_sqlite() {
    retracted(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_is_not_found_on_postgres() {
    retracted(Backend::Postgres).await;
}
