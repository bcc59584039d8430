//! A mail server to send to, strict about the protocol, and as unfriendly as it is told to be.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// How it treats clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    /// What it answers to a command that begins so, instead of agreeing; empty is hanging up.
    pub(crate) answers: Vec<(&'static str, &'static str)>,
    /// The same after the final dot.
    pub(crate) after_dot: Option<&'static str>,
    /// Hangs up after so many bytes of the mail.
    pub(crate) hang_up_within: Option<usize>,
    /// Says nothing more after the final dot.
    pub(crate) stall: bool,
    /// Closes each connection after so many mails.
    pub(crate) mails_a_connection: Option<usize>,
    /// Offers STARTTLS, or speaks TLS from the first byte.
    pub(crate) tls: Option<(Arc<rustls::ServerConfig>, bool)>,
    /// Takes this name and password, in base64 as `AUTH PLAIN` has them.
    pub(crate) password: Option<&'static str>,
}

/// A mail it took, dots unstuffed.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) data: String,
}

#[derive(Default)]
struct State {
    manner: Manner,
    taken: Vec<Taken>,
    connections: usize,
}

pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn locked(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sink {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { manner, ..State::default() }));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                locked(&shared).connections += 1;
                tokio::spawn(talk(stream, shared.clone()));
            }
        });
        Self { address, state, task }
    }

    pub(crate) fn behave(&self, manner: Manner) {
        locked(&self.state).manner = manner;
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        locked(&self.state).taken.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        locked(&self.state).connections
    }

    /// Lets nobody in any more.
    pub(crate) async fn close(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

async fn talk(stream: TcpStream, state: Arc<Mutex<State>>) {
    stream.set_nodelay(true).unwrap();
    let tls = locked(&state).manner.tls.clone();
    match tls {
        Some((config, true)) => {
            if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                let mut stream = BufReader::new(stream);
                dialogue(&mut stream, &state, true, true).await;
            }
        }
        Some((config, false)) => {
            let mut plain = BufReader::new(stream);
            if dialogue(&mut plain, &state, true, false).await {
                assert!(plain.buffer().is_empty(), "nothing may follow STARTTLS");
                if let Ok(stream) = TlsAcceptor::from(config).accept(plain.into_inner()).await {
                    let mut stream = BufReader::new(stream);
                    dialogue(&mut stream, &state, false, true).await;
                }
            }
        }
        None => {
            dialogue(&mut BufReader::new(stream), &state, true, false).await;
        }
    }
}

/// Gives whether it goes on encrypted.
async fn dialogue<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    state: &Mutex<State>,
    greet: bool,
    encrypted: bool,
) -> bool {
    let (mut from, mut to, mut mails) = (String::new(), Vec::new(), 0);
    let mut first = greet;
    loop {
        let line = if std::mem::take(&mut first) {
            Some("CONNECT".to_owned())
        } else {
            line(stream).await
        };
        let Some(line) = line else { return false };
        let manner = locked(state).manner.clone();
        let upper = line.to_ascii_uppercase();
        if let Some((_, answer)) = manner.answers.iter().find(|(start, _)| upper.starts_with(start))
        {
            if answer.is_empty() {
                return false;
            }
            say(stream, answer).await;
            continue;
        }
        let offers_tls = manner.tls.is_some() && !encrypted;
        let signed_in =
            manner.password.is_none_or(|password| line == format!("AUTH PLAIN {password}"));
        match upper.split([' ', ':']).next().unwrap_or_default() {
            "CONNECT" => say(stream, "220 mx.surat.example ready").await,
            "EHLO" => {
                let tls = if offers_tls { "250-STARTTLS\r\n" } else { "" };
                let auth = if manner.password.is_some() { "250-AUTH PLAIN\r\n" } else { "" };
                say(stream, &format!("250-mx.surat.example\r\n{tls}{auth}250 ENHANCEDSTATUSCODES"))
                    .await;
            }
            "AUTH" if signed_in => say(stream, "235 2.7.0 welcome").await,
            "AUTH" => say(stream, "535 5.7.8 wrong").await,
            "STARTTLS" if offers_tls => {
                say(stream, "220 2.0.0 go ahead").await;
                return true;
            }
            "MAIL" if from.is_empty() => {
                from = line;
                say(stream, "250 2.1.0 ok").await;
            }
            "RCPT" if !from.is_empty() => {
                to.push(line[9..line.len() - 1].to_owned());
                say(stream, "250 2.1.5 ok").await;
            }
            "DATA" if !to.is_empty() => {
                say(stream, "354 go on").await;
                let Some(data) = data(stream, manner.hang_up_within).await else { return false };
                let manner = locked(state).manner.clone();
                if manner.stall {
                    tokio::time::sleep(Duration::from_secs(600)).await;
                }
                match manner.after_dot {
                    Some("") => return false,
                    Some(answer) => say(stream, answer).await,
                    None => {
                        let taken = Taken { from: from.clone(), to: to.clone(), data };
                        locked(state).taken.push(taken);
                        say(stream, "250 2.0.0 taken").await;
                    }
                }
                (from, to, mails) = (String::new(), Vec::new(), mails + 1);
                if manner.mails_a_connection.is_some_and(|most| mails >= most) {
                    return false;
                }
            }
            "RSET" => {
                (from, to) = (String::new(), Vec::new());
                say(stream, "250 2.0.0 ok").await;
            }
            "NOOP" => say(stream, "250 2.0.0 ok").await,
            "QUIT" => {
                say(stream, "221 2.0.0 bye").await;
                return false;
            }
            _ => say(stream, "503 5.5.1 out of order").await,
        }
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) {
    let _ = stream.write_all(format!("{line}\r\n").as_bytes()).await;
    let _ = stream.flush().await;
}

async fn line<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = Vec::new();
    let count = stream.read_until(b'\n', &mut line).await.ok()?;
    if count == 0 {
        return None;
    }
    let line = String::from_utf8(line).expect("mails are sent in 7 bits");
    let line = line.strip_suffix("\r\n").expect("lines end with CRLF (mail 7)");
    assert!(!line.contains('\r') && line.len() <= 998, "bare CR or too long (mail 7)");
    Some(line.to_owned())
}

async fn data<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    hang_up_within: Option<usize>,
) -> Option<String> {
    let mut data = String::new();
    loop {
        let line = line(stream).await?;
        if line == "." {
            return Some(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
        if hang_up_within.is_some_and(|most| data.len() > most) {
            return None;
        }
    }
}
