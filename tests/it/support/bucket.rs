//! A strict store in the manner of S3: it checks the signature of each call (AWS Signature Version 4) and the hash of
//! what is brought, and can be told to be away.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sapa::config;
use sha2::{Digest, Sha256};

const KEY: &str = "sapa-di-toko";
const SECRET: &str = "kunci/rahasia+toko";
const REGION: &str = "ap-southeast-3";

/// The store, with one bucket.
#[derive(Clone)]
pub struct Bucket {
    shared: Arc<Shared>,
    port: u16,
}

#[derive(Default)]
struct Shared {
    objects: Mutex<BTreeMap<String, Bytes>>,
    away: AtomicBool,
}

impl Bucket {
    /// An empty one.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared: Arc<Shared> = Arc::default();
        let router = Router::new().fallback(serve).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, port }
    }

    /// How a hub is told of it.
    pub fn settings(&self) -> config::Bucket {
        config::Bucket {
            name: "berkas".to_owned(),
            endpoint: Some(format!("http://127.0.0.1:{}", self.port)),
            region: REGION.to_owned(),
            access_key: KEY.to_owned(),
            secret_key: SECRET.into(),
        }
    }

    /// Whether it answers each call by 503 from now on.
    pub fn is_away(&self, away: bool) {
        self.shared.away.store(away, Ordering::Relaxed);
    }

    /// What lies in it.
    pub fn objects(&self) -> BTreeMap<String, Bytes> {
        self.shared.objects.lock().expect("nobody panics with it").clone()
    }
}

fn refusal(status: StatusCode, code: &str) -> Response {
    (status, format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>")).into_response()
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await.unwrap_or_default();
    if shared.away.load(Ordering::Relaxed) {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
    }
    if !is_signed(&parts, &body, KEY, SECRET, REGION) {
        return refusal(StatusCode::FORBIDDEN, "SignatureDoesNotMatch");
    }
    let Some(name) = parts.uri.path().strip_prefix("/berkas/").map(str::to_owned) else {
        return refusal(StatusCode::NOT_FOUND, "NoSuchBucket");
    };
    let mut objects = shared.objects.lock().expect("nobody panics with it");
    let tag = |bytes: &[u8]| format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(bytes)[..16]));
    match parts.method {
        Method::PUT => {
            let etag = tag(&body);
            objects.insert(name, body);
            ([(header::ETAG, etag)], "").into_response()
        }
        Method::GET | Method::HEAD => {
            let Some(bytes) = objects.get(&name).cloned() else {
                return refusal(StatusCode::NOT_FOUND, "NoSuchKey");
            };
            let headers = [
                (header::ETAG, tag(&bytes)),
                (header::LAST_MODIFIED, "Mon, 23 Nov 2026 03:00:00 GMT".to_owned()),
                (header::CONTENT_LENGTH, bytes.len().to_string()),
            ];
            let body = if parts.method == Method::GET { Body::from(bytes) } else { Body::empty() };
            (headers, body).into_response()
        }
        Method::DELETE => {
            objects.remove(&name);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => refusal(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
    }
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// As <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html> says. Of a call without a query.
fn is_signed(parts: &Parts, body: &[u8], key: &str, secret: &str, region: &str) -> bool {
    let signed = || {
        let said = text(&parts.headers, "authorization")?.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let part = |name: &str| {
            said.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let (names, signature) = (part("SignedHeaders")?, part("Signature")?);
        let at = text(&parts.headers, "x-amz-date")?;
        let scope = format!("{}/{region}/s3/aws4_request", at.get(..8)?);
        let content = text(&parts.headers, "x-amz-content-sha256")?;
        let whole = part("Credential")? == format!("{key}/{scope}")
            && content == hex(body)
            && ["host", "x-amz-date", "x-amz-content-sha256"]
                .iter()
                .all(|name| names.split(';').any(|signed| signed == *name))
            && parts.uri.query().is_none();
        let mut headers = String::new();
        for name in names.split(';') {
            writeln!(headers, "{name}:{}", text(&parts.headers, name)?.trim()).ok()?;
        }
        let (method, path) = (&parts.method, parts.uri.path());
        let canonical = format!("{method}\n{path}\n\n{headers}\n{names}\n{content}");
        let to_sign = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", hex(canonical.as_bytes()));
        let mut signing = format!("AWS4{secret}").into_bytes();
        for word in scope.split('/') {
            signing = mac(&signing, word);
        }
        (whole && signature == HEXLOWER.encode(&mac(&signing, &to_sign))).then_some(())
    };
    signed().is_some()
}

/// The example of Amazon's own document, so that the stand-in and the hub cannot be wrong together.
#[test]
fn the_store_knows_a_signature_as_amazon_does() {
    let example = |signature: &str| {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature={signature}"
        );
        let request = Request::get("/test.txt")
            .header("host", "examplebucket.s3.amazonaws.com")
            .header("range", "bytes=0-9")
            .header("x-amz-content-sha256", hex(b""))
            .header("x-amz-date", "20130524T000000Z")
            .header("authorization", authorization)
            .body(())
            .expect("a request");
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        is_signed(&request.into_parts().0, b"", "AKIAIOSFODNN7EXAMPLE", secret, "us-east-1")
    };
    assert!(example("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
    assert!(!example("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb42"));
}
