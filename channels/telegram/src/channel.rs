//! The channel as the hub sees it.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sapa_channel::{Capabilities, Channel, Clock, Health, Intake, Kind, Outbound, Outcome};
use teloxide::{
    payloads,
    types::{ChatAction, ChatId},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Bot, Mode, Settings, SettingsError, TELEGRAM, WebhookAnswer, api::Api, poll, receive::Receiver,
    send, settings, webhook,
};

/// One bot in operation.
#[derive(Debug)]
pub struct TelegramChannel {
    mode: Mode,
    receiver: Receiver,
}

impl TelegramChannel {
    /// Prepares the channel; it asks nobody. The settings are refused if they cannot work.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        settings::check_mode(&settings.mode)?;
        let api = Arc::new(Api::new(&settings.api_url, settings.token)?);
        let receiver = Receiver::new(settings.channel, api, settings.timing, clock);
        Ok(Self { mode: settings.mode, receiver })
    }

    /// Takes what was posted to the webhook, with the header `X-Telegram-Bot-Api-Secret-Token`. The
    /// answer is [`WebhookAnswer::Taken`] only when the update is durable (`D1`).
    pub async fn receive_webhook(
        &self,
        secret_header: Option<&str>,
        body: Bytes,
        intake: &dyn Intake,
    ) -> WebhookAnswer {
        let Mode::Webhook { secret, .. } = &self.mode else { return WebhookAnswer::Forbidden };
        webhook::receive(&self.receiver, secret, secret_header, body, intake).await
    }

    /// Shows the customer for some five seconds that an officer is typing. Nothing depends on it.
    pub async fn typing(&self, chat: &str) {
        let Ok(chat) = chat.parse() else { return };
        let request = payloads::SendChatAction::new(ChatId(chat), ChatAction::Typing);
        let call = self.receiver.api.call::<_, bool>(&request, self.receiver.timing.call);
        if let Err(fault) = call.await {
            tracing::debug!(fault = fault.words(), "typing was not shown");
        }
    }

    /// Asks Telegram who the bot is. An error is in words for an officer.
    pub async fn get_me(&self) -> Result<Bot, String> {
        let (api, timing) = (&self.receiver.api, &self.receiver.timing);
        settings::me(api, timing.call).await.map_err(|fault| fault.words())
    }
}

#[async_trait]
impl Channel for TelegramChannel {
    fn kind(&self) -> Kind {
        TELEGRAM
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            pull: false,
            alone: true,
            letters: false,
            retract: false,
            buttons: true,
            max_text: send::MAX_TEXT,
            max_file: send::MAX_FILE,
        }
    }

    async fn run(&self, intake: Arc<dyn Intake>, health: Arc<dyn Health>, stop: CancellationToken) {
        match &self.mode {
            Mode::Polling => poll::run(&self.receiver, &*intake, &*health, &stop).await,
            Mode::Webhook { public_url, secret } => {
                webhook::run(&self.receiver, public_url, secret, &*health, &stop).await;
            }
        }
    }

    async fn send(&self, message: Outbound) -> Outcome {
        send::send(&self.receiver.api, &self.receiver.timing, message).await
    }

    async fn check(&self) -> Result<String, String> {
        let bot = self.get_me().await?;
        Ok(format!("@{}", bot.username))
    }
}
