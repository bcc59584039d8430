//! A socket's two directions, and the ways in which it ends.

use std::{borrow::Cow, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;

use crate::{HubError, ServerFrame, visitor::NotAdmitted};

/// Whoever does not take a frame within this time is not there.
const SEND_WITHIN: Duration = Duration::from_secs(20);
/// How long the other side may take to say goodbye.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// Why a session is over.
#[derive(Debug)]
pub(super) enum Ended {
    /// The other side is gone.
    Gone,
    /// We end it.
    By(Close),
}

/// Why we end a session.
#[derive(Debug)]
pub(super) enum Close {
    BadFrame(String),
    NotAdmitted(NotAdmitted),
    SignedOut,
    TooMany,
    /// The visitor could not be told everything in time; he resumes.
    TooSlow,
    /// The hub cannot answer.
    Unavailable,
    Stopping,
}

impl From<Close> for Ended {
    fn from(close: Close) -> Self {
        Self::By(close)
    }
}

impl From<HubError> for Ended {
    fn from(_: HubError) -> Self {
        Self::By(Close::Unavailable)
    }
}

impl Close {
    /// The WebSocket's code (RFC 6455, 7.4; 4000 and above are ours), the frame's, and words.
    fn say(&self) -> (u16, &'static str, Cow<'_, str>) {
        match self {
            Self::BadFrame(why) => (4400, "bad_frame", why.into()),
            Self::NotAdmitted(why @ NotAdmitted::Visitor(_)) => {
                (4401, "bad_visitor", why.to_string().into())
            }
            Self::NotAdmitted(why @ NotAdmitted::Token(_)) => {
                (4401, "bad_token", why.to_string().into())
            }
            Self::SignedOut => (4401, "signed_out", "this session was ended".into()),
            Self::TooMany => (4429, "too_many", "too many frames or sockets".into()),
            Self::TooSlow => (1013, "unavailable", "the socket fell behind".into()),
            Self::Unavailable => (1013, "unavailable", "not available for the moment".into()),
            Self::Stopping => (1012, "unavailable", "the hub is restarting".into()),
        }
    }
}

/// A visitor's socket.
pub(super) struct Socket(WebSocket);

impl Socket {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self(socket)
    }

    /// The next thing that came. It can be dropped and called again.
    pub(super) async fn receive(&mut self) -> Result<Message, Ended> {
        match self.0.recv().await {
            Some(Ok(message)) => Ok(message),
            Some(Err(_)) | None => Err(Ended::Gone),
        }
    }

    pub(super) async fn send(&mut self, frame: &ServerFrame<'_>) -> Result<(), Ended> {
        self.put(Message::Text(frame.to_json().into())).await
    }

    pub(super) async fn ping(&mut self) -> Result<(), Ended> {
        self.put(Message::Ping(Bytes::new())).await
    }

    async fn put(&mut self, message: Message) -> Result<(), Ended> {
        match tokio::time::timeout(SEND_WITHIN, self.0.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Gone),
        }
    }

    /// Says why, and waits a little for the other side to have read it.
    pub(super) async fn close(mut self, close: Close) {
        let (code, word, detail) = close.say();
        let frame = ServerFrame::Error { code: word, detail: &detail };
        let reason = CloseFrame { code, reason: word.into() };
        if self.send(&frame).await.is_err() || self.put(Message::Close(Some(reason))).await.is_err()
        {
            return;
        }
        let goodbye = async { while let Some(Ok(_)) = self.0.recv().await {} };
        // Whether it came or not, the socket is dropped now.
        let _ = tokio::time::timeout(CLOSE_WITHIN, goodbye).await;
    }
}
