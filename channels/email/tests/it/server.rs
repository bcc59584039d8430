//! The mail server, by whole dialogues.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rstest::rstest;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use sapa_channel::{
    Arrival, Channel, Inbound, Intake, Outcome, Receipted, Refused, conformance::Recorder,
};
use sapa_email::{
    EmailChannel,
    Protocol::{Lmtp, Smtp},
    Way,
};
use tokio_rustls::TlsConnector;

use crate::{
    OTHER, OURS, channel,
    client::Client,
    conformance::{message as outgoing, settings},
    listen,
};

const MAIL: &str = "From: Rina <rina@surat.example>\r\nSubject: Paket\r\nMessage-ID: <a@surat.example>\r\n\r\nHalo\r\n";

fn message(arrival: &Arrival) -> &sapa_channel::Message {
    match &arrival.content {
        Ok(Inbound::Message(message)) => message,
        other => panic!("{other:?}"),
    }
}

fn certificate() -> sapa_email::Certificate {
    let (chain, key) =
        (include_bytes!("../keys/localhost.pem"), include_bytes!("../keys/localhost.key"));
    sapa_email::Certificate::from_pem(chain, key).unwrap()
}

#[tokio::test]
async fn a_mail_is_delivered_as_it_came() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    client.announce("rina@surat.example", &["HALO+r-AbC@Toko.Example"]).await;
    client.send(format!("{MAIL}..titik\r\n.\r\n").as_bytes()).await;
    assert_eq!(client.answer().await, "250 2.0.0 taken");
    let arrival = recorder.arrivals().pop().unwrap();
    assert_eq!(arrival.channel, channel(1));
    assert_eq!(arrival.original.bytes, format!("{MAIL}.titik\r\n"));
    assert_eq!(arrival.original.media_type, "message/rfc822");
    assert_eq!(message(&arrival).thread.token.as_deref(), Some("abc"));
    assert_eq!(message(&arrival).text, "Halo\n.titik");
    assert!(client.say("QUIT").await.starts_with("221"));
    assert_eq!(client.rest().await.unwrap(), "");
}

#[tokio::test]
async fn pipelined_commands_are_answered_together() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    client
        .send(
            format!("MAIL FROM:<a@x.example> SIZE=100\r\nRCPT TO:<{OURS}>\r\nDATA\r\n").as_bytes(),
        )
        .await;
    for expected in ["250 2.1.0", "250 2.1.5", "354 "] {
        assert!(client.answer().await.starts_with(expected));
    }
    // The next mail follows at once.
    let next = format!("{MAIL}.\r\nMAIL FROM:<b@x.example>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n");
    client.send(next.as_bytes()).await;
    for expected in ["250 2.0.0", "250 2.1.0", "250 2.1.5", "354 "] {
        assert!(client.answer().await.starts_with(expected));
    }
    client.send(format!("{MAIL}.\r\nQUIT\r\n").as_bytes()).await;
    assert!(client.answer().await.starts_with("250 2.0.0"));
    assert!(client.answer().await.starts_with("221"));
    assert_eq!(recorder.arrivals().len(), 2);
}

#[tokio::test]
async fn input_in_pieces_is_understood() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    let all = format!("MAIL FROM:<a@x.example>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n{MAIL}.\r\nQUIT\r\n");
    for piece in all.as_bytes().chunks(7) {
        client.send(piece).await;
        tokio::task::yield_now().await;
    }
    assert!(client.rest().await.unwrap().ends_with("250 2.0.0 taken\r\n221 2.0.0 bye\r\n"));
    assert_eq!(recorder.arrivals()[0].original.bytes, MAIL);
}

#[tokio::test]
async fn a_mail_in_chunks_is_the_same_mail() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    client.send(format!("MAIL FROM:<a@x.example>\r\nRCPT TO:<{OURS}>\r\n").as_bytes()).await;
    client.answer().await;
    client.answer().await;
    client.send(format!("BDAT 10\r\n{}", &MAIL[..10]).as_bytes()).await;
    assert!(client.answer().await.starts_with("250"));
    client.send(format!("BDAT {} LAST\r\n{}", MAIL.len() - 10, &MAIL[10..]).as_bytes()).await;
    assert_eq!(client.answer().await, "250 2.0.0 taken");
    assert_eq!(recorder.arrivals()[0].original.bytes, MAIL);
    // Chunks that nobody may send are read over.
    client.send(b"BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n").await;
    assert!(client.answer().await.starts_with("503"));
    assert!(client.answer().await.starts_with("250 2.0.0"));
}

#[tokio::test]
async fn mail_is_taken_for_our_addresses_only() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    client.say("MAIL FROM:<a@x.example>").await;
    for (to, expected) in [
        ("siapa@toko.example", "550 5.1.1"),
        ("halo@lain.example", "550 5.1.1"),
        ("halo%lain.example@toko.example", "550 5.1.1"),
        ("halo@toko.example@lain.example", "5"),
        ("\"halo@toko.example\"@lain.example", "5"),
    ] {
        let answer = client.say(&format!("RCPT TO:<{to}>")).await;
        assert!(answer.starts_with(expected), "{to}: {answer}");
    }
    assert!(client.say("DATA").await.starts_with("554 5.5.1"));
    assert!(recorder.arrivals().is_empty());
}

#[tokio::test]
async fn d3_one_mail_to_two_inboxes_is_delivered_to_both() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    client.announce("a@x.example", &[OTHER, OURS, "halo+r-tok@toko.example"]).await;
    client.send(format!("{MAIL}.\r\n").as_bytes()).await;
    assert_eq!(client.answer().await, "250 2.0.0 taken");
    let arrivals = recorder.arrivals();
    assert_eq!(arrivals.len(), 3);
    assert_eq!(
        message(&arrivals[0]).thread.token.as_deref(),
        Some("tok"),
        "the one with a token first"
    );
    let mut keys: Vec<_> = arrivals.iter().map(|arrival| &arrival.transport_key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
    assert_eq!(message(&arrivals[1]).logical_key, message(&arrivals[2]).logical_key);
}

/// Refuses what comes for the second mailbox.
struct Half(Refused);

#[async_trait::async_trait]
impl Intake for Half {
    async fn deliver(&self, arrival: Arrival) -> Result<Receipted, Refused> {
        if arrival.channel == channel(2) {
            return Err(self.0.clone());
        }
        Ok(Receipted { fresh: true, message: None })
    }
}

#[rstest]
#[case(Refused::Unavailable, "451 4.3.0")]
#[case(Refused::Full, "452 4.3.1")]
#[tokio::test]
async fn d1_smtp_answers_for_all_recipients_and_lmtp_for_each(
    #[case] refusal: Refused,
    #[case] code: &str,
) {
    let server = listen(Smtp, Arc::new(Half(refusal.clone())), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    client.announce("a@x.example", &[OURS, OTHER]).await;
    client.send(format!("{MAIL}.\r\n").as_bytes()).await;
    assert!(client.answer().await.starts_with(code));

    let server = listen(Lmtp, Arc::new(Half(refusal)), |_| {}).await;
    let mut client = Client::connect(server.address).await;
    assert!(client.answer().await.starts_with("220 "));
    assert!(client.say("EHLO x").await.starts_with("500"), "LMTP is greeted with LHLO");
    assert!(client.say("LHLO x").await.starts_with("250"));
    client.announce("a@x.example", &[OTHER, OURS, "halo+r-a@toko.example"]).await;
    client.send(format!("{MAIL}.\r\n").as_bytes()).await;
    assert!(client.answer().await.starts_with(code));
    assert!(client.answer().await.starts_with("250"));
    assert!(client.answer().await.starts_with("250"));
}

#[rstest]
#[case("\n.\n")]
#[case("\n.\r\n")]
#[case("\r\n.\n")]
#[case("\r.\r")]
#[case("\r.\r\n")]
#[case("\r\n.\r")]
#[case("\r\n.\r\r\n")]
#[case("\r\r\n.\r\r\n")]
#[case("\r\n\0.\r\n")]
#[case("\r\n.\0\r\n")]
#[tokio::test]
async fn r19_smuggled_commands_make_one_mail_or_none(#[case] end: &str) {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut client = Client::greeted(server.address).await;
    client.announce("a@x.example", &[OURS]).await;
    let second = format!("MAIL FROM:<bos@toko.example>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n{MAIL}");
    client.send(format!("{MAIL}{end}{second}\r\n.\r\nQUIT\r\n").as_bytes()).await;
    let answer = client.answer().await;
    assert!(client.answer().await.starts_with("221"), "one answer to one mail");
    let arrivals = recorder.arrivals();
    assert!(
        (answer.starts_with("250") && arrivals.len() == 1)
            || (answer.starts_with('5') && arrivals.is_empty()),
        "{answer}"
    );
    assert!(!answer.starts_with("250") || end.contains('\0'), "{answer}");
}

#[tokio::test]
async fn r22_too_large_mails_are_refused() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |config| config.max_size = 10_000).await;
    let mut client = Client::greeted(server.address).await;
    assert!(client.say("MAIL FROM:<a@x.example> SIZE=10001").await.starts_with("552 5.3.4"));
    client.announce("a@x.example", &[OURS]).await;
    client.send(format!("{MAIL}{}\r\n.\r\n", "x".repeat(20_000)).as_bytes()).await;
    assert!(client.answer().await.starts_with("552 5.3.4"));
    client.announce("a@x.example", &[OURS]).await;
    client.send(format!("{MAIL}.\r\n").as_bytes()).await;
    assert!(client.answer().await.starts_with("250"), "the next one is taken");
    assert_eq!(recorder.arrivals().len(), 1);
}

#[tokio::test]
async fn r22_mails_share_a_bounded_memory() {
    let server = listen(Smtp, Recorder::new(), |config| config.max_memory = 1 << 20).await;
    let mut client = Client::greeted(server.address).await;
    client.announce("a@x.example", &[OURS]).await;
    client.send(format!("{MAIL}{}.\r\n", "0123456789\r\n".repeat(200_000)).as_bytes()).await;
    assert!(client.answer().await.starts_with("452 4.3.1"));
}

#[tokio::test]
async fn r22_a_large_mail_is_understood_beside_the_others() {
    let recorder = Recorder::new();
    let server =
        listen(Smtp, recorder.clone(), |config| config.parse_timeout = Duration::from_secs(60))
            .await;
    let mut client = Client::greeted(server.address).await;
    client.announce("a@x.example", &[OURS]).await;
    client.send(format!("{MAIL}{}.\r\n", "0123456789\r\n".repeat(200_000)).as_bytes()).await;
    assert_eq!(client.answer().await, "250 2.0.0 taken");
    assert!(message(&recorder.arrivals()[0]).text.starts_with("Halo"));
}

#[tokio::test]
async fn limits_of_commands_errors_and_recipients_hold() {
    let server = listen(Smtp, Recorder::new(), |config| {
        config.max_errors = 3;
        config.max_recipients = 2;
    })
    .await;
    let mut client = Client::greeted(server.address).await;
    client.say("MAIL FROM:<a@x.example>").await;
    for expected in ["250", "250", "452 4.5.3"] {
        assert!(client.say(&format!("RCPT TO:<{OURS}>")).await.starts_with(expected));
    }
    assert!(client.say("XYZZY").await.starts_with("500"));
    assert!(client.say("RCPT TO:nobody").await.starts_with("501"));
    client.send(b"XYZZY\r\nXYZZY\r\n").await;
    let rest = client.rest().await.unwrap();
    assert!(rest.ends_with("421 4.7.0 too many errors\r\n"), "{rest}");

    let mut client = Client::greeted(server.address).await;
    client.send(&b"X".repeat(20_000)).await;
    assert!(client.answer().await.starts_with("500 5.5.2"));
}

#[tokio::test]
async fn too_many_connections_are_told_to_come_later() {
    let server = listen(Smtp, Recorder::new(), |config| config.max_connections = 1).await;
    let mut first = Client::greeted(server.address).await;
    let mut second = Client::connect(server.address).await;
    assert!(second.answer().await.starts_with("421 4.7.0"));
    first.say("QUIT").await;
    first.rest().await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    Client::greeted(server.address).await;
}

#[tokio::test]
async fn r22_who_gives_his_place_to_another_is_told_to_come_later() {
    let server = listen(Smtp, Recorder::new(), |config| {
        config.max_connections = 1;
        config.patience = Duration::from_millis(50);
    })
    .await;
    let mut silent = Client::greeted(server.address).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    Client::greeted(server.address).await;
    assert!(silent.rest().await.unwrap().starts_with("421 4.7.0"));
}

#[tokio::test]
async fn slow_clients_do_not_stay() {
    let server = listen(Smtp, Recorder::new(), |config| {
        config.command_timeout = Duration::from_millis(300);
        config.data_timeout = Duration::from_millis(600);
    })
    .await;
    let started = Instant::now();
    let mut idle = Client::greeted(server.address).await;
    assert!(idle.rest().await.unwrap().starts_with("421 4.4.2"));
    // One byte now and then is not enough.
    let mut slow = Client::greeted(server.address).await;
    for _ in 0..5 {
        slow.send(b"N").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(slow.rest().await.is_ok_and(|rest| rest.starts_with("421 4.4.2")));
    let mut slow = Client::greeted(server.address).await;
    slow.announce("a@x.example", &[OURS]).await;
    for _ in 0..8 {
        slow.send(b"x\r\n").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let _ = slow.rest().await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn d1_a_stopped_server_finishes_what_it_began_and_takes_nothing_new() {
    let recorder = Recorder::new();
    let mut server = listen(Smtp, recorder.clone(), |_| {}).await;
    let mut idle = Client::greeted(server.address).await;
    let mut busy = Client::greeted(server.address).await;
    busy.announce("a@x.example", &[OURS]).await;
    server.stop.cancel();
    assert!(idle.answer().await.starts_with("421 4.3.2"));
    busy.send(format!("{MAIL}.\r\n").as_bytes()).await;
    assert_eq!(busy.answer().await, "250 2.0.0 taken");
    assert!(busy.answer().await.starts_with("421 4.3.2"));
    tokio::time::timeout(Duration::from_secs(5), &mut server.task).await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err());
    assert_eq!(recorder.arrivals().len(), 1);
}

#[tokio::test]
async fn d1_a_mail_that_is_not_stored_in_time_is_put_off() {
    let recorder = Recorder::new();
    recorder.answer(None);
    let server = listen(Smtp, recorder.clone(), |config| {
        config.delivery_timeout = Duration::from_millis(200);
    })
    .await;
    let mut client = Client::greeted(server.address).await;
    client.announce("a@x.example", &[OURS]).await;
    client.send(format!("{MAIL}.\r\n").as_bytes()).await;
    assert!(client.answer().await.starts_with("451 4.3.0"));
}

#[tokio::test]
async fn starttls_encrypts_and_begins_anew() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |config| config.tls = Some(certificate())).await;
    let mut client = Client::connect(server.address).await;
    client.answer().await;
    assert!(client.say("EHLO x").await.contains("250-STARTTLS"));
    assert!(client.say("STARTTLS").await.starts_with("220"));
    let mut roots = rustls::RootCertStore::empty();
    let pem = include_str!("../keys/localhost.pem");
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream =
        TlsConnector::from(Arc::new(config)).connect(name, client.into_inner()).await.unwrap();
    let mut client = Client::over(stream);
    assert!(
        client.say("MAIL FROM:<a@x.example>").await.starts_with("503"),
        "the greeting is forgotten"
    );
    assert!(!client.say("EHLO x").await.contains("STARTTLS"));
    client.announce("a@x.example", &[OURS]).await;
    client.send(format!("{MAIL}.\r\n").as_bytes()).await;
    assert_eq!(client.answer().await, "250 2.0.0 taken");
    assert_eq!(recorder.arrivals().len(), 1);
}

#[tokio::test]
async fn commands_behind_starttls_are_not_taken_into_the_encryption() {
    let server = listen(Smtp, Recorder::new(), |config| config.tls = Some(certificate())).await;
    let mut client = Client::greeted(server.address).await;
    client.send(b"STARTTLS\r\nMAIL FROM:<a@x.example>\r\n").await;
    let rest = client.rest().await.unwrap();
    assert!(rest.starts_with("554") && !rest.contains("250"), "{rest}");
}

#[tokio::test]
async fn the_order_of_commands_is_kept() {
    let server = listen(Smtp, Recorder::new(), |_| {}).await;
    let mut client = Client::connect(server.address).await;
    client.answer().await;
    for (command, expected) in [
        ("MAIL FROM:<a@x.example>", "503"),
        ("HELO x", "250"),
        ("RCPT TO:<halo@toko.example>", "503"),
        ("DATA", "503"),
        ("STARTTLS", "502"),
        ("AUTH PLAIN AAAA", "502"),
        ("MAIL FROM:<>", "250"),
        ("MAIL FROM:<b@x.example>", "503"),
        ("RSET", "250"),
        ("MAIL FROM:<b@x.example> BODY=8BITMIME SMTPUTF8", "250"),
        ("VRFY halo", "252"),
        ("NOOP", "250"),
        ("HELP", "214"),
        ("QUIT", "221"),
    ] {
        let answer = client.say(command).await;
        assert!(answer.starts_with(expected), "{command}: {answer}");
    }
}

#[tokio::test]
async fn what_one_hub_sends_another_understands() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let relay = sapa_email::Relay::new("127.0.0.1", server.address.port(), sapa_email::Tls::None);
    let mut from = settings();
    from.address = "dukungan@lain.example".into();
    let sender =
        EmailChannel::new(from, Way::Relay(relay), None, sapa_email::Limits::default()).unwrap();
    let said = sender.check().await.unwrap();
    assert!(said.contains("hub.toko.example") && said.contains("not encrypted"), "{said}");
    let mut mail = outgoing("Halo\n.titik\n\nFrom sini");
    mail.to.address = OURS.into();
    mail.reply_token = Some("abc-1".into());
    let bytes: bytes::Bytes = (0..=255_u8).cycle().take(200_000).collect();
    let media_type = "application/pdf".into();
    mail.files =
        vec![sapa_channel::OutFile {
            name: "nota ✓.pdf".into(), media_type, bytes: bytes.clone()
        }];
    assert_eq!(sender.send(mail.clone()).await, Outcome::Sent { external_id: None });
    let arrival = recorder.arrivals().pop().unwrap();
    let message = message(&arrival);
    assert_eq!(message.text, "Halo\n.titik\n\nFrom sini");
    assert_eq!(message.external_id.as_deref(), Some(mail.external_id.as_str()));
    assert_eq!(message.sender.address.value, "dukungan@lain.example");
    assert_eq!(message.files[0].name, "nota ✓.pdf");
    assert!(message.files[0].bytes == bytes);
    assert!(
        message.warnings.iter().any(|warning| warning.contains("dukungan+r-abc-1@lain.example"))
    );
}

#[tokio::test]
async fn fifty_connections_are_served_without_waiting_for_each_other() {
    let recorder = Recorder::new();
    let server = listen(Smtp, recorder.clone(), |_| {}).await;
    let address = server.address;
    let started = Instant::now();
    let clients = (0..50).map(|client| {
        tokio::spawn(async move {
            let mut connection = Client::greeted(address).await;
            for number in 0..20 {
                connection.announce("rina@surat.example", &[OURS]).await;
                let line =
                    format!("{client} {number} bungkus kedua dikirim sore ini, terima kasih\r\n");
                connection.send(format!("{MAIL}{}.\r\n", line.repeat(80)).as_bytes()).await;
                assert!(connection.answer().await.starts_with("250"));
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    assert_eq!(recorder.arrivals().len(), 1000);
    // Each mail takes some milliseconds unoptimised; a wait of 40 ms a step would be four seconds and more.
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}
