//! The protocol's HTTP side.

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode},
};
use sapa_webchat::{MAX_FILE, routes};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};
use tower::ServiceExt;

use crate::support::{Chat, ORIGIN};

async fn ask(chat: &Chat, request: Request<Body>) -> Response<Body> {
    routes(chat.server.clone()).oneshot(request).await.unwrap()
}

async fn body(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 1_000_000).await.unwrap()).unwrap()
}

fn session(origin: Option<&str>, body: &Value) -> Request<Body> {
    let mut request =
        Request::post("/chat/seruni/session").header("content-type", "application/json");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    request.body(body.to_string().into()).unwrap()
}

fn file(bearer: &str, name: &str, bytes: &[u8]) -> Request<Body> {
    let mut form = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: image/png\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(bytes);
    form.extend_from_slice(b"\r\n--x--\r\n");
    Request::post("/chat/seruni/files")
        .header("origin", ORIGIN)
        .header("authorization", format!("Bearer {bearer}"))
        .header("content-type", "multipart/form-data; boundary=x")
        .body(form.into())
        .unwrap()
}

#[tokio::test]
async fn a_browser_gets_a_secret_and_keeps_it() {
    let chat = Chat::new().await;
    let answer = ask(&chat, session(Some(ORIGIN), &json!({"visitor":null,"token":null}))).await;
    assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
    assert_eq!(answer.headers()["vary"], "Origin");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(!answer.headers().contains_key("access-control-allow-credentials"));
    let first = body(answer).await;
    assert_eq!(first["site"]["title"], "Kopi Seruni");
    assert_eq!((&first["identified"], &first["max_text"]), (&json!(false), &json!(8_000)));
    let again = json!({"visitor": first["visitor"]});
    let again = body(ask(&chat, session(Some(ORIGIN), &again)).await).await;
    assert_eq!(again["visitor"], first["visitor"]);
    let forged = body(ask(&chat, session(Some(ORIGIN), &json!({"visitor":"v1.x.y"}))).await).await;
    assert_ne!(forged["visitor"], first["visitor"]);
    assert!(chat.recorder.arrivals().is_empty(), "nothing is stored");
}

#[tokio::test]
async fn r8_a_session_says_whether_the_shop_vouches() {
    let chat = Chat::new().await;
    let token = chat.hub.site.sign_token(r#"{"sub":"rina","exp":1795003600}"#);
    let good = body(ask(&chat, session(Some(ORIGIN), &json!({"token": token}))).await).await;
    assert_eq!((&good["identified"], good.get("token_refused")), (&json!(true), None));
    let bad = body(ask(&chat, session(Some(ORIGIN), &json!({"token": "e30.e30"}))).await).await;
    assert_eq!(bad["identified"], false);
    assert_eq!(bad["token_refused"], "the token's signature is wrong");
}

#[tokio::test]
async fn r7_pages_of_other_origins_are_refused_everywhere() {
    let chat = Chat::new().await;
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let answer = ask(&chat, session(origin, &json!({}))).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    let mut upload = file(&chat.hub.site.new_visitor(), "a.png", b"png");
    upload.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(ask(&chat, upload).await.status(), StatusCode::FORBIDDEN);

    let url = format!("ws://{}/chat/seruni/socket", chat.address);
    for (origin, protocol, status) in [
        (Some("https://evil.example"), Some("sapa.chat.v1"), "403"),
        (None, Some("sapa.chat.v1"), "403"),
        (Some(ORIGIN), None, "400"),
        (Some(ORIGIN), Some("sapa.chat.v9"), "400"),
    ] {
        let mut request = url.as_str().into_client_request().unwrap();
        let mut set = |name: &'static str, value: Option<&str>| {
            value.map(|value| request.headers_mut().insert(name, value.parse().unwrap()));
        };
        set("origin", origin);
        set("sec-websocket-protocol", protocol);
        let refused = connect_async(request).await.unwrap_err().to_string();
        assert!(refused.contains(status), "{origin:?} {protocol:?}: {refused}");
    }
}

#[tokio::test]
async fn a_preflight_allows_what_the_widget_does() {
    let chat = Chat::new().await;
    for path in ["session", "files"] {
        let preflight = |origin| {
            Request::options(format!("/chat/seruni/{path}"))
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .body(Body::empty())
                .unwrap()
        };
        let good = ask(&chat, preflight(ORIGIN)).await;
        assert_eq!(good.status(), StatusCode::NO_CONTENT);
        assert_eq!(good.headers()["access-control-allow-origin"], ORIGIN);
        assert_eq!(good.headers()["access-control-allow-headers"], "authorization, content-type");
        let bad = ask(&chat, preflight("https://evil.example")).await;
        assert_eq!(bad.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn r29_unknown_fields_and_sites_are_refused() {
    let chat = Chat::new().await;
    let odd = ask(&chat, session(Some(ORIGIN), &json!({"visitor":null,"role":"officer"}))).await;
    assert_eq!(odd.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let mut elsewhere = session(Some(ORIGIN), &json!({}));
    *elsewhere.uri_mut() = "/chat/other/session".parse().unwrap();
    assert_eq!(ask(&chat, elsewhere).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_is_kept_for_the_browser_that_sent_it() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let answer = ask(&chat, file(&secret, "../foto.png", b"png")).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
    let kept = body(answer).await;
    assert_eq!((&kept["name"], &kept["size"]), (&json!("foto.png"), &json!(3)));
    assert_eq!(kept["media_type"], "image/png");
    let uploads = chat.hub.uploads.lock().unwrap();
    let (visitor, file) = &uploads[&kept["id"].as_str().unwrap().parse().unwrap()];
    assert_eq!(*visitor, chat.hub.site.visitor(&secret).unwrap());
    assert_eq!(file.bytes, "png");
}

#[tokio::test]
async fn r3_files_of_nobody_are_refused() {
    let chat = Chat::new().await;
    let stranger = ask(&chat, file("v1.x.y", "a.png", b"png")).await;
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    assert!(chat.hub.uploads.lock().unwrap().is_empty());
}

#[tokio::test]
async fn files_too_large_or_too_many_are_refused() {
    let chat = Chat::new().await;
    let secret = chat.hub.site.new_visitor();
    let large = ask(&chat, file(&secret, "a.png", &vec![0; MAX_FILE + 1])).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let largest = ask(&chat, file(&secret, "a.png", &vec![0; MAX_FILE])).await;
    assert_eq!(largest.status(), StatusCode::CREATED);
    for _ in 0..28 {
        assert_eq!(ask(&chat, file(&secret, "a.png", b"png")).await.status(), StatusCode::CREATED);
    }
    let surplus = ask(&chat, file(&secret, "a.png", b"png")).await;
    assert_eq!(surplus.status(), StatusCode::TOO_MANY_REQUESTS);
}
