//! Settings of the web server and of the log.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::section::Section;

/// The web server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How people reach it, without a slash at the end. Links are made from this and never from a request (R13).
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed (R21).
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            public_url: "http://127.0.0.1:3000".to_owned(),
            trusted_proxies: Vec::new(),
        }
    }
}

impl Server {
    /// Whether people reach it by https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let default = Self::default();
        let public_url = section.read("public_url", default.public_url);
        if let Err((what, instead)) = check_public_url(&public_url) {
            section.problem("public_url", what, instead);
        }
        Self {
            listen: section.read("listen", default.listen),
            public_url,
            trusted_proxies: section.read("trusted_proxies", default.trusted_proxies),
        }
    }
}

/// It must be an origin, in the spelling in which browsers send it: it is compared with theirs.
fn check_public_url(url: &str) -> Result<(), (String, String)> {
    let example = "write one as \"https://hub.example.com\"";
    let Ok(parsed) = reqwest::Url::parse(url) else {
        return Err((format!("{} is no address", super::value::quoted(url)), example.to_owned()));
    };
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
        return Err((
            "it must begin with http:// or https:// and have a host".to_owned(),
            example.to_owned(),
        ));
    }
    let origin = parsed.origin().ascii_serialization();
    if url == origin {
        return Ok(());
    }
    let what = "it must be scheme, host and port alone, without a slash at the end";
    Err((what.to_owned(), format!("write \"{origin}\"")))
}

/// The log.
#[derive(Clone, Debug)]
pub struct Log {
    /// As `info` or `sapa=debug,info`.
    pub level: String,
    /// One JSON object a line instead of text for people.
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), json: false }
    }
}

impl Log {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let default = Self::default();
        let level: String = section.read("level", default.level);
        if tracing_subscriber::EnvFilter::builder().parse(&level).is_err()
            || level.trim().is_empty()
        {
            let what = format!("{} is no level", super::value::quoted(&level));
            section.problem(
                "level",
                what,
                "write error, warn, info or debug, or as \"info,sapa::delivery=debug\"",
            );
        }
        Self { level, json: section.read("json", default.json) }
    }
}
