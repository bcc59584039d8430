//! The network: the ports that the hub listens at, its address, and the relay.

use std::{io, net::SocketAddr, time::Duration};

use tokio::time::timeout;

use super::Finding;
use crate::{
    bus,
    cli::{lock, port},
    config::{Config, Relay, Tls},
    files,
};

/// How long the bus and the bucket may take.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = vec![web(config).await, public_url(config).await];
    for (name, listen) in [("SMTP", config.smtp.listen), ("LMTP", config.smtp.lmtp_listen)] {
        if let Some(listen) = listen {
            findings.push(mail_in(name, listen, config).await);
        }
    }
    findings.extend(other_nodes(config).await);
    findings.push(match (&config.mail.relay, &config.mail.folder) {
        (Some(relay), _) => relay_answers(relay).await,
        (None, Some(folder)) => {
            let then = "right for trials; else remove mail.folder and write [mail.relay]";
            Finding::note("mail out", format!("goes into {} and to nobody", folder.display()), then)
        }
        (None, None) => {
            let then = "write [mail.relay], unless you do without mail";
            Finding::note("mail out", "cannot be sent: there is no relay", then)
        }
    });
    findings
}

/// The bus, and the bucket that nodes share.
async fn other_nodes(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(servers) = config.bus.url.as_ref().and_then(bus::Servers::read) {
        findings.push(match timeout(PATIENCE, servers.check()).await {
            Ok(Ok(())) => Finding::good("bus", "a NATS server answers"),
            Ok(Err(why)) => bus_away(&why),
            Err(_) => bus_away("no answer in time"),
        });
    }
    if let Some(bucket) = &config.files.bucket {
        let checked = async { files::Store::open(&config.files)?.check().await };
        let then = "look at [files.s3]: the address, the key, and whether it may read, write and delete there";
        findings.push(match timeout(PATIENCE, checked).await {
            Ok(Ok(())) => Finding::good(
                "files",
                format!("the bucket {} can be read and written", bucket.name),
            ),
            Ok(Err(error)) => Finding::bad(
                "files",
                format!("the bucket {} cannot be used: {error}", bucket.name),
                then,
            ),
            Err(_) => {
                Finding::bad("files", format!("the bucket {} does not answer", bucket.name), then)
            }
        });
    }
    findings
}

fn bus_away(why: &str) -> Finding {
    let then = "look at bus.url, and whether the server runs; until then nodes look by themselves every few seconds";
    Finding::note("bus", format!("no NATS server is reached: {why}"), then)
}

async fn web(config: &Config) -> Finding {
    let listen = config.server.listen;
    match port::try_listen(listen) {
        Ok(()) => Finding::good("web server", format!("{listen} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            match port::http_status(port::reachable(listen), "/healthz").await {
                Ok(200) => Finding::good("web server", format!("a hub answers at {listen}")),
                _ => Finding::bad(
                    "web server",
                    format!("{listen} is taken by something else"),
                    "write another server.listen",
                ),
            }
        }
        Err(error) => no_listening("web server", listen, &error),
    }
}

fn no_listening(about: &'static str, listen: SocketAddr, error: &io::Error) -> Finding {
    let what = format!("one cannot listen at {listen}: {error}");
    let then = if listen.port() < 1024 && error.kind() == io::ErrorKind::PermissionDenied {
        "ports below 1024 need AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit"
    } else {
        "write an address of this machine"
    };
    Finding::bad(about, what, then)
}

/// Links in mails lead there.
async fn public_url(config: &Config) -> Finding {
    let url = &config.server.public_url;
    let Ok(parsed) = reqwest::Url::parse(url) else {
        return Finding::bad(
            "public url",
            format!("{url} is no address"),
            "correct server.public_url",
        );
    };
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let is_here = |address: SocketAddr| address.ip().is_loopback();
    let lookup =
        tokio::net::lookup_host((host.as_str(), parsed.port_or_known_default().unwrap_or(443)));
    let Ok(Ok(addresses)) = timeout(Duration::from_secs(5), lookup).await else {
        let then = "make the DNS entry, or correct server.public_url";
        return Finding::bad("public url", format!("{host} has no address"), then);
    };
    let addresses: Vec<SocketAddr> = addresses.collect();
    if addresses.iter().all(|address| is_here(*address)) {
        let then = "right for trials; else write the address that people use as server.public_url";
        return Finding::note("public url", format!("{url} works on this machine alone"), then);
    }
    if !config.server.is_secure() {
        let what = format!(
            "{url} is not protected: passwords and messages cross the network in the clear"
        );
        return Finding::bad(
            "public url",
            what,
            "put a proxy with a certificate before the hub and write https://",
        );
    }
    Finding::good("public url", format!("{url} has an address"))
}

/// The port is free, or it is a running hub's.
async fn mail_in(name: &str, listen: SocketAddr, config: &Config) -> Finding {
    match port::try_listen(listen) {
        Ok(()) => Finding::good("mail in", format!("{listen} is free for {name}")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let reach = port::reachable(listen);
            let greeting =
                port::greeting(&reach.ip().to_string(), reach.port()).await.unwrap_or_default();
            let running = config.database.embedded_file().is_none_or(|file| lock::is_taken(&file));
            if running && greeting.starts_with(&format!("220 {} ", config.smtp.hostname)) {
                Finding::good("mail in", format!("a hub answers at {listen}"))
            } else {
                let then =
                    "stop the other mail server (postfix, exim), or let it hand mail over by LMTP";
                Finding::bad("mail in", format!("{listen} is taken by something else"), then)
            }
        }
        Err(error) => no_listening("mail in", listen, &error),
    }
}

async fn relay_answers(relay: &Relay) -> Finding {
    let shown = format!("{}:{}", relay.host, relay.port);
    let then = "look at mail.relay, and whether a firewall lets the hub out to it";
    if relay.tls == Tls::Tls {
        return match port::connect(&relay.host, relay.port).await {
            Ok(()) => Finding::good("mail out", format!("{shown} can be reached")),
            Err(error) => {
                Finding::bad("mail out", format!("{shown} cannot be reached: {error}"), then)
            }
        };
    }
    match port::greeting(&relay.host, relay.port).await {
        Ok(greeting) if greeting.starts_with("220") => {
            Finding::good("mail out", format!("{shown} greets"))
        }
        Ok(_) => Finding::bad(
            "mail out",
            format!("{shown} does not greet as a mail server does"),
            "look at mail.relay; port 465 needs tls = \"tls\"",
        ),
        Err(error) => Finding::bad("mail out", format!("{shown} cannot be reached: {error}"), then),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;
    use crate::cli::doctor::Verdict;

    #[tokio::test]
    async fn a_public_url_is_judged_by_where_it_leads() {
        let judge = async |url: &str| {
            let mut config = Config::default();
            config.server.public_url = url.to_owned();
            public_url(&config).await.verdict
        };
        assert_eq!(judge("http://127.0.0.1:3000").await, Verdict::Note);
        assert_eq!(judge("http://192.0.2.1").await, Verdict::Bad);
        assert_eq!(judge("https://192.0.2.1").await, Verdict::Good);
        assert_eq!(judge("https://hub.invalid").await, Verdict::Bad);
    }

    #[tokio::test]
    async fn a_relay_must_greet() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let relay = Relay {
            host: "127.0.0.1".to_owned(),
            port,
            tls: Tls::None,
            user: None,
            password: None,
        };
        let server = tokio::spawn(async move {
            for greeting in ["220 relay ready\r\n", "554 go away\r\n"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.write_all(greeting.as_bytes()).await.unwrap();
            }
        });
        assert_eq!(relay_answers(&relay).await.verdict, Verdict::Good);
        assert_eq!(relay_answers(&relay).await.verdict, Verdict::Bad);
        server.await.unwrap();
        assert_eq!(relay_answers(&relay).await.verdict, Verdict::Bad);
    }

    #[tokio::test]
    async fn a_port_that_something_else_has_is_bad() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(b"220 other.example ESMTP Postfix\r\n").await;
            }
        });
        let config = Config::default();
        assert_eq!(mail_in("SMTP", listen, &config).await.verdict, Verdict::Bad);
        let free = SocketAddr::from(([127, 0, 0, 1], port::free().unwrap()));
        assert_eq!(mail_in("SMTP", free, &config).await.verdict, Verdict::Good);
    }
}
