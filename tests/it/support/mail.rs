//! A sender of mail, and a reader of the mails that left.

use std::{net::SocketAddr, path::Path};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A plain mail.
pub fn plain(from: &str, subject: &str, id: &str, text: &str, more: &str) -> String {
    format!(
        "From: {from}\r\nTo: halo@kopiseruni.example\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
         Date: Mon, 23 Nov 2026 10:00:00 +0700\r\n{more}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

async fn answer(reader: &mut BufReader<tokio::net::tcp::ReadHalf<'_>>) -> String {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await.expect("the listener answers");
        if line.len() < 4 || line.as_bytes()[3] != b'-' {
            return line;
        }
    }
}

/// Hands a mail over by SMTP. Tells the answer to the final dot, or the first refusal.
pub async fn hand_over(server: SocketAddr, from: &str, to: &str, mail: &str) -> String {
    let mut stream = TcpStream::connect(server).await.expect("the listener is there");
    let (read, mut write) = stream.split();
    let mut reader = BufReader::new(read);
    answer(&mut reader).await;
    for command in [
        "EHLO customer.example".to_owned(),
        format!("MAIL FROM:<{from}>"),
        format!("RCPT TO:<{to}>"),
        "DATA".to_owned(),
    ] {
        write.write_all(format!("{command}\r\n").as_bytes()).await.expect("writing");
        let said = answer(&mut reader).await;
        if !said.starts_with(['2', '3']) {
            return said;
        }
    }
    let stuffed = mail.replace("\r\n.", "\r\n..");
    write.write_all(stuffed.as_bytes()).await.expect("writing");
    write.write_all(b".\r\n").await.expect("writing");
    answer(&mut reader).await
}

/// The mails in a folder, by the time they were written.
pub fn in_folder(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut mails: Vec<(std::time::SystemTime, String)> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "eml"))
        .filter_map(|entry| {
            Some((
                entry.metadata().ok()?.modified().ok()?,
                std::fs::read_to_string(entry.path()).ok()?,
            ))
        })
        .collect();
    mails.sort();
    mails.into_iter().map(|(_, mail)| mail).collect()
}

/// A header of a mail, unfolded.
pub fn header(mail: &str, name: &str) -> Option<String> {
    let head = mail.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
    let prefix = format!("{}:", name.to_lowercase());
    head.lines()
        .find(|line| line.to_lowercase().starts_with(&prefix))
        .map(|line| line[prefix.len()..].trim().to_owned())
}

/// The address in a header, without its name.
pub fn address(value: &str) -> String {
    value.rsplit_once('<').map_or(value, |(_, rest)| rest).trim_end_matches('>').trim().to_owned()
}
