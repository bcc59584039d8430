//! What is open: every route that asks for no session, from the router itself, with what it asks for instead.

use std::{collections::BTreeSet, fmt::Write};

use reqwest::Method;
use sapa::{http::Access, officers::policy::Role};
use serde_json::json;

use super::{matrix::scope, routes, with_ids};
use crate::support::{
    Backend, TestApp,
    inbox::text,
    visitor::{Site, Visitor},
};

const METHODS: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What a route that is open asks for; a new one is to be thought about here.
fn asks(path: &str) -> &'static str {
    match path {
        "/" => "nothing: the officers' application",
        "/healthz" | "/readyz" => "nothing: tells whether the hub is well",
        "/metrics" => "nothing: figures that name nobody (R28)",
        "/api" | "/api/v1/openapi.json" => "nothing: the description of the API",
        "/widget.js" | "/widget-panel.js" | "/mail.css" => "nothing: a part of the program",
        "/chat/files/{id}" => "a signature in the link, with an end (R3)",
        "/chat/{site}/session" | "/chat/{site}/socket" => "a page of the shop (R7)",
        "/chat/{site}/files" => "a page of the shop, and a visitor's secret (R3, R7)",
        "/hooks/telegram/{channel}" => "the secret that Telegram was told",
        "/u/{token}" | "/preferences/{token}" => "a signature in the link (R26)",
        "/demo" | "/demo/telco" | "/demo/{file}" => "the demonstration: its shops' pages",
        "/demo/token" => "the demonstration: a page of the hub's own (R33)",
        "/api/v1/session" => "a password (R14), or the session that ends",
        "/api/v1/setup" => "that nobody is here yet",
        "/api/v1/invitations/accept" => "an invitation (R13)",
        other => panic!("{other} is open to everybody, and nobody has said why"),
    }
}

/// All paths of a router, as it tells of itself.
fn paths(told: &str) -> BTreeSet<String> {
    // Below what is nested there is a rest that answers what no route does.
    let rest = |text: &&str| !text.contains("{*") && text.trim_end_matches('/') != "/api/v1";
    let texts = told.split('"').filter(|text| text.starts_with('/')).filter(rest);
    texts.map(ToOwned::to_owned).collect()
}

async fn statuses(
    app: &TestApp,
    client: &reqwest::Client,
    path: &str,
    key: Option<&str>,
) -> String {
    let path = with_ids(path);
    let mut line = String::new();
    for method in METHODS {
        let mut call = client.request(method.clone(), format!("{}{path}", app.url()));
        if let Some(key) = key {
            let header = if key.contains('=') { "cookie" } else { "authorization" };
            call = call.header(header, key);
        }
        let status = call.send().await.unwrap().status().as_u16();
        if status != 405 {
            write!(line, " {method} {status}").unwrap();
        }
    }
    line
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_what_is_open_is_listed_with_what_it_asks_for_and_a_session_opens_nothing_more_there() {
    let app = TestApp::shop(Backend::Sqlite).await;
    let site = Site::new(&app).await;
    let admin = app.staff("Nyoman", Role::Administrator).await;
    let scopes = sapa::officers::policy::Permission::ALL.map(scope);
    let token = admin.post("/tokens", json!({ "name": "Papan", "scopes": scopes })).await;
    let keys = [
        admin.cookie().unwrap(),
        format!("Bearer {}", text(&token, "token")),
        format!("Bearer {}", Visitor::new(&app, &site).await.secret),
    ];

    let listed = routes(&app);
    let all = paths(&format!("{:?}", sapa::http::router(&app.app)));
    // Each route of the API has said who may use it.
    let api: BTreeSet<_> = all.iter().filter_map(|path| path.strip_prefix("/api/v1")).collect();
    let said: BTreeSet<_> =
        listed.iter().map(|route| &*route.path).chain(["/openapi.json"]).collect();
    assert_eq!(api, said, "the router has what the list has");

    let is_public = |path: &str| {
        let own = path.strip_prefix("/api/v1");
        own.is_none_or(|own| {
            let mut of_it = listed.iter().filter(|it| it.path == own).peekable();
            of_it.peek().is_none() || of_it.any(|it| it.access == Access::Public)
        })
    };
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut table = String::new();
    for path in all.iter().filter(|path| is_public(path)) {
        let stranger = statuses(&app, &client, path, None).await;
        writeln!(table, "{path:27} {:54}{stranger}", asks(path)).unwrap();
        for key in keys.iter().filter(|_| !path.starts_with("/api/v1")) {
            assert_eq!(statuses(&app, &client, path, Some(key)).await, stranger, "{path}");
        }
    }
    let kept = include_str!("../guards.open");
    assert!(
        table == kept,
        "what is open has changed; if it is meant, tests/it/guards.open becomes:\n{table}"
    );
    // The session was looked at nowhere, and is still one.
    admin.get("/me").await;
}
