//! Those who speak to a hub in operation: an administrator, a sender of mail, a visitor of the shop's site.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, handshake::client::Request},
};

/// The mailbox of the shop.
pub const MAILBOX: &str = "halo@kopiseruni.example";

/// The origin of the shop's pages.
const ORIGIN: &str = "https://kopiseruni.example";

/// The administrator, signed in.
#[derive(Clone)]
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

    /// The same, at another node.
    pub fn at(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    /// Opens the socket of the live inbox, and says hello.
    pub async fn screen(&self) -> Socket {
        let address = format!("127.0.0.1:{}", self.port);
        let mut request = format!("ws://{address}/api/v1/live").into_client_request().unwrap();
        request.headers_mut().insert("origin", format!("http://{address}").parse().unwrap());
        request.headers_mut().insert("cookie", self.cookie.parse().unwrap());
        let mut screen = Socket::open(request, "type").await;
        screen.say(json!({ "type": "hello", "since": null })).await;
        screen.hears("ready").await;
        screen
    }

    /// Signs out.
    pub async fn sign_out(&self) {
        let answer = self.call("DELETE", "/session", None).await;
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// Signs another officer in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Self {
        let mut other = Self { cookie: String::new(), ..self.clone() };
        let body = json!({ "email": email, "password": password });
        let answer = other.call("POST", "/session", Some(body)).await;
        assert!(answer.status().is_success(), "{}", answer.status());
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut other.cookie);
        other
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> reqwest::Response {
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

/// A socket whose frames are JSON with the kind of each under one name.
pub struct Socket {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    kind: &'static str,
}

impl Socket {
    async fn open(request: Request, kind: &'static str) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        Self { socket, kind }
    }

    pub async fn say(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame of a kind; others are passed over.
    pub async fn hears(&mut self, kind: &str) -> Value {
        self.hears_that(kind, |_| true).await
    }

    /// The next frame of a kind that is as wanted.
    pub async fn hears_that(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let heard = async {
            loop {
                let Message::Text(text) = self.socket.next().await.unwrap().unwrap() else {
                    continue;
                };
                let frame: Value = serde_json::from_str(&text).unwrap();
                assert_ne!(frame[self.kind], "nack", "{frame}");
                if frame[self.kind] == kind && wanted(&frame) {
                    return frame;
                }
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(30), heard).await;
        heard.unwrap_or_else(|_| panic!("no {kind} within half a minute"))
    }

    /// All frames up to one that is as wanted.
    pub async fn all_until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut all = Vec::new();
        let heard = async {
            while !all.last().is_some_and(&wanted) {
                if let Message::Text(text) = self.socket.next().await.unwrap().unwrap() {
                    all.push(serde_json::from_str(&text).unwrap());
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), heard).await.expect("within half a minute");
        all
    }

    /// The code with which it is closed.
    pub async fn closed(mut self) -> u16 {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(frame))) => return frame.unwrap().code.into(),
                Some(Ok(_)) => {}
                other => panic!("it ended without a code: {other:?}"),
            }
        }
    }
}

/// Adds the chat of the shop's site. Tells its key.
pub async fn site(admin: &Admin) -> String {
    let settings = json!({ "allowed_origins": [ORIGIN] });
    let site = json!({ "kind": "webchat", "name": "Toko", "settings": settings });
    admin.post("/channels", site).await["address"].as_str().unwrap().to_owned()
}

/// A visitor who has opened the chat of a site; none if the hub does not know the site.
pub async fn visitor(port: u16, site: &str) -> Option<Socket> {
    let address = format!("127.0.0.1:{port}/chat/{site}");
    let begun = client()
        .post(format!("http://{address}/session"))
        .header("origin", ORIGIN)
        .json(&json!({ "visitor": null, "token": null }))
        .send()
        .await
        .unwrap();
    if !begun.status().is_success() {
        return None;
    }
    let begun: Value = begun.json().await.unwrap();
    let mut request = format!("ws://{address}/socket").into_client_request().unwrap();
    request.headers_mut().insert("origin", ORIGIN.parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", "sapa.chat.v1".parse().unwrap());
    let mut visitor = Socket::open(request, "t").await;
    visitor.say(json!({ "t": "hello", "visitor": begun["visitor"], "token": null, "since": null, "language": "id" })).await;
    visitor.hears("ready").await;
    Some(visitor)
}

/// Lets a visitor say something, and waits until it is acknowledged.
pub async fn says(visitor: &mut Socket, text: &str) {
    visitor.say(json!({ "t": "say", "id": uuid::Uuid::new_v4(), "text": text })).await;
    visitor.hears("ack").await;
}

/// Lets a new visitor of a new site say something, and waits until it is acknowledged.
pub async fn say_in_chat(admin: &Admin, text: &str) {
    let site = site(admin).await;
    says(&mut visitor(admin.port, &site).await.unwrap(), text).await;
}
