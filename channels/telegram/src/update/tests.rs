//! Updates as Telegram's servers write them, and worse.

use rstest::rstest;
use sapa_channel::{Inbound, Message};
use serde_json::{Value, json};

use super::Update;

const USER: &str = r#"{"id":48213377,"is_bot":false,"first_name":"Rina","username":"rinawln","language_code":"id-ID"}"#;

/// An update with a message that has these fields beside the usual ones.
fn update(kind: &str, fields: &Value) -> Update {
    let user: Value = serde_json::from_str(USER).unwrap();
    let mut message = json!({
        "message_id": 7,
        "from": user,
        "chat": {"id": 48_213_377, "type": "private", "first_name": "Rina"},
        "date": 1_795_000_000,
    });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Update::read(json!({"update_id": 10, kind: message}).to_string().as_bytes())
}

fn message(fields: &Value) -> Message {
    match update("message", fields).content {
        Ok(Inbound::Message(message)) => *message,
        other => panic!("not a message: {other:?}"),
    }
}

#[test]
fn h1_a_message_newer_than_the_types_keeps_its_text() {
    let entities = json!([{"type": "entity_of_next_year", "offset": 0, "length": 4}]);
    let read = message(&json!({"text": "Halo", "entities": entities, "field_of_next_year": {}}));
    assert_eq!((read.text.as_str(), read.warnings.len()), ("Halo", 0));
    assert_eq!(read.sender.address.value, "48213377");
}

#[test]
fn h1_a_file_newer_than_the_types_is_fetched_all_the_same() {
    let file = json!({"file_id": "abc", "file_unique_id": "u", "mime_type": "not a type"});
    let fields = json!({"voice": file, "caption": "Dengar"});
    let update = update("message", &fields);
    assert_eq!(update.wanted[0].id, "abc");
    assert_eq!(update.wanted[0].media_type, "audio/ogg");
    let Ok(Inbound::Message(message)) = update.content else { panic!("a message") };
    assert_eq!(message.text, "Dengar");
}

#[test]
fn h1_content_newer_than_the_types_is_shown_as_missing() {
    let read = message(&json!({"hologram_message": {"size": 3}}));
    assert_eq!(read.text, "");
    assert!(read.warnings[0].contains("hologram message"), "{:?}", read.warnings);
}

#[rstest]
#[case(json!({"dice": {"emoji": "🎲", "value": 4}}), "🎲 4")]
#[case(json!({"contact": {"phone_number": "+628", "first_name": "Budi", "last_name": "S"}}), "Budi S\n+628")]
#[case(json!({"text": "a\u{0}b"}), "ab")]
#[case(json!({"text": "/start"}), "/start")]
#[case(json!({"text": "/start not a token"}), "/start not a token")]
#[case(json!({"text": "/starting abc"}), "/starting abc")]
#[case(json!({"text": "/start@KopiSeruniBot abc"}), "/start")]
fn h1_each_kind_has_its_text(#[case] fields: Value, #[case] text: &str) {
    assert_eq!(message(&fields).text, text);
}

#[test]
fn h1_a_poll_is_its_question_and_options() {
    let poll = json!({
        "id": "1", "question": "Kapan?", "total_voter_count": 0, "is_closed": false,
        "options": [{"text": "Pagi", "voter_count": 0}, {"text": "Sore", "voter_count": 0}],
        "is_anonymous": true, "type": "regular", "allows_multiple_answers": false,
    });
    assert_eq!(message(&json!({"poll": poll})).text, "Kapan?\n- Pagi\n- Sore");
}

#[test]
fn h1_a_forwarded_message_says_whose_words_it_has() {
    let origin = json!({"type": "hidden_user", "date": 1, "sender_user_name": "Toko Sebelah"});
    let read = message(&json!({"text": "Diskon!", "forward_origin": origin}));
    assert!(read.warnings[0].contains("Toko Sebelah"), "{:?}", read.warnings);
}

#[test]
fn h1_a_quote_is_folded_away() {
    let answered = json!({
        "message_id": 5, "date": 1, "text": "Satu. Dua.",
        "chat": {"id": 48_213_377, "type": "private"},
    });
    let fields = json!({"text": "Ya", "reply_to_message": answered, "quote": {"text": "Dua.", "position": 6}});
    let read = message(&fields);
    assert_eq!(read.quoted.as_deref(), Some("Dua."));
    assert_eq!(read.thread.answers, ["48213377:5"]);
}

#[rstest]
#[case("id", Some("id"))]
#[case("in", Some("id"))]
#[case("en-GB", Some("en"))]
#[case("de", None)]
fn h1_the_language_is_one_that_the_hub_speaks(#[case] code: &str, #[case] language: Option<&str>) {
    let from = json!({"id": 5, "is_bot": false, "first_name": "B", "language_code": code});
    let read = message(&json!({"text": "x", "from": from}));
    assert_eq!(read.sender.language.as_deref(), language);
    assert_eq!(read.sender.shown.as_deref(), Some("B"), "no user name: the name is shown");
}

#[rstest]
#[case("message", json!({"text": "x", "chat": {"id": -5, "type": "group", "title": "Arisan"}}))]
#[case("edited_message", json!({"text": "x", "chat": {"id": -5, "type": "group", "title": "Arisan"}}))]
#[case("message", json!({"new_chat_title": "Arisan", "chat": {"id": -5, "type": "group", "title": "A"}}))]
#[case("message", json!({"message_auto_delete_timer_changed": {"message_auto_delete_time": 5}}))]
#[case("edited_message", json!({"location": {"latitude": 1.0, "longitude": 2.0}, "edit_date": 1_795_000_100}))]
#[case("channel_post", json!({"text": "x"}))]
fn groups_and_events_say_nothing(#[case] kind: &str, #[case] fields: Value) {
    let update = update(kind, &fields);
    assert!(matches!(update.content, Ok(Inbound::Nothing)), "{:?}", update.content);
    assert!(update.wanted.is_empty());
}

#[test]
fn h1_an_edited_caption_is_the_text() {
    let photo = json!([{"file_id": "a", "file_unique_id": "u", "width": 1, "height": 1}]);
    let fields = json!({"photo": photo, "caption": "baru", "edit_date": 1_795_000_100});
    let Ok(Inbound::Edit(edit)) = update("edited_message", &fields).content else { panic!() };
    assert_eq!((edit.text.as_str(), edit.edited_at.seconds()), ("baru", 1_795_000_100));
}

#[test]
fn h1_a_button_of_a_message_that_is_gone_still_says_its_label() {
    let user: Value = serde_json::from_str(USER).unwrap();
    let gone = json!({"message_id": 7, "date": 0, "chat": {"id": 48_213_377, "type": "private"}});
    let query = json!({
        "id": "99", "from": user, "message": gone, "chat_instance": "1", "data": "1:Tidak",
    });
    let update =
        Update::read(json!({"update_id": 1, "callback_query": query}).to_string().as_bytes());
    let Ok(Inbound::Message(message)) = update.content else { panic!("a message") };
    assert_eq!((message.text.as_str(), update.pressed.unwrap().0.as_str()), ("Tidak", "99"));
}

#[rstest]
#[case("")]
#[case("null")]
#[case("[]")]
#[case("{\"update_id\":1,")]
#[case("{\"message\":{}}")]
#[case("{\"update_id\":\"x\",\"message\":{}}")]
#[case("{\"update_id\":1,\"message\":5}")]
#[case("{\"update_id\":1,\"message\":{\"text\":\"no frame\"}}")]
#[case("{\"update_id\":1,\"callback_query\":{}}")]
#[case("{\"update_id\":1,\"my_chat_member\":{}}")]
fn d4_what_has_no_form_is_unreadable(#[case] raw: &str) {
    assert!(Update::read(raw.as_bytes()).content.is_err());
}

#[test]
fn d4_an_unknown_kind_says_nothing_and_has_its_number() {
    let update = Update::read(br#"{"brand_new_kind":{"a":1},"update_id":4294967299}"#);
    assert!(matches!(update.content, Ok(Inbound::Nothing)));
    assert_eq!(update.id, Some(4_294_967_299));
}

#[test]
fn d3_a_number_beyond_the_types_is_no_fault() {
    let raw = json!({"update_id": 4_294_967_299_u64, "message": {
        "message_id": 1, "date": 1, "text": "Halo",
        "chat": {"id": 5, "type": "private", "first_name": "B"},
    }});
    let update = Update::read(raw.to_string().as_bytes());
    let Ok(Inbound::Message(message)) = update.content else { panic!("{:?}", update.content) };
    assert_eq!((message.text.as_str(), message.sender.address.value.as_str()), ("Halo", "5"));
}

proptest::proptest! {
    #[test]
    fn d4_no_update_makes_the_reader_panic(raw in "\\PC{0,300}", text in "\\PC{0,100}") {
        let _ = Update::read(raw.as_bytes());
        let _ = update("message", &json!({"text": text}));
        let _ = update("edited_message", &json!({"caption": text}));
    }
}
