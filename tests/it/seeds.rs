//! What the fuzz targets are given first, and mail that a generator made hostile, through the same functions.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use proptest::prelude::*;
use sapa::{segments, templates};
use sapa_channel::{Arrival, ChannelId, Inbound, Intake, Receipted, Refused};
use sapa_email::{Mailboxes, Protocol, ServerConfig, dialogue};

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

/// Takes whatever comes, and counts it.
#[derive(Debug, Default)]
struct Taken(AtomicUsize);

#[async_trait]
impl Intake for Taken {
    async fn deliver(&self, _: Arrival) -> Result<Receipted, Refused> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Receipted { fresh: true, message: None })
    }
}

struct Ours;

impl Mailboxes for Ours {
    fn resolve(&self, address: &str) -> Option<ChannelId> {
        (address == "halo@toko.example").then(|| ChannelId(uuid::Uuid::nil()))
    }
}

/// Says all of this to the mail server, by both protocols. Tells how many mails were acknowledged and taken by SMTP.
fn smtp(name: &str, said: &[u8]) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let [by_smtp, _] = [Protocol::Smtp, Protocol::Lmtp].map(|protocol| {
        let taken = Arc::new(Taken::default());
        let config = ServerConfig::new(([127, 0, 0, 1], 0).into(), "toko.example", protocol);
        let answers = dialogue(config, Arc::new(Ours), taken.clone(), said);
        let answers = String::from_utf8(runtime.block_on(answers).unwrap()).unwrap();
        for line in answers.lines() {
            let numbered = line.len() > 3 && line.as_bytes()[..3].iter().all(u8::is_ascii_digit);
            assert!(numbered, "{name}: {line:?}");
        }
        let acknowledged =
            answers.lines().filter(|line| line.starts_with("250 2.0.0 taken")).count();
        let taken = taken.0.load(Ordering::Relaxed);
        assert!(acknowledged <= taken, "{name}: {acknowledged} of {taken}\n{answers}");
        acknowledged
    });
    by_smtp
}

#[test]
fn r19_the_seeds_of_dialogues_are_answered_line_by_line_and_make_no_mail_of_two() {
    let taken: BTreeMap<String, usize> = seeds("smtp")
        .into_iter()
        .map(|(name, said)| (name.rsplit('/').next().unwrap().to_owned(), smtp(&name, &said)))
        .collect();
    let wanted = [("plain", 1), ("two", 2), ("dots", 1), ("chunks", 1), ("lmtp", 0), ("no-end", 0)];
    for (name, mails) in wanted {
        assert_eq!(taken[name], mails, "{name}");
    }
    // Whether the smuggled mail is refused with the first or a part of it, it never comes by itself.
    assert!(taken["smuggled-lf"] <= 1 && taken["smuggled-cr"] <= 1, "{taken:?}");
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

/// What mail clients say, and what those say who mean no mail.
const SAYINGS: [&str; 20] = [
    "EHLO a.example\r\n",
    "LHLO a.example\r\n",
    "MAIL FROM:<rina@surat.example>\r\n",
    "MAIL FROM:<>\r\n",
    "RCPT TO:<halo@toko.example>\r\n",
    "RCPT TO:<lain@toko.example>\r\n",
    "DATA\r\n",
    "BDAT 10\r\n",
    "BDAT 0 LAST\r\n",
    "RSET\r\n",
    "QUIT\r\n",
    "From: Rina <rina@surat.example>\r\nMessage-ID: <1@surat.example>\r\n\r\nHalo\r\n",
    ".\r\n",
    ".",
    "\r",
    "\n",
    "\0",
    "AUTH PLAIN ",
    "STARTTLS\r\n",
    "x",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn r19_whatever_a_mail_client_says_is_answered_and_what_is_acknowledged_was_taken(
        said in proptest::collection::vec(proptest::sample::select(&SAYINGS[..]), 0..40)
    ) {
        let said = said.concat();
        smtp(&said, said.as_bytes());
    }

    #[test]
    fn r22_a_mail_that_is_hostile_in_its_parts_is_read_or_refused(part in part()) {
        let mut mail = b"From: Rina <rina@surat.example>\r\nTo: halo@toko.example\r\nMIME-Version: 1.0\r\n".to_vec();
        write(&part, &mut mail);
        read_mail("generated", &mail);
    }
}
