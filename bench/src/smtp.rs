//! A sender of mail over one connection.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::client::MAILBOX;

/// A connection that has greeted.
#[derive(Debug)]
pub struct Sender(BufReader<TcpStream>);

impl Sender {
    /// Connects and greets.
    pub async fn connect(server: SocketAddr) -> anyhow::Result<Self> {
        Self::greet(server, "EHLO").await
    }

    /// Connects and greets with this word: `LHLO` for LMTP.
    pub async fn greet(server: SocketAddr, word: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server).await.context("connecting by SMTP")?;
        stream.set_nodelay(true)?;
        let mut sender = Self(BufReader::new(stream));
        sender.answer("220").await?;
        sender.0.write_all(format!("{word} pos.example\r\n").as_bytes()).await?;
        sender.answer("250").await?;
        Ok(sender)
    }

    /// Hands a mail over, its commands together, and waits until it is taken.
    pub async fn send(&mut self, from: &str, mail: &[u8]) -> anyhow::Result<()> {
        let commands = format!("MAIL FROM:<{from}>\r\nRCPT TO:<{MAILBOX}>\r\nDATA\r\n");
        self.0.write_all(commands.as_bytes()).await?;
        for expected in ["250", "250", "354"] {
            self.answer(expected).await?;
        }
        // In one piece, as a mail server does that fills a buffer.
        self.0.write_all(&[mail, b".\r\n"].concat()).await?;
        self.answer("250").await
    }

    async fn answer(&mut self, expected: &str) -> anyhow::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.0.read_line(&mut line).await? == 0 {
                bail!("the connection was closed");
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        if !line.starts_with(expected) {
            bail!("not taken: {line}");
        }
        Ok(())
    }
}
