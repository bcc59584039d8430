//! The form of Rasa's REST channel: `{sender, message}` goes out, an array of messages comes back.
//!
//! What Rasa says beside text and buttons is for other front ends and is left out, but for pictures and attached
//! addresses, which become a line of text: nothing is fetched from there (R4). `custom.sapa` is ours: the word
//! `hand_over`, or an action of our own form.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    answer::{self, Action, Button},
    choice::Choice,
};

/// What is posted: the conversation is the sender, so that Rasa's tracker ends with it. Who presses a button says
/// its payload.
#[must_use]
pub fn request(conversation_id: Uuid, text: &str, choice: Option<&Choice>) -> String {
    let message = choice.map_or(text, |choice| choice.payload.as_deref().unwrap_or(&choice.label));
    json!({ "sender": conversation_id, "message": message }).to_string()
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    buttons: Vec<Pressable>,
    #[serde(default)]
    image: Option<String>,
    #[serde(default)]
    attachment: Value,
    #[serde(default)]
    custom: Value,
}

#[derive(Deserialize)]
struct Pressable {
    title: String,
    #[serde(default)]
    payload: Option<String>,
}

/// Reads what came back. Texts without buttons that follow each other become one message.
pub fn read(body: &str) -> Result<Vec<Action>, String> {
    if body.trim().is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<Said> = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let mut actions: Vec<Action> = Vec::new();
    for one in all {
        let attached = one.attachment.as_str().map(ToOwned::to_owned);
        let lines: Vec<String> = [one.text, one.image, attached].into_iter().flatten().collect();
        let text = lines.join("\n");
        if !text.trim().is_empty() {
            say(&mut actions, text, one.buttons);
        }
        match one.custom.get("sapa") {
            Some(Value::String(word)) if word == "hand_over" => {
                actions.push(Action::HandOver { team: None, summary: String::new() });
            }
            Some(ours) => actions.push(
                serde_json::from_value(ours.clone()).map_err(|e| format!("custom.sapa: {e}"))?,
            ),
            None => {}
        }
    }
    // A flow may hand over before it has said its last word.
    actions.sort_by_key(|action| matches!(action.kind(), "hand_over" | "solve"));
    answer::check(&actions).map_err(|error| answer::words(&error))?;
    Ok(actions)
}

fn say(actions: &mut Vec<Action>, more: String, buttons: Vec<Pressable>) {
    let buttons: Vec<Button> = buttons
        .into_iter()
        .map(|button| Button { label: button.title, payload: button.payload })
        .collect();
    if let Some(Action::Say { text, buttons: before, .. }) = actions.last_mut()
        && before.is_empty()
    {
        text.push_str("\n\n");
        text.push_str(&more);
        *before = buttons;
        return;
    }
    actions.push(Action::Say { text: more, buttons, files: Vec::new() });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_says_its_payload_and_words_say_themselves() {
        let id = sapa_channel::new_id();
        let said = |choice: Option<&Choice>| {
            let body: Value = serde_json::from_str(&request(id, "2", choice)).unwrap();
            assert_eq!(body["sender"], id.to_string());
            body["message"].as_str().unwrap().to_owned()
        };
        let mut choice = Choice { number: 2, label: "Retur".to_owned(), payload: None };
        assert_eq!(said(None), "2");
        assert_eq!(said(Some(&choice)), "Retur");
        choice.payload = Some("/return".to_owned());
        assert_eq!(said(Some(&choice)), "/return");
    }

    #[test]
    fn texts_become_one_message_up_to_their_buttons() {
        let body = r#"[
            {"recipient_id": "x", "text": "Halo!"},
            {"recipient_id": "x", "image": "https://rasa.example/a.png"},
            {"recipient_id": "x", "text": "Mau apa?", "buttons": [{"title": "Lacak", "payload": "/track"}]},
            {"recipient_id": "x", "text": "Atau tulis saja."}
        ]"#;
        let actions = read(body).unwrap();
        let [Action::Say { text, buttons, .. }, Action::Say { text: last, .. }] = &actions[..]
        else {
            panic!("{actions:?}")
        };
        assert_eq!(text, "Halo!\n\nhttps://rasa.example/a.png\n\nMau apa?");
        assert_eq!(buttons[0].payload.as_deref(), Some("/track"));
        assert_eq!(last, "Atau tulis saja.");
    }

    #[test]
    fn custom_hands_over_last() {
        let body = r#"[{"recipient_id": "x", "custom": {"sapa": "hand_over"}}, {"recipient_id": "x", "text": "Sebentar."}]"#;
        let kinds: Vec<_> = read(body).unwrap().iter().map(Action::kind).collect();
        assert_eq!(kinds, ["say", "hand_over"]);
        let body = r#"[{"custom": {"sapa": {"type": "hand_over", "summary": "Pesanan 1024"}}}, {"custom": {"other": 1}}]"#;
        let [Action::HandOver { summary, .. }] = &read(body).unwrap()[..] else {
            panic!("one action")
        };
        assert_eq!(summary, "Pesanan 1024");
        assert!(read(r#"[{"custom": {"sapa": {"type": "call"}}}]"#).is_err());
        assert_eq!(read("[]").unwrap().len(), 0);
        assert!(read("{}").is_err());
    }
}
