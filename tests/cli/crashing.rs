//! A mailing while the hub is killed again and again: nothing is lost, nothing is doubled, and what nobody knows is
//! shown (D6, D7).

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::sapa::Installation;

/// How many get the mailing.
const RECIPIENTS: usize = 600;

/// How often the hub is killed.
const KILLS: usize = 4;

/// A relay that counts what it took for whom.
struct Counting {
    port: u16,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

impl Counting {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let shared = taken.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = shared.clone();
                thread::spawn(move || talk(&stream, &taken));
            }
        });
        Self { port, taken }
    }

    fn all(&self) -> usize {
        self.taken.lock().unwrap().values().sum()
    }
}

/// Takes mails from one connection. What is counted was answered, or the other side had died by then.
fn talk(stream: &TcpStream, taken: &Mutex<HashMap<String, usize>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut write = stream;
    write.write_all(b"220 relay.example ESMTP\r\n").ok()?;
    let mut to = String::new();
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let word = line.split([' ', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        if word == "RCPT" {
            line.trim().trim_start_matches("RCPT TO:").clone_into(&mut to);
        }
        write.write_all(if word == "DATA" { b"354 go on\r\n" } else { b"250 OK\r\n" }).ok()?;
        if word != "DATA" {
            continue;
        }
        loop {
            line.clear();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line == ".\r\n" {
                break;
            }
        }
        *taken.lock().unwrap().entry(to.clone()).or_default() += 1;
        thread::sleep(Duration::from_millis(2));
        write.write_all(b"250 taken\r\n").ok()?;
    }
}

/// Calls the API. The answer's body, and the session's cookie if it sets one.
fn call(
    port: u16,
    method: &str,
    path: &str,
    cookie: &str,
    body: &Value,
) -> (Value, Option<String>) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "{method} /api/v1{path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let set = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let set = set.map(|cookie| cookie.split(';').next().unwrap().to_owned());
    (serde_json::from_str(body).unwrap_or(Value::Null), set)
}

#[test]
fn d6_d7_a_mailing_survives_kill_9_again_and_again() {
    let relay = Counting::start();
    let sapa = Installation::new(&format!(
        "[mail.relay]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        relay.port
    ));
    let mut hub = sapa.serve();
    let password = "kopi susu gula aren";
    let first = json!({ "name": "Ayu", "email": "ayu@seruni.example", "password": password });
    let (_, cookie) = call(sapa.port, "POST", "/setup", "", &first);
    let cookie = cookie.unwrap();
    let post = |path: &str, body: Value| call(sapa.port, "POST", path, &cookie, &body).0;
    let channel = post(
        "/channels",
        json!({ "kind": "email", "name": "Kopi", "address": "halo@seruni.example" }),
    );
    sapa.fill(RECIPIENTS);
    let template = post(
        "/templates",
        json!({ "name": "x", "kind": "email", "subject": "Panen", "text": "Halo {{name}} {{unsubscribe_url}}" }),
    );
    let mailing = post(
        "/mailings",
        json!({ "name": "Panen", "channel_id": channel["id"], "template_id": template["id"] }),
    );
    let id = mailing["id"].as_str().unwrap().to_owned();
    post(&format!("/mailings/{id}/start"), json!({}));

    for kill in 1..=KILLS {
        let wanted = kill * RECIPIENTS / (KILLS + 2);
        hub.until("some mails", || relay.all() >= wanted);
        hub.signal("KILL");
        hub.end();
        hub = sapa.serve();
    }
    let counts = || call(sapa.port, "GET", &format!("/mailings/{id}"), &cookie, &Value::Null).0;
    hub.until("the end", || counts()["state"] == "done");
    let counts = counts()["counts"].clone();
    let of = |name: &str| usize::try_from(counts[name].as_i64().unwrap()).unwrap();
    let taken = relay.taken.lock().unwrap();
    assert!(taken.values().all(|times| *times == 1), "somebody got it twice");
    assert_eq!(
        of("sent") + of("unknown"),
        RECIPIENTS,
        "everybody was sent it or is shown as unknown: {counts}"
    );
    assert!(taken.len() >= of("sent"), "what is sent has arrived: {counts}");
    assert!(taken.len() <= of("sent") + of("unknown"), "{counts}");
    assert!(of("unknown") <= KILLS * 32, "few are unknown after a kill: {counts}");
}
