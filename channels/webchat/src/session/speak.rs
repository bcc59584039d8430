//! From what a visitor said to its acknowledgement.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use futures::future::BoxFuture;
use sapa_channel::{
    Arrival, Inbound, Intake, Message, Original, Refused, Thread, Timestamp, Unreadable,
};
use uuid::Uuid;

use crate::{BadFrame, Caller, ChatHub, HubError, MAX_FILES, Nack, Say, ServerFrame};

/// What is needed to store one thing said.
pub(super) struct Saying {
    pub(super) hub: Arc<dyn ChatHub>,
    pub(super) intake: Arc<dyn Intake>,
    pub(super) caller: Arc<Caller>,
    pub(super) language: Option<&'static str>,
    pub(super) at: Timestamp,
}

/// What became of one thing said.
pub(super) struct Heard {
    id: Uuid,
    answer: Result<(i64, Timestamp), Nack>,
}

impl Heard {
    pub(super) fn no(id: Uuid, why: Nack) -> Self {
        Self { id, answer: Err(why) }
    }

    pub(super) fn frame(&self) -> ServerFrame<'static> {
        match self.answer {
            Ok((seq, at)) => ServerFrame::Ack { id: self.id, seq, at },
            Err(code) => ServerFrame::Nack { id: self.id, code, detail: detail(code) },
        }
    }
}

fn detail(code: Nack) -> &'static str {
    match code {
        Nack::TooLong => "at most 8000 characters and 5 files",
        Nack::Invalid => "it says nothing, or a file is not there",
        Nack::Conflict => "the same id was used for something else",
        Nack::Rate => "too many messages in a minute, try again later",
        Nack::Unavailable => "not available for the moment, try again later",
        Nack::Full => "no room, try again later",
    }
}

/// Hands over a message.
pub(super) fn hear(saying: Saying, say: Say, frame: Utf8Bytes) -> BoxFuture<'static, Heard> {
    Box::pin(async move {
        let answer = match saying.message(&say).await {
            Ok(message) => {
                saying.deliver(say.id, frame, Ok(Inbound::Message(Box::new(message)))).await
            }
            Err(why) => Err(why),
        };
        Heard { id: say.id, answer }
    })
}

/// Hands over what cannot be understood, so that an officer may look at it (`D4`).
pub(super) fn hear_garbled(
    saying: Saying,
    id: Uuid,
    why: BadFrame,
    frame: Utf8Bytes,
) -> BoxFuture<'static, Heard> {
    Box::pin(async move {
        let answer = saying.deliver(id, frame, Err(Unreadable(why.to_string()))).await;
        Heard { id, answer }
    })
}

impl Saying {
    async fn message(&self, say: &Say) -> Result<Message, Nack> {
        let text = say.clean_text();
        if say.is_too_long() || say.files.len() > MAX_FILES {
            return Err(Nack::TooLong);
        }
        if text.is_empty() && say.files.is_empty() {
            return Err(Nack::Invalid);
        }
        let files = match &*say.files {
            [] => Vec::new(),
            ids => self.hub.uploads(&self.caller, ids).await.map_err(nack_of)?,
        };
        Ok(Message {
            sender: self.caller.sender(self.language),
            external_id: Some(say.id.to_string()),
            thread: Thread::default(),
            text,
            files,
            sent_at: None,
            page: say.web_page(),
            ..Message::default()
        })
    }

    /// Stores it. It is `Ok` only when it is durable (`D1`).
    async fn deliver(
        &self,
        id: Uuid,
        frame: Utf8Bytes,
        content: Result<Inbound, Unreadable>,
    ) -> Result<(i64, Timestamp), Nack> {
        let arrival = Arrival {
            channel: self.caller.channel,
            // Always the browser's address: a message that is sent again after signing in is the same.
            transport_key: format!("{}/{id}", Caller::address_of(self.caller.visitor).value),
            original: Original {
                media_type: "application/json",
                bytes: frame.into(),
                envelope: None,
            },
            received_at: self.at,
            content,
        };
        let receipted = self.intake.deliver(arrival).await.map_err(|refused| match refused {
            Refused::Full => Nack::Full,
            Refused::Unavailable => Nack::Unavailable,
            Refused::Conflict => Nack::Conflict,
        })?;
        let seq = match receipted.message {
            // It is durable whatever the answer is; without a place the widget asks nothing of it.
            Some(message) => self.hub.seq_of(message).await.unwrap_or(0),
            None => 0,
        };
        Ok((seq, self.at))
    }
}

fn nack_of(error: HubError) -> Nack {
    match error {
        HubError::Unavailable => Nack::Unavailable,
        HubError::Full => Nack::Full,
        HubError::NotFound => Nack::Invalid,
    }
}
