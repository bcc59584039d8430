//! The promises of every channel.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sapa_channel::{
    Channel, Intake, Outbound, Outcome, Retry,
    conformance::{self, Behaviour, Peer, Told},
};
use sapa_webchat::WebChatChannel;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Browser, Chat};

/// A visitor of the shop.
#[derive(Default)]
struct Visitor {
    chat: Option<Chat>,
    browser: Option<Browser>,
}

impl Visitor {
    async fn told(&mut self, id: Uuid, frame: Value) -> Told {
        let browser = self.browser.as_mut().expect("the channel was started");
        browser.send(&frame).await;
        while let Some(frame) = browser.frame_within(Duration::from_millis(500)).await {
            if frame["id"] == json!(id) {
                return match frame["t"].as_str() {
                    Some("ack") => Told::Acknowledged,
                    _ => Told::TryLater,
                };
            }
        }
        Told::Nothing
    }
}

#[async_trait]
impl Peer for Visitor {
    async fn start(&mut self, intake: Arc<dyn Intake>) -> Arc<dyn Channel> {
        let chat = Chat::with(intake, Duration::from_secs(30)).await;
        self.browser = Some(chat.visitor().await.0);
        let channel = Arc::new(WebChatChannel::new(chat.server.clone()));
        self.chat = Some(chat);
        channel
    }

    async fn say(&mut self, number: u32, text: &str) -> Told {
        let id = Uuid::from_u128(number.into());
        self.told(id, json!({"t":"say","id":id,"text":text})).await
    }

    async fn garbage(&mut self) -> Told {
        let id = Uuid::from_u128(99);
        self.told(id, json!({"t":"say","id":id,"text":{"widget":"of next year"}})).await
    }

    fn message(&self, _: &str) -> Outbound {
        unreachable!("visitors fetch their messages themselves")
    }

    async fn behave(&mut self, _: Behaviour) -> bool {
        false
    }

    async fn heard(&mut self) -> Vec<String> {
        vec![]
    }
}

#[tokio::test]
async fn d1_d3_d4_web_chat_receives_as_every_channel_must() {
    conformance::receiving(&mut Visitor::default()).await;
}

#[tokio::test]
async fn nothing_is_sent_by_delivery() {
    let chat = Chat::new().await;
    let channel = WebChatChannel::new(chat.server.clone());
    assert!(channel.capabilities().pull);
    assert_eq!(channel.check().await.unwrap(), "ready, no visitor is connected");
    let (_browser, _) = chat.visitor().await;
    assert_eq!(channel.check().await.unwrap(), "ready, one visitor is connected");
    let outbound = Outbound {
        message_id: Uuid::from_u128(1),
        attempt: 1,
        external_id: String::new(),
        to: sapa_channel::Mailbox { address: "c:rina".into(), name: None },
        cc: vec![],
        bcc: vec![],
        subject: None,
        text: "Halo".into(),
        html: None,
        files: vec![],
        buttons: vec![],
        parent: None,
        reply_token: None,
        author: "Dimas".into(),
        language: "id".into(),
        automatic: false,
        written_at: crate::support::NOW,
        bulk: None,
    };
    let outcome = channel.send(outbound).await;
    assert!(matches!(outcome, Outcome::NotSent { retry: Retry::Never, .. }), "{outcome:?}");
}
