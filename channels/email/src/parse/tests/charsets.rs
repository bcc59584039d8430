use rstest::rstest;

use super::read;

fn body(content_type: &str, body: &[u8]) -> String {
    let head = format!("From: rina@surat.example\r\nContent-Type: {content_type}\r\n\r\n");
    read([head.as_bytes(), body].concat()).text
}

#[rstest]
#[case("text/plain; charset=utf-8", "Grüße ✓".as_bytes(), "Grüße ✓")]
#[case("text/plain; charset=us-ascii", "Grüße ✓".as_bytes(), "Grüße ✓")]
#[case("text/plain; charset=us-ascii", b"Gr\xfc\xdfe \x80", "Grüße €")]
#[case("text/plain", "Grüße ✓".as_bytes(), "Grüße ✓")]
#[case("text/plain", b"Gr\xfc\xdfe", "Grüße")]
#[case("text/plain; charset=x-unknown", "Grüße".as_bytes(), "Grüße")]
#[case("text/plain; charset=x-unknown", b"Gr\xfc\xdfe", "Grüße")]
#[case("text/plain; charset=utf-8", b"Gr\xfc\xdfe", "Grüße")]
#[case("text/plain; charset=utf-8", b"Gr\xc3\xbc\xc3\x9fe \xff", "Grüße \u{fffd}")]
#[case("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße")]
#[case("text/plain; charset=windows-1252", b"\x93Halo\x94", "“Halo”")]
#[case("text/plain; charset=koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет")]
#[case("text/plain; charset=gb18030", b"\xc4\xe3\xba\xc3", "你好")]
#[case("text/plain; charset=iso-2022-jp", b"\x1b$B$3$s\x1b(B", "こん")]
#[case("text/plain; charset=shift_jis", b"\x82\xb1\x82\xf1", "こん")]
#[case("text/plain; charset=utf-7", b"Gr+APwA3w-e", "Grüße")]
#[case("text/plain; charset=utf-8", b"a\0b", "ab")]
fn mail_33_bodies_are_decoded(
    #[case] content_type: &str,
    #[case] bytes: &[u8],
    #[case] text: &str,
) {
    assert_eq!(body(content_type, bytes), text);
}

#[rstest]
#[case(b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
#[case(b"=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße")]
#[case(b"=?UTF-8?B?R3LDvMOfZQ?=", "Grüße")]
#[case(b"=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab")]
#[case(b"=?iso-8859-1?q?Gr=FC=DFe?= dari Rina", "Grüße dari Rina")]
#[case("Grüße".as_bytes(), "Grüße")]
#[case(b"Gr\xfc\xdfe", "Grüße")]
#[case(b"Halo\r\n\tlipat", "Halo lipat")]
#[case(b"=?utf-8?q?Halo=0D=0ABcc:_x?=", "Halo Bcc: x")]
#[case(b"=?utf-8?q?a=00b?=", "a b")]
fn mail_33_headers_are_decoded(#[case] raw: &[u8], #[case] subject: &str) {
    let mail = [b"From: rina@surat.example\r\nSubject: ", raw, b"\r\n\r\nHalo\r\n"].concat();
    assert_eq!(read(mail).subject.as_deref(), Some(subject));
}

#[test]
fn mail_33_a_word_split_inside_a_character_is_no_failure() {
    let mail =
        "From: rina@surat.example\nSubject: =?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=\n\nHalo\n";
    assert!(read(mail).subject.unwrap().starts_with("Gr"));
}

#[rstest]
#[case("=?utf-8?q?Rina_=E2=9C=93?= <rina@surat.example>", "Rina ✓")]
#[case("\"Wulandari, Rina\" <rina@surat.example>", "Wulandari, Rina")]
#[case("\"=?utf-8?q?Rina_=E2=9C=93?=\" <rina@surat.example>", "Rina ✓")]
#[case("rina@surat.example (Rina)", "Rina")]
fn mail_37_display_names_are_decoded(#[case] from: &str, #[case] name: &str) {
    let message = read(format!("From: {from}\n\nHalo\n"));
    assert_eq!(message.sender.name.as_deref(), Some(name));
    assert_eq!(message.sender.address.value, "rina@surat.example");
}
