//! What was acknowledged is on the disk, and stays.

use std::time::Duration;

use sapa_telegram::stub::{self, Stub};
use serde_json::json;

use crate::{
    caller::{Admin, hand_over, say_in_chat, send_mail},
    sapa::{Installation, Running, free_port},
    trace::{CALLS, Trace},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_the_log_is_on_the_disk_before_anything_is_acknowledged() {
    let smtp = free_port();
    let sapa = Installation::new(&format!(
        "[smtp]\nlisten = \"127.0.0.1:{smtp}\"\n[mail]\nfolder = \"mail\"\n"
    ));
    // `-D` leaves the hub our child, so that signals reach it; a page of the database is 4096 bytes long.
    let hub =
        sapa.serve_under(&["strace", "-D", "-f", "-y", "-s", "4200", "-o", "trace", "-e", CALLS]);
    let admin = Admin::first(sapa.port).await;
    admin.mailbox().await;

    let said = send_mail(smtp, "rina@surat.example", "Pesanan", "penanda-surat").unwrap();
    assert!(said.starts_with("250"), "{said}");
    say_in_chat(&admin, "penanda-obrolan").await;
    let conversation = admin.conversations().await.remove(0);
    let path = format!("/conversations/{}/messages", conversation["id"].as_str().unwrap());
    admin.post(&path, json!({ "kind": "note", "text": "penanda-catatan" })).await;

    let trace = end(&sapa, hub).await;
    trace.on_disk_before("penanda-surat", &["\"250 2.0.0 taken"]);
    trace.on_disk_before("penanda-obrolan", &[r#"\"t\":\"ack\""#]);
    trace.on_disk_before("penanda-catatan", &["HTTP/1.1 201", "penanda-catatan"]);
}

/// Stops a hub that runs under strace, and reads what it did.
async fn end(sapa: &Installation, hub: Running) -> Trace {
    hub.signal("TERM");
    let (status, said) = hub.end();
    assert!(status.success(), "{said}");
    let written = || std::fs::read_to_string(sapa.path("trace")).unwrap();
    for _ in 0..500 {
        if written().contains("+++ exited with 0 +++") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Trace::read(&sapa.path("trace"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_the_log_is_on_the_disk_before_lmtp_answers_and_telegram_is_asked_for_more() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (lmtp, telegram) = (free_port(), Stub::start().await.unwrap());
    let sapa = Installation::new(&format!(
        "smtp.lmtp_listen = \"127.0.0.1:{lmtp}\"\ntelegram.api_url = \"{}\"\nmail.folder = \"mail\"\n",
        telegram.url()
    ));
    let hub =
        sapa.serve_under(&["strace", "-D", "-f", "-y", "-s", "4200", "-o", "trace", "-e", CALLS]);
    let admin = Admin::first(sapa.port).await;
    admin.mailbox().await;
    let bot = json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN });
    admin.post("/channels", bot).await;

    let said = hand_over("LHLO", lmtp, "rina@surat.example", "Pesanan", "penanda-lokal").unwrap();
    assert!(said.starts_with("250"), "{said}");
    telegram.customer(48_213_377, "Budi").says("penanda-telegram");
    for _ in 0..500 {
        if telegram.pending().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(telegram.pending().is_empty(), "it was confirmed");
    let trace = end(&sapa, hub).await;
    trace.on_disk_before("penanda-lokal", &["\"250 2.0.0 taken"]);
    trace.on_disk_before("penanda-telegram", &[r#"\"offset\":"#]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d1_the_log_is_on_the_disk_before_an_update_that_telegram_posts_is_answered() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let telegram = Stub::start().await.unwrap();
    let sapa = Installation::new(&format!("telegram.api_url = \"{}\"\n", telegram.url()));
    let hub =
        sapa.serve_under(&["strace", "-D", "-f", "-y", "-s", "4200", "-o", "trace", "-e", CALLS]);
    let admin = Admin::first(sapa.port).await;
    let settings = json!({ "webhook": true });
    let bot =
        json!({ "kind": "telegram", "name": "Bot", "secret": stub::TOKEN, "settings": settings });
    admin.post("/channels", bot).await;
    let until = async |what: &str, is_so: &dyn Fn() -> bool| {
        for _ in 0..500 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what}:\n{}", hub.said());
    };
    until("Telegram was not told where to post", &|| telegram.webhook().is_some()).await;
    telegram.customer(48_213_377, "Budi").says("penanda-kiriman");
    until("it was not taken", &|| telegram.pending().is_empty()).await;
    end(&sapa, hub).await.on_disk_before_answer("penanda-kiriman", "HTTP/1.1 200");
}
