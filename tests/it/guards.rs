//! Who may do what, what is refused, what is never told: over all routes, from the router's own list.

mod heard;
mod logged;
mod matrix;
mod open;

use reqwest::Method;
use sapa::{
    http::{Access, Listed},
    officers::policy::Role,
    on_db,
};
use serde_json::{Value, json};

use crate::{
    scenario,
    support::{
        Backend, Client, PASSWORD, TestApp,
        inbox::{last_message, mail_from, say, text},
        telegram,
        visitor::Site,
    },
};

/// An id that nothing has.
const NOBODY: &str = "019acb1c-0000-7000-8000-000000000000";

fn routes(app: &TestApp) -> Vec<Listed> {
    let mut list = sapa::http::api(&app.app).2;
    // Signing out comes last: what follows would be a stranger's.
    list.sort_by_key(|route| {
        (
            (&*route.method, &*route.path) == ("DELETE", "/session"),
            route.path.clone(),
            route.method.clone(),
        )
    });
    list
}

/// A path with some id in the place of its parameters.
fn with_ids(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// What the description says of a part of a body.
fn resolved<'d>(description: &'d Value, schema: &'d Value) -> Option<&'d Value> {
    let schema = match schema.get("oneOf").and_then(Value::as_array) {
        Some(one_of) => one_of.iter().find(|one| one.get("$ref").is_some())?,
        None => schema,
    };
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => description.pointer(reference.trim_start_matches('#')),
        None => Some(schema),
    }
}

/// A field that no body has, at the top and in each part.
fn bodies(description: &Value, schema: &Value) -> Vec<Value> {
    let unknown = json!({ "x_unknown": 1 });
    let mut bodies = vec![unknown.clone()];
    let Some(properties) =
        resolved(description, schema).and_then(|schema| schema["properties"].as_object())
    else {
        return bodies;
    };
    for (name, property) in properties {
        let parts = property.get("items").unwrap_or(property);
        let has_fields =
            resolved(description, parts).is_some_and(|part| part["properties"].is_object());
        if has_fields {
            let part =
                if property.get("items").is_some() { json!([unknown]) } else { unknown.clone() };
            bodies.push(json!({ name: part }));
        }
    }
    bodies
}

scenario! {
    async fn r29_no_body_takes_a_field_that_is_not_known(app: TestApp) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let description = serde_json::to_value(sapa::http::api(&app.app).1).unwrap();
        let mut tried = 0;
        for route in routes(&app) {
            let operation = &description["paths"][&route.path][route.method.to_lowercase()];
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            // What a bot sends has a test of its own, for nobody else gets that far.
            if schema.is_null() || route.access == Access::Bot {
                continue;
            }
            for body in bodies(&description, schema) {
                let shown = format!("{} {} {body}", route.method, route.path);
                let (status, problem) = admin.refused(route.method.parse().unwrap(), &with_ids(&route.path), Some(body)).await;
                assert_eq!(status, 422, "{shown}: {problem}");
                let why = problem["fields"].to_string();
                assert!(why.contains("x_unknown"), "{shown}: {why}");
                tried += 1;
            }
        }
        assert!(tried > 30, "{tried}");
    }
}

scenario! {
    async fn r29_no_list_takes_a_filter_that_is_not_known(app: TestApp) {
        let admin = app.staff("Nyoman", Role::Administrator).await;
        let description = serde_json::to_value(sapa::http::api(&app.app).1).unwrap();
        for route in routes(&app).iter().filter(|route| route.method == "GET") {
            let parameters = description["paths"][&route.path]["get"]["parameters"].as_array().cloned().unwrap_or_default();
            if parameters.iter().any(|parameter| parameter["in"] == "query") {
                let path = format!("{}?q=x&x_unknown=1", with_ids(&route.path));
                assert_eq!(admin.call(Method::GET, &path, None).await.status(), 422, "{path}");
            }
        }
    }
}

/// Everything that a hub knows and tells nobody, and ids to look everything up by.
struct Known {
    secrets: Vec<String>,
    ids: Vec<(&'static str, String)>,
    site: Site,
}

async fn known(app: &TestApp, admin: &Client) -> Known {
    app.mailbox().await;
    let site = Site::new(app).await;
    let hook = admin.post("/webhooks", json!({ "url": "http://127.0.0.1:9/x", "events": ["message.received"], "enabled": true })).await;
    let bot = admin.post("/bots", json!({ "name": "Kira", "url": "http://127.0.0.1:9/x" })).await;
    let token =
        admin.post("/tokens", json!({ "name": "Papan", "scopes": ["conversations:read"] })).await;
    let invited = admin
        .post(
            "/officers",
            json!({ "name": "Putu", "email": "putu@kopiseruni.example", "role": "officer" }),
        )
        .await;
    let row = mail_from(app, admin, "Rina", "Pesanan").await;
    let file = admin.upload("a.txt", "text/plain", b"halo").await;
    let said =
        say(admin, &row, json!({ "kind": "note", "text": "x", "files": [file["id"]] })).await;
    let ticket = admin
        .post("/tickets", json!({ "conversation_id": row["id"], "kind": "question", "title": "x" }))
        .await;
    last_message(admin, &row, |_| true).await;
    let mut tx = app.app.db().read().await.unwrap();
    let own: Vec<String> = on_db!(&mut tx, |conn| {
        sqlx::query_scalar(
        "SELECT value FROM settings UNION ALL SELECT secret FROM channels WHERE secret IS NOT NULL
         UNION ALL SELECT password_hash FROM officers WHERE password_hash IS NOT NULL
         UNION ALL SELECT token_hash FROM sessions UNION ALL SELECT token_hash FROM api_tokens
         UNION ALL SELECT secret FROM webhooks UNION ALL SELECT secret FROM bots UNION ALL SELECT token_hash FROM bots
         UNION ALL SELECT token_hash FROM invitations"
    ).fetch_all(conn).await.unwrap()
    });
    let mut secrets = own;
    assert!(secrets.len() >= 8, "{}", secrets.len());
    secrets.push(PASSWORD.to_owned());
    secrets.push("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw".to_owned());
    secrets.push(text(&site.channel, "signing_key").to_owned());
    secrets.push(text(&hook, "secret").to_owned());
    secrets.push(text(&bot, "secret").to_owned());
    secrets.push(text(&bot, "token").to_owned());
    secrets.push(text(&token, "token").to_owned());
    secrets.push(text(&invited, "invitation_url").rsplit('#').next().unwrap().to_owned());
    secrets.push(admin.cookie().unwrap().split_once('=').unwrap().1.to_owned());
    assert!(secrets.iter().all(|secret| secret.len() > 15));
    let ids = vec![
        ("/contacts/", text(&row["contact"], "id").to_owned()),
        ("/conversations/", text(&row, "id").to_owned()),
        ("/messages/", text(&said, "id").to_owned()),
        ("/files/", text(&file, "id").to_owned()),
        ("/tickets/", text(&ticket, "id").to_owned()),
        ("/webhooks/", text(&hook, "id").to_owned()),
        ("/bots/", text(&bot, "id").to_owned()),
    ];
    Known { secrets, ids, site }
}

async fn tells_no_secret(backend: Backend) {
    let (app, _telegram, _) = telegram::hub(backend).await;
    let admin = app.staff("Nyoman", Role::Administrator).await;
    let Known { secrets, ids, .. } = known(&app, &admin).await;
    let mut good = 0;
    let mut paths: Vec<String> = routes(&app)
        .into_iter()
        .filter(|route| route.method == "GET")
        .map(|route| {
            let id = ids
                .iter()
                .find(|(begin, _)| route.path.starts_with(begin))
                .map(|(_, id)| id.as_str());
            with_ids(&route.path).replace(NOBODY, id.unwrap_or(NOBODY))
        })
        .collect();
    paths.extend([
        "/search?q=rina".to_owned(),
        "/openapi.json".to_owned(),
        "/audit?limit=200".to_owned(),
    ]);
    for path in paths {
        let answer = admin.call(Method::GET, &path, None).await;
        good += usize::from(answer.status().is_success());
        let headers = format!("{:?}", answer.headers());
        let body = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
        for secret in &secrets {
            assert!(
                !body.contains(secret.as_str()) && !headers.contains(secret.as_str()),
                "{path} tells {}…",
                &secret[..6]
            );
        }
    }
    assert!(good > 20, "{good} answers had something in them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r28_no_answer_tells_a_secret_on_sqlite() {
    tells_no_secret(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r28_no_answer_tells_a_secret_on_postgres() {
    tells_no_secret(Backend::Postgres).await;
}
