//! Officers: signing in, invitations, teams, tokens and the audit log.

mod access;
mod sessions;
mod staff;

use axum::http::StatusCode;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestApp};

/// Another good password.
const OTHER: &str = "empat gelas kopi";

fn anonymous(app: &TestApp) -> Client {
    Client::anonymous(app.url())
}

async fn status(client: &Client, method: Method, path: &str, body: Option<Value>) -> StatusCode {
    client.call(method, path, body).await.status()
}

/// Whether a client is signed in.
async fn is_in(client: &Client) -> bool {
    status(client, Method::GET, "/me", None).await == StatusCode::OK
}

async fn sign_in(client: &Client, email: &str, password: &str) -> Response {
    client
        .call(Method::POST, "/session", Some(json!({ "email": email, "password": password })))
        .await
}

/// Which field of a call was refused.
async fn refused_field(client: &Client, method: Method, path: &str, body: Value) -> String {
    let (status, problem) = client.refused(method, path, Some(body)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    let fields = problem["fields"].as_object().expect("fields");
    fields.keys().cloned().collect::<Vec<_>>().join(" ")
}

/// The token in an invitation's link.
fn token_of(answer: &Value) -> String {
    let url = answer["invitation_url"].as_str().expect("a link");
    url.strip_prefix("http://127.0.0.1:3000/invitation#")
        .expect("of the configured address")
        .to_owned()
}

async fn accept(client: &Client, token: &str, password: &str) -> StatusCode {
    let body = json!({ "token": token, "password": password });
    status(client, Method::POST, "/invitations/accept", Some(body)).await
}

/// Invites an officer. Tells his id and his token.
async fn invite(by: &Client, name: &str, role: &str) -> (String, String) {
    let email = format!("{}@kopiseruni.example", name.to_lowercase());
    let answer = by.post("/officers", json!({ "name": name, "email": email, "role": role })).await;
    let id = answer["officer"]["id"].as_str().expect("an id").to_owned();
    (id, token_of(&answer))
}

/// The own id of a client.
fn id_of(client: &Client) -> String {
    client.id.as_str().expect("signed in").to_owned()
}

/// A client of an officer who has chosen the usual password.
async fn signed_in(app: &TestApp, email: &str) -> Client {
    let client = anonymous(app);
    let answer = sign_in(&client, email, PASSWORD).await;
    assert_eq!(answer.status(), StatusCode::OK);
    client
}
