//! The listener for SMTP (RFC 5321) and LMTP (RFC 2033), one for all mailboxes of the hub.

mod data;
mod deliver;
mod places;
mod session;
mod tls;

pub use deliver::read_again;
pub use tls::{Certificate, CertificateError};

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use sapa_channel::{ChannelId, Clock, Intake, SystemClock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use places::{Place, Places};
use session::{Ended, Session};

/// Knows which addresses are ours.
pub trait Mailboxes: Send + Sync {
    /// The channel of a mailbox. The address comes [normalised](crate::normalise) and without its tag.
    fn resolve(&self, address: &str) -> Option<ChannelId>;

    /// Whether it is a mailbox of ours that is out of operation for the moment. Its mail is told to come again.
    fn is_away(&self, _address: &str) -> bool {
        false
    }
}

/// What the other side speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// One answer a mail: it is taken when all its recipients have it.
    Smtp,
    /// One answer a recipient.
    Lmtp,
}

/// How a [`Server`] listens, and what it puts up with.
#[derive(Clone)]
pub struct ServerConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The name to greet with: the full name of the host.
    pub hostname: String,
    /// What to speak.
    pub protocol: Protocol,
    /// The most bytes of a mail.
    pub max_size: usize,
    /// The most connections at once; further ones are told to come later.
    pub max_connections: usize,
    /// How long a client may let nothing be heard when all connections are taken and another client comes.
    pub patience: Duration,
    /// The most recipients of a mail.
    pub max_recipients: usize,
    /// The most errors of a connection, mails in between forgiving them.
    pub max_errors: u32,
    /// The most bytes of mails on their way in, over all connections.
    pub max_memory: usize,
    /// How long a client may take for a command.
    pub command_timeout: Duration,
    /// How long a client may take for a mail.
    pub data_timeout: Duration,
    /// How long the hub may take to store a mail; after that the client is told to come again.
    pub delivery_timeout: Duration,
    /// How long a mail may take to be understood (`R22`).
    pub parse_timeout: Duration,
    /// How long mails may take to be finished when the server is stopped.
    pub drain: Duration,
    /// The certificate, if STARTTLS is to be offered.
    pub tls: Option<Certificate>,
    /// Tells when a mail came.
    pub clock: Arc<dyn Clock>,
}

impl ServerConfig {
    /// A server with the limits that suit most.
    #[must_use]
    pub fn new(listen: SocketAddr, hostname: impl Into<String>, protocol: Protocol) -> Self {
        Self {
            listen,
            hostname: hostname.into(),
            protocol,
            max_size: 25 << 20,
            max_connections: 500,
            patience: Duration::from_secs(5),
            max_recipients: 100,
            max_errors: 20,
            max_memory: 256 << 20,
            command_timeout: Duration::from_secs(300),
            data_timeout: Duration::from_secs(600),
            delivery_timeout: Duration::from_secs(240),
            parse_timeout: Duration::from_secs(2),
            drain: Duration::from_secs(10),
            tls: None,
            clock: Arc::new(SystemClock),
        }
    }
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig")
            .field("listen", &self.listen)
            .field("hostname", &self.hostname)
            .field("protocol", &self.protocol)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

/// A listening server.
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    shared: Arc<Shared>,
}

/// What all connections share.
struct Shared {
    config: ServerConfig,
    mailboxes: Arc<dyn Mailboxes>,
    intake: Arc<dyn Intake>,
    /// Kibibytes for mails that are larger than usual.
    memory: Arc<Semaphore>,
    /// Large mails that are understood at the same time.
    parsers: Arc<Semaphore>,
}

impl Shared {
    fn new(config: ServerConfig, mailboxes: Arc<dyn Mailboxes>, intake: Arc<dyn Intake>) -> Self {
        let memory = (config.max_memory >> 10).min(Semaphore::MAX_PERMITS);
        let (memory, parsers) = (Arc::new(Semaphore::new(memory)), Arc::new(Semaphore::new(4)));
        Self { config, mailboxes, intake, memory, parsers }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("local_addr", &self.local_addr).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens, and lets clients wait until [`run`](Self::run).
    pub async fn bind(
        config: ServerConfig,
        mailboxes: Arc<dyn Mailboxes>,
        intake: Arc<dyn Intake>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let local_addr = listener.local_addr()?;
        let shared = Arc::new(Shared::new(config, mailboxes, intake));
        Ok(Self { listener, local_addr, shared })
    }

    /// Where it listens, with the port it was given.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until told to stop. Then no connection is accepted any more, idle ones are told to come again,
    /// and mails that are being received are finished, within the time for it.
    pub async fn run(self, stop: CancellationToken) {
        let Self { listener, local_addr, shared } = self;
        let Shared { config, .. } = &*shared;
        let places = Arc::new(Places::new(config.max_connections, config.patience));
        let tasks = TaskTracker::new();
        let over = CancellationToken::new();
        tracing::info!(%local_addr, protocol = ?shared.config.protocol, "listening for mail");
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let (shared, stop, over) = (shared.clone(), stop.clone(), over.clone());
                    let place = places.take(tokio::time::Instant::now());
                    tasks.spawn(async move {
                        tokio::select! {
                            biased;
                            () = over.cancelled() => {}
                            () = serve(shared, stream, peer, place, stop) => {}
                        }
                    });
                }
                Err(error) => {
                    // Out of file descriptors, mostly: they come back as clients leave.
                    tracing::warn!(%error, "a mail connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(listener);
        tasks.close();
        if timeout(shared.config.drain, tasks.wait()).await.is_err() {
            over.cancel();
            tasks.wait().await;
        }
        tracing::info!(%local_addr, "no longer listening for mail");
    }
}

async fn serve(
    shared: Arc<Shared>,
    mut stream: TcpStream,
    peer: SocketAddr,
    place: Option<Place>,
    stop: CancellationToken,
) {
    // Answers are small and awaited.
    let _ = stream.set_nodelay(true);
    let Some(place) = place else {
        let busy = format!("421 4.7.0 {} too many connections\r\n", shared.config.hostname);
        let _ = timeout(Duration::from_secs(2), stream.write_all(busy.as_bytes())).await;
        return;
    };
    let place = Arc::new(place);
    tokio::select! {
        () = gone(&place) => tracing::debug!(%peer, "a slow client gave its place to another one"),
        ended = converse(shared, stream, peer, place.clone(), stop) => {
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "a mail connection was lost");
            }
        }
    }
}

/// Waits until another client needs the place, and a moment in which this one is told.
async fn gone(place: &Place) {
    place.needed().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Holds a dialogue with a client that says all of this at once and hangs up, and tells what it was answered. It
/// is the dialogue of a [`Server`] without its listener; nothing of it can be encrypted.
pub async fn dialogue(
    config: ServerConfig,
    mailboxes: Arc<dyn Mailboxes>,
    intake: Arc<dyn Intake>,
    said: &[u8],
) -> io::Result<Vec<u8>> {
    let peer = config.listen;
    let places = Arc::new(Places::new(1, config.patience));
    let place = places.take(tokio::time::Instant::now()).map(Arc::new);
    let place = place.ok_or_else(|| io::Error::other("a single place was taken"))?;
    let shared = Arc::new(Shared::new(config, mailboxes, intake));
    let (client, stream) = tokio::io::duplex(64 << 10);
    let (mut answered, mut client) = tokio::io::split(client);
    let session = Session::new(shared, peer, place, CancellationToken::new(), false);
    let speak = async {
        // The hub may hang up first.
        let _ = client.write_all(said).await;
        let _ = client.shutdown().await;
    };
    // With its end the hub's end of the line is gone.
    let serve = async { session.run(stream).await.map(drop) };
    let mut answers = Vec::new();
    let (served, (), read) = tokio::join!(serve, speak, answered.read_to_end(&mut answers));
    served?;
    read?;
    Ok(answers)
}

async fn converse(
    shared: Arc<Shared>,
    stream: TcpStream,
    peer: SocketAddr,
    place: Arc<Place>,
    stop: CancellationToken,
) -> io::Result<()> {
    let plain = Session::new(shared.clone(), peer, place.clone(), stop.clone(), false);
    let Ended::StartTls(stream) = plain.run(stream).await? else { return Ok(()) };
    let Some(tls) = shared.config.tls.clone() else { return Ok(()) };
    let handshake = TlsAcceptor::from(tls.config()).accept(stream);
    let stream =
        timeout(shared.config.command_timeout.min(Duration::from_secs(30)), handshake).await??;
    Session::new(shared, peer, place, stop, true).run(stream).await?;
    Ok(())
}
