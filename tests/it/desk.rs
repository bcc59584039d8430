//! The desk: what officers do with conversations and customers.

mod calls;
mod contacts;
mod folders;
mod lists;
mod serving;

use reqwest::{Method, Response};
use serde_json::Value;

use crate::support::{
    Client, TestApp,
    inbox::{mail_from, text},
};

/// A hub with a mailbox, its first conversation, and two officers.
async fn begun(app: &TestApp) -> (Value, Client, Client) {
    app.mailbox().await;
    let (ayu, budi) = (app.officer("Ayu").await, app.officer("Budi").await);
    let row = mail_from(app, &ayu, "Rina", "Pesanan KS-20931").await;
    (row, ayu, budi)
}

/// The path of a conversation, or of something of it.
fn path(row: &Value, rest: &str) -> String {
    format!("/conversations/{}{rest}", text(row, "id"))
}

async fn call(
    client: &Client,
    method: Method,
    path: &str,
    body: Value,
    header: (&'static str, &str),
) -> Response {
    client.call_with(method, path, Some(body), &[header]).await
}

/// The kinds of the lines in a customer's history, without what was said.
async fn lines(client: &Client, row: &Value) -> Vec<String> {
    let path = format!("/contacts/{}/timeline?limit=200", text(&row["contact"], "id"));
    let history = client.get(&path).await;
    let items = history["items"].as_array().unwrap().iter();
    items.filter_map(|item| item["kind"].as_str()).map(str::to_owned).collect()
}
