//! A relay that takes our mails, or does not.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use sapa::config::{Config, Relay, Tls};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What becomes of a mail.
#[derive(Clone, Debug)]
pub enum Treatment {
    /// It is taken.
    Take,
    /// It is answered so after its end.
    Refuse(&'static str),
    /// It is read as a whole, and the connection is closed without an answer.
    HangUp,
    /// It is taken, late.
    Slow(Duration),
}

#[derive(Default)]
struct Seen {
    taken: Vec<String>,
    read: Vec<String>,
    next: VecDeque<Treatment>,
}

/// A relay; it is gone when it is dropped.
pub struct Sink {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    /// A relay on some free port.
    pub async fn start() -> Self {
        Self::at(([127, 0, 0, 1], 0).into()).await
    }

    /// A relay at this address.
    pub async fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let shared = seen.clone();
        let task = tokio::spawn(async move {
            // Connections end with the relay.
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, shared.clone()));
            }
        });
        Self { address, seen, task }
    }

    /// A port on which nobody listens.
    pub async fn nobody() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("bound")
    }

    /// Treats the next mails so, one after the other; later ones are taken.
    pub fn treat_next(&self, how: impl IntoIterator<Item = Treatment>) {
        self.seen.lock().expect("nobody panics while holding this").next.extend(how);
    }

    /// The mails that were taken.
    pub fn taken(&self) -> Vec<String> {
        self.seen.lock().expect("nobody panics while holding this").taken.clone()
    }

    /// The mails that were read to their end, taken or not.
    pub fn read(&self) -> Vec<String> {
        self.seen.lock().expect("nobody panics while holding this").read.clone()
    }
}

/// Lets mail go to a relay.
pub fn relay(config: &mut Config, address: SocketAddr) {
    config.mail.folder = None;
    config.mail.relay = Some(Relay {
        host: address.ip().to_string(),
        port: address.port(),
        tls: Tls::None,
        user: None,
        password: None,
    });
}

async fn serve(stream: TcpStream, seen: Arc<Mutex<Seen>>) {
    let _ = talk(stream, seen).await;
}

async fn talk(stream: TcpStream, seen: Arc<Mutex<Seen>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    write.write_all(b"220 relay.example ESMTP\r\n").await?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.split([' ', '\r', '\n']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-relay.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 OK\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
        if word == "QUIT" {
            return Ok(());
        }
        if word != "DATA" {
            continue;
        }
        let mail = data(&mut reader).await?;
        let treatment = {
            let mut seen = seen.lock().expect("nobody panics while holding this");
            seen.read.push(mail.clone());
            seen.next.pop_front().unwrap_or(Treatment::Take)
        };
        match treatment {
            Treatment::HangUp => return Ok(()),
            Treatment::Refuse(answer) => {
                write.write_all(format!("{answer}\r\n").as_bytes()).await?;
                continue;
            }
            Treatment::Slow(wait) => tokio::time::sleep(wait).await,
            Treatment::Take => {}
        }
        seen.lock().expect("nobody panics while holding this").taken.push(mail);
        write.write_all(b"250 taken\r\n").await?;
    }
}

async fn data(reader: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
