//! What stands above every answer.

use reqwest::{Method, Response};
use sapa::officers::policy::Role;
use serde_json::json;

use super::fetch;
use crate::{
    scenario,
    support::inbox::{last_message, mail_from, text},
};

/// What is wrong with an answer's headers.
fn wrong(response: &Response) -> Option<String> {
    let header = |name: &str| {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    if header("x-content-type-options") != "nosniff" {
        return Some("it may be sniffed".to_owned());
    }
    let policy = header("content-security-policy");
    if !policy.contains("default-src 'self'") && !policy.contains("default-src 'none'") {
        return Some(format!("its policy is {policy:?}"));
    }
    if policy.contains("unsafe-eval")
        || policy.contains("script-src") && policy.contains("unsafe-inline")
    {
        return Some(format!("scripts may stand in it: {policy:?}"));
    }
    if !["same-origin", "no-referrer"].contains(&&*header("referrer-policy")) {
        return Some("it tells others where one was".to_owned());
    }
    if header("x-request-id").is_empty() {
        return Some("it has no id".to_owned());
    }
    let kind = header("content-type");
    if !response.status().is_success() && kind.starts_with("text/html") {
        return Some("an error is a page".to_owned());
    }
    if response.content_length() != Some(0) && response.status() != 204 && kind.is_empty() {
        return Some("it says no type".to_owned());
    }
    None
}

scenario! {
    async fn r34_every_route_of_the_api_answers_in_its_type_and_is_not_sniffed(app: TestApp) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let mut list = sapa::http::api(&app.app).2;
        // Signing out comes last.
        list.sort_by_key(|route| (&*route.method, &*route.path) == ("DELETE", "/session"));
        let mut faults = Vec::new();
        for route in &list {
            let parts: Vec<_> = route.path.split('/')
                .map(|part| if part.starts_with('{') { "019acb1c-0000-7000-8000-000000000000" } else { part }).collect();
            let method: Method = route.method.parse().unwrap();
            let body = (method != Method::GET).then(|| json!({}));
            let response = admin.call(method, &parts.join("/"), body).await;
            let kind = response.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
            // The web server's own words to what opens no socket.
            let plain = route.path == "/live" && response.status() == 400;
            let of_an_api = plain || kind.is_empty() || kind.starts_with("application/json") || kind == "application/problem+json";
            if let Some(what) = wrong(&response).or_else(|| (!of_an_api).then(|| format!("it is {kind}"))) {
                faults.push(format!("{} {}: {} {what}", route.method, route.path, response.status()));
            }
        }
        assert!(list.len() > 50 && faults.is_empty(), "{}", faults.join("\n"));
    }
}

scenario! {
    async fn r34_pages_files_and_what_is_not_there_are_not_sniffed_either(app: TestApp) {
        let mut faults = Vec::new();
        for (path, kind) in [
            ("/api", "text/html"),
            ("/api/v1/openapi.json", "application/json"),
            ("/api/v1/nowhere", "application/problem+json"),
            ("/api/v1/me", "application/problem+json"),
            ("/healthz", "text/plain"),
            ("/readyz", "text/plain"),
            ("/metrics", "text/plain"),
            ("/mail.css", "text/css"),
            ("/chat/files/019acb1c-0000-7000-8000-000000000000?e=1&s=x", "application/problem+json"),
            ("/chat/nowhere/session", ""),
            ("/hooks/telegram/x", ""),
            ("/assets/nowhere.js", ""),
            ("/%2e%2e/etc/passwd", ""),
        ] {
            let response = fetch(&app, path).await;
            let told = response.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
            if let Some(what) = wrong(&response).or_else(|| (!told.starts_with(kind)).then(|| format!("it is {told:?}"))) {
                faults.push(format!("{path}: {} {what}", response.status()));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

scenario! {
    async fn r34_what_customers_sent_comes_in_its_safe_type(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let row = mail_from(&app, &ayu, "Rina", "Pesanan").await;
        let said = last_message(&ayu, &row, |_| true).await;
        let original = ayu.call(Method::GET, text(&said, "original_url"), None).await;
        assert_eq!(wrong(&original), None);
        assert_eq!(original.headers()["content-type"], "application/octet-stream");
        let file = ayu.upload("foto.png", "text/html", b"<script>alert(1)</script>").await;
        let shown = ayu.call(Method::GET, text(&file, "url"), None).await;
        assert_eq!(wrong(&shown), None);
        assert_eq!(shown.headers()["content-type"], "application/octet-stream");
    }
}

scenario! {
    async fn the_reference_page_is_served_and_loads_nothing_from_elsewhere(app: TestApp) {
        let response = fetch(&app, "/api").await;
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
        let page = response.text().await.unwrap();
        for path in ["/conversations", "/contacts/{id}/merge", "/tickets", "/webhooks"] {
            assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
        }
        let compact: String = page.to_lowercase().split_whitespace().collect();
        for loads in ["<script", "<iframe", "<link", "src=", "@import", "url(", "srcset=", "<object", "<embed", "http-equiv"] {
            assert!(!compact.contains(loads), "{loads}");
        }
    }
}
