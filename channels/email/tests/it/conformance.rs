use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sapa_channel::{
    Channel, Intake, Mailbox, Outbound, Timestamp,
    conformance::{Behaviour, Peer, Told, receiving, sending},
    new_id,
};
use sapa_email::{EmailChannel, Limits, MailboxSettings, Protocol, Relay, Tls, Way};

use crate::{
    OURS, Running,
    client::Client,
    listen,
    sink::{Manner, Sink},
};

struct Post {
    protocol: Protocol,
    server: Option<Running>,
    sink: Sink,
}

pub(crate) fn settings() -> MailboxSettings {
    MailboxSettings { address: OURS.into(), name: "Toko".into(), signature: String::new() }
}

pub(crate) fn message(text: &str) -> Outbound {
    let message_id = new_id();
    Outbound {
        message_id,
        attempt: 1,
        external_id: format!("{message_id}@toko.example"),
        to: Mailbox { address: "rina@surat.example".into(), name: Some("Rina".into()) },
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: Some("Pesanan".into()),
        text: text.into(),
        html: None,
        files: Vec::new(),
        buttons: Vec::new(),
        parent: None,
        reply_token: None,
        author: "Dimas".into(),
        language: "id".into(),
        automatic: false,
        written_at: Timestamp::from_seconds(1_795_403_700),
        bulk: None,
    }
}

impl Post {
    async fn new(protocol: Protocol) -> Self {
        Self { protocol, server: None, sink: Sink::start(Manner::default()).await }
    }

    async fn deliver(&self, mail: &str) -> Told {
        let server = self.server.as_ref().unwrap();
        let mut client = Client::connect(server.address).await;
        client.answer().await;
        let hello = if self.protocol == Protocol::Lmtp { "LHLO" } else { "EHLO" };
        client.say(&format!("{hello} mx.surat.example")).await;
        client.announce("rina@surat.example", &[OURS]).await;
        client.send(format!("{mail}\r\n.\r\n").as_bytes()).await;
        match client.answer_within(Duration::from_millis(700)).await {
            Some(answer) if answer.starts_with('2') => Told::Acknowledged,
            Some(answer) if answer.starts_with('4') => Told::TryLater,
            Some(answer) => panic!("{answer}"),
            None => Told::Nothing,
        }
    }
}

#[async_trait]
impl Peer for Post {
    async fn start(&mut self, intake: Arc<dyn Intake>) -> Arc<dyn Channel> {
        self.server = Some(listen(self.protocol, intake, |_| {}).await);
        let relay = Relay::new("127.0.0.1", self.sink.address.port(), Tls::None);
        let channel = EmailChannel::new(settings(), Way::Relay(relay), None, Limits::default());
        Arc::new(channel.unwrap())
    }

    async fn say(&mut self, number: u32, text: &str) -> Told {
        self.deliver(&format!(
            "From: Rina <rina@surat.example>\r\nTo: {OURS}\r\nSubject: Paket\r\nMessage-ID: <{number}@surat.example>\r\n\r\n{text}\r\n"
        ))
        .await
    }

    async fn garbage(&mut self) -> Told {
        self.deliver("From: a@x.example\r\nFrom: b@y.example\r\n\r\nsiapa?").await
    }

    fn message(&self, text: &str) -> Outbound {
        message(text)
    }

    async fn behave(&mut self, how: Behaviour) -> bool {
        let manner = match how {
            Behaviour::Accept => Manner::default(),
            Behaviour::Later => {
                Manner { after_dot: Some("451 4.7.1 greylisted"), ..Manner::default() }
            }
            Behaviour::Never => {
                Manner { answers: vec![("RCPT", "550 5.1.1 nobody")], ..Manner::default() }
            }
            Behaviour::HangUpAfter => Manner { after_dot: Some(""), ..Manner::default() },
            Behaviour::Unreachable => {
                self.sink.close().await;
                Manner { answers: vec![("", "")], ..Manner::default() }
            }
        };
        self.sink.behave(manner);
        true
    }

    async fn heard(&mut self) -> Vec<String> {
        self.sink.taken().into_iter().map(|taken| taken.data).collect()
    }
}

#[tokio::test]
async fn d1_d3_d4_smtp_keeps_the_promises_of_receiving() {
    receiving(&mut Post::new(Protocol::Smtp).await).await;
}

#[tokio::test]
async fn d1_d3_d4_lmtp_keeps_the_promises_of_receiving() {
    receiving(&mut Post::new(Protocol::Lmtp).await).await;
}

#[tokio::test]
async fn d6_a_relay_keeps_the_promises_of_sending() {
    sending(&mut Post::new(Protocol::Smtp).await).await;
}
