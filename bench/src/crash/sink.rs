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
    greet(&mut stream, came).await?;
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

/// Greets, now and then in a way that nobody can make sense of.
async fn greet(stream: &mut BufReader<TcpStream>, came: &Came) -> std::io::Result<()> {
    let greeting = b"220 relay.example ESMTP\r\n";
    match came.chance() {
        0 => stream.write_all(b"\x16\x03\x01\0\xff HTTP/1.1 220\r\n\0\r\n").await,
        1 => {
            // A line without an end, until the other side has enough.
            for _ in 0..4096 {
                stream.write_all(&[b'2'; 4 << 10]).await?;
            }
            Err(std::io::ErrorKind::ConnectionAborted.into())
        }
        2 => drip(stream, came, greeting).await,
        _ => stream.write_all(greeting).await,
    }
}

/// Says it a byte a second, as long as trouble may be made.
async fn drip(stream: &mut BufReader<TcpStream>, came: &Came, words: &[u8]) -> std::io::Result<()> {
    for byte in words {
        stream.write_all(&[*byte]).await?;
        for _ in 0..20 {
            if !came.is_gentle() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    Ok(())
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
            return drip(stream, came, b"250 taken at last\r\n").await;
        }
        7 => return stream.write_all(b"\0\xff what\r\n").await,
        _ => tokio::time::sleep(Duration::from_millis(2)).await,
    }
    stream.write_all(b"250 taken\r\n").await
}
