//! What the fuzz targets are given first, and mail that a generator made hostile, through the same functions.

use std::{fs, path::Path};

use proptest::prelude::*;
use sapa::{segments, templates};
use sapa_channel::Inbound;

/// The seeds of a target. There are some, or the target was renamed.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let seeds: Vec<_> =
        files.map(|path| (path.display().to_string(), fs::read(path).unwrap())).collect();
    assert!(seeds.len() >= 5, "{target}: {}", seeds.len());
    seeds
}

fn texts(target: &str) -> Vec<(String, String)> {
    seeds(target)
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect()
}

/// Reads a mail, and looks at what came of it. Tells whether it was understood.
fn read_mail(name: &str, bytes: &[u8]) -> bool {
    let envelope =
        sapa_email::Envelope { sender: None, recipient: "halo@toko.example", ours: &|_| false };
    let Ok(Inbound::Message(message)) = sapa_email::parse(bytes, &envelope) else { return false };
    assert!(!message.text.contains('\0'), "{name}");
    if let Some(html) = &message.html {
        assert!(!html.contains("<script") && !html.contains("javascript:"), "{name}: {html}");
        assert_eq!(sapa_email::sanitise(html), *html, "{name}: what is clean stays clean");
    }
    true
}

#[test]
fn r22_the_seeds_of_mails_are_read_or_refused() {
    let understood = seeds("mail").iter().filter(|(name, bytes)| read_mail(name, bytes)).count();
    assert!(understood >= 5, "{understood}");
}

#[test]
fn r20_the_seeds_of_addresses_have_one_spelling_or_none() {
    for (name, address) in texts("addresses") {
        if let Some(once) = sapa_email::normalise(&address) {
            assert!(!once.contains(['\r', '\n', '\0', ' ']), "{name}");
            assert_eq!(once.matches('@').count(), 1, "{name}");
            assert_eq!(sapa_email::normalise(&once), Some(once), "{name}");
        }
    }
}

#[test]
fn r1_the_seeds_of_html_are_clean_and_stay_so() {
    for (name, html) in texts("html") {
        let once = sapa_email::sanitise(&html);
        assert!(!once.contains("<script") && !once.contains("onerror="), "{name}: {once}");
        assert_eq!(sapa_email::sanitise(&once), once, "{name}");
    }
}

#[test]
fn r22_the_seeds_of_updates_and_frames_are_read_or_refused() {
    let read = seeds("telegram").iter().filter(|(_, raw)| sapa_telegram::read(raw).is_ok()).count();
    assert!(read >= 1, "{read}");
    let parsed =
        texts("frames").iter().filter(|(_, text)| sapa_webchat::parse(text).is_ok()).count();
    assert!(parsed >= 1, "{parsed}");
}

#[test]
fn r15_r16_the_seeds_of_segments_and_templates_are_taken_or_refused() {
    let mut good = 0;
    for (_, raw) in seeds("segments") {
        let condition = serde_json::from_slice::<segments::condition::Condition>(&raw);
        good += usize::from(
            condition.is_ok_and(|condition| segments::check::check(&condition).is_ok()),
        );
    }
    assert!(good >= 1, "{good}");
    let (good, bad): (Vec<_>, Vec<_>) = texts("templates")
        .into_iter()
        .partition(|(_, source)| templates::check::part(source).is_ok());
    assert!(good.len() >= 2 && bad.len() >= 2, "{} {}", good.len(), bad.len());
}

/// A part of a mail: what stands in it, or parts in it.
#[derive(Clone, Debug)]
enum Part {
    Leaf(Vec<u8>, &'static str),
    Mixed(Vec<Part>, &'static str),
    Mail(Box<Part>),
}

/// Heads of parts, most of them wrong.
const HEADS: [&str; 10] = [
    "Content-Type: text/plain; charset=x-none",
    "Content-Type: text/html; charset=utf-7",
    "Content-Type: text/html\r\nContent-Transfer-Encoding: base64",
    "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable",
    "Content-Type: image/png; name*0*=utf-8''..%2F%00; name*7=x",
    "Content-Disposition: attachment; filename=\"=?utf-8?q?..=2F=0D=0ABcc?=\"",
    "Content-Type: ;;;=\"",
    "Content-Type: multipart/alternative",
    "Subject: a\rb\nX-Sapa-Token: c",
    "\u{ff}\0: x",
];

/// Boundaries that are one another's beginnings, empty, or hard to quote.
const BOUNDARIES: [&str; 5] = ["x", "xx", "--", "x\\\"y", ""];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        proptest::sample::select(
            &[
                "\r",
                "\n",
                "\0",
                "--x",
                "--x--",
                "=?utf-8?b?",
                "<script>",
                "<svg onload=x>",
                "&#",
                "=\r\n",
                "> ",
                "From: a@x"
            ][..]
        )
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn part() -> impl Strategy<Value = Part> {
    let leaf = (bytes(), proptest::sample::select(&HEADS[..]))
        .prop_map(|(body, head)| Part::Leaf(body, head));
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            (
                proptest::collection::vec(inner.clone(), 0..4),
                proptest::sample::select(&BOUNDARIES[..])
            )
                .prop_map(|(parts, boundary)| Part::Mixed(parts, boundary)),
            inner.prop_map(|part| Part::Mail(Box::new(part))),
        ]
    })
}

fn write(part: &Part, out: &mut Vec<u8>) {
    match part {
        Part::Leaf(body, head) => {
            out.extend([head.as_bytes(), b"\r\n\r\n", body].concat());
        }
        Part::Mixed(parts, boundary) => {
            out.extend(
                format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n").bytes(),
            );
            for part in parts {
                out.extend(format!("\r\n--{boundary}\r\n").bytes());
                write(part, out);
            }
            // The last boundary is now and then forgotten.
            if parts.len() != 1 {
                out.extend(format!("\r\n--{boundary}--\r\n").bytes());
            }
        }
        Part::Mail(inner) => {
            out.extend(b"Content-Type: message/rfc822\r\n\r\nFrom: b@x.example\r\n");
            write(inner, out);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn r22_a_mail_that_is_hostile_in_its_parts_is_read_or_refused(part in part()) {
        let mut mail = b"From: Rina <rina@surat.example>\r\nTo: halo@toko.example\r\nMIME-Version: 1.0\r\n".to_vec();
        write(&part, &mut mail);
        read_mail("generated", &mail);
    }
}
