use std::collections::BTreeSet;

use rstest::rstest;
use secrecy::ExposeSecret;

use super::*;

const EXAMPLE: &str = include_str!("../../sapa.example.toml");

fn parse(text: &str) -> Result<Config, Problems> {
    Config::parse(text, std::iter::empty())
}

fn with_env(text: &str, env: &[(&str, &str)]) -> Result<Config, Problems> {
    Config::parse(text, env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// The problems, one a line.
fn problems(text: &str) -> String {
    let problems = parse(text).expect_err("something is wrong with it");
    problems.list().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn leaves(table: &toml::Table, prefix: &str, found: &mut BTreeSet<String>) {
    for (name, value) in table {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => leaves(inner, &path, found),
            _ => drop(found.insert(path)),
        }
    }
}

#[test]
fn the_documented_file_says_the_defaults() {
    let (said, default) = (parse(EXAMPLE).unwrap(), Config::default());
    assert_eq!(format!("{said:?}"), format!("{default:?}"));
    assert_eq!(said.database.url.expose_secret(), default.database.url.expose_secret());
    assert_eq!(format!("{:?}", parse("").unwrap()), format!("{default:?}"));
}

#[test]
fn the_documented_file_has_every_key_and_no_other() {
    // What is off by default stands in it as a comment.
    let is_setting = |line: &str| {
        line.starts_with('[')
            || line
                .split_once(" = ")
                .is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let whole: Vec<&str> = EXAMPLE
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line))
        .collect();
    let mut documented = BTreeSet::new();
    leaves(&whole.join("\n").parse().unwrap(), "", &mut documented);
    let mut reader = Reader::new("", std::iter::empty()).unwrap();
    let _ = Config::read(&mut reader);
    assert_eq!(documented, reader.keys);
}

#[test]
fn all_problems_are_told_at_once_with_what_to_write_instead() {
    insta::assert_snapshot!(
        problems(
            r#"
            colour = "blue"
            telegram = "yes"
            [server]
            listen = "localhost"
            lisetn = "127.0.0.1:1"
            public_url = "https://Hub.example.com/"
            trusted_proxies = ["10.0.0.0/8"]
            [files]
            max_bytes = 0
            [smtp]
            listen = 25
            hostname = "mail server"
            [mail]
            folder = "data/mail"
            [mail.relay]
            host = "smtp.example.com"
            tls = "none"
            user = "sapa"
            [mail.dkim]
            domain = "example.com"
            [delivery]
            concurrency = 1.5
            [log]
            level = "sapa=loud"
            "#
        ),
        @r#"
server.public_url: it must be scheme, host and port alone, without a slash at the end; write "https://hub.example.com"
server.listen: "localhost" does not do; write an IP address with a port, as "127.0.0.1:3000" or "[::1]:3000"
server.trusted_proxies: a list does not do; write a list of IP addresses, as ["10.0.0.1", "10.0.0.2"]
files.max_bytes: 0 is out of its limits; write a number from 1 to 1073741824
smtp.hostname: "mail server" is no name of a host; write the full name of this machine, as "mx.example.com"
smtp.listen: 25 does not do; write an IP address with a port, as "127.0.0.1:3000" or "[::1]:3000"
mail.relay.password_file: user is given and no password; name the file with the password, or remove user
mail.relay.tls: mail and password would cross the network in the clear; write "starttls" or "tls"; if the way to it is safe, write allow_unprotected = true beside it
mail.dkim.selector: [mail.dkim] needs it; write selector = "sapa"
mail.dkim.key_file: [mail.dkim] needs the key; name the file with the private key as PEM, or remove the section
mail.folder: mail goes out by a relay or into a folder, not both; remove it or [mail.relay]
telegram: "yes" is not a section; write [telegram] and its keys below it
delivery.concurrency: 1.5 does not do; write a whole number without quotes
log.level: "sapa=loud" is no level; write error, warn, info or debug, or as "info,sapa::delivery=debug"
colour: there is no such key; known are bus, conversations, database, delivery, files, log, mail, outbound, server, smtp, telegram, tickets
server.lisetn: there is no such key; did you mean server.listen?
"#
    );
}

#[test]
fn the_environment_wins_and_is_read_by_the_type_of_its_setting() {
    let config = with_env(
        "[server]\nlisten = \"127.0.0.1:1\"\n[smtp]\nlisten = \"127.0.0.1:2\"",
        &[
            ("SAPA__SERVER__LISTEN", "0.0.0.0:8080"),
            ("SAPA__SERVER__TRUSTED_PROXIES", "10.0.0.1, ::1"),
            ("SAPA__SMTP__LISTEN", ""),
            ("SAPA__DELIVERY__UNDO_SECONDS", "0"),
            ("SAPA__LOG__JSON", "true"),
            ("SAPA__MAIL__RELAY__HOST", "12345"),
            ("SAPA__MAIL__RELAY__TLS", "tls"),
            ("SAPA_CONFIG", "not a setting"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.smtp.listen, None);
    assert_eq!(config.delivery.undo_seconds, 0);
    assert!(config.log.json);
    let relay = config.mail.relay.unwrap();
    assert_eq!((relay.host.as_str(), relay.port, relay.tls), ("12345", 465, Tls::Tls));
}

#[test]
fn a_problem_of_the_environment_names_its_variable() {
    let problems =
        with_env("", &[("SAPA__SERVER__LISTEN", "8080"), ("SAPA__SERVER__PORT", "1")]).unwrap_err();
    let told = problems.to_string();
    assert!(
        told.contains("server.listen (by SAPA__SERVER__LISTEN): \"8080\" does not do"),
        "{told}"
    );
    assert!(told.contains("server.port (by SAPA__SERVER__PORT): there is no such key"), "{told}");
}

#[test]
fn a_secret_comes_from_a_file_without_its_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, "postgres://sapa:s3cret@db/sapa\n").unwrap();
    let text = format!("[database]\nurl_file = {:?}", file.to_str().unwrap());
    let config = parse(&text).unwrap();
    assert_eq!(config.database.url.expose_secret(), "postgres://sapa:s3cret@db/sapa");
    assert_eq!(config.database.embedded_file(), None);

    let told = problems(&format!("{text}\nurl = \"sqlite:a.db\""));
    assert!(told.contains("url and url_file are both given; keep only url_file"), "{told}");
    let won = with_env(&text, &[("SAPA__DATABASE__URL", "sqlite:b.db")]).unwrap();
    assert_eq!(won.database.embedded_file(), Some("b.db".into()));
    let won = with_env(
        "[database]\nurl = \"sqlite:a.db\"",
        &[("SAPA__DATABASE__URL_FILE", file.to_str().unwrap())],
    )
    .unwrap();
    assert_eq!(won.database.url.expose_secret(), "postgres://sapa:s3cret@db/sapa");

    std::fs::write(&file, " \n").unwrap();
    assert!(problems(&text).contains("is empty"));
    std::fs::remove_file(&file).unwrap();
    assert!(problems(&text).contains("cannot be read"));
}

#[rstest]
#[case("[database]\nurl = \"mysql://root:s3cret@db/x\"")]
#[case("[database]\nurl = [\"s3cret\"]")]
#[case("[mail.relay]\nhost = \"a\"\npassword = \"s3cret\"")]
#[case("[mail.relay]\nhost = \"a\"\nuser = \"u\"\npassword = s3cret")]
#[case("[mail.relay]\nhost = \"a\"\nuser = \"u\"\npassword = \"s3cret\"\npassword_file = \"x\"")]
#[case("[mail.dkim]\ndomain = \"a\"\nselector = \"b\"\nkey = \"s3cret\"")]
fn r28_no_problem_and_no_debug_output_tells_a_secret(#[case] text: &str) {
    assert!(!problems(text).contains("s3cret"), "{}", problems(text));
    let good = "[database]\nurl = \"postgres://u:s3cret@db/x\"\n[mail.relay]\nhost = \"a\"\nuser = \"u\"\npassword = \"s3cret\"";
    assert!(!format!("{:?}", parse(good).unwrap()).contains("s3cret"));
}

#[rstest]
#[case("https://hub.example.com", None)]
#[case("https://hub.example.com:8443", None)]
#[case("http://[::1]:3000", None)]
#[case("https://hub.example.com/", Some("write \"https://hub.example.com\""))]
#[case("https://hub.example.com:443", Some("write \"https://hub.example.com\""))]
#[case("https://hub.example.com/desk?x=1", Some("write \"https://hub.example.com\""))]
#[case("https://me@hub.example.com", Some("write \"https://hub.example.com\""))]
#[case("hub.example.com", Some("is no address"))]
#[case("ftp://hub.example.com", Some("it must begin with http:// or https://"))]
#[case("", Some("is no address"))]
fn r13_the_public_url_is_an_origin(#[case] url: &str, #[case] expected: Option<&str>) {
    let text = format!("[server]\npublic_url = {url:?}");
    match expected {
        None => assert_eq!(parse(&text).unwrap().server.public_url, url),
        Some(expected) => assert!(problems(&text).contains(expected), "{}", problems(&text)),
    }
}

#[rstest]
#[case("[smtp]\ntls_certificate = \"/nowhere/fullchain.pem\"", "name the file with its key")]
#[case(
    "[smtp]\ntls_certificate = \"/nowhere/a.pem\"\ntls_key = \"/nowhere/b.pem\"",
    "cannot be read"
)]
#[case("[smtp]\nlisten = \"0.0.0.0:3000\"", "smtp.listen: 0.0.0.0:3000 is taken by server.listen")]
#[case(
    "[smtp]\nlisten = \"[::1]:2525\"\nlmtp_listen = \"[::1]:2525\"",
    "smtp.lmtp_listen: [::1]:2525 is taken by smtp.listen"
)]
#[case("[mail]\nfolder = \"data/files\"", "mail.folder: it is files.folder too")]
#[case("[database]\nurl = \"sqlite::memory:\"", "forgets everything")]
#[case("[database]\nurl = \"sqlite:\"", "names no file")]
#[case(
    "[mail.relay]\nport = 25",
    "mail.relay.host: [mail.relay] needs it; write host = \"smtp.example.com\""
)]
#[case(
    "[mail]\nrelay = \"smtp.example.com\"",
    "mail.relay: \"smtp.example.com\" is not a section; write [mail.relay]"
)]
#[case("[server.listen]\nport = 1", "server.listen: a section does not do")]
#[case("[tickets]\ncurrency = \"Rp\"", "write the three letters of ISO 4217")]
#[case("[conversations]\njoin_within_days = -1", "write a number from 0 to 3650")]
#[case("[telegram]\napi_url = \"https://api.telegram.org/\"", "without a slash at the end")]
#[case("[bus]\nurl = \"nats://127.0.0.1\"", "bus.url: an embedded database has no other nodes")]
#[case("[bus]\nurl = \"http://127.0.0.1\"", "bus.url: it is no address of a NATS server")]
#[case(
    "[files.s3]\nbucket = \"berkas\"",
    "files.s3.access_key: [files.s3] needs it; write access_key = "
)]
#[case(
    "[files.s3]\nbucket = \"b\"\naccess_key = \"k\"\nsecret_key = \"s\"\nendpoint = \"http://s3.example.com\"",
    "files.s3.endpoint: files would cross the network in the clear"
)]
#[case(
    "[files.s3]\nbucket = \"b\"\naccess_key = \"k\"\nsecret_key = \"s\"",
    "files.s3: the files of an embedded database lie in its folder"
)]
#[case("[server\nlisten = 1", "line 1 is no TOML")]
fn what_cannot_work_is_refused(#[case] text: &str, #[case] expected: &str) {
    assert!(problems(text).contains(expected), "{}", problems(text));
}

#[rstest]
#[case("host = \"127.0.0.1\"")]
#[case("host = \"localhost\"")]
#[case("host = \"mail.internal\"\nallow_unprotected = true")]
fn an_unprotected_relay_is_near_or_said_to_be_safe(#[case] rest: &str) {
    let relay =
        parse(&format!("[mail.relay]\ntls = \"none\"\n{rest}")).unwrap().mail.relay.unwrap();
    assert_eq!((relay.tls, relay.port), (Tls::None, 587));
}

#[test]
fn a_file_that_is_named_must_be_there_and_the_usual_one_need_not() {
    let missing = Path::new("/nonexistent/sapa.toml");
    let problems = Config::load(Some(missing), std::iter::empty()).unwrap_err().to_string();
    assert!(problems.contains("/nonexistent/sapa.toml cannot be read"), "{problems}");
}
