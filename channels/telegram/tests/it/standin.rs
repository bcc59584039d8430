//! The stand-in itself: it refuses what Telegram refuses, and it can be driven over HTTP.

use rstest::rstest;
use sapa_telegram::stub::{Stub, TOKEN};
use serde_json::{Value, json};

use crate::support::{RINA, install_tls};

async fn call(stub: &Stub, method: &str, body: Value) -> (u16, Value) {
    post(&format!("{}/bot{TOKEN}/{method}", stub.url()), body).await
}

async fn control(stub: &Stub, action: &str, body: Value) -> (u16, Value) {
    post(&format!("{}/control/{action}", stub.url()), body).await
}

async fn post(url: &str, body: Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.post(url).json(&body).send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

async fn stub() -> Stub {
    install_tls();
    let stub = Stub::start().await.unwrap();
    let _rina = stub.customer(RINA, "Rina").known();
    stub
}

#[rstest]
#[case("sendMessage", json!({"chat_id": RINA}), "\"text\" is required")]
#[case("sendMessage", json!({"chat_id": RINA, "text": ""}), "text is empty")]
#[case("sendMessage", json!({"chat_id": RINA, "text": "x".repeat(4097)}), "too long")]
#[case("sendMessage", json!({"chat_id": RINA, "text": "😀".repeat(2049)}), "too long")]
#[case("sendMessage", json!({"chat_id": RINA, "text": "x", "txt": "y"}), "no parameter")]
#[case("sendMessage", json!({"chat_id": 1, "text": "x"}), "chat not found")]
#[case("sendMessage", json!({"chat_id": RINA, "text": 5}), "type String")]
#[case("sendMessage", keyboard(&json!({"text": "Ya", "callback_data": "x".repeat(65)})), "BUTTON_DATA")]
#[case("sendMessage", keyboard(&json!({"text": "Ya", "callback_data": ""})), "BUTTON_DATA")]
#[case("sendMessage", keyboard(&json!({"text": "Ya"})), "BUTTON_DATA")]
#[case("sendPhoto", json!({"chat_id": RINA, "photo": "x"}), "no file")]
#[case("sendChatAction", json!({"chat_id": RINA, "action": "dancing"}), "wrong parameter")]
#[case("answerCallbackQuery", json!({"callback_query_id": "1"}), "too old")]
#[case("getUpdates", json!({"limit": 101}), "wrong parameter")]
#[case("setWebhook", json!({"url": "ftp://x"}), "bad webhook")]
#[case("setWebhook", json!({"url": "https://x", "secret_token": "a b"}), "unallowed")]
#[tokio::test]
async fn the_stand_in_refuses_what_telegram_refuses(
    #[case] method: &str,
    #[case] body: Value,
    #[case] words: &str,
) {
    let (status, answer) = call(&stub().await, method, body).await;
    assert_eq!((status, &answer["ok"]), (400, &json!(false)), "{answer}");
    assert!(answer["description"].as_str().unwrap().contains(words), "{answer}");
}

fn keyboard(button: &Value) -> Value {
    json!({"chat_id": RINA, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}})
}

#[tokio::test]
async fn the_stand_in_knows_its_token_and_its_methods() {
    let stub = stub().await;
    assert_eq!(call(&stub, "GETME", json!({})).await.0, 200);
    assert_eq!(call(&stub, "banChatMember", json!({})).await.0, 404);
    let url = format!("{}/bot1:wrong/getMe", stub.url());
    assert_eq!(post(&url, json!({})).await.0, 401);
}

#[tokio::test]
async fn the_stand_in_edits_and_deletes() {
    let stub = stub().await;
    let (_, sent) = call(&stub, "sendMessage", json!({"chat_id": RINA, "text": "a"})).await;
    let id = &sent["result"]["message_id"];
    let place = json!({"chat_id": RINA, "message_id": id, "text": "b"});
    assert_eq!(call(&stub, "editMessageText", place.clone()).await.0, 200);
    assert_eq!(call(&stub, "editMessageText", place).await.0, 400, "not modified");
    assert_eq!(stub.sent()[0].text, "b");
    let place = json!({"chat_id": RINA, "message_id": id});
    assert_eq!(call(&stub, "deleteMessage", place).await.0, 200);
    assert!(stub.sent()[0].deleted);
}

#[tokio::test]
async fn the_stand_in_can_be_driven_over_http() {
    let stub = stub().await;
    let who = |more: Value| {
        let mut who = json!({"from": RINA, "name": "Rina Wulandari", "language": "id"});
        who.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        who
    };
    let (status, said) = control(&stub, "say", who(json!({"text": "Halo"}))).await;
    assert_eq!((status, said["update"].as_i64()), (200, stub.pending().first().copied()));
    let edit = who(json!({"message_id": said["message"], "text": "Hai"}));
    assert_eq!(control(&stub, "edit", edit).await.0, 200);
    for (action, more) in [
        ("start", json!({"payload": "abc"})),
        ("photo", json!({"base64": "/9j/", "text": "ini"})),
        (
            "document",
            json!({"base64": "JVBERg==", "file_name": "a.pdf", "media_type": "application/pdf"}),
        ),
        ("voice", json!({"base64": "AAAA"})),
        ("contact", json!({"phone": "+62812"})),
        ("location", json!({"latitude": -6.2, "longitude": 106.8})),
        ("block", json!({})),
        ("unblock", json!({})),
    ] {
        assert_eq!(control(&stub, action, who(more)).await.0, 200, "{action}");
    }
    assert_eq!(stub.pending().len(), 10);
    assert_eq!(control(&stub, "press", who(json!({"message_id": 1, "label": "Ya"}))).await.0, 404);
    assert_eq!(control(&stub, "say", who(json!({"txt": "x"}))).await.0, 422);

    let how = json!({"how": "too_many", "retry_after": 3});
    assert_eq!(control(&stub, "behave", how).await.0, 200);
    let (status, answer) = call(&stub, "sendMessage", json!({"chat_id": RINA, "text": "a"})).await;
    assert_eq!((status, &answer["parameters"]["retry_after"]), (429, &json!(3)));
    control(&stub, "behave", json!({"how": "accept"})).await;
    call(&stub, "sendMessage", json!({"chat_id": RINA, "text": "a"})).await;

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |what: &str| {
        let url = format!("{}/control/{what}", stub.url());
        let text = client.get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    assert_eq!(get("sent").await[0]["text"], "a");
    assert_eq!(get("state").await["pending"].as_array().unwrap().len(), 10);
    assert_eq!(control(&stub, "reset", json!({})).await.0, 200);
    assert_eq!(get("sent").await, json!([]));
}
