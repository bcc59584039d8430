use std::time::{Duration, Instant};

use proptest::prelude::*;
use sapa_channel::Unreadable;

use super::{OURS, read, to};

const MIME: &str = "From: a@x.example\nMIME-Version: 1.0\n";

fn refused(mail: impl AsRef<[u8]>) -> String {
    let started = Instant::now();
    let Unreadable(why) = to(OURS, mail).expect_err("it is over a limit");
    assert!(started.elapsed() < Duration::from_secs(30), "{why}: {:?}", started.elapsed());
    why
}

#[test]
fn r22_mail_35_too_many_parts_are_refused() {
    let mail = format!(
        "{MIME}Content-Type: multipart/mixed; boundary=x\n\n{}",
        "--x\n\na\n".repeat(5_000)
    );
    assert!(refused(mail).contains("parts"));
    let mail = format!(
        "{MIME}Content-Type: multipart/mixed; boundary=x\n\n{}",
        "--x\n\na\n".repeat(200_000)
    );
    assert!(refused(mail).contains("parts"));
}

#[test]
fn r22_mail_35_parts_that_hide_their_boundary_cost_no_time() {
    let part = "--x\nContent-Type: multipart/mixed; boundary=y\n\na\n";
    let mail =
        format!("{MIME}Content-Type: multipart/mixed; boundary=x\n\n{}", part.repeat(50_000));
    assert!(refused(mail).contains("parts"));
}

#[test]
fn r22_mail_35_nesting_too_deep_is_refused() {
    let level =
        |level| format!("Content-Type: multipart/mixed; boundary=x{level}x\n\n--x{level}x\n");
    let mail = [MIME.to_owned()].into_iter().chain((0..100).map(level)).collect::<String>();
    assert!(refused(mail).contains("deep"));
}

#[test]
fn r22_mail_35_nested_mails_by_the_thousand_do_not_end_the_process() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
    refused(format!("{MIME}{nested}From: b@x.example\n\nHalo\n"));
    let nested = "Content-Type: message/rfc822\n\n".repeat(40);
    assert!(refused(format!("{MIME}{nested}From: b@x.example\n\nHalo\n")).contains("deep"));
}

#[test]
fn r22_mail_35_too_many_or_too_long_headers_are_refused() {
    assert!(refused(format!("{MIME}{}\nHalo\n", "X-A: b\n".repeat(2_000))).contains("headers"));
    assert!(refused(format!("{MIME}{}\nHalo\n", "X-A: b\n".repeat(600_000))).contains("headers"));
    assert!(
        refused(format!("{MIME}Subject: {}\n\nHalo\n", "a".repeat(200_000))).contains("header")
    );
    assert!(
        refused(format!("{MIME}To: {}\n\nHalo\n", "a@x.example,\n ".repeat(60_000)))
            .contains("header")
    );
}

#[test]
fn mail_35_many_recipients_are_cut_and_not_refused() {
    let mail =
        format!("{MIME}To: {}z@x.example\n\nHalo\n", "a@x.example, b@y.example, ".repeat(2_000));
    assert_eq!(read(mail).also_to, ["a@x.example", "b@y.example", "z@x.example"]);
}

#[test]
fn r22_a_large_mail_is_understood_in_time() {
    let line = "VGhpcyBpcyBhIGxpbmUgb2YgYSBsYXJnZSBhdHRhY2htZW50IHRoYXQgaXMgZW5jb2RlZC4=\n";
    let mail = format!(
        "{MIME}Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHalo\n--x\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n{}--x--\n",
        line.repeat(100_000)
    );
    let started = Instant::now();
    let message = read(&mail);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!((message.text.as_str(), message.files.len()), ("Halo", 1));
}

#[rstest::rstest]
#[case::references("Content-Type: text/html\n\n", "&amp")]
#[case::signs("Content-Type: text/html\n\n", "< ")]
#[case::pictures("Content-Type: text/html\n\n", "<img src=x>")]
#[case::formats("Content-Type: text/html\n\n", "<p><font size=1>")]
#[case::empty_lines("\nx", "\n")]
#[case::quotes("\nx\n", "> \n")]
#[case::header_blocks("\nx\n", "From: a\nSent: b\n")]
fn r22_text_made_to_be_slow_is_not(#[case] head: &str, #[case] piece: &str) {
    let started = Instant::now();
    read(format!("{MIME}{head}{}", piece.repeat(1_000_000 / piece.len())));
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn mail_35_html_beyond_all_measure_is_left_out_with_a_warning() {
    let mail = format!(
        "{MIME}Content-Type: multipart/alternative; boundary=x\n\n--x\n\nHalo\n--x\nContent-Type: text/html\n\n{}\n--x--\n",
        "<p>Halo dunia</p>\n".repeat(200_000)
    );
    let message = read(mail);
    assert_eq!((message.text.as_str(), message.html), ("Halo", None));
    assert_eq!(message.warnings.len(), 1);
}

#[test]
fn mail_35_broken_mime_is_read_as_far_as_it_goes() {
    for (mail, text) in [
        ("Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHalo\n", "Halo"),
        (
            "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHalo\n--x\n",
            "Halo",
        ),
        ("Content-Type: multipart/mixed\n\nHalo\n", "Halo"),
        ("Content-Type: text\n\nHalo\n", "Halo"),
        ("Content-Type: ;;;\n\nHalo\n", "Halo"),
        ("Content-Transfer-Encoding: base64\n\nSGFsbw==\n", "Halo"),
        ("Content-Transfer-Encoding: quoted-printable\n\nHal=6F\n", "Halo"),
        ("Content-Transfer-Encoding: x-none\n\nHalo\n", "Halo"),
    ] {
        assert_eq!(read(format!("{MIME}{mail}")).text.trim(), text, "{mail}");
    }
}

const SEED: &str = "From: =?utf-8?q?R=C3=BC?= <a@x.example>\r\nTo: halo@toko.example\r\nSubject: =?utf-8?b?SGFsbw==?=\r\n\
    Message-ID: <a@x>\r\nReferences: <b@x> <c@x>\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n\
    --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=utf-7; format=flowed\r\n\r\n\
    Halo \r\n> a\r\n--y\r\nContent-Type: text/html; charset=iso-2022-jp\r\n\r\n<p>a<blockquote type=cite>b\r\n--y--\r\n\
    --x\r\nContent-Type: message/rfc822\r\n\r\nFrom: b@x\r\n\r\nx\r\n--x\r\nContent-Type: image/png; name*0*=utf-8''a%; name*1=b\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--x--\r\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn r22_any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = to(OURS, &bytes);
        let _ = to(OURS, [MIME.as_bytes(), &bytes].concat());
    }

    #[test]
    fn r22_a_mutated_mail_is_read_or_refused(
        changes in proptest::collection::vec((0..SEED.len(), any::<u8>(), 0_u8..3), 1..12),
        cut in 0..SEED.len(),
    ) {
        let mut mail = SEED.as_bytes().to_vec();
        for (at, byte, how) in changes {
            let at = at.min(mail.len().saturating_sub(1));
            match how {
                0 => mail[at] = byte,
                1 => mail.insert(at, byte),
                _ => { mail.remove(at); }
            }
        }
        for mail in [&mail[..], &mail[..cut.min(mail.len())]] {
            if let Ok(message) = to(OURS, mail) {
                prop_assert!(!message.text.contains('\0'));
                prop_assert!(!message.html.unwrap_or_default().contains("<script"));
            }
        }
    }

    #[test]
    fn mail_32_any_text_is_split_without_loss_of_what_is_new(lines in proptest::collection::vec("(> ?)?[a-z:\\-_ ]{0,12}|On 1 x wrote:|-- |From: a|Sent: b|To: c", 0..12)) {
        let whole = lines.join("\n");
        let split = super::super::quote::split(&whole);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut both = words(&split.text);
        both.extend(words(&split.quoted));
        both.sort();
        let mut all = words(&whole);
        all.sort();
        prop_assert_eq!(both, all);
    }
}
