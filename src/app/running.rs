//! Starting everything, and stopping it gracefully.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use sapa_channel::{Intake, points::reach};
use sapa_email::{Protocol, Server, ServerConfig};
use sapa_webchat::ChatServer;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::{
    bots, bus,
    channels::{self, mailboxes::OperatedMailboxes, operate::Operation, webchat::Chat},
    contacts, conversations, db, delivery, housekeeping, http, imports,
    intake::{Inbox, Routers},
    live, mailings, nodes, search, webhooks,
};

/// How long what is under way may take when the hub is told to stop. Storing what has arrived and closing the database are
/// to be done within ten seconds, too.
const GRACE: Duration = Duration::from_secs(8);

/// A hub in operation.
#[derive(Debug)]
pub struct Running {
    /// Where its web server listens.
    pub http: SocketAddr,
    /// Where it takes mail by SMTP.
    pub smtp: Option<SocketAddr>,
    /// Where it takes mail by LMTP.
    pub lmtp: Option<SocketAddr>,
    app: App,
    stop: CancellationToken,
    intake: Routers,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    beating: tokio::task::JoinHandle<()>,
}

/// Starts the hub: readers of the log, channels, listeners, and the web server last.
pub async fn start(app: App) -> anyhow::Result<Running> {
    let stop = app.stopping();
    let (inbox, intake) = Inbox::start(&app).context("starting the routers")?;
    let inbox: Arc<dyn Intake> = Arc::new(inbox);
    let chat =
        ChatServer::new(Arc::new(Chat(app.clone())), inbox.clone(), app.clock(), stop.clone());
    app.operate(Operation { intake: inbox.clone(), chat, stop: stop.clone() });

    app.nodes().join(&app).await.context("joining the nodes")?;
    let beating = tokio::spawn(nodes::run(app.clone()));
    delivery::recovery::once(&app)
        .await
        .context("finding what was being sent when the hub last ended")?;
    reach("start.after_recovery");
    readers(&app, &stop);
    channels::operate::refresh(&app).await.context("putting the channels into operation")?;

    let smtp = listen(&app, Protocol::Smtp, &inbox, &stop).await?;
    let lmtp = listen(&app, Protocol::Lmtp, &inbox, &stop).await?;
    let listener = tokio::net::TcpListener::bind(app.config().server.listen)
        .await
        .with_context(|| format!("listening on {}", app.config().server.listen))?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(http::serve(app.clone(), listener, stop.clone()));
    Ok(Running { http: address, smtp, lmtp, app, stop, intake, server, beating })
}

fn readers(app: &App, stop: &CancellationToken) {
    macro_rules! supervised {
        ($name:literal, $run:path) => {{
            let (app, stop) = (app.clone(), stop.clone());
            let hub = app.clone();
            hub.supervise($name, stop.clone(), move || $run(app.clone(), stop.clone()));
        }};
    }
    // What one node alone does.
    macro_rules! alone {
        ($name:literal, $run:path) => {{
            let (app, stop) = (app.clone(), stop.clone());
            let hub = app.clone();
            hub.supervise($name, stop.clone(), move || {
                let (app, stop) = (app.clone(), stop.clone());
                async move {
                    app.nodes().alone($name, &stop, |held| $run(app.clone(), held)).await;
                }
            });
        }};
    }
    supervised!("bus", bus::run);
    supervised!("live inbox", live::run);
    alone!("search index", search::index::run);
    alone!("suggestions", contacts::likeness::run);
    alone!("webhooks", webhooks::run);
    alone!("imports", imports::work::run);
    supervised!("bots", bots::run);
    supervised!("snoozed conversations", conversations::snooze::run);
    supervised!("what dead nodes left", delivery::recovery::run);
    supervised!("health of channels", channels::health::run);
    supervised!("the database's log", db::checkpoint);
    supervised!("housekeeping", housekeeping::run);
    supervised!("mailings", mailings::run);
}

async fn listen(
    app: &App,
    protocol: Protocol,
    inbox: &Arc<dyn Intake>,
    stop: &CancellationToken,
) -> anyhow::Result<Option<SocketAddr>> {
    let settings = &app.config().smtp;
    let listen = if protocol == Protocol::Smtp { settings.listen } else { settings.lmtp_listen };
    let Some(listen) = listen else { return Ok(None) };
    let mut config = ServerConfig::new(listen, settings.hostname.clone(), protocol);
    config.clock = app.clock();
    config.max_size = settings.max_bytes;
    config.max_connections = settings.max_connections;
    config.tls.clone_from(&settings.tls);
    let server = Server::bind(config, Arc::new(OperatedMailboxes(app.clone())), inbox.clone())
        .await
        .with_context(|| format!("listening for mail on {listen}"))?;
    let address = server.local_addr();
    app.tasks().spawn(server.run(stop.clone()));
    Ok(Some(address))
}

impl Running {
    /// Waits until the hub is told to stop and has stopped.
    pub async fn wait(mut self) -> anyhow::Result<()> {
        tokio::select! {
            () = self.stop.cancelled() => {}
            ended = &mut self.server => {
                self.stop.cancel();
                ended.context("the web server broke")??;
            }
            ended = &mut self.beating => {
                self.stop.cancel();
                ended.context("this node's beat broke")?;
            }
        }
        self.finish().await
    }

    /// Stops the hub: what is under way is finished, within ten seconds.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.finish().await
    }

    /// First what brings in and sends out ends, then what stores, and the database last.
    async fn finish(mut self) -> anyhow::Result<()> {
        self.app.tasks().close();
        let served = self.server.is_finished();
        let work = async {
            self.app.tasks().wait().await;
            if !served {
                // How it ended was told while it ran, if it matters.
                let _ = (&mut self.server).await;
            }
        };
        if tokio::time::timeout(GRACE, work).await.is_err() {
            tracing::warn!("some work did not end in time; the next start finds what it left");
        }
        self.server.abort();
        if tokio::time::timeout(GRACE, self.intake.finish()).await.is_err() {
            tracing::warn!("some arrivals were not stored in time; they come again");
        }
        self.beating.abort();
        self.app.nodes().leave().await;
        self.app.db().close().await;
        Ok(())
    }
}
