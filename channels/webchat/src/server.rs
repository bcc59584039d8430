//! All sockets of this process, and what they share.

use std::{fmt, sync::Arc, time::Duration};

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use sapa_channel::{Clock, Intake};
use tokio_util::sync::CancellationToken;

use crate::{
    ChatHub, MAX_FRAME, MAX_PER_MINUTE, PROTOCOL, READ_BUFFER, Site, WRITE_BUFFER,
    limits::{Limiter, Open, Rate},
    pulse::Pulse,
    session,
};

const MINUTE: Duration = Duration::from_secs(60);
/// How often a visitor is asked whether he is still there. Two silent spans end a socket.
const PING_EVERY: Duration = Duration::from_secs(30);

/// The web chat of this process.
pub struct ChatServer {
    pub(crate) hub: Arc<dyn ChatHub>,
    pub(crate) intake: Arc<dyn Intake>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stop: CancellationToken,
    pub(crate) pulse: Pulse,
    pub(crate) says: Limiter,
    pub(crate) uploads: Limiter,
    pub(crate) open: Open,
}

impl ChatServer {
    /// Web chat that takes visitors until `stop`: then what was said is still taken and acknowledged, and
    /// sockets are closed so that the widgets come again. It needs a running tokio runtime.
    #[must_use]
    pub fn new(
        hub: Arc<dyn ChatHub>,
        intake: Arc<dyn Intake>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Arc<Self> {
        Self::with_pings(hub, intake, clock, stop, PING_EVERY)
    }

    /// The same, with another span between two pings.
    #[must_use]
    pub fn with_pings(
        hub: Arc<dyn ChatHub>,
        intake: Arc<dyn Intake>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
        every: Duration,
    ) -> Arc<Self> {
        let pulse = Pulse::start(every, stop.clone());
        let rate = Rate::new(MAX_PER_MINUTE, MINUTE);
        let (says, uploads) = (Limiter::new(rate), Limiter::new(rate));
        Arc::new(Self { hub, intake, clock, stop, pulse, says, uploads, open: Open::default() })
    }

    /// Serves one visitor's socket until it ends. The origin of its page must have been checked, and the
    /// socket must come from an [`upgrade`].
    pub async fn serve(self: Arc<Self>, socket: WebSocket, site: Arc<Site>) {
        session::run(&self, &site, socket).await;
    }

    /// How many visitors are connected to this process.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.open.visitors()
    }
}

impl fmt::Debug for ChatServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatServer").field("connected", &self.connected()).finish_non_exhaustive()
    }
}

/// Sets an upgrade to small buffers, the limits of frames, and the protocol.
pub fn upgrade(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(16 * MAX_FRAME)
        // Somewhat more is read, so that who sends too much can be told; far more ends the connection.
        .max_message_size(2 * MAX_FRAME)
        .max_frame_size(2 * MAX_FRAME)
}
