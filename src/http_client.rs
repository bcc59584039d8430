//! The one client for calls to addresses that people entered (R4).
//!
//! It resolves the name, refuses every address that is not public, and connects to what it has checked. It
//! follows no redirect, for a redirect would lead where nobody looked.

mod guard;

use std::{fmt::Write, sync::Arc, time::Duration};

use axum::http::HeaderMap;
use bytes::{Bytes, BytesMut};
use reqwest::{Certificate, Client, Url, redirect::Policy};

pub use guard::{Denied, Guard};

use crate::config;

/// How long a call may take in all, if nothing else is said.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long connecting may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes of an answer that are read, if nothing else is said.
const MOST_ANSWER: usize = 64 * 1024;

/// How long a call may take, and how much of its answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How long in all.
    pub patience: Duration,
    /// The most bytes of an answer.
    pub most_answer: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { patience: PATIENCE, most_answer: MOST_ANSWER }
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The beginning of the body, as much of it as the call's bounds allow.
    pub body: Bytes,
    /// Whether there was more of it.
    pub cut: bool,
}

impl Answer {
    /// Whether the status says that it was taken.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The address cannot be called.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The name leads to an inner address.
    #[error("{0}")]
    Denied(Denied),
    /// There was no connection: surely nothing was sent.
    #[error("no connection: {0}")]
    NotConnected(String),
    /// No answer in time: perhaps it arrived.
    #[error("no answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// The connection broke: perhaps it arrived.
    #[error("the connection broke: {0}")]
    Broken(String),
}

/// Why an address cannot be called.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is none.
    #[error("is not an address")]
    Malformed,
    /// It is not of the web.
    #[error("begins with neither https:// nor http://")]
    Scheme,
    /// It carries a user's name or a password, which would stand in lists and logs.
    #[error("carries a user name or a password")]
    Credentials,
    /// It is an inner address.
    #[error("leads to an inner address")]
    Inner,
}

/// The client.
#[derive(Clone, Debug)]
pub struct OutboundClient {
    client: Client,
    guard: Arc<Guard>,
}

impl OutboundClient {
    /// Prepares the client. The TLS provider of the process must be installed.
    pub fn new(config: &config::Outbound) -> anyhow::Result<Self> {
        let guard = Arc::new(Guard::new(config.allow.clone()));
        // A bare machine has no certificates of its own.
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .map(|root| Certificate::from_der(root))
            .collect::<Result<Vec<_>, _>>()?;
        let client = Client::builder()
            .user_agent(concat!("Sapa/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(roots)
            .dns_resolver(guard.clone())
            // A proxy would resolve for us, unchecked.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { client, guard })
    }

    /// Whether an address may be called, as far as its spelling tells; a name is checked when it is called.
    pub fn check(&self, url: &str) -> Result<Url, UrlError> {
        let url = Url::parse(url).map_err(|_| UrlError::Malformed)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(UrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::Credentials);
        }
        // The parser has brought every spelling of a number (hexadecimal, short, octal) into the usual one.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(UrlError::Malformed)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare.parse().is_ok_and(|address| !self.guard.permits(address)) {
            return Err(UrlError::Inner);
        }
        Ok(url)
    }

    /// Posts a body. An answer of any status is an answer.
    pub async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, CallError> {
        self.post_within(url, headers, body, Bounds::default()).await
    }

    /// Posts a body within bounds of the caller's.
    pub async fn post_within(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        bounds: Bounds,
    ) -> Result<Answer, CallError> {
        let url = self.check(url)?;
        let call = self.client.post(url).headers(headers).body(body).timeout(bounds.patience);
        let mut response = call.send().await.map_err(|error| call_error(error, bounds.patience))?;
        let status = response.status().as_u16();
        let mut read = BytesMut::new();
        let mut cut = false;
        // The status decides; what comes after the limit, or breaks off, is not waited for.
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = bounds.most_answer - read.len();
                    read.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    cut = chunk.len() > room;
                }
                Ok(None) => break,
                Err(_) => cut = true,
            }
            if cut {
                break;
            }
        }
        Ok(Answer { status, body: read.freeze(), cut })
    }
}

/// Sorts an error by what it means, and leaves the address out of it.
fn call_error(error: reqwest::Error, patience: Duration) -> CallError {
    let error = error.without_url();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut words = String::new();
    while let Some(cause) = next {
        if let Some(denied) = cause.downcast_ref::<Denied>() {
            return CallError::Denied(*denied);
        }
        let separator = if words.is_empty() { "" } else { ": " };
        let _ = write!(words, "{separator}{cause}");
        next = cause.source();
    }
    if error.is_connect() {
        CallError::NotConnected(words)
    } else if error.is_timeout() {
        CallError::TimedOut(patience)
    } else {
        CallError::Broken(words)
    }
}

#[cfg(test)]
mod tests;
