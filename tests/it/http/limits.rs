//! Bodies that are too large, packed, or sent by proxies.

use std::net::IpAddr;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::{
    scenario,
    support::{
        Backend, Client, PASSWORD, TestApp,
        inbox::{mail_from, text},
        visitor::{ORIGIN, Site, Visitor},
    },
};

/// Uploads so many bytes.
#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn upload(app: &TestApp, client: &Client, size: usize) -> reqwest::Response {
    let part = reqwest::multipart::Part::bytes(vec![b'x'; size]).file_name("besar.bin");
    reqwest::Client::new()
        .post(format!("{}/api/v1/files", app.url()))
        .header("cookie", client.cookie().unwrap())
        .multipart(reqwest::multipart::Form::new().part("file", part))
        .send()
        .await
        .unwrap()
}

async fn large_uploads(backend: Backend) {
    const LIMIT: usize = 100_000;
    let app = TestApp::with(backend, |config| config.files.max_bytes = LIMIT).await;
    let ayu = app.officer("Ayu").await;
    assert_eq!(upload(&app, &ayu, LIMIT).await.status(), StatusCode::CREATED);
    for size in [LIMIT + 1, 8 * 1024 * 1024] {
        let response = upload(&app, &ayu, size).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{size} bytes");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(text(&problem, "code"), "too_large");
        assert!(text(&problem, "title").contains("100000 bytes"), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_over_the_limit_is_refused_with_the_limit_on_sqlite() {
    large_uploads(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_over_the_limit_is_refused_with_the_limit_on_postgres() {
    large_uploads(Backend::Postgres).await;
}

scenario! {
    async fn a_call_of_more_than_two_megabytes_is_refused(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let path = format!("/conversations/{}/messages", text(&row, "id"));
        let body = json!({ "kind": "note", "text": "x".repeat(2 * 1024 * 1024) });
        let response = ayu.call(Method::POST, &path, Some(body)).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}

/// Ayu's address and her password as JSON, packed by gzip.
const PACKED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 205, 77, 204, 204, 81, 178, 82, 74, 172, 44, 117,
    200, 206, 47, 200, 44, 78, 45, 42, 205, 203, 212, 75, 173, 72, 204, 45, 200, 73, 85, 210, 81,
    42, 72, 44, 46, 46, 207, 47, 74, 1, 170, 1, 201, 43, 20, 151, 22, 151, 42, 164, 151, 230, 36,
    42, 36, 22, 165, 230, 41, 213, 2, 0, 244, 22, 171, 204, 67, 0, 0, 0,
];

scenario! {
    async fn r23_a_packed_body_is_not_unpacked(app: TestApp) {
        let ayu = app.officer("Ayu").await;
        for encoding in ["gzip", "deflate", "br", "zstd"] {
            let response = raw(&app, "/api/v1/session", &[("content-type", "application/json"), ("content-encoding", encoding)], PACKED).await;
            assert!(response.is_client_error(), "{encoding}: {response}");
        }
        assert_eq!(ayu.get("/me").await["name"], "Ayu");
    }
}

#[expect(clippy::disallowed_methods, reason = "tests call the hub on this machine")]
async fn raw(app: &TestApp, path: &str, headers: &[(&str, &str)], body: &[u8]) -> StatusCode {
    let mut request =
        reqwest::Client::new().post(format!("{}{path}", app.url())).body(body.to_vec());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().status()
}

scenario! {
    async fn r23_sockets_agree_on_no_packing(app: TestApp) {
        let site = Site::new(&app).await;
        let ayu = app.officer("Ayu").await;
        let cookie = ayu.cookie().unwrap();
        let host = app.running.http;
        for (address, headers) in [
            (format!("ws://{host}/api/v1/live"), vec![("cookie", cookie), ("origin", app.url())]),
            (format!("ws://{host}/chat/{}/socket", site.key), vec![
                ("origin", ORIGIN.to_owned()), ("sec-websocket-protocol", "sapa.chat.v1".to_owned()),
            ]),
        ] {
            let mut request = address.clone().into_client_request().unwrap();
            for (name, value) in headers {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
            let offer = "permessage-deflate; client_max_window_bits, permessage-deflate";
            request.headers_mut().insert("sec-websocket-extensions", offer.parse().unwrap());
            let (_, response) = tokio_tungstenite::connect_async(request).await.unwrap();
            assert_eq!(response.headers().get("sec-websocket-extensions"), None, "{address}");
        }
        Visitor::new(&app, &site).await.says("Halo").await;
    }
}

/// The address that the hub notes for a call with this header.
async fn noted(app: &TestApp, forwarded: &str) -> String {
    let client = Client::anonymous(app.url());
    let body = json!({ "email": "ayu@kopiseruni.example", "password": PASSWORD });
    let headers = [("x-forwarded-for", forwarded), ("user-agent", "seen")];
    let answer = client.call_with(Method::POST, "/session", Some(body), &headers).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let sessions = client.get("/me/sessions").await;
    let current = sessions.as_array().unwrap().iter().find(|session| session["current"] == true);
    text(current.unwrap(), "address").to_owned()
}

async fn proxies(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.officer("Ayu").await;
    for forged in ["203.0.113.9", "203.0.113.9, 198.51.100.7", "x"] {
        assert_eq!(noted(&app, forged).await, "127.0.0.1", "nobody is trusted: {forged}");
    }
    let local: IpAddr = [127, 0, 0, 1].into();
    let app = TestApp::with(backend, |config| config.server.trusted_proxies = vec![local]).await;
    app.officer("Ayu").await;
    for (forwarded, address) in [
        ("203.0.113.9", "203.0.113.9"),
        // Only the last word is the proxy's own; what is before it may be anybody's.
        ("198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("203.0.113.9, <script>", "127.0.0.1"),
        ("", "127.0.0.1"),
    ] {
        assert_eq!(noted(&app, forwarded).await, address, "{forwarded}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r21_only_a_trusted_proxys_word_of_the_address_counts_on_sqlite() {
    proxies(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r21_only_a_trusted_proxys_word_of_the_address_counts_on_postgres() {
    proxies(Backend::Postgres).await;
}
