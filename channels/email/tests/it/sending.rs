use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use rstest::rstest;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use sapa_channel::{Channel, Mailbox, OutFile, Outcome, Retry};
use sapa_email::{DkimKey, EmailChannel, Limits, Relay, SetUpError, Tls, Way};

use crate::{
    conformance::{message, settings},
    sink::{Manner, Sink},
};

const CERTIFICATE: &str = include_str!("../keys/localhost.pem");
const KEY: &str = include_str!("../keys/localhost.key");

pub(crate) fn tls() -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

fn relay(sink: &Sink, tls: Tls) -> Relay {
    Relay {
        certificate: Some(CERTIFICATE.into()),
        ..Relay::new("localhost", sink.address.port(), tls)
    }
}

fn through(relay: Relay, limits: Limits) -> EmailChannel {
    EmailChannel::new(settings(), Way::Relay(relay), None, limits).unwrap()
}

fn short() -> Limits {
    let second = Duration::from_secs(1);
    Limits {
        connect_timeout: second,
        command_timeout: second,
        data_timeout: second,
        ..Limits::default()
    }
}

fn is_later(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotSent { retry: Retry::Later, .. })
}

#[tokio::test]
async fn a_mail_goes_out_with_its_envelope_and_dots() {
    let sink = Sink::start(Manner::default()).await;
    let channel = through(relay(&sink, Tls::None), Limits::default());
    let mut mail = message("Halo\n.titik\n..dua\n.\nakhir");
    mail.cc = vec![Mailbox { address: "adi@surat.example".into(), name: None }];
    mail.bcc = vec![Mailbox { address: "rahasia@surat.example".into(), name: None }];
    assert_eq!(channel.send(mail).await, Outcome::Sent { external_id: None });
    let taken = sink.taken().pop().unwrap();
    assert_eq!(taken.from, "MAIL FROM:<halo@toko.example>");
    assert_eq!(taken.to, ["rina@surat.example", "adi@surat.example", "rahasia@surat.example"]);
    assert!(!taken.data.contains("rahasia"), "mail 5");
    let ours = |_: &str| false;
    let envelope =
        sapa_email::Envelope { sender: None, recipient: "rina@surat.example", ours: &ours };
    let Ok(sapa_channel::Inbound::Message(read)) =
        sapa_email::parse(taken.data.as_bytes(), &envelope)
    else {
        panic!("not a message")
    };
    assert_eq!(read.text, "Halo\n.titik\n..dua\n.\nakhir");
}

#[tokio::test]
async fn connections_are_kept_and_replaced_when_the_relay_closes_them() {
    let sink = Sink::start(Manner::default()).await;
    let channel = through(relay(&sink, Tls::None), Limits::default());
    for number in 0..5 {
        assert!(matches!(channel.send(message(&number.to_string())).await, Outcome::Sent { .. }));
    }
    assert_eq!(sink.connections(), 1);
    sink.behave(Manner { mails_a_connection: Some(1), ..Manner::default() });
    for number in 0..5 {
        let outcome = channel.send(message(&number.to_string())).await;
        assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    }
    assert_eq!(sink.taken().len(), 10, "none lost, none doubled");
}

#[tokio::test]
async fn no_mail_waits_for_a_delayed_acknowledgement() {
    let sink = Sink::start(Manner::default()).await;
    let channel = through(relay(&sink, Tls::None), Limits::default());
    let started = Instant::now();
    for number in 0..100 {
        assert!(matches!(channel.send(message(&number.to_string())).await, Outcome::Sent { .. }));
    }
    // At 40 ms a mail it would be four seconds.
    assert!(started.elapsed() < Duration::from_millis(2_500), "{:?}", started.elapsed());
}

#[tokio::test]
async fn many_mails_share_the_connections() {
    let sink = Sink::start(Manner::default()).await;
    let limits = Limits { max_connections: 3, ..Limits::default() };
    let channel = Arc::new(through(relay(&sink, Tls::None), limits));
    let sends = (0..60).map(|number| {
        let channel = channel.clone();
        tokio::spawn(async move { channel.send(message(&number.to_string())).await })
    });
    for send in sends.collect::<Vec<_>>() {
        assert!(matches!(send.await.unwrap(), Outcome::Sent { .. }));
    }
    assert_eq!((sink.taken().len(), sink.connections() <= 3), (60, true));
}

#[rstest]
#[case(Tls::StartTls, false)]
#[case(Tls::Implicit, true)]
#[tokio::test]
async fn mail_7_connections_are_encrypted_and_signed_in(#[case] how: Tls, #[case] implicit: bool) {
    let password = Some("AGhhbG8AcmFoYXNpYQ==");
    let manner = Manner { tls: Some((tls(), implicit)), password, ..Manner::default() };
    let sink = Sink::start(manner).await;
    let mut relay = relay(&sink, how);
    relay.user = Some("halo".into());
    relay.password = Some("rahasia".into());
    let channel = through(relay.clone(), Limits::default());
    let said = channel.check().await.unwrap();
    assert!(said.contains("encrypted, signed in") && !said.contains("rahasia"), "{said}");
    let large = OutFile {
        name: "a.bin".into(),
        media_type: "application/pdf".into(),
        bytes: vec![7; 1 << 20].into(),
    };
    let mut mail = message("Halo");
    mail.files = vec![large];
    assert_eq!(channel.send(mail).await, Outcome::Sent { external_id: None });
    assert!(sink.taken()[0].data.len() > 1 << 20);

    relay.password = Some("salah".into());
    let outcome = through(relay, Limits::default()).send(message("Halo")).await;
    assert!(
        matches!(&outcome, Outcome::NotSent { retry: Retry::Later, reason } if reason.contains("password") && !reason.contains("salah")),
        "{outcome:?}"
    );
}

#[rstest]
#[case::not_offered(Tls::StartTls, None)]
#[case::not_spoken(Tls::Implicit, None)]
#[tokio::test]
async fn mail_7_nothing_is_sent_in_the_clear_when_it_shall_be_encrypted(
    #[case] how: Tls,
    #[case] offered: Option<bool>,
) {
    let sink =
        Sink::start(Manner { tls: offered.map(|it| (tls(), it)), ..Manner::default() }).await;
    let channel = through(relay(&sink, how), short());
    assert!(is_later(&channel.send(message("Halo")).await));
    assert!(channel.check().await.is_err());
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn mail_7_an_unknown_certificate_is_not_trusted() {
    let sink = Sink::start(Manner { tls: Some((tls(), false)), ..Manner::default() }).await;
    let relay = Relay::new("localhost", sink.address.port(), Tls::StartTls);
    assert!(is_later(&through(relay, short()).send(message("Halo")).await));
    assert!(sink.taken().is_empty());
}

#[rstest]
#[case::greeting("CONNECT", "421 4.3.2 busy", Retry::Later)]
#[case::banned("CONNECT", "554 5.7.1 go away", Retry::Later)]
#[case::sender("MAIL", "451 4.3.0 later", Retry::Later)]
#[case::greylisted("RCPT", "450 4.7.1 greylisted", Retry::Later)]
#[case::full("RCPT", "552 5.2.2 mailbox full", Retry::Later)]
#[case::nobody("RCPT", "550 5.1.1 nobody", Retry::Never)]
#[case::policy("RCPT", "550 5.7.1 not allowed", Retry::Never)]
#[case::data("DATA", "452 4.3.1 no room", Retry::Later)]
#[case::lost_at_greeting("CONNECT", "", Retry::Later)]
#[case::lost_at_sender("MAIL", "", Retry::Later)]
#[case::lost_at_recipient("RCPT", "", Retry::Later)]
#[case::lost_at_data("DATA", "", Retry::Later)]
#[tokio::test]
async fn mail_8_d6_before_the_mail_nothing_is_sent(
    #[case] at: &'static str,
    #[case] answer: &'static str,
    #[case] retry: Retry,
) {
    let sink = Sink::start(Manner { answers: vec![(at, answer)], ..Manner::default() }).await;
    let channel = through(relay(&sink, Tls::None), short());
    let outcome = channel.send(message("Halo")).await;
    let Outcome::NotSent { reason, retry: said } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(*said, retry, "{reason}");
    assert!(answer.is_empty() || reason.contains(&answer[..3]), "{reason}");
    sink.behave(Manner::default());
    assert!(matches!(channel.send(message("Halo")).await, Outcome::Sent { .. }), "it goes on");
    assert_eq!(sink.taken().len(), 1);
}

#[rstest]
#[case("451 4.3.0 later", Retry::Later)]
#[case("421 4.3.2 closing", Retry::Later)]
#[case("552 5.2.2 mailbox full", Retry::Later)]
#[case("554 5.7.1 spam", Retry::Never)]
#[case("552 5.3.4 too large", Retry::Never)]
#[tokio::test]
async fn mail_8_d6_a_refusal_after_the_dot_is_surely_not_sent(
    #[case] answer: &'static str,
    #[case] retry: Retry,
) {
    let sink = Sink::start(Manner { after_dot: Some(answer), ..Manner::default() }).await;
    let outcome = through(relay(&sink, Tls::None), short()).send(message("Halo")).await;
    assert!(
        matches!(outcome, Outcome::NotSent { retry: said, .. } if said == retry),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn mail_8_one_refused_recipient_refuses_the_mail_and_is_named() {
    let manner =
        Manner { answers: vec![("RCPT TO:<ADI@", "550 5.1.1 nobody")], ..Manner::default() };
    let sink = Sink::start(manner).await;
    let mut mail = message("Halo");
    mail.cc = vec![Mailbox { address: "adi@surat.example".into(), name: None }];
    let outcome = through(relay(&sink, Tls::None), short()).send(mail).await;
    assert!(
        matches!(&outcome, Outcome::NotSent { retry: Retry::Never, reason } if reason.contains("adi@surat.example")),
        "{outcome:?}"
    );
    assert!(sink.taken().is_empty());
}

#[rstest]
#[case::hung_up(Manner { after_dot: Some(""), ..Manner::default() })]
#[case::stalled(Manner { stall: true, ..Manner::default() })]
#[case::nonsense(Manner { after_dot: Some("nonsense"), ..Manner::default() })]
#[tokio::test]
async fn d6_what_was_lost_after_the_dot_is_unknown(#[case] manner: Manner) {
    let sink = Sink::start(manner).await;
    let outcome = through(relay(&sink, Tls::None), short()).send(message("Halo")).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

#[rstest]
#[case(Tls::None, None)]
#[case(Tls::StartTls, Some(false))]
#[case(Tls::Implicit, Some(true))]
#[tokio::test]
async fn d6_what_was_lost_within_the_mail_is_not_sent(
    #[case] how: Tls,
    #[case] offered: Option<bool>,
) {
    let manner = Manner {
        hang_up_within: Some(100_000),
        tls: offered.map(|implicit| (tls(), implicit)),
        ..Manner::default()
    };
    let sink = Sink::start(manner).await;
    let mut mail = message("Halo");
    // More than all buffers between here and there hold.
    let bytes = vec![7; 20 << 20].into();
    mail.files =
        vec![OutFile { name: "a.bin".into(), media_type: "application/pdf".into(), bytes }];
    let limits = Limits { data_timeout: Duration::from_secs(30), ..Limits::default() };
    let outcome = through(relay(&sink, how), limits).send(mail).await;
    assert!(is_later(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_tried_later() {
    let mut sink = Sink::start(Manner::default()).await;
    sink.close().await;
    let channel = through(relay(&sink, Tls::None), short());
    assert!(is_later(&channel.send(message("Halo")).await));
    assert!(channel.check().await.unwrap_err().contains("localhost"));
}

#[tokio::test]
async fn r18_a_forged_header_is_never_sent() {
    let sink = Sink::start(Manner::default()).await;
    let mut mail = message("Halo");
    mail.subject = Some("Halo\r\nBcc: semua@surat.example".into());
    let outcome = through(relay(&sink, Tls::None), short()).send(mail).await;
    assert!(matches!(outcome, Outcome::NotSent { retry: Retry::Never, .. }), "{outcome:?}");
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn mail_3_15_d6_tried_again_it_is_the_same_mail() {
    let sink = Sink::start(Manner::default()).await;
    let key = DkimKey::new("s1", "toko.example", include_str!("../keys/dkim-rsa.pem")).unwrap();
    let way = Way::Relay(relay(&sink, Tls::None));
    let channel = EmailChannel::new(settings(), way, Some(key), Limits::default()).unwrap();
    let mail = message("Halo");
    for attempt in [1, 2] {
        channel.send(sapa_channel::Outbound { attempt, ..mail.clone() }).await;
    }
    let taken = sink.taken();
    assert!(taken[0].data.starts_with("DKIM-Signature: v=1; a=rsa-sha256; d=toko.example; s=s1;"));
    assert_eq!(taken[0].data, taken[1].data);
}

#[tokio::test]
async fn a_folder_holds_each_mail_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail");
    let channel =
        EmailChannel::new(settings(), Way::Folder(path.clone()), None, Limits::default()).unwrap();
    assert!(channel.check().await.unwrap().contains("nothing leaves"));
    let mail = message("Halo");
    for _ in 0..2 {
        assert_eq!(channel.send(mail.clone()).await, Outcome::Sent { external_id: None });
    }
    let files: Vec<_> =
        fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, [std::ffi::OsString::from(format!("{}.eml", mail.message_id))]);
    assert!(fs::read_to_string(path.join(&files[0])).unwrap().contains("Subject: Pesanan"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_tried_later() {
    let folder = tempfile::NamedTempFile::new().unwrap();
    let way = Way::Folder(folder.path().join("below a file"));
    let channel = EmailChannel::new(settings(), way, None, Limits::default()).unwrap();
    assert!(is_later(&channel.send(message("Halo")).await));
    assert!(channel.check().await.is_err());
}

#[test]
fn a_channel_that_cannot_work_is_not_set_up() {
    let mut odd = settings();
    odd.address = "Toko <halo@toko.example>".into();
    let way = || Way::Folder("/nowhere".into());
    assert!(matches!(
        EmailChannel::new(odd, way(), None, Limits::default()),
        Err(SetUpError::Address(_))
    ));
    for (host, certificate) in
        [("not a host", None), ("localhost", Some("no certificate".to_owned()))]
    {
        let relay = Relay { certificate, ..Relay::new(host, 25, Tls::StartTls) };
        assert!(EmailChannel::new(settings(), Way::Relay(relay), None, Limits::default()).is_err());
    }
}
