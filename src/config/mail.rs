//! Settings of mail, in and out.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use sapa_email::{Certificate, CertificateError, DkimError, DkimKey};
use secrecy::{ExposeSecret, SecretString};

use super::{reader::Reader, section::Section, value::quoted};

/// Mail that comes in.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Where the SMTP listener listens; none: there is none.
    pub listen: Option<SocketAddr>,
    /// Where the LMTP listener listens; none: there is none.
    pub lmtp_listen: Option<SocketAddr>,
    /// The name it greets with.
    pub hostname: String,
    /// The most bytes of one mail.
    pub max_bytes: usize,
    /// The most connections at once.
    pub max_connections: usize,
    /// The certificate by which STARTTLS is offered; none: it is not.
    pub tls: Option<Certificate>,
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            listen: None,
            lmtp_listen: None,
            hostname: "localhost".to_owned(),
            max_bytes: 25 * 1024 * 1024,
            max_connections: 200,
            tls: None,
        }
    }
}

impl Smtp {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let default = Self::default();
        let hostname = section.read("hostname", default.hostname);
        if !is_host(&hostname) {
            let what = format!("{} is no name of a host", quoted(&hostname));
            section.problem(
                "hostname",
                what,
                "write the full name of this machine, as \"mx.example.com\"",
            );
        }
        Self {
            listen: section.optional("listen"),
            lmtp_listen: section.optional("lmtp_listen"),
            hostname,
            max_bytes: section.number("max_bytes", default.max_bytes, 64 * 1024..=64 * 1024 * 1024),
            max_connections: section.number(
                "max_connections",
                default.max_connections,
                1..=100_000,
            ),
            tls: certificate(section),
        }
    }
}

/// The certificate of the listeners, if one is given with its key.
fn certificate(section: &mut Section<'_>) -> Option<Certificate> {
    let (chain, key): (Option<PathBuf>, Option<PathBuf>) =
        (section.optional("tls_certificate"), section.optional("tls_key"));
    let (chain, key) = match (chain, key) {
        (None, None) => return None,
        (Some(chain), Some(key)) => (chain, key),
        (Some(_), None) => {
            section.problem(
                "tls_key",
                "tls_certificate is given alone",
                "name the file with its key",
            );
            return None;
        }
        (None, Some(_)) => {
            let what = "tls_key is given alone";
            section.problem("tls_certificate", what, "name the file with the certificate");
            return None;
        }
    };
    let mut read = |name: &str, path: &PathBuf| match std::fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let what = format!("{} cannot be read: {error}", path.display());
            section.problem(name, what, "name a file that the hub's user can read");
            None
        }
    };
    let (chain_pem, key_pem) = (read("tls_certificate", &chain), read("tls_key", &key));
    match Certificate::from_pem(&chain_pem?, &key_pem?) {
        Ok(certificate) => Some(certificate),
        Err(error) => {
            let (name, path) = match error {
                CertificateError::NoCertificate => ("tls_certificate", &chain),
                CertificateError::NoKey | CertificateError::Unusable(_) => ("tls_key", &key),
            };
            let what = format!("{}: {error}", path.display());
            section.problem(
                name,
                what,
                "name fullchain.pem and privkey.pem of the same certificate",
            );
            None
        }
    }
}

/// Mail that goes out: by the relay, or into the folder.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// The relay.
    pub relay: Option<Relay>,
    /// A folder where mail is kept instead of being sent.
    pub folder: Option<PathBuf>,
    /// The key that signs it.
    pub dkim: Option<Dkim>,
}

impl Mail {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mail = Self {
            relay: Relay::read(&mut reader.section("mail.relay")),
            folder: reader.section("mail").optional("folder"),
            dkim: Dkim::read(&mut reader.section("mail.dkim")),
        };
        if reader.section("mail.relay").is_given() && mail.folder.is_some() {
            let what = "mail goes out by a relay or into a folder, not both";
            reader.problem("mail.folder", what, "remove it or [mail.relay]");
        }
        mail
    }
}

/// The relay that takes our mail.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// The user name it asks for.
    pub user: Option<String>,
    /// The password it asks for.
    pub password: Option<SecretString>,
}

/// How a connection to a relay is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// STARTTLS, required.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a relay on the same machine.
    None,
}

impl Relay {
    fn read(section: &mut Section<'_>) -> Option<Self> {
        let given = section.is_given();
        let host = if given {
            section.required::<String>("host", "\"smtp.example.com\"")
        } else {
            section.optional("host")
        };
        let tls = section.word(
            "tls",
            Tls::default(),
            &[("starttls", Tls::Starttls), ("tls", Tls::Tls), ("none", Tls::None)],
        );
        let usual = if tls == Tls::Tls { 465 } else { 587 };
        let port = section.number("port", usual, 1..=u16::MAX);
        let (user, password) = (section.optional::<String>("user"), section.secret("password"));
        let unprotected = section.read("allow_unprotected", false);
        if !given {
            return None;
        }
        match (&user, &password) {
            (Some(_), None) => {
                section.problem(
                    "password_file",
                    "user is given and no password",
                    "name the file with the password, or remove user",
                );
            }
            (None, Some(_)) => section.problem(
                "user",
                "a password is given and no user",
                "write the user, or remove the password",
            ),
            _ => {}
        }
        let host = host?;
        if !is_host(&host) && host.parse::<IpAddr>().is_err() {
            section.problem(
                "host",
                format!("{} is no name of a host", quoted(&host)),
                "write it as \"smtp.example.com\"",
            );
        }
        if tls == Tls::None && !is_loopback(&host) && !unprotected {
            let instead = "write \"starttls\" or \"tls\"; if the way to it is safe, write allow_unprotected = true beside it";
            section.problem(
                "tls",
                "mail and password would cross the network in the clear",
                instead,
            );
        }
        Some(Self { host, port, tls, user, password })
    }
}

/// The key that signs mail.
#[derive(Clone, Debug)]
pub struct Dkim {
    /// The signing domain.
    pub domain: String,
    /// The selector.
    pub selector: String,
    /// The private key as PEM: RSA of 2048 bits or more, or Ed25519.
    pub key: SecretString,
}

impl Dkim {
    fn read(section: &mut Section<'_>) -> Option<Self> {
        if !section.is_given() {
            // Asked for all the same, so that they are known.
            let _ = (
                section.optional::<String>("domain"),
                section.optional::<String>("selector"),
                section.secret("key"),
            );
            return None;
        }
        let domain = section.required::<String>("domain", "\"example.com\"");
        let selector = section.required::<String>("selector", "\"sapa\"");
        let key = section.secret("key");
        let Some(key) = key else {
            let what = "[mail.dkim] needs the key";
            let instead = "name the file with the private key as PEM, or remove the section";
            section.problem("key_file", what, instead);
            return None;
        };
        let (domain, selector) = (domain?, selector?);
        match DkimKey::new(&selector, &domain, key.expose_secret()) {
            Ok(_) => {}
            Err(error @ DkimError::Name) => {
                section.problem(
                    "domain",
                    error.to_string(),
                    "write letters, digits, hyphens and dots",
                );
            }
            Err(error) => {
                section.problem(
                    "key_file",
                    error.to_string(),
                    "make one: openssl genrsa -out dkim.pem 2048",
                );
            }
        }
        Some(Self { domain, selector, key })
    }
}

/// Whether it is a name of a host, in letters that stand in a mail's header.
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// Whether what is sent to a host stays on this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
