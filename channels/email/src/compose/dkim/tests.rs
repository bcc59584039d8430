use lettre::message::{
    SinglePart,
    dkim::{
        DkimCanonicalization, DkimCanonicalizationType as Kind, DkimConfig, DkimSigningAlgorithm,
        DkimSigningKey,
    },
    header::{ContentType, HeaderName},
};
use rstest::rstest;

use super::*;

const RSA: &str = include_str!("../../../tests/keys/dkim-rsa.pem");
const RSA_PKCS8: &str = include_str!("../../../tests/keys/dkim-rsa8.pem");
const ED25519: &str = include_str!("../../../tests/keys/dkim-ed25519.pem");
const TOO_SMALL: &str = include_str!("../../../tests/keys/dkim-small.pem");

const NAMES: [&str; 4] = ["From", "To", "Subject", "Date"];

/// The value of a tag, without white space.
fn tag(header: &str, name: &str) -> String {
    let header = header.split_once(':').unwrap().1;
    let value = header.split(';').find_map(|part| part.trim().strip_prefix(&format!("{name}=")));
    value.unwrap().split_whitespace().collect()
}

/// lettre signs, and its signatures are accepted by verifiers; ours has to be the same byte for byte.
#[rstest]
#[case("Halo,\r\n\r\n  dua  spasi \t \r\nakhir\r\n\r\n\r\n")]
#[case("satu baris\r\n")]
#[case("\u{fc}mlaut \u{2713}\r\n")]
fn mail_15_a_signature_is_the_one_that_another_signer_makes(#[case] text: &str) {
    let mut mail = lettre::Message::builder()
        .from("Toko <halo@toko.example>".parse().unwrap())
        .to("Rina <rina@surat.example>".parse().unwrap())
        .subject("Gr\u{fc}\u{df}e, yang panjang sekali supaya harus dilipat menjadi beberapa baris")
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text.to_owned()))
        .unwrap();
    let key = DkimSigningKey::new(RSA, DkimSigningAlgorithm::Rsa).unwrap();
    let names = NAMES.map(HeaderName::new_from_ascii_str).to_vec();
    let relaxed = DkimCanonicalization { header: Kind::Relaxed, body: Kind::Relaxed };
    mail.sign(&DkimConfig::new("s1".into(), "toko.example".into(), key, names, relaxed));
    let whole = String::from_utf8(mail.formatted()).unwrap();
    let (head, body) = whole.split_once("\r\n\r\n").unwrap();
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    let mut theirs = String::new();
    for line in head.split("\r\n") {
        let known = NAMES.into_iter().find(|name| line.starts_with(&format!("{name}: ")));
        if let Some(name) = known {
            headers.push((name, line[name.len() + 2..].to_owned()));
        } else if line.starts_with("DKIM-Signature:")
            || (line.starts_with(' ') && !theirs.is_empty())
        {
            theirs.push_str(line);
        } else if line.starts_with(' ')
            && let Some((_, value)) = headers.last_mut()
        {
            value.push_str("\r\n");
            value.push_str(line);
        }
    }
    let key = DkimKey::new("s1", "toko.example", RSA).unwrap();
    let at = tag(&theirs, "t").parse().unwrap();
    let ours = key.sign_named(&headers, &NAMES, format!("{body}\r\n").as_bytes(), at).unwrap();
    for name in ["v", "a", "d", "s", "c", "t", "h", "bh", "b"] {
        assert_eq!(tag(&ours, name), tag(&theirs, name), "{name}");
    }
}

#[rstest]
#[case(b"", b"")]
#[case(b"\r\n\r\n", b"")]
#[case(b"a", b"a\r\n")]
#[case(b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n")]
#[case(b"a\rb\n c\r\n", b"a\rb\n c\r\n")]
fn mail_15_bodies_are_made_canonical_as_rfc_6376_says(
    #[case] body: &[u8],
    #[case] canonical: &[u8],
) {
    assert_eq!(relaxed_body(body), canonical);
}

#[test]
fn mail_15_headers_are_made_canonical_as_rfc_6376_says() {
    assert_eq!(relaxed_header("B ".trim(), " Y\t\r\n\tZ  "), "b:Y Z");
    assert_eq!(relaxed_header("A", " X "), "a:X");
}

#[rstest]
#[case(RSA, "rsa-sha256")]
#[case(RSA_PKCS8, "rsa-sha256")]
#[case(ED25519, "ed25519-sha256")]
fn mail_15_from_subject_and_date_cannot_be_added_again(#[case] pem: &str, #[case] algorithm: &str) {
    let key = DkimKey::new("s1", "Toko.Example", pem).unwrap();
    let headers =
        [("From", "a@x".to_owned()), ("Subject", "s".to_owned()), ("Date", "d".to_owned())];
    let header = key.sign(&headers, b"x\r\n", Timestamp::from_seconds(1)).unwrap();
    assert_eq!(tag(&header, "h"), "from:from:subject:subject:date:date");
    assert_eq!(
        (tag(&header, "a"), tag(&header, "d")),
        (algorithm.to_owned(), "toko.example".to_owned())
    );
    assert!(
        header.ends_with("\r\n") && header.split("\r\n").all(|line| line.len() <= 120),
        "{header}"
    );
    assert_eq!(header, key.sign(&headers, b"x\r\n", Timestamp::from_seconds(1)).unwrap());
}

#[test]
fn mail_15_an_ed25519_signature_holds() {
    use ring::signature::{ED25519, KeyPair, UnparsedPublicKey};
    let key = DkimKey::new("s1", "toko.example", self::ED25519).unwrap();
    let Pair::Ed25519(pair) = &*key.pair else { panic!("not an Ed25519 key") };
    let signature = key.signature(b"signed").unwrap();
    let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref());
    public.verify(&Sha256::digest(b"signed"), &signature).unwrap();
}

#[rstest]
#[case("", DkimError::NotPem)]
#[case(
    "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    DkimError::NotUsable
)]
#[case(TOO_SMALL, DkimError::NotUsable)]
fn mail_15_a_key_that_is_of_no_use_is_refused(#[case] pem: &str, #[case] error: DkimError) {
    assert_eq!(DkimKey::new("s1", "toko.example", pem).unwrap_err(), error);
    assert_eq!(DkimKey::new("s 1", "toko.example", RSA).unwrap_err(), DkimError::Name);
}

#[test]
fn r28_a_key_is_not_shown() {
    let shown = format!("{:?}", DkimKey::new("s1", "toko.example", RSA).unwrap());
    assert_eq!(shown, "DkimKey { selector: \"s1\", domain: \"toko.example\", .. }");
}
