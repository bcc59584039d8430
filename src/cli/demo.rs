//! `sapa demo`: two firms and their customers, on an embedded database, sending nothing to anybody.

use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;

use super::{lock, port, serve};
use crate::{
    app::{App, running::Running},
    config::{Config, Database},
    demo, telemetry,
};

/// Where mail comes in if nobody says where.
const USUAL_SMTP_PORT: u16 = 2525;

#[derive(Debug, Args)]
pub struct Options {
    /// The folder of the demonstration's data; without it, a new demonstration begins
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// The port of the web server; 0 takes a free one
    #[arg(long, default_value_t = 3000, conflicts_with = "listen")]
    port: u16,
    /// The address of the web server, if not this machine alone shall reach it
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// How people reach it, if not by 127.0.0.1 and the port
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The port for mail that comes in; 0 takes a free one, and so does 2525 if it is taken
    #[arg(long, value_name = "PORT", default_value_t = USUAL_SMTP_PORT)]
    smtp_port: u16,
    /// Another Bot API, for tests
    #[arg(long, value_name = "URL")]
    telegram_api: Option<String>,
}

/// Runs the demonstration until it is told to stop.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let config = config(&options)?;
    telemetry::init(&config.log);
    let _lock = lock::take(&config.database)?;
    let app = serve::open(config, true).await?;
    demo::fill(&app).await.context("filling the demonstration")?;
    demo::bots::start(&app).await?;
    let running = serve::start(&app).await?;
    tell(&app, &running, &options.data).context("telling where the demonstration is")?;
    running.wait().await
}

/// The settings of a demonstration. All its paths lie in its folder, so that it can be moved and removed.
fn config(options: &Options) -> anyhow::Result<Config> {
    let mut listen = options.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, options.port).into());
    if listen.port() == 0 {
        // The port must be known before it is listened at: links are made from it.
        listen.set_port(port::free().context("looking for a free port")?);
    }
    let smtp_port = match options.smtp_port {
        USUAL_SMTP_PORT
            if port::try_listen((Ipv4Addr::LOCALHOST, USUAL_SMTP_PORT).into()).is_err() =>
        {
            0
        }
        given => given,
    };
    let host = if options.listen.is_some() {
        port::reachable(listen).to_string()
    } else {
        format!("127.0.0.1:{}", listen.port())
    };
    let mut config =
        Config { database: Database::embedded(&options.data.join("demo.db")), ..Config::default() };
    config.server.listen = listen;
    config.server.public_url =
        options.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    config.files.folder = options.data.join("files");
    config.smtp.listen = Some((Ipv4Addr::LOCALHOST, smtp_port).into());
    config.mail.folder = Some(options.data.join("mail"));
    // The demonstration's bot listens on this machine.
    config.outbound.allow = vec![Ipv4Addr::LOCALHOST.into()];
    if let Some(url) = &options.telegram_api {
        config.telegram.api_url.clone_from(url);
    }
    "warn,sapa=info".clone_into(&mut config.log.level);
    Ok(config)
}

fn tell(app: &App, running: &Running, data: &Path) -> std::io::Result<()> {
    let url = &app.config().server.public_url;
    let mut out = std::io::stdout().lock();
    writeln!(out, "Sapa's demonstration is ready.\n")?;
    writeln!(out, "  Desk          {url}")?;
    for (place, sign_in) in demo::sign_ins().iter().enumerate() {
        if place == 0 {
            writeln!(out, "                Everybody's password is {}:", sign_in.password)?;
        }
        writeln!(out, "                {:28} {}", sign_in.email, sign_in.who)?;
    }
    writeln!(out, "  Shops         {url}/demo and {url}/demo/telco, each with its chat")?;
    if let Some(smtp) = running.smtp {
        writeln!(out, "  Mail comes in by SMTP at {smtp}")?;
    }
    writeln!(out, "  Mail goes out into {}", data.join("mail").display())?;
    writeln!(out, "\nCtrl-C stops it; remove {} to begin anew.", data.display())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn configured(line: &[&str]) -> Config {
        config(&Line::parse_from(["demo"].iter().chain(line)).options).unwrap()
    }

    #[test]
    fn a_demonstration_lives_in_its_folder_and_sends_nothing() {
        let config = configured(&["--data", "here", "--port", "8123"]);
        assert_eq!(config.database.embedded_file(), Some("here/demo.db".into()));
        assert_eq!(config.files.folder, Path::new("here/files"));
        assert_eq!(config.mail.folder.as_deref(), Some(Path::new("here/mail")));
        assert!(config.mail.relay.is_none());
        assert_eq!(config.outbound.allow, [std::net::IpAddr::from(Ipv4Addr::LOCALHOST)]);
        assert_eq!(config.server.public_url, "http://127.0.0.1:8123");
        assert!(
            config.server.listen.ip().is_loopback()
                && config.smtp.listen.unwrap().ip().is_loopback()
        );
    }

    #[test]
    fn port_0_is_a_free_one_and_an_address_is_reached_as_it_is_given() {
        let config = configured(&[
            "--port",
            "0",
            "--smtp-port",
            "0",
            "--telegram-api",
            "http://127.0.0.1:1",
        ]);
        assert_ne!(config.server.listen.port(), 0);
        assert_eq!(
            config.server.public_url,
            format!("http://127.0.0.1:{}", config.server.listen.port())
        );
        assert_eq!(config.telegram.api_url, "http://127.0.0.1:1");
        assert_eq!(
            configured(&["--listen", "127.0.0.1:41234"]).server.public_url,
            "http://127.0.0.1:41234"
        );
        assert_eq!(
            configured(&["--listen", "0.0.0.0:80"]).server.public_url,
            "http://127.0.0.1:80"
        );
        assert!(Line::try_parse_from(["demo", "--listen", "127.0.0.1:1", "--port", "2"]).is_err());
    }
}
