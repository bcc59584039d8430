//! The adapter against real connections: a raw client before the listener, a strict sink behind the sender.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod client;
mod conformance;
mod sending;
mod server;
mod sink;

use std::sync::Arc;

use sapa_channel::{ChannelId, Intake};
use sapa_email::{Mailboxes, Protocol, Server, ServerConfig};
use tokio_util::sync::CancellationToken;

const OURS: &str = "halo@toko.example";
const OTHER: &str = "grosir@toko.example";

/// The two mailboxes of the tests.
struct Two;

impl Mailboxes for Two {
    fn resolve(&self, address: &str) -> Option<ChannelId> {
        match address {
            OURS => Some(channel(1)),
            OTHER => Some(channel(2)),
            _ => None,
        }
    }
}

fn channel(number: u128) -> ChannelId {
    ChannelId(uuid::Uuid::from_u128(number))
}

/// A server in operation; it stops when the guard is dropped.
struct Running {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn listen(
    protocol: Protocol,
    intake: Arc<dyn Intake>,
    change: impl FnOnce(&mut ServerConfig),
) -> Running {
    let mut config = ServerConfig::new(([127, 0, 0, 1], 0).into(), "hub.toko.example", protocol);
    change(&mut config);
    let server = Server::bind(config, Arc::new(Two), intake).await.unwrap();
    let (address, stop) = (server.local_addr(), CancellationToken::new());
    let task = tokio::spawn(server.run(stop.clone()));
    Running { address, stop, task }
}
