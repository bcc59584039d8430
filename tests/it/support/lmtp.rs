//! A mail server of the shop's own, which hands mails to the hub by LMTP.

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpStream, tcp::OwnedReadHalf},
};

use super::TestApp;

async fn answer(reader: &mut BufReader<OwnedReadHalf>) -> String {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await.expect("the listener answers");
        if line.as_bytes().get(3) != Some(&b'-') {
            return line.trim_end().to_owned();
        }
    }
}

/// Hands a mail to these recipients. Tells the answer for each: to its `RCPT` if it was refused there, else to
/// the mail.
pub async fn hand_over(app: &TestApp, from: &str, to: &[&str], mail: &str) -> Vec<String> {
    let server = app.running.lmtp.expect("it takes local mail");
    let (read, mut write) = TcpStream::connect(server).await.expect("the listener").into_split();
    let mut reader = BufReader::new(read);
    assert!(answer(&mut reader).await.contains("LMTP"));
    for command in ["LHLO mx.example".to_owned(), format!("MAIL FROM:<{from}>")] {
        write.write_all(format!("{command}\r\n").as_bytes()).await.expect("writing");
        let said = answer(&mut reader).await;
        assert!(said.starts_with("250"), "{command}: {said}");
    }
    let mut answers = Vec::new();
    for recipient in to {
        write.write_all(format!("RCPT TO:<{recipient}>\r\n").as_bytes()).await.expect("writing");
        answers.push(answer(&mut reader).await);
    }
    if answers.iter().all(|said| !said.starts_with("250")) {
        return answers;
    }
    write.write_all(b"DATA\r\n").await.expect("writing");
    assert!(answer(&mut reader).await.starts_with("354"));
    let stuffed = mail.replace("\r\n.", "\r\n..");
    write.write_all(format!("{stuffed}.\r\n").as_bytes()).await.expect("writing");
    for said in answers.iter_mut().filter(|said| said.starts_with("250")) {
        *said = answer(&mut reader).await;
    }
    answers
}
