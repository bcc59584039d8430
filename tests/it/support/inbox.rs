//! What an officer sees, in short.

use serde_json::{Value, json};

use super::{Client, MAILBOX, TestApp, eventually, mail::plain};

/// The text of a field.
pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is a text in {value}"))
}

/// The id of a thing.
pub fn id(value: &Value) -> String {
    text(value, "id").to_owned()
}

/// The rows of a list of conversations.
pub async fn rows(client: &Client, query: &str) -> Vec<Value> {
    let list = client.get(&format!("/conversations?{query}")).await;
    list["items"].as_array().expect("rows").clone()
}

/// The newest conversation, as soon as there is one.
pub async fn newest(client: &Client) -> Value {
    eventually(|| async { rows(client, "folder=all").await.first().cloned() }).await
}

/// One conversation.
pub async fn conversation(client: &Client, id: &str) -> Value {
    client.get(&format!("/conversations/{id}")).await
}

/// All messages of a conversation's customer, the oldest first.
pub async fn messages(client: &Client, row: &Value) -> Vec<Value> {
    let path = format!("/contacts/{}/timeline?limit=200", text(&row["contact"], "id"));
    let history = client.get(&path).await;
    let items = history["items"].as_array().expect("a history").iter();
    items.filter(|item| item["type"] == "message").map(|item| item["message"].clone()).collect()
}

/// Waits until a conversation's last message is as wanted.
pub async fn last_message(client: &Client, row: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    eventually(|| async { messages(client, row).await.pop().filter(|last| wanted(last)) }).await
}

/// One message, as it stands now.
pub async fn message(client: &Client, row: &Value, id: &str) -> Value {
    let all = messages(client, row).await;
    all.into_iter().find(|message| message["id"] == id).expect("it is in the history")
}

/// Waits until a message's way out is in a state.
pub async fn in_state(client: &Client, row: &Value, id: &str, state: &str) -> Value {
    eventually(|| async {
        Some(message(client, row, id).await).filter(|now| now["delivery"]["state"] == state)
    })
    .await
}

/// Answers, and tells the message.
pub async fn answer(client: &Client, row: &Value, text: &str) -> Value {
    say(client, row, json!({ "kind": "reply", "text": text })).await
}

/// Says something in a conversation.
pub async fn say(client: &Client, row: &Value, body: Value) -> Value {
    client.post(&format!("/conversations/{}/messages", text(row, "id")), body).await
}

/// Changes a conversation.
pub async fn change(client: &Client, row: &Value, body: Value) -> Value {
    client.patch(&format!("/conversations/{}", text(row, "id")), body).await
}

/// Lets a customer write a mail, and tells the conversation's row.
pub async fn mail_from(app: &TestApp, client: &Client, name: &str, subject: &str) -> Value {
    let address = format!("{}@surat.example", name.to_lowercase());
    let id = format!("{}@surat.example", uuid::Uuid::new_v4());
    let mail = plain(&format!("{name} <{address}>"), subject, &id, "Isinya kurang satu.", "");
    let answer = app.receive_mail(&address, MAILBOX, &mail).await;
    assert!(answer.starts_with("250"), "{answer}");
    newest(client).await
}

/// All conversations, as soon as there are so many.
pub async fn eventually_rows(client: &Client, count: usize) -> Vec<Value> {
    eventually(|| async { Some(rows(client, "folder=all").await).filter(|all| all.len() >= count) })
        .await
}
