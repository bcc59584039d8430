use super::*;

const ID: &str = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

fn say(text: &str) -> Say {
    Say { id: ID.parse().unwrap(), text: text.into(), files: vec![], page: None }
}

#[test]
fn every_frame_of_the_protocol_is_read() {
    let visitor = || "v1.x.y".to_owned();
    let hello = |token, since, language| Hello { visitor: visitor(), token, since, language };
    for (text, frame) in [
        (
            r#"{"t":"hello","visitor":"v1.x.y"}"#.to_owned(),
            ClientFrame::Hello(hello(None, None, None)),
        ),
        (
            r#"{"t":"hello","visitor":"v1.x.y","token":"a.b","since":7,"language":"id"}"#.into(),
            ClientFrame::Hello(hello(Some("a.b".into()), Some(7), Some("id".into()))),
        ),
        (format!(r#"{{"t":"say","id":"{ID}","text":"Halo"}}"#), ClientFrame::Say(say("Halo"))),
        (r#"{"t":"typing","on":true}"#.into(), ClientFrame::Typing { on: true }),
        (r#"{"t":"seen","seq":3}"#.into(), ClientFrame::Seen { seq: 3 }),
        (r#"{"t":"read","seq":3}"#.into(), ClientFrame::Read { seq: 3 }),
        (r#"{"t":"ping"}"#.into(), ClientFrame::Ping {}),
        (r#"{"t":"history","before":9}"#.into(), ClientFrame::History { before: 9 }),
    ] {
        assert_eq!(parse(&text).unwrap(), frame, "{text}");
    }
}

#[test]
fn r29_unknown_frames_and_fields_are_refused() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        r#"{"t":"drop"}"#,
        r#"{"t":"ping","now":1}"#,
        r#"{"t":"typing","on":true,"text":"what I was going to say"}"#,
        r#"{"t":"hello","visitor":"v","admin":true}"#,
        r#"{"t":"seen","seq":"3"}"#,
        r#"{"t":"say","text":"without an id"}"#,
        r#"{"t":"say","id":"7","text":"with an id that is none"}"#,
    ] {
        assert!(matches!(parse(text), Err(BadFrame::Unknown(_))), "{text}");
    }
    assert_eq!(parse(&" ".repeat(MAX_FRAME + 1)), Err(BadFrame::TooLarge));
}

#[test]
fn d4_a_message_of_an_unknown_form_is_told_apart() {
    for text in [
        format!(r#"{{"t":"say","id":"{ID}","text":"Halo","reply_to":4}}"#),
        format!(r#"{{"t":"say","id":"{ID}","text":{{"html":"<b>"}}}}"#),
        format!(r#"{{"t":"say","id":"{ID}"}}"#),
    ] {
        assert!(matches!(parse(&text), Err(BadFrame::GarbledSay { .. })), "{text}");
    }
}

#[test]
fn words_come_without_control_characters() {
    assert_eq!(say("a\u{0}b\u{1b}[31m\r\nc\rd\te  \n").clean_text(), "ab[31m\nc\nd\te");
    assert_eq!(say("<script>alert(1)</script>").clean_text(), "<script>alert(1)</script>");
}

#[test]
fn length_is_counted_as_browsers_count() {
    assert!(!say(&"é".repeat(MAX_TEXT)).is_too_long());
    assert!(say(&"é".repeat(MAX_TEXT + 1)).is_too_long());
    assert!(!say(&"🙂".repeat(MAX_TEXT / 2)).is_too_long());
    assert!(say(&"🙂".repeat(MAX_TEXT / 2 + 1)).is_too_long());
}

#[test]
fn r1_a_page_is_one_of_the_web() {
    let page = |page: &str| Say { page: Some(page.into()), ..say("") }.web_page();
    assert_eq!(page("https://toko.example/kopi").as_deref(), Some("https://toko.example/kopi"));
    for odd in ["javascript:alert(1)", "data:text/html,x", "", "https://a.example/ b", "ftp://x"] {
        assert_eq!(page(odd), None, "{odd}");
    }
    assert_eq!(page(&format!("https://a.example/{}", "a".repeat(3_000))), None);
}

#[test]
fn r28_secrets_and_words_are_not_shown() {
    let hello = parse(r#"{"t":"hello","visitor":"v1.secret","token":"secret"}"#).unwrap();
    let said = ClientFrame::Say(say("secret"));
    assert!(!format!("{hello:?}{said:?}").contains("secret"));
}
