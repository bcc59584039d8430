//! Those who speak to a hub in operation: an administrator, a sender of mail, a visitor of the shop's site.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

/// The mailbox of the shop.
pub const MAILBOX: &str = "halo@kopiseruni.example";

/// The origin of the shop's pages.
const ORIGIN: &str = "https://kopiseruni.example";

/// The administrator, signed in.
pub struct Admin {
    http: reqwest::Client,
    port: u16,
    cookie: String,
}

#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

impl Admin {
    /// The first officer of a new installation.
    pub async fn first(port: u16) -> Self {
        let mut admin = Self { http: client(), port, cookie: String::new() };
        let body =
            json!({ "name": "Ayu", "email": "ayu@seruni.example", "password": "tiga gelas kopi" });
        let answer = admin.call("POST", "/setup", Some(body)).await;
        assert!(answer.status().is_success(), "{}", answer.status());
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut admin.cookie);
        admin
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> reqwest::Response {
        let url = format!("http://127.0.0.1:{}/api/v1{path}", self.port);
        let mut request =
            self.http.request(method.parse().unwrap(), url).header("cookie", &self.cookie);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.call("POST", path, Some(body)).await;
        assert_eq!(answer.status(), 201, "{path}");
        answer.json().await.unwrap()
    }

    /// Adds the shop's mailbox.
    pub async fn mailbox(&self) {
        self.post(
            "/channels",
            json!({ "kind": "email", "name": "Kopi Seruni", "address": MAILBOX }),
        )
        .await;
    }

    /// All conversations.
    pub async fn conversations(&self) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/conversations?folder=all&limit=50{cursor}")).await;
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else { return all };
            cursor = format!("&cursor={next}");
        }
    }
}

/// Hands a mail to the hub by SMTP. Tells the answer to its end, or the first refusal.
pub fn send_mail(port: u16, from: &str, subject: &str, text: &str) -> io::Result<String> {
    hand_over("EHLO", port, from, subject, text)
}

/// Hands a mail over to whoever is greeted by `hello`: `EHLO` by SMTP, `LHLO` by LMTP.
pub fn hand_over(
    hello: &str,
    port: u16,
    from: &str,
    subject: &str,
    text: &str,
) -> io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut answer = || loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line);
        }
    };
    answer()?;
    let mail = format!(
        "From: {from}\r\nTo: {MAILBOX}\r\nSubject: {subject}\r\nMessage-ID: <{}@surat.example>\r\n\
         Date: Mon, 23 Nov 2026 10:00:00 +0700\r\n\r\n{text}\r\n.",
        subject.replace(' ', "-")
    );
    for line in [
        &format!("{hello} surat.example"),
        &format!("MAIL FROM:<{from}>"),
        &format!("RCPT TO:<{MAILBOX}>"),
        "DATA",
        &mail,
    ] {
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        let said = answer()?;
        if !said.starts_with(['2', '3']) || line == mail {
            return Ok(said);
        }
    }
    unreachable!("the mail is the last line")
}

/// Lets a visitor of the shop's site say something in its chat, and waits until it is acknowledged.
pub async fn say_in_chat(admin: &Admin, text: &str) {
    let settings = json!({ "allowed_origins": [ORIGIN] });
    let site = admin
        .post("/channels", json!({ "kind": "webchat", "name": "Toko", "settings": settings }))
        .await;
    let address = format!("127.0.0.1:{}/chat/{}", admin.port, site["address"].as_str().unwrap());
    let begun: Value = client()
        .post(format!("http://{address}/session"))
        .header("origin", ORIGIN)
        .json(&json!({ "visitor": null, "token": null }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let mut request = format!("ws://{address}/socket").into_client_request().unwrap();
    request.headers_mut().insert("origin", ORIGIN.parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", "sapa.chat.v1".parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let hello = json!({ "t": "hello", "visitor": begun["visitor"], "token": null, "since": null, "language": "id" });
    let say = json!({ "t": "say", "id": uuid::Uuid::new_v4(), "text": text });
    for (frame, answer) in [(hello, "ready"), (say, "ack")] {
        socket.send(Message::text(frame.to_string())).await.unwrap();
        loop {
            let heard = socket.next().await.unwrap().unwrap();
            let Message::Text(heard) = heard else { continue };
            let heard: Value = serde_json::from_str(&heard).unwrap();
            assert_ne!(heard["t"], "nack", "{heard}");
            if heard["t"] == answer {
                break;
            }
        }
    }
}
