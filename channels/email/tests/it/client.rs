//! A client that sends what it is told, and reads answers line by line.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

pub(crate) struct Client<S = TcpStream> {
    stream: BufReader<S>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Connected, and greeted with `EHLO`.
    pub(crate) async fn greeted(address: SocketAddr) -> Self {
        let mut client = Self::connect(address).await;
        assert!(client.answer().await.starts_with("220 "));
        assert!(client.say("EHLO mx.surat.example").await.starts_with("250"));
        client
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn over(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    pub(crate) fn into_inner(self) -> S {
        self.stream.into_inner()
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        // The server may have hung up already; its last words are read all the same.
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    /// An answer with all its lines; empty when the connection is closed.
    pub(crate) async fn answer(&mut self) -> String {
        timeout(Duration::from_secs(20), self.read_answer()).await.expect("an answer in time")
    }

    async fn read_answer(&mut self) -> String {
        let mut whole = String::new();
        loop {
            let mut line = String::new();
            match self.stream.read_line(&mut line).await {
                Ok(0) | Err(_) => return whole,
                Ok(_) => whole.push_str(&line),
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return whole.trim_end().to_owned();
            }
        }
    }

    /// An answer, if one comes within the time.
    pub(crate) async fn answer_within(&mut self, time: Duration) -> Option<String> {
        timeout(time, self.read_answer()).await.ok()
    }

    pub(crate) async fn say(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n").as_bytes()).await;
        self.answer().await
    }

    /// Announces a mail up to `354`.
    pub(crate) async fn announce(&mut self, from: &str, to: &[&str]) {
        assert!(self.say(&format!("MAIL FROM:<{from}>")).await.starts_with("250"));
        for to in to {
            let answer = self.say(&format!("RCPT TO:<{to}>")).await;
            assert!(answer.starts_with("250"), "{to}: {answer}");
        }
        assert!(self.say("DATA").await.starts_with("354"));
    }

    /// Everything until the connection is closed.
    pub(crate) async fn rest(&mut self) -> io::Result<String> {
        let mut rest = Vec::new();
        timeout(Duration::from_secs(20), self.stream.read_to_end(&mut rest)).await??;
        Ok(String::from_utf8_lossy(&rest).into_owned())
    }
}
