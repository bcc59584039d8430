//! Web chat as one of the hub's channels.

use std::sync::Arc;

use async_trait::async_trait;
use sapa_channel::{Capabilities, Channel, Health, Intake, Kind, Outbound, Outcome, Retry};
use tokio_util::sync::CancellationToken;

use crate::{ChatServer, KIND, MAX_FILE, MAX_TEXT};

/// The chat of one site. Visitors come by the hub's own web server ([`crate::routes`]) and fetch their
/// messages themselves, so there is nothing to run and nothing to send.
#[derive(Debug)]
pub struct WebChatChannel {
    server: Arc<ChatServer>,
}

impl WebChatChannel {
    /// A site's chat, served by this server.
    #[must_use]
    pub fn new(server: Arc<ChatServer>) -> Self {
        Self { server }
    }
}

#[async_trait]
impl Channel for WebChatChannel {
    fn kind(&self) -> Kind {
        KIND
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            pull: true,
            alone: false,
            letters: false,
            retract: true,
            buttons: true,
            max_text: MAX_TEXT,
            max_file: MAX_FILE,
        }
    }

    /// Visitors come by the hub's own web server: it returns at once.
    async fn run(&self, _: Arc<dyn Intake>, health: Arc<dyn Health>, _: CancellationToken) {
        health.good();
    }

    /// Never called, as the channel is one of [`Capabilities::pull`]; it says so if it is.
    async fn send(&self, _: Outbound) -> Outcome {
        Outcome::NotSent {
            reason: "visitors of a web site fetch their messages themselves".into(),
            retry: Retry::Never,
        }
    }

    async fn check(&self) -> Result<String, String> {
        Ok(match self.server.connected() {
            0 => "ready, no visitor is connected".into(),
            1 => "ready, one visitor is connected".into(),
            many => format!("ready, {many} visitors are connected"),
        })
    }
}
