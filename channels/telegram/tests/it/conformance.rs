//! The promises of every adapter, over polling and over a webhook.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use sapa_channel::{
    Channel, Intake, Outbound,
    conformance::{self, Behaviour, Peer, Told},
};
use sapa_telegram::stub::{self, Customer, Stub};

use crate::{
    support::{RINA, Running, by_webhook, install_tls, outbound, polling, run},
    webhook::Hub,
};

/// Telegram as the channel's other side.
struct Telegram {
    stub: Stub,
    rina: Customer,
    /// By which way updates come.
    webhook: bool,
    running: Option<Running>,
    hub: Option<Hub>,
    said: HashMap<u32, i64>,
}

impl Telegram {
    async fn new(webhook: bool) -> Self {
        install_tls();
        let stub = Stub::start().await.unwrap();
        let rina = stub.customer(RINA, "Rina Wulandari").known();
        Self { stub, rina, webhook, running: None, hub: None, said: HashMap::new() }
    }

    /// What Telegram was told about an update, within some seconds.
    async fn told(&self, update: i64) -> Told {
        let before = self.stub.posted().len();
        for _ in 0..125 {
            if !self.stub.pending().contains(&update) {
                return Told::Acknowledged;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let later = |post: &(i64, Option<u16>)| post.1 == Some(503);
        if self.stub.posted().iter().skip(before).any(later) {
            Told::TryLater
        } else {
            Told::Nothing
        }
    }
}

#[async_trait]
impl Peer for Telegram {
    async fn start(&mut self, intake: Arc<dyn Intake>) -> Arc<dyn Channel> {
        let channel = if self.webhook {
            let hub = Hub::start().await;
            let channel = by_webhook(&self.stub, &hub.url, "s3cret_-");
            hub.serve(channel.clone(), intake.clone());
            self.hub = Some(hub);
            channel
        } else {
            polling(&self.stub)
        };
        self.running = Some(run(&channel, intake));
        channel
    }

    async fn say(&mut self, number: u32, text: &str) -> Told {
        let update = if let Some(update) = self.said.get(&number) {
            self.stub.again(*update);
            *update
        } else {
            let update = self.rina.says(text).update;
            self.said.insert(number, update);
            update
        };
        self.told(update).await
    }

    async fn garbage(&mut self) -> Told {
        let update = self.stub.update("message", serde_json::json!({"message_id": "no number"}));
        self.told(update).await
    }

    fn message(&self, text: &str) -> Outbound {
        outbound(text)
    }

    async fn behave(&mut self, how: Behaviour) -> bool {
        match how {
            Behaviour::Accept => self.stub.behave(stub::Behaviour::Accept),
            Behaviour::Later => self.stub.behave(stub::Behaviour::TooMany { retry_after: 7 }),
            Behaviour::Never => self.stub.behave(stub::Behaviour::blocked()),
            Behaviour::HangUpAfter => self.stub.behave(stub::Behaviour::HangUp),
            Behaviour::Unreachable => self.stub.refuse_connections().await,
        }
        true
    }

    async fn heard(&mut self) -> Vec<String> {
        self.stub.sent().into_iter().map(|sent| sent.text).collect()
    }
}

#[tokio::test]
async fn d1_d3_d4_receiving_by_polling_keeps_the_promises() {
    conformance::receiving(&mut Telegram::new(false).await).await;
}

#[tokio::test]
async fn d1_d3_d4_receiving_by_webhook_keeps_the_promises() {
    conformance::receiving(&mut Telegram::new(true).await).await;
}

#[tokio::test]
async fn d6_sending_keeps_the_promises() {
    conformance::sending(&mut Telegram::new(false).await).await;
}
