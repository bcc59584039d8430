//! The mail server that takes what the hub sends. It counts each mail when its last dot has come, and makes every
//! kind of trouble before and after that.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::peers::{Arrived, Came};

/// Listens. Tells the port.
pub async fn listen(came: Arc<Came>) -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let came = came.clone();
            tokio::spawn(async move {
                // The other side dies often; that is what this is for.
                let _ = talk(stream, &came).await;
            });
        }
    });
    Ok(port)
}

async fn talk(stream: TcpStream, came: &Came) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 relay.example ESMTP\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.split([' ', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match word.as_str() {
            "RCPT" => {
                to = line.trim().trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                if came.chance() < 2 { b"451 4.2.1 later\r\n" } else { b"250 OK\r\n" }
            }
            "DATA" => b"354 go on\r\n",
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => b"250 OK\r\n",
        };
        stream.write_all(answer).await?;
        if word == "DATA" {
            mail(&mut stream, came, &to).await?;
        }
    }
}

/// Reads a mail and answers it.
async fn mail(stream: &mut BufReader<TcpStream>, came: &Came, to: &str) -> std::io::Result<()> {
    let (mut whole, mut line) = (Vec::new(), Vec::new());
    let chance = came.chance();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 || (chance == 0 && whole.len() > 300) {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
        if line == b".\r\n" {
            break;
        }
        whole.extend_from_slice(&line);
    }
    if chance == 1 {
        return stream.write_all(b"452 4.3.1 no room\r\n").await;
    }
    if chance == 2 {
        return stream.write_all(b"554 5.7.1 not this one\r\n").await;
    }
    let text = String::from_utf8_lossy(&whole);
    let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
    let mut print = DefaultHasher::new();
    whole.hash(&mut print);
    came.mail(Arrived {
        subject: subject.trim().to_owned(),
        to: to.to_owned(),
        print: print.finish(),
    });
    match chance {
        // It is taken, and nobody is told.
        3 | 4 => return Err(std::io::ErrorKind::ConnectionAborted.into()),
        5 => tokio::time::sleep(Duration::from_millis(1_500)).await,
        6 => {
            // A byte at a time.
            for byte in b"250 taken at last\r\n" {
                stream.write_all(&[*byte]).await?;
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
            return Ok(());
        }
        7 => return stream.write_all(b"\0\xff what\r\n").await,
        _ => tokio::time::sleep(Duration::from_millis(2)).await,
    }
    stream.write_all(b"250 taken\r\n").await
}
