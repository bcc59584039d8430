//! Composing: headers, encodings, and that what was composed is read again.

use bytes::Bytes;
use proptest::prelude::*;
use rstest::rstest;
use sapa_channel::{Button, Inbound, Mailbox, Message, OutFile, Outbound, Parent, Timestamp};
use uuid::Uuid;

use super::*;
use crate::parse::{Envelope, parse};

fn settings() -> MailboxSettings {
    MailboxSettings {
        address: "halo@toko.example".into(),
        name: "Toko Batik".into(),
        signature: "Toko Batik, Bandung\nhttps://toko.example".into(),
    }
}

fn to(address: &str, name: Option<&str>) -> Mailbox {
    Mailbox { address: address.into(), name: name.map(str::to_owned) }
}

fn message() -> Outbound {
    Outbound {
        message_id: Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001),
        attempt: 1,
        external_id: "0192.1@toko.example".into(),
        to: to("rina@surat.example", Some("Rina Wulandari")),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: Some("Pesanan 1042".into()),
        text: "Halo Rina,\n\nbungkus kedua dikirim sore ini.".into(),
        html: None,
        files: Vec::new(),
        buttons: Vec::new(),
        parent: None,
        reply_token: None,
        author: "Dimas".into(),
        language: "id".into(),
        automatic: false,
        written_at: Timestamp::from_seconds(1_795_403_700),
        bulk: None,
    }
}

fn answer() -> Outbound {
    Outbound {
        parent: Some(Parent {
            external_id: "c@surat.example".into(),
            references: vec!["a@surat.example".into(), "b@toko.example".into()],
            author: "Rina".into(),
            text: "Paket saya kurang satu.\n\nKapan dikirim?".into(),
            written_at: Timestamp::from_seconds(1_795_400_000),
        }),
        reply_token: Some("abc-123".into()),
        ..message()
    }
}

fn composed(message: &Outbound) -> String {
    String::from_utf8(compose(message, &settings(), None).unwrap().bytes).unwrap()
}

fn read(bytes: &[u8]) -> Message {
    let envelope = Envelope { sender: None, recipient: "rina@surat.example", ours: &|_| false };
    match parse(bytes, &envelope).unwrap() {
        Inbound::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

/// The value of a header, unfolded.
fn header(mail: &str, name: &str) -> Option<String> {
    let head = mail.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
}

#[rstest]
#[case("?b?Aa?")]
#[case("a ?B?Aa? b?b?Ab?")]
#[case("=??b?Aa?")]
#[case("=?utf-8?b?Aa?=")]
fn mail_11_what_looks_like_half_an_encoded_word_stays_as_it_was_written(#[case] subject: &str) {
    let mail = composed(&Outbound { subject: Some(subject.into()), ..answer() });
    assert_eq!(read(mail.as_bytes()).subject.as_deref(), Some(subject));
}

#[test]
fn mail_3_4_the_headers_are_there_once() {
    let mail = composed(&answer());
    for (name, value) in [
        ("Message-ID", "<0192.1@toko.example>"),
        ("Date", "Mon, 23 Nov 2026 03:15:00 +0000"),
        ("From", "\"Dimas, Toko Batik\" <halo@toko.example>"),
        ("To", "Rina Wulandari <rina@surat.example>"),
        ("Reply-To", "Toko Batik <halo+r-abc-123@toko.example>"),
        ("Subject", "Pesanan 1042"),
        ("In-Reply-To", "<c@surat.example>"),
        ("References", "<a@surat.example> <b@toko.example> <c@surat.example>"),
        ("Content-Language", "id"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(header(&mail, name).as_deref(), Some(value), "{name}");
        let head = mail.split("\r\n\r\n").next().unwrap();
        let start = format!("{name}: ");
        assert_eq!(head.lines().filter(|line| line.starts_with(&start)).count(), 1, "{name}");
    }
    assert_eq!(header(&mail, "Auto-Submitted"), None);
}

#[test]
fn d6_the_same_message_gives_the_same_bytes() {
    let mut message = answer();
    message.files.push(OutFile {
        name: "a.txt".into(),
        media_type: "text/plain".into(),
        bytes: "x".into(),
    });
    let first = compose(&message, &settings(), None).unwrap();
    message.attempt = 2;
    assert_eq!(first, compose(&message, &settings(), None).unwrap());
}

#[test]
fn mail_10_14_text_comes_before_html_and_says_the_same() {
    let mail = composed(&answer());
    assert!(mail.find("text/plain").unwrap() < mail.find("text/html").unwrap());
    assert!(mail.contains("multipart/alternative"));
    let mail = read(mail.as_bytes());
    assert_eq!(mail.text, "Halo Rina,\n\nbungkus kedua dikirim sore ini.");
    let html = mail.html.unwrap();
    assert!(html.contains("<p>bungkus kedua dikirim sore ini.</p>"), "{html}");
    assert!(html.contains("href=\"https://toko.example\""), "{html}");
    let (new, old) = html.split_once("sapa-quoted").unwrap();
    assert!(!new.contains("kurang satu") && old.contains("kurang satu"), "{html}");
    let quoted = mail.quoted.unwrap();
    assert!(quoted.contains("Pada 23 November 2026 pukul 02.13 UTC, Rina menulis:"), "{quoted}");
    assert!(quoted.contains("> Paket saya kurang satu.\n>\n> Kapan dikirim?"), "{quoted}");
    assert!(quoted.contains("Toko Batik, Bandung"), "{quoted}");
}

#[test]
fn mail_14_the_language_of_the_customer_is_said() {
    let mail = read(composed(&Outbound { language: "en".into(), ..answer() }).as_bytes());
    assert_eq!(mail.sender.language.as_deref(), Some("en"));
    assert!(mail.quoted.unwrap().contains("On 23 November 2026 at 02:13 UTC, Rina wrote:"));
}

#[test]
fn r1_text_is_escaped_in_html() {
    let text = "<script>alert(1)</script> & https://x.example/?a=1&b=\"><b> (https://y.example).";
    let message = Outbound { text: text.into(), ..message() };
    let mail = read(composed(&message).as_bytes());
    assert_eq!(mail.text, text);
    let html = mail.html.unwrap();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    assert!(html.contains("href=\"https://x.example/?a=1&amp;b=\""), "{html}");
    assert!(html.contains("href=\"https://y.example\""), "{html}");
}

#[test]
fn choices_are_numbered() {
    let buttons = vec![Button { label: "Ya".into() }, Button { label: "Tidak".into() }];
    let mail = read(composed(&Outbound { buttons, ..message() }).as_bytes());
    assert!(mail.text.ends_with("1. Ya\n2. Tidak"), "{}", mail.text);
}

#[test]
fn mail_5_blind_copies_are_in_the_envelope_alone() {
    let message = Outbound {
        cc: vec![to("adi@surat.example", None), to("Rina@surat.example", None)],
        bcc: vec![to("rahasia@surat.example", Some("Rahasia"))],
        ..message()
    };
    let mail = compose(&message, &settings(), None).unwrap();
    assert!(mail.recipients.contains(&"rahasia@surat.example".to_owned()));
    assert!(!String::from_utf8_lossy(&mail.bytes).to_lowercase().contains("rahasia"));
    assert!(!String::from_utf8_lossy(&mail.bytes).contains("Bcc"));
}

#[rstest]
#[case::subject(|it: &mut Outbound| it.subject = Some("a\r\nBcc: x@y.example".into()))]
#[case::subject_lf(|it: &mut Outbound| it.subject = Some("a\nBcc: x@y.example".into()))]
#[case::subject_nul(|it: &mut Outbound| it.subject = Some("a\0b".into()))]
#[case::author(|it: &mut Outbound| it.author = "a\r\nBcc: x@y.example".into())]
#[case::name(|it: &mut Outbound| it.to.name = Some("a\r\nBcc: x@y.example".into()))]
#[case::address(|it: &mut Outbound| it.to.address = "a@x.example>\r\nBcc: x@y.example".into())]
#[case::copy(|it: &mut Outbound| it.cc = vec![to("a@x.example, b@y.example", None)])]
#[case::id(|it: &mut Outbound| it.external_id = "a@x>\r\nBcc: x".into())]
#[case::no_id(|it: &mut Outbound| it.external_id = "12:34".into())]
#[case::token(|it: &mut Outbound| it.reply_token = Some("a\r\nBcc".into()))]
#[case::file(|it: &mut Outbound| it.files = vec![OutFile { name: "a\r\nX: y".into(), media_type: "text/plain".into(), bytes: Bytes::new() }])]
fn r18_mail_6_what_would_begin_a_header_is_refused(#[case] spoil: fn(&mut Outbound)) {
    let mut message = message();
    spoil(&mut message);
    assert!(compose(&message, &settings(), None).is_err());
}

#[test]
fn r18_odd_ids_of_the_parent_are_left_out() {
    let mut message = answer();
    let parent = message.parent.as_mut().unwrap();
    parent.references = vec!["a@x>\r\nBcc: b@x".into(), "b c@x".into(), "d@x".into()];
    assert_eq!(
        header(&composed(&message), "References").as_deref(),
        Some("<d@x> <c@surat.example>")
    );
}

#[test]
fn mail_31_long_threads_are_cut_in_the_middle() {
    let mut message = answer();
    let parent = message.parent.as_mut().unwrap();
    parent.references =
        (0..200).map(|number| format!("{number}.{}@x.example", "a".repeat(80))).collect();
    let references = header(&composed(&message), "References").unwrap();
    let ids: Vec<_> = references.split(' ').collect();
    assert_eq!(ids.len(), 30);
    assert!(
        ids[0].starts_with("<0.") && ids[1].starts_with("<172.") && ids[29] == "<c@surat.example>"
    );
}

#[test]
fn mail_21_what_programs_write_is_marked_and_has_no_way_back() {
    let mail = compose(&Outbound { automatic: true, ..answer() }, &settings(), None).unwrap();
    assert_eq!(mail.sender, None);
    let text = String::from_utf8(mail.bytes).unwrap();
    assert_eq!(header(&text, "Auto-Submitted").as_deref(), Some("auto-replied"));
    assert!(read(text.as_bytes()).automatic);
}

#[test]
fn r12_an_automatic_answer_carries_no_text_of_the_senders() {
    let mut message =
        Outbound { automatic: true, subject: Some("Kopi Seruni".to_owned()), ..answer() };
    message.to.name = Some("BELI SEKARANG".to_owned());
    let parent = message.parent.as_mut().unwrap();
    parent.text = "BELI SEKARANG di evil.example".to_owned();
    parent.author = "BELI SEKARANG".to_owned();
    let said = |message: &Outbound| {
        let mail = compose(message, &settings(), None).unwrap();
        let read = read(&mail.bytes);
        (String::from_utf8(mail.bytes).unwrap(), format!("{read:?}"))
    };
    let (raw, read) = said(&message);
    for text in [&raw, &read] {
        assert!(!text.contains("BELI") && !text.contains("evil.example"), "{text}");
    }
    // An officer's answer has all of it: he read to whom he sends it.
    message.automatic = false;
    let (raw, read) = said(&message);
    assert!(raw.contains("BELI SEKARANG") && read.contains("evil.example"), "{raw}");
}

#[test]
fn mail_9_domains_are_a_labels_and_local_parts_as_they_are() {
    let mut message = message();
    message.to = to("Rina.W@BÜCHER.example", None);
    let mail = compose(&message, &settings(), None).unwrap();
    assert_eq!(mail.recipients, ["Rina.W@xn--bcher-kva.example"]);
    assert!(mail.bytes.is_ascii());
}

#[rstest]
#[case("nota.pdf", "application/pdf")]
#[case("tagihan ✓ ünïcode.pdf", "application/pdf")]
#[case("a\"b;c'd.txt", "text/plain")]
#[case("surat.eml", "message/rfc822")]
#[case("x.bin", "not a type")]
fn mail_12_attachments_arrive_as_they_are(#[case] name: &str, #[case] media_type: &str) {
    let bytes: Bytes = (0..=255_u8).cycle().take(5_000).collect();
    let file = OutFile { name: name.into(), media_type: media_type.into(), bytes: bytes.clone() };
    let mail = composed(&Outbound { files: vec![file], ..message() });
    assert!(mail.is_ascii() && mail.lines().all(|line| line.len() <= 998));
    let read = read(mail.as_bytes());
    assert_eq!(read.files[0].name, name);
    assert!(read.files[0].bytes == bytes);
    assert!(read.text.starts_with("Halo Rina"));
}

#[test]
fn mail_12_a_very_long_name_keeps_its_end() {
    let file = OutFile {
        name: format!("{}.pdf", "ü".repeat(300)),
        media_type: "application/pdf".into(),
        bytes: "x".into(),
    };
    let mail = composed(&Outbound { files: vec![file], ..message() });
    assert!(mail.lines().all(|line| line.len() <= 998));
    let name = &read(mail.as_bytes()).files[0].name;
    assert_eq!(name.rsplit('.').next(), Some("pdf"));
}

fn plain_text() -> impl Strategy<Value = String> {
    // No line that is a quote, a signature or what leads to one.
    "[A-Za-zé✓.0-9 ]{1,40}(\n{1,2}[A-Z.é✓😀][a-zé=✓😀.,!?<&0-9 ]{0,90}){0,5}"
}

proptest! {
    #[test]
    fn mail_11_what_is_composed_is_read_again(
        subject in "[ -~]{0,90}|[a-zé✓😀=?_ ]{0,90}|\\PC{0,80}",
        name in "[ -~]{1,40}|[a-zé✓\"\\\\,.=? ]{1,60}|\\PC{1,60}",
        text in plain_text(),
        author in "[a-zA-Zé,.\" ]{1,30}",
    ) {
        // With nothing of its own to say, a mail is shown with what it quotes.
        prop_assume!(!text.trim().is_empty());
        prop_assume!(!subject.chars().chain(name.chars()).any(|c| c.is_control() || "\u{2028}\u{2029}".contains(c)));
        let mut message = answer();
        message.subject = Some(subject.clone());
        message.to.name = Some(name);
        message.text.clone_from(&text);
        message.author.clone_from(&author);
        let mail = composed(&message);
        prop_assert!(mail.is_ascii());
        prop_assert!(mail.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        prop_assert!(mail.split("\r\n\r\n").next().unwrap().split("\r\n").all(|line| line.len() <= 200));
        let read = read(mail.as_bytes());
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assert_eq!(read.subject.unwrap_or_default(), words(&subject.replace(turns, "")));
        let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n");
        prop_assert_eq!(read.text.trim().to_owned(), lines(&text).trim().to_owned());
        let from = read.sender.name.unwrap_or_default();
        prop_assert_eq!(from, words(&from_name(&author, "Toko Batik")));
        prop_assert_eq!(read.sender.address.value, "halo@toko.example");
        prop_assert_eq!(read.also_to, ["rina@surat.example"]);
        prop_assert_eq!(read.external_id.as_deref(), Some("0192.1@toko.example"));
        prop_assert_eq!(read.thread.answers[0].as_str(), "c@surat.example");
    }

    #[test]
    fn mail_11_any_text_is_carried(text in "(\\PC|[\r\n\t.>]){0,300}") {
        let mail = composed(&Outbound { text, ..answer() });
        prop_assert!(mail.is_ascii());
        prop_assert!(mail.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        prop_assert!(!mail.contains("\r\n.\r\n") && !mail.contains("\r\nFrom "));
        let _ = read(mail.as_bytes());
    }
}

fn mailing() -> Outbound {
    Outbound {
        reply_token: Some("abc-123".into()),
        author: String::new(),
        html: Some("<!doctype html><html lang=\"id\"><body><h1>Panen</h1></body></html>".into()),
        bulk: Some(Bulk {
            unsubscribe_url: format!("https://sapa.toko.example/u/{}", "a".repeat(42)),
            unsubscribe_token: "b".repeat(42),
            list: "m-0012".into(),
        }),
        ..message()
    }
}

#[test]
fn mail_13_15_17_19_a_mailing_can_be_ended_by_headers_that_are_signed_and_not_folded_inside() {
    let pem = include_str!("../../tests/keys/dkim-rsa.pem");
    let key = DkimKey::new("s1", "toko.example", pem).unwrap();
    let bytes = compose(&mailing(), &settings(), Some(&key)).unwrap().bytes;
    let mail = String::from_utf8(bytes).unwrap();
    let url = format!("<https://sapa.toko.example/u/{}>", "a".repeat(42));
    let mailto = format!("<mailto:halo+u-{}@toko.example?subject=unsubscribe>", "b".repeat(42));
    assert!(mail.contains(&format!("List-Unsubscribe: {url},\r\n {mailto}\r\n")), "{mail}");
    assert_eq!(header(&mail, "List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
    assert_eq!(header(&mail, "List-Id").unwrap(), "Toko Batik <m-0012.toko.example>");
    assert_eq!(header(&mail, "Precedence").unwrap(), "bulk");
    assert_eq!(header(&mail, "Feedback-ID").unwrap(), "m-0012:mailing:sapa:tokoexample");
    assert_eq!(header(&mail, "From").unwrap(), "Toko Batik <halo@toko.example>");
    let signature = header(&mail, "DKIM-Signature").unwrap();
    for name in ["list-unsubscribe:", "list-unsubscribe-post:", "list-id:", "reply-to:"] {
        assert!(signature.replace(' ', "").contains(name), "{name}: {signature}");
    }
    assert!(!mail.contains("Bandung"), "a mailing says all by itself: {mail}");
    let body = read(mail.as_bytes());
    assert!(body.automatic, "whoever answers by a program must know it: {body:?}");
    assert!(body.html.unwrap().contains("<h1>Panen</h1>"));
    assert_eq!(mail.matches("<html").count(), 1, "a whole page stays as it is");
}

#[rstest]
#[case("http://x.example/u/1\r\nBcc: all@x.example")]
#[case("https://x.example/u/1>,<mailto:a@x.example")]
#[case("javascript:alert(1)")]
#[case("https://x.example/a,b")]
fn r18_an_address_to_end_mailings_is_one_address(#[case] url: &str) {
    let mut message = mailing();
    message.bulk.as_mut().unwrap().unsubscribe_url = url.into();
    assert!(matches!(compose(&message, &settings(), None), Err(ComposeError::Unsubscribe(_))));
}
