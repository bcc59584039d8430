//! What was acknowledged is on the disk, and stays.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

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
async fn d1_d3_mails_that_were_acknowledged_outlive_kill_9_and_come_once() {
    const ROUNDS: usize = 4;
    const PER_ROUND: usize = 20;
    let smtp = free_port();
    let sapa = Installation::new(&format!(
        "[smtp]\nlisten = \"127.0.0.1:{smtp}\"\n[mail]\nfolder = \"mail\"\n"
    ));
    let hub = sapa.serve();
    let admin = Admin::first(sapa.port).await;
    admin.mailbox().await;
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let acknowledged: Mutex<Vec<usize>> = Mutex::default();
    let _hub = thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    let from = format!("rina{n}@surat.example");
                    // As a mail server does: until it is told that the mail was taken.
                    while !send_mail(smtp, &from, &format!("Surat {n}"), "Isinya kurang satu.")
                        .is_ok_and(|said| said.starts_with("250"))
                    {
                        thread::sleep(Duration::from_millis(20));
                    }
                    acknowledged.lock().unwrap().push(n);
                }
            });
        }
        let mut hub = hub;
        for round in 1..=ROUNDS {
            hub.until("mails", || acknowledged.lock().unwrap().len() >= round * PER_ROUND);
            hub.signal("KILL");
            hub.end();
            hub = sapa.serve();
        }
        over.store(true, Ordering::SeqCst);
        hub
    });

    let acknowledged = acknowledged.into_inner().unwrap();
    assert_eq!(acknowledged.len(), next.into_inner());
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for conversation in admin.conversations().await {
        let contact = conversation["contact"]["id"].as_str().unwrap();
        let history = admin.get(&format!("/contacts/{contact}/timeline?limit=200")).await;
        for item in history["items"].as_array().unwrap() {
            if let Some(subject) = item["message"]["subject"].as_str() {
                *found.entry(subject.to_owned()).or_default() += 1;
            }
        }
    }
    let lost: Vec<_> =
        acknowledged.iter().filter(|n| !found.contains_key(&format!("Surat {n}"))).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let doubled: Vec<_> = found.iter().filter(|(_, count)| **count != 1).collect();
    assert!(doubled.is_empty(), "not there once: {doubled:?}");
    assert_eq!(found.len(), acknowledged.len());
}
