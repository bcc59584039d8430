//! Nodes that end under load: nothing is lost, and the others go on with what they did.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use sapa_telegram::stub::{Stub, TOKEN};
use serde_json::json;

use crate::cluster::Cluster;

/// A relay that takes each mail to its last byte, and never says so.
fn silent_relay() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, whole) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = whole.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = count.clone();
            thread::spawn(move || swallow(&stream, &count));
        }
    });
    (port, whole)
}

fn swallow(stream: &TcpStream, whole: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut out = stream;
    out.write_all(b"220 relay.example ESMTP\r\n").ok()?;
    let (mut line, mut in_data) = (String::new(), false);
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if in_data {
            in_data = line != ".\r\n";
            if !in_data {
                whole.fetch_add(1, Ordering::Relaxed);
            }
            continue;
        }
        in_data = line.starts_with("DATA");
        out.write_all(if in_data { b"354 go on\r\n" } else { b"250 OK\r\n" }).ok()?;
    }
}

/// What Telegram's customers have said so far, as it is stored.
const HEARD: &str = "SELECT COUNT(*) FROM messages m JOIN channels c ON c.id = m.channel_id
                     WHERE c.kind = 'telegram' AND m.direction = 'in'";

async fn telegram() -> Stub {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Stub::start().await.unwrap()
}

async fn add_bot(admin: &crate::caller::Admin) {
    admin.post("/channels", json!({ "kind": "telegram", "name": "Bot", "secret": TOKEN })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d6_a_node_that_is_killed_under_load_loses_nothing_and_the_others_take_over() {
    let stub = telegram().await;
    let (relay, whole) = silent_relay();
    let settings = format!(
        "telegram.api_url = \"{}\"\n[mail.relay]\nhost = \"127.0.0.1\"\nport = {relay}\ntls = \"none\"\n",
        stub.url()
    );
    let mut cluster = Cluster::new(3, &settings).await;
    let admin = cluster.admin().await;
    admin.mailbox().await;
    add_bot(&admin).await;
    let rina = stub.customer(48_213_377, "Rina Wulandari");
    rina.says("satu");
    cluster.until(HEARD, |heard: &i64| *heard == 1).await;
    let (holder, fence) = cluster.holder("channel").await;
    let writers = cluster.writers(3);
    cluster
        .until("SELECT COUNT(*) FROM messages WHERE subject IS NOT NULL", |count: &i64| *count > 10)
        .await;

    // An answer that leaves by the node that polls, and of which nobody will hear whether it arrived.
    let conversation =
        admin.conversations().await.into_iter().find(|row| row["channel"]["kind"] == "email");
    let conversation = conversation.unwrap()["id"].as_str().unwrap().to_owned();
    let at = admin.at(cluster.nodes[holder].sapa.port);
    at.post(
        &format!("/conversations/{conversation}/messages"),
        json!({ "kind": "reply", "text": "Baik" }),
    )
    .await;
    cluster.until("SELECT state FROM deliveries", |state: &String| state == "dispatching").await;
    while whole.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    cluster.nodes[holder].end("KILL");
    let before = cluster.beats().await;
    rina.says("dua");
    // The lease moves within ten beats of those who live, which are ten seconds, and its fence rises.
    let (other, risen) = cluster.holder("channel").await;
    let beaten = cluster.beats().await[&other] - before[&other];
    assert!(beaten <= 10, "it moved after {beaten} beats");
    assert!(other != holder && risen > fence, "{holder} {fence}, {other} {risen}");
    // What was said meanwhile comes.
    cluster.until(HEARD, |heard: &i64| *heard == 2).await;
    cluster.until("SELECT state FROM deliveries", |state: &String| state == "unknown").await;
    assert_eq!(whole.load(Ordering::Relaxed), 1, "it was not sent again");
    // Indexing, too, is somebody else's now.
    let behind =
        "SELECT (SELECT MAX(seq) FROM events) - (SELECT seq FROM cursors WHERE reader = 'search')";
    let taken = writers.end();
    cluster.until(behind, |behind: &i64| *behind == 0).await;
    assert!(taken.len() > 30, "{}", taken.len());
    cluster.each_once(taken).await;
    assert_eq!(stub.conflicts(), 0, "two polled at once");
    assert_eq!(stub.pending(), Vec::<i64>::new());

    // It comes back as one of three.
    cluster.nodes[holder].serve();
    cluster.until("SELECT COUNT(*) FROM nodes", |nodes: &i64| *nodes == 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_under_load_loses_nothing() {
    let stub = telegram().await;
    let settings = format!("telegram.api_url = \"{}\"\nmail.folder = \"mail\"\n", stub.url());
    let mut cluster = Cluster::new(3, &settings).await;
    let admin = cluster.admin().await;
    admin.mailbox().await;
    add_bot(&admin).await;
    let rina = stub.customer(48_213_377, "Rina Wulandari");
    let writers = cluster.writers(3);
    for node in 0..3 {
        rina.says(&format!("sebelum {node}"));
        cluster.nodes[node].end("TERM");
        rina.says(&format!("sesudah {node}"));
        // Those who are left have all of it.
        let said = i64::try_from(2 * (node + 1)).unwrap();
        cluster.until(HEARD, |heard: &i64| *heard == said).await;
        cluster.nodes[node].serve();
    }
    let taken = writers.end();
    assert!(taken.len() > 30, "{}", taken.len());
    cluster.each_once(taken).await;
    assert_eq!(stub.conflicts(), 0, "two polled at once");
    // Nobody was left behind as alive who is not.
    assert_eq!(cluster.value("SELECT COUNT(*) FROM nodes").await, Some(3_i64));
}
