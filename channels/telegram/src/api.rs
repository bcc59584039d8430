//! The transport: one request to the Bot API, and what became of it.

use std::{
    error::Error,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures::stream;
use reqwest::{
    Body, Client, RequestBuilder, Response, Url,
    multipart::{Form, Part},
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use teloxide::requests::Payload;

use crate::{fault::Fault, settings::SettingsError};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// Idle connections are dropped before Telegram drops them, or a message could be written into one
/// that is being closed, and its fate would be unknown.
const IDLE: Duration = Duration::from_secs(15);
/// The most of an answer that is read.
const MAX_ANSWER: usize = 32 << 20;
/// A file is written in pieces of this size, so that we know whether all of it was.
const PIECE: usize = 64 << 10;

/// One bot's access to the Bot API.
pub(crate) struct Api {
    client: Client,
    base: String,
    token: SecretString,
}

/// Shows where it goes and never the token (`R28`).
impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The envelope of every answer.
#[derive(Deserialize)]
struct Answer<T> {
    ok: bool,
    result: Option<T>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

impl Api {
    /// Checks the address and the token, so that neither can become another part of a URL.
    pub(crate) fn new(api_url: &str, token: SecretString) -> Result<Self, SettingsError> {
        if !is_token(token.expose_secret()) {
            return Err(SettingsError::Token);
        }
        let url = Url::parse(api_url).map_err(|_| SettingsError::ApiUrl)?;
        let host = url.host_str().unwrap_or_default();
        if !matches!(url.scheme(), "https" | "http") || host.is_empty() || url.query().is_some() {
            return Err(SettingsError::ApiUrl);
        }
        let mut client = Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            // The token is in the path: it must not travel on to somebody else.
            .redirect(Policy::none())
            .referer(false)
            .user_agent("sapa");
        if matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| SettingsError::Tls(root(&error)))?;
        Ok(Self { client, base: api_url.trim_end_matches('/').to_owned(), token })
    }

    /// Calls a method by teloxide's payload of it.
    pub(crate) async fn call<P, T>(&self, payload: &P, timeout: Duration) -> Result<T, Fault>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        self.call_named(P::NAME, payload, timeout).await
    }

    /// Calls a method by name.
    pub(crate) async fn call_named<T: DeserializeOwned>(
        &self,
        method: &str,
        fields: &impl Serialize,
        timeout: Duration,
    ) -> Result<T, Fault> {
        let request = self.client.post(self.method_url(method)).timeout(timeout).json(fields);
        self.ask(request, &AtomicBool::new(true)).await
    }

    /// Calls a method with a file, which is the field `field`.
    pub(crate) async fn upload<T: DeserializeOwned>(
        &self,
        method: &str,
        fields: Vec<(&'static str, String)>,
        field: &'static str,
        file: Upload,
        timeout: Duration,
    ) -> Result<T, Fault> {
        let written = Arc::new(AtomicBool::new(false));
        let length = file.bytes.len() as u64;
        let body = Body::wrap_stream(pieces(file.bytes, written.clone()));
        let part = Part::stream_with_length(body, length).file_name(file.name);
        // The Bot API wants the name as plain UTF-8; quotes and line ends are escaped all the same.
        let mut form = Form::new().percent_encode_noop();
        for (name, value) in fields {
            form = form.text(name, value);
        }
        let form = form.part(field, part);
        let request = self.client.post(self.method_url(method)).timeout(timeout).multipart(form);
        self.ask(request, &written).await
    }

    /// Fetches a file that `getFile` told the path of, unless it is larger than `limit`.
    pub(crate) async fn download(
        &self,
        path: &str,
        limit: usize,
        timeout: Duration,
    ) -> Result<Bytes, Fault> {
        let odd = |byte: u8| byte.is_ascii_control() || b"?#\\%".contains(&byte);
        if path.contains("..") || path.bytes().any(odd) {
            return Err(Fault::Lost("the path of the file is malformed".to_owned()));
        }
        let url = format!("{}/file/bot{}/{path}", self.base, self.token.expose_secret());
        let request = self.client.get(url).timeout(timeout);
        let response = request.send().await.map_err(|error| self.fault(error, true))?;
        let code = response.status().as_u16();
        match code {
            200 => self.read(response, limit).await?.ok_or_else(|| Fault::Refused {
                code: 413,
                description: format!("more than {limit} bytes"),
                retry_after: None,
            }),
            400..500 => Err(Fault::Refused {
                code,
                description: format!("the file server answered {code}"),
                retry_after: None,
            }),
            _ => Err(Fault::Lost(format!("the file server answered {code}"))),
        }
    }

    fn method_url(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.base, self.token.expose_secret())
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        written: &AtomicBool,
    ) -> Result<T, Fault> {
        let response = request
            .send()
            .await
            .map_err(|error| self.fault(error, written.load(Ordering::Acquire)))?;
        let status = response.status();
        let body = self.read(response, MAX_ANSWER).await;
        if status.is_redirection() {
            // Who redirects has not heard the request.
            return Err(Fault::Unreached(format!("its address redirects ({status})")));
        }
        let answer = body.map(|body| body.map(|body| serde_json::from_slice::<Answer<T>>(&body)));
        match answer {
            Ok(Some(Ok(Answer { ok: true, result: Some(result), .. }))) => Ok(result),
            Ok(Some(Ok(answer))) if !answer.ok => {
                Err(self.refusal(answer.error_code.unwrap_or(status.as_u16()), answer))
            }
            _ if status.is_client_error() => {
                let description = format!("it answered {status}");
                Err(Fault::Refused { code: status.as_u16(), description, retry_after: None })
            }
            Err(fault) => Err(fault),
            Ok(_) => Err(Fault::Lost(format!("an answer that is not understood ({status})"))),
        }
    }

    fn refusal<T>(&self, code: u16, answer: Answer<T>) -> Fault {
        let description = self.redact(answer.description.as_deref().unwrap_or("without a reason"));
        let retry_after = answer.parameters.and_then(|parameters| parameters.retry_after);
        match code {
            400..500 => Fault::Refused {
                code,
                description,
                retry_after: retry_after.map(Duration::from_secs),
            },
            _ => Fault::Lost(format!("it answered {code}: {description}")),
        }
    }

    /// Reads the body; `None` if it is larger than `limit`.
    async fn read(&self, mut response: Response, limit: usize) -> Result<Option<Bytes>, Fault> {
        let mut body = BytesMut::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.fault(error, true))? {
            if body.len() + piece.len() > limit {
                return Ok(None);
            }
            body.extend_from_slice(&piece);
        }
        Ok(Some(body.freeze()))
    }

    /// `written` tells whether the whole request was handed to the connection.
    fn fault(&self, error: reqwest::Error, written: bool) -> Fault {
        let (connecting, late) = (error.is_connect(), error.is_timeout());
        let why = self.redact(&root(&error.without_url()));
        match (connecting, written, late) {
            (true, _, true) => Fault::Unreached("no connection in time".to_owned()),
            (true, _, false) => Fault::Unreached(format!("no connection ({why})")),
            (false, false, _) => Fault::Unreached(format!("the upload was cut off ({why})")),
            (false, true, true) => Fault::Lost("no answer in time".to_owned()),
            (false, true, false) => Fault::Lost(format!("the connection broke ({why})")),
        }
    }

    /// Takes the token out of a text that comes from elsewhere (`R28`).
    fn redact(&self, text: &str) -> String {
        let token = self.token.expose_secret();
        let secret = token.split_once(':').map_or(token, |(_, secret)| secret);
        text.replace(secret, "[token]")
    }
}

/// A file on its way out.
pub(crate) struct Upload {
    /// By which Telegram tells its type.
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

/// The file in pieces; `written` becomes true when the last one was asked for.
fn pieces(
    bytes: Bytes,
    written: Arc<AtomicBool>,
) -> impl futures::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    stream::unfold(bytes, move |mut rest| {
        let written = written.clone();
        async move {
            if rest.is_empty() {
                written.store(true, Ordering::Release);
                return None;
            }
            let piece = rest.split_to(PIECE.min(rest.len()));
            if rest.is_empty() {
                written.store(true, Ordering::Release);
            }
            Some((Ok(piece), rest))
        }
    })
}

fn is_token(token: &str) -> bool {
    let Some((id, secret)) = token.split_once(':') else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_digit())
        && !secret.is_empty()
        && secret.bytes().all(plain)
}

/// The innermost cause, which says most.
fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
