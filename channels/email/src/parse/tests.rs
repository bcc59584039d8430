mod charsets;
mod hostile;
mod quotes;

use rstest::rstest;
use sapa_channel::{Inbound, Message, Unreadable};

use super::{Envelope, parse};

const OURS: &str = "halo@toko.example";

/// Parses a mail written with plain line ends, as it was delivered to `recipient`.
fn to(recipient: &str, mail: impl AsRef<[u8]>) -> Result<Message, Unreadable> {
    let ours = |address: &str| address == OURS;
    let envelope = Envelope { sender: Some("rina@surat.example"), recipient, ours: &ours };
    parse(mail.as_ref(), &envelope).map(|inbound| match inbound {
        Inbound::Message(message) => *message,
        other => panic!("{other:?}"),
    })
}

fn read(mail: impl AsRef<[u8]>) -> Message {
    to(OURS, mail).unwrap()
}

fn with(headers: &str) -> Message {
    read(format!("From: Rina <rina@surat.example>\n{headers}\n\nHalo\n"))
}

#[test]
fn a_simple_mail_is_understood() {
    let message = read(
        "From: Rina Wulandari <Rina@Surat.Example>\r\nTo: Toko <halo@toko.example>\r\n\
         Cc: adi@surat.example, Toko <HALO+x@toko.example>\r\nSubject: =?utf-8?q?Pesanan_=E2=9C=93?=\r\n\
         Date: Mon, 23 Nov 2026 10:15:00 +0700\r\nMessage-ID: <a1@surat.example>\r\n\
         Content-Language: id\r\n\r\nHalo,\r\n\r\npaket saya kurang satu.\r\n",
    );
    assert_eq!(message.sender.address.value, "rina@surat.example");
    assert_eq!(message.sender.address.kind, crate::KIND);
    assert_eq!(message.sender.name.as_deref(), Some("Rina Wulandari"));
    assert_eq!(message.sender.language.as_deref(), Some("id"));
    assert_eq!(message.subject.as_deref(), Some("Pesanan ✓"));
    assert_eq!(message.text, "Halo,\n\npaket saya kurang satu.");
    assert_eq!(message.external_id.as_deref(), Some("a1@surat.example"));
    assert_eq!(message.also_to, ["adi@surat.example"]);
    assert_eq!(message.sent_at.unwrap().to_string(), "2026-11-23T03:15:00Z");
    assert!(!message.automatic && message.warnings.is_empty() && message.quoted.is_none());
}

#[test]
fn mail_30_the_answered_mails_are_told_the_nearest_first() {
    let message = with("In-Reply-To: <c@x>\nReferences: <a@x> <b@x>\n <c@x>\nMessage-ID: <d@x>");
    assert_eq!(message.thread.answers, ["c@x", "b@x", "a@x"]);
    assert_eq!(message.thread.token, None);
}

#[rstest]
#[case("halo+r-AbC-12@toko.example", "halo@toko.example", Some("abc-12"))]
#[case("halo@toko.example", "Toko <halo+r-abc@toko.example>", Some("abc"))]
#[case("halo@toko.example", "Lain <halo+r-abc@lain.example>", None)]
#[case("halo+promo@toko.example", "halo+promo@toko.example", None)]
fn mail_30_r9_the_reply_token_comes_from_an_address_of_ours(
    #[case] recipient: &str,
    #[case] to_header: &str,
    #[case] token: Option<&str>,
) {
    let mail = format!("From: rina@surat.example\nTo: {to_header}\n\nHalo\n");
    assert_eq!(to(recipient, mail).unwrap().thread.token.as_deref(), token);
}

#[rstest]
#[case("Auto-Submitted: auto-replied; x=y")]
#[case("Auto-Submitted: auto-generated")]
#[case("auto-submitted: Auto-Replied (vacation)")]
#[case("Precedence: bulk")]
#[case("Precedence: LIST")]
#[case("Precedence: junk")]
#[case("List-Id: <toko.example>")]
#[case("List-Unsubscribe: <https://x.example>")]
#[case("X-Auto-Response-Suppress: All")]
#[case("X-Autoreply: yes")]
#[case("Return-Path: <>")]
#[case("Content-Type: multipart/report; report-type=delivery-status; boundary=x")]
fn mail_21_r11_automatic_mail_is_known_by_its_headers(#[case] header: &str) {
    assert!(with(header).automatic, "{header}");
}

#[rstest]
#[case("Auto-Submitted: no")]
#[case("Precedence: first-class")]
#[case("Subject: Auto-Submitted: auto-replied")]
#[case("Return-Path: <rina@surat.example>")]
fn mail_21_r11_a_person_is_not_taken_for_a_program(#[case] header: &str) {
    assert!(!with(header).automatic, "{header}");
}

#[rstest]
#[case("MAILER-DAEMON@surat.example")]
#[case("postmaster@surat.example")]
#[case("noreply@surat.example")]
#[case("no-reply+123@surat.example")]
#[case("owner-list@surat.example")]
#[case("list-bounces@surat.example")]
fn mail_21_r11_automatic_mail_is_known_by_its_sender(#[case] from: &str) {
    assert!(read(format!("From: {from}\n\nHalo\n")).automatic, "{from}");
}

#[test]
fn mail_21_r11_the_null_sender_is_a_program() {
    let ours = |_: &str| false;
    for (sender, automatic) in [(Some(""), true), (Some("<>"), true), (None, false)] {
        let envelope = Envelope { sender, recipient: OURS, ours: &ours };
        let Ok(Inbound::Message(message)) = parse(b"From: a@x.example\n\nHalo\n", &envelope) else {
            panic!("not a message")
        };
        assert_eq!(message.automatic, automatic, "{sender:?}");
    }
}

#[rstest]
#[case("From: =?utf-8?q?a=40b?=@x.example")]
#[case("From: \"a@bank.example\"@x.example")]
#[case("From: a@x.example\nFrom: b@x.example")]
#[case("From: <>")]
#[case("From: Rina")]
#[case("From: a b@x.example@y.example")]
fn r20_mail_37_an_ambiguous_sender_is_refused(#[case] from: &str) {
    let result = to(OURS, format!("{from}\nSubject: x\n\nHalo\n"));
    if let Ok(message) = result {
        // Without any address in From the sender of the delivery counts, and the officer is told.
        assert_eq!(message.sender.address.value, "rina@surat.example", "{from}");
        assert!(!message.warnings.is_empty(), "{from}");
    }
}

#[test]
fn r20_mail_37_several_senders_are_flagged() {
    let message = read("From: a@x.example, Bos <b@y.example>\n\nHalo\n");
    assert_eq!(message.sender.address.value, "a@x.example");
    assert!(message.warnings[0].contains("b@y.example"), "{:?}", message.warnings);
}

#[rstest]
#[case("\"ceo@bank.example\" <c@evil.example>")]
#[case("=?utf-8?b?Y2VvQGJhbmsuZXhhbXBsZQ==?= <c@evil.example>")]
#[case("ceo@bank.example via Toko <c@evil.example>")]
fn mail_37_a_name_that_shows_another_address_is_warned_of(#[case] from: &str) {
    let message = read(format!("From: {from}\n\nHalo\n"));
    assert_eq!(message.sender.address.value, "c@evil.example");
    assert!(message.warnings.iter().any(|warning| warning.contains("ceo@bank.example")));
}

#[test]
fn mail_37_the_own_address_as_name_is_no_warning() {
    assert!(
        read("From: \"Rina@surat.example\" <rina@surat.example>\n\nHalo\n").warnings.is_empty()
    );
}

#[test]
fn mail_37_another_reply_to_is_warned_of() {
    let message = with("Reply-To: lain@evil.example");
    assert_eq!(message.sender.address.value, "rina@surat.example");
    assert!(message.warnings[0].contains("lain@evil.example"));
    assert!(with("Reply-To: Rina <RINA@surat.example>").warnings.is_empty());
}

#[test]
fn mail_37_groups_and_comments_are_read() {
    let message = read(
        "From: Rina (di kantor) <rina@surat.example>\n\
         To: Toko: halo@toko.example, adi@surat.example;, budi@surat.example\n\nHalo\n",
    );
    assert_eq!(message.also_to, ["adi@surat.example", "budi@surat.example"]);
}

#[test]
fn d3_the_same_mail_by_another_way_has_the_same_logical_key() {
    let mail = |extra: &str, text: &str| {
        with(&format!("{extra}Message-ID: <a@x>\nSubject: Halo\nDate: Mon, 23 Nov 2026 10:15:00 +0700\n\n{text}"))
            .logical_key
            .unwrap()
    };
    assert_eq!(mail("", "Satu"), mail("Received: from a by b; today\nX-Spam: no\n", "Satu"));
    assert_ne!(mail("", "Satu"), mail("", "Dua"), "a forged copy does not hide the real mail");
    assert_eq!(with("Subject: Halo").logical_key, None);
}

#[test]
fn mail_22_a_mail_that_runs_in_a_circle_is_stopped() {
    let hop = "Received: from a.example by b.example; Mon, 23 Nov 2026 10:15:00 +0700\n";
    assert!(to(OURS, format!("{}From: a@x.example\n\nHalo\n", hop.repeat(50))).is_ok());
    let Unreadable(why) =
        to(OURS, format!("{}From: a@x.example\n\nHalo\n", hop.repeat(51))).unwrap_err();
    assert!(why.contains("circle"), "{why}");
}

#[test]
fn mail_22_r11_a_mail_from_our_own_address_gets_no_automatic_answer() {
    let message = read("From: Toko <halo+x@toko.example>\n\nHalo\n");
    assert!(message.automatic && message.warnings.len() == 1, "{message:?}");
}

#[test]
fn r21_headers_of_ours_and_authentication_results_are_not_believed() {
    let message = with(
        "Authentication-Results: mx.toko.example; dmarc=pass\nX-Sapa-Conversation: 1\nX-Sapa-Proof: officer",
    );
    assert_eq!(message.sender.proof, None);
    assert!(message.sender.claims.is_empty());
    assert_eq!(message.thread, sapa_channel::Thread::default());
}

#[test]
fn mail_32_text_and_html_are_both_given() {
    let message = with(
        "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n\
         --x\nContent-Type: text/plain\n\nHalo *teks*\n\
         --x\nContent-Type: text/html\n\n<p>Halo <b>html</b><script>x</script></p>\n--x--",
    );
    assert_eq!(message.text, "Halo *teks*");
    assert_eq!(message.html.as_deref().map(str::trim), Some("<p>Halo <b>html</b></p>"));
    assert!(message.files.is_empty());
}

#[test]
fn mail_32_html_alone_is_given_as_text_too() {
    let message = read(
        "From: rina@surat.example\nContent-Type: text/html\n\n<p>Halo,</p><p>apa kabar?</p><blockquote type=cite>lama</blockquote>",
    );
    assert_eq!(message.text, "Halo,\n\napa kabar?");
    assert_eq!(message.quoted.as_deref(), Some("> lama"));
    assert!(message.html.unwrap().contains("<details class=\"sapa-quoted\">"));
}

#[test]
fn mail_34_pictures_in_the_text_keep_their_content_id() {
    let message = with(
        "Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n\
         <p>Lihat <img src=\"cid:foto1@x\"></p>\n--x\nContent-Type: image/png; name=foto.png\n\
         Content-ID: <foto1@x>\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--x--",
    );
    assert!(message.html.unwrap().contains("src=\"cid:foto1@x\""));
    let [file] = message.files.as_slice() else { panic!("{:?}", message.files) };
    assert_eq!((file.name.as_str(), file.media_type.as_str()), ("foto.png", "image/png"));
    assert_eq!(file.content_id.as_deref(), Some("foto1@x"));
    assert_eq!(file.bytes.as_ref(), b"\x89PNG\r\n\x1a\n");
}

#[rstest]
#[case("Content-Disposition: attachment; filename=\"nota.pdf\"", "nota.pdf")]
#[case(
    "Content-Disposition: attachment; filename*=UTF-8''tagihan%20%E2%9C%93.pdf",
    "tagihan ✓.pdf"
)]
#[case(
    "Content-Disposition: attachment; filename=\"=?utf-8?q?tagihan_=E2=9C=93=2Epdf?=\"",
    "tagihan ✓.pdf"
)]
#[case(
    "Content-Disposition: attachment; filename*0=\"a very \"; filename*1=\"long.pdf\"",
    "a very long.pdf"
)]
#[case("Content-Disposition: attachment; filename=\"../../etc/passwd\"", "passwd")]
#[case("Content-Disposition: attachment; filename=\"C:\\\\temp\\\\x.exe\"", "x.exe")]
#[case("Content-Disposition: attachment; filename=\"nota\u{202e}fdp.exe\"", "notafdp.exe")]
#[case("Content-Disposition: attachment", "document.pdf")]
fn mail_12_r24_names_of_attachments_are_labels(#[case] header: &str, #[case] name: &str) {
    let message = with(&format!(
        "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHalo\n--x\nContent-Type: application/pdf\n{header}\n\nPDF\n--x--"
    ));
    assert_eq!(message.text, "Halo");
    assert_eq!(message.files[0].name, name);
    assert_eq!(message.files[0].bytes.as_ref(), b"PDF");
}

#[test]
fn mail_34_calendars_nested_mails_and_winmail_are_attachments() {
    let message = with(
        "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHalo\n\
         --x\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n\
         --x\nContent-Type: message/rfc822\n\nFrom: b@x.example\nSubject: Yang lama\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\nIsi lama\n--y--\n\
         --x\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\nAAEC\n--x--",
    );
    let files: Vec<_> =
        message.files.iter().map(|file| (file.name.as_str(), file.media_type.as_str())).collect();
    assert_eq!(
        files,
        [
            ("invitation.ics", "text/calendar"),
            ("Yang lama.eml", "message/rfc822"),
            ("winmail.dat", "application/ms-tnef"),
        ]
    );
    let nested = String::from_utf8_lossy(&message.files[1].bytes);
    assert!(nested.starts_with("From: b@x.example") && nested.contains("Isi lama"), "{nested}");
    assert!(!nested.contains("winmail"), "{nested}");
    assert_eq!(message.files[2].bytes.as_ref(), [0, 1, 2]);
    assert_eq!(message.text, "Halo");
}

#[test]
fn mail_32_flowed_text_is_put_together() {
    let message = read(
        "From: rina@surat.example\nContent-Type: text/plain; format=flowed\n\nIni satu \nkalimat panjang.\nBaru.\n\n-- \nRina",
    );
    assert_eq!(message.text, "Ini satu kalimat panjang.\nBaru.");
    assert_eq!(message.quoted.as_deref(), Some("--\nRina"));
}

#[test]
fn a_mail_without_text_is_understood() {
    assert_eq!(read("From: rina@surat.example\n\n").text, "");
    assert_eq!(read("From: rina@surat.example\n").text, "");
    let message = with("Content-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n/9j/");
    assert_eq!((message.text.as_str(), message.files[0].name.as_str()), ("", "image.jpg"));
}
