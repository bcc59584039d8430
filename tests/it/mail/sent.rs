//! The bytes of the mails that leave.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sapa::config::Dkim;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    scenario,
    support::{
        Backend, MAILBOX, TestApp,
        inbox::{answer, mail_from, newest, say},
        mail::header,
    },
};

const KEY: &str = include_str!("../../../channels/email/tests/keys/dkim-ed25519.pem");

/// A header field in its relaxed form (RFC 6376, 3.4.2).
fn relaxed(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split_whitespace().collect();
    format!("{}:{}", name.to_lowercase(), words.join(" "))
}

/// A body in its relaxed form (RFC 6376, 3.4.4).
fn relaxed_body(body: &str) -> String {
    let line = |line: &str| {
        let mut out = String::new();
        for c in line.trim_end_matches([' ', '\t']).chars() {
            let space = matches!(c, ' ' | '\t');
            if !space || !out.ends_with(' ') {
                out.push(if space { ' ' } else { c });
            }
        }
        out
    };
    let lines: Vec<String> = body.split("\r\n").map(line).collect();
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines[..end].iter().fold(String::new(), |whole, line| whole + line + "\r\n")
}

/// The value of a tag of a signature.
fn tag(signature: &str, name: &str) -> String {
    let found = signature.split(';').find_map(|part| part.trim().strip_prefix(&format!("{name}=")));
    found.unwrap().split_whitespace().collect()
}

/// Whether a mail bears a good signature of this key, as its receiver finds out.
fn is_signed_by(mail: &str, public: &[u8]) -> bool {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let fields: Vec<(&str, &str)> =
        head.split("\r\n").map(|line| line.split_once(':').unwrap()).collect();
    let (name, signature) =
        fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("dkim-signature")).unwrap();
    if BASE64_STANDARD.encode(Sha256::digest(relaxed_body(body))) != tag(signature, "bh") {
        return false;
    }
    // Of several of a name the last one is signed first; one that is not there is signed as nothing.
    let mut left = fields.clone();
    let mut signed = String::new();
    for wanted in tag(signature, "h").split(':') {
        if let Some(at) = left.iter().rposition(|(name, _)| name.eq_ignore_ascii_case(wanted)) {
            let (name, value) = left.remove(at);
            signed += &relaxed(name, value);
            signed += "\r\n";
        }
    }
    let (before, own) = signature.rsplit_once("b=").unwrap();
    signed += &relaxed(name, &format!("{before}b="));
    let own: String = own.split_whitespace().collect();
    let own = BASE64_STANDARD.decode(own).unwrap();
    UnparsedPublicKey::new(&ED25519, public).verify(&Sha256::digest(signed), &own).is_ok()
}

async fn signed(backend: Backend) {
    let app = TestApp::with(backend, |config| {
        config.mail.dkim = Some(Dkim {
            domain: "kopiseruni.example".to_owned(),
            selector: "s1".to_owned(),
            key: KEY.into(),
        });
    })
    .await;
    app.mailbox().await;
    let ayu = app.officer("Ayu").await;
    let row =
        mail_from(&app, &ayu, "Rina", "Pesanan ✓ yang panjang sekali supaya harus dilipat").await;
    let file = ayu.upload("nota.txt", "text/plain", b"dua bungkus\n").await;
    let body = json!({ "kind": "reply", "text": "Maaf,  \n\n.titik\nGrüße ✓\n\n\n", "files": [file["id"]] });
    say(&ayu, &row, body).await;
    let mail = app.sent_mails(1).await.remove(0);
    let signature = header(&mail, "DKIM-Signature").unwrap();
    assert_eq!(
        (tag(&signature, "d"), tag(&signature, "s"), tag(&signature, "c")),
        ("kopiseruni.example".to_owned(), "s1".to_owned(), "relaxed/relaxed".to_owned())
    );
    let names = tag(&signature, "h");
    for name in ["from", "to", "subject", "date", "message-id", "reply-to", "in-reply-to"] {
        assert!(
            names.split(':').any(|signed| signed.eq_ignore_ascii_case(name)),
            "{name} is not in {names}"
        );
    }
    let der: String = KEY.lines().filter(|line| !line.starts_with("--")).collect();
    let der = BASE64_STANDARD.decode(der).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).unwrap();
    let public = pair.public_key().as_ref();
    assert!(is_signed_by(&mail, public), "{mail}");
    // And a changed one is not.
    assert!(!is_signed_by(&mail.replacen("Subject: ", "Subject: x", 1), public));
    assert!(!is_signed_by(&format!("{mail}x"), public));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_15_what_leaves_is_signed_on_sqlite() {
    signed(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_15_what_leaves_is_signed_on_postgres() {
    signed(Backend::Postgres).await;
}

scenario! {
    async fn mail_13_mail_16_what_leaves_is_seven_bit_and_folded_between_tokens(app: TestApp) {
        app.mailbox().await;
        let ayu = app.officer("Ayu").await;
        let ids: Vec<String> = (0..60).map(|n| format!("<{n}-{}@surat.example>", "a".repeat(60))).collect();
        let (parent, references) = (format!("<{}@surat.example>", "p".repeat(180)), ids.join("\r\n "));
        let mail = format!(
            "From: =?utf-8?q?R=C3=AFna?= <rina@surat.example>\r\nTo: {MAILBOX}\r\nSubject: =?utf-8?q?{}?=\r\n\
             Message-ID: {parent}\r\nReferences: {references}\r\n\r\nHalo\r\n", "=E2=9C=93_pesanan_".repeat(12)
        );
        let taken = app.receive_mail("rina@surat.example", MAILBOX, &mail).await;
        assert!(taken.starts_with("250"), "{taken}");
        let row = newest(&ayu).await;
        let words = format!("✓ Baik.\n.titik\nFrom sini\n{}\n{}", "x".repeat(3000), "kopi ✓ ".repeat(400));
        answer(&ayu, &row, &words).await;
        let sent = app.sent_mails(1).await.remove(0);
        assert!(sent.is_ascii(), "nothing that a relay would have to encode anew");
        assert!(!sent.replace("\r\n", "").contains(['\r', '\n']), "no bare line ends");
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        assert!(head.split("\r\n").all(|line| line.len() <= 998));
        assert!(body.split("\r\n").all(|line| line.len() <= 78), "{body}");
        // Tokens are whole, and folded only where there was white space.
        assert!(head.contains(&parent), "{head}");
        let refs = header(&sent, "References").unwrap();
        let refs: Vec<&str> = refs.split_whitespace().collect();
        assert_eq!(refs.last(), Some(&&*parent));
        assert!(refs.iter().all(|id| *id == parent || ids.iter().any(|known| known == id)), "{refs:?}");
        assert!(head.split("\r\n").all(|line| !line.trim().is_empty()), "no line of white space alone");
        for word in head.split_whitespace().filter(|word| word.starts_with("=?")) {
            assert!(word.len() <= 75, "{word}");
        }
    }
}
