use super::*;
use crate::{Key, visitor::tests_site as site};

const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn read(payload: &str) -> Result<Customer, BadToken> {
    site().customer(&site().sign_token(payload), NOW)
}

#[test]
fn r8_only_the_shops_own_signature_counts() {
    let payload = r#"{"sub":"rina","exp":1795003600}"#;
    assert_eq!(read(payload).unwrap().id, "rina");
    let forger = Site { signing_key: Key::new(b"forger"), ..site() };
    let token = forger.sign_token(payload);
    assert_eq!(site().customer(&token, NOW), Err(BadToken::Signature));
    let good = site().sign_token(payload);
    let (_, mac) = good.split_once('.').unwrap();
    let swapped = BASE64.encode(r#"{"sub":"budi","exp":1795003600}"#);
    assert_eq!(site().customer(&format!("{swapped}.{mac}"), NOW), Err(BadToken::Signature));
    assert_eq!(site().customer(&format!("{swapped}."), NOW), Err(BadToken::Signature));
}

#[test]
fn r8_a_token_is_short_lived() {
    let at =
        |exp: i64| read(&format!(r#"{{"sub":"rina","exp":{exp}}}"#)).map(|c| c.until.seconds());
    let now = NOW.seconds();
    assert_eq!(at(now + 1), Ok(now + 1));
    assert_eq!(at(now), Err(BadToken::Expired));
    assert_eq!(at(now - 1), Err(BadToken::Expired));
    assert_eq!(at(now + 24 * 3600), Ok(now + 24 * 3600));
    assert_eq!(at(now + 24 * 3600 + 61), Err(BadToken::TooLong));
    assert_eq!(at(i64::MAX), Err(BadToken::TooLong));
    assert_eq!(at(i64::MIN), Err(BadToken::Expired));
}

#[test]
fn what_is_not_a_token_is_refused() {
    for token in ["", ".", "a", "a.b.c", "!!.!!", &"a".repeat(5_000)] {
        let refused = site().customer(token, NOW).unwrap_err();
        assert!(matches!(refused, BadToken::Malformed | BadToken::Signature), "{token}");
    }
    for payload in [
        "",
        "[]",
        "{}",
        r#"{"sub":"rina"}"#,
        r#"{"sub":"","exp":1795003600}"#,
        r#"{"sub":"a\nb","exp":1795003600}"#,
        r#"{"sub":"rina","exp":"1795003600"}"#,
        r#"{"sub":"rina","role":"administrator","exp":1795003600}"#,
    ] {
        assert_eq!(read(payload), Err(BadToken::Malformed), "{payload}");
    }
    let long = format!(r#"{{"sub":"{}","exp":1795003600}}"#, "a".repeat(129));
    assert_eq!(read(&long), Err(BadToken::Malformed));
}

#[test]
fn r20_an_address_that_is_none_is_left_out() {
    let email = |text: &str| {
        let text = serde_json::to_string(text).unwrap();
        read(&format!(r#"{{"sub":"rina","email":{text},"exp":1795003600}}"#)).unwrap().email
    };
    assert_eq!(email(" Rina@Surat.Example ").as_deref(), Some("rina@surat.example"));
    for odd in [
        "",
        "rina",
        "rina@",
        "@surat.example",
        "a@b@surat.example",
        "a b@surat.example",
        "rina@localhost",
        "<rina@surat.example>",
        "a@b.example,c@d.example",
        "a\u{0}@b.example",
    ] {
        assert_eq!(email(odd), None, "{odd:?}");
    }
}

#[test]
fn a_number_is_its_digits() {
    for (text, number) in [
        ("+62 812-1111-2222", Some("+6281211112222")),
        ("0062 812 1111 2222", Some("+6281211112222")),
        ("(0812) 1111.2222", Some("081211112222")),
        ("call me", None),
        ("+", None),
        ("12345", None),
        ("+1234567890123456", None),
    ] {
        assert_eq!(phone(text).as_deref(), number, "{text}");
    }
}
