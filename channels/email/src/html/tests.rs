//! What is left of hostile and of honest HTML, and the text that is made of it.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[rstest]
#[case::script("<script>alert(1)</script>")]
#[case::svg("<svg><script>alert(1)</script></svg>")]
#[case::math("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>")]
#[case::handler("<p onclick=alert(1)>")]
#[case::image("<img src=x onerror=alert(1)>")]
#[case::frame("<iframe src=https://x.example></iframe><object data=x></object><embed src=x>")]
#[case::javascript("<a href=\"java\tscript:alert(1)\">a</a><a href=' javascript:alert(1)'>b</a>")]
#[case::data("<a href='data:text/html,<script>alert(1)</script>'>a</a>")]
#[case::form("<form action=https://x.example><input name=q><button>go</button></form>")]
#[case::sheet("<style>body{display:none}</style><link rel=stylesheet href=https://x.example>")]
#[case::meta(
    "<meta http-equiv=refresh content='0;url=https://x.example'><base href=https://x.example>"
)]
#[case::style("<p style=\"background-image:url(https://x.example/p)\">a</p>")]
#[case::escaped_style("<p style=\"width:u\\72l(https://x.example)\">a</p>")]
#[case::position("<p style=\"position:fixed;top:0;z-index:9\">a</p>")]
#[case::details("<details ontoggle=alert(1) open>a</details>")]
#[case::srcset("<img srcset='https://x.example/p 2x'><video poster=https://x.example/p></video>")]
#[case::background(
    "<table background=https://x.example/p><tr><td background=https://x.example/p>a"
)]
#[case::attribute_end("<img alt='\" src=\"https://x.example/p\"'>")]
fn r1_mail_34_nothing_runs_and_nothing_loads(#[case] html: &str) {
    let out = sanitise(html);
    for bad in [
        "<script",
        "onclick",
        "onerror",
        "ontoggle",
        "javascript",
        "<iframe",
        "<object",
        "<embed",
        "<form",
        "<input",
        "<button",
        "<style",
        "<link",
        "<meta",
        "<base",
        "url(",
        "\\72",
        "position",
        "z-index",
        "<svg",
        "<math",
        "srcset",
        "poster",
        "background=",
        " src=\"http",
        "data:text",
    ] {
        assert!(!out.contains(bad), "{bad}: {out}");
    }
}

#[test]
fn mail_34_remote_pictures_wait_and_own_pictures_stay() {
    let out = sanitise("<img src=\"https://t.example/p.gif\"><img src='cid:logo@x' alt=Logo>");
    assert!(out.contains("data-src=\"https://t.example/p.gif\""), "{out}");
    assert!(!out.contains(" src=\"https"), "{out}");
    assert!(out.contains(" src=\"cid:logo@x\""), "{out}");
}

#[test]
fn mail_34_links_tell_where_they_lead_and_nothing_of_the_reader() {
    let out = sanitise("<a href='https://evil.example/?a=\"b\"&c' title='bank.example'>bank</a>");
    assert!(out.contains("title=\"https://evil.example/"), "{out}");
    assert!(out.contains("rel=\"noopener noreferrer nofollow\""), "{out}");
    assert!(!out.contains("title=\"bank.example\""), "{out}");
}

#[rstest]
#[case::gmail(
    "<div>Baru</div><div class=\"gmail_quote\"><div>Pada Senin:</div><blockquote>Lama</blockquote></div>"
)]
#[case::cite("<p>Baru</p><blockquote type=\"cite\"><p>Lama</p></blockquote>")]
#[case::thunderbird(
    "<body><p>Baru</p><div class=\"moz-cite-prefix\">Am Montag schrieb:</div><blockquote>Lama</blockquote></body>"
)]
#[case::outlook(
    "<div><p>Baru</p></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> x</div><div>Lama</div>"
)]
#[case::outlook_ruler(
    "<div class=WordSection1><p>Baru</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Halo<br><b>Sent:</b> Senin</p></div></div><p>Lama</p></div>"
)]
#[case::yahoo("<div>Baru</div><div class=\"x yahoo_quoted\">Lama</div>")]
#[case::proton(
    "<div>Baru</div><div class=\"protonmail_quote\"><blockquote class=\"protonmail_quote\" type=\"cite\">Lama</blockquote></div>"
)]
fn mail_32_the_quoted_part_is_folded(#[case] html: &str) {
    let out = sanitise(html);
    let (new, old) =
        out.split_once("<details class=\"sapa-quoted\">").unwrap_or_else(|| panic!("{out}"));
    assert!(new.contains("Baru") && !new.contains("Lama"), "{out}");
    assert!(old.contains("Lama"), "{out}");
    let plain = to_text(&out);
    assert_eq!(plain.text.trim_end_matches("\n\n---"), "Baru");
    assert!(plain.quoted.contains("Lama"), "{plain:?}");
}

#[test]
fn mail_32_what_is_nothing_but_a_quote_is_shown() {
    assert!(!sanitise("<blockquote type=cite>Lama</blockquote>").contains("<details"));
    assert!(!sanitise("<div class=\"sapa-quoted\">Palsu</div>").contains("sapa-quoted"));
}

#[test]
fn mail_32_an_answer_below_the_quote_is_shown() {
    let plain = to_text(&sanitise("<blockquote type=cite>Lama</blockquote><p>Baru</p>"));
    assert_eq!((plain.text.as_str(), plain.quoted.as_str()), ("Baru", "> Lama"));
}

#[test]
fn text_of_html_keeps_paragraphs_lists_and_preformatted_text() {
    let html = "<h1>Pesanan</h1><p>Halo,<br>nomor&nbsp;<b>1042</b> &amp; &lt;1043&gt;.</p>\
                <ul><li>satu</li><li>dua</li></ul><pre>a\n  b</pre><table><tr><td>x</td><td>y</td></tr></table>";
    let plain = to_text(&sanitise(html));
    assert_eq!(
        plain.text,
        "Pesanan\n\nHalo,\nnomor 1042 & <1043>.\n\n- satu\n- dua\n\na\n  b\n\nx y"
    );
}

#[rstest]
#[case("<div>")]
#[case("<b><i><a>")]
#[case("<table><tr><td>")]
#[case("<p><font size=1>")]
#[case("<svg><desc>")]
#[case("<div><table><td></div>")]
#[case("<x-y>")]
fn r22_html_nested_beyond_all_use_is_bare_text(#[case] nested: &str) {
    let started = std::time::Instant::now();
    let out = sanitise(&format!(
        "<p>Halo &amp; <b>apa</b></p>{}",
        nested.repeat(1_000_000 / nested.len())
    ));
    assert_eq!(out, "<p style=\"white-space:pre-wrap\">Halo &amp;\napa</p>");
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn r22_a_long_plain_page_is_no_nesting() {
    let out = sanitise(&"<p>Halo<br><img src=x><li>satu<td>dua".repeat(5_000));
    assert!(out.matches("<br>").count() == 5_000);
}

proptest! {
    #[test]
    fn lines_end_with_a_line_feed_alone_and_nothing_else_is_lost(text in "[\r\n\u{0}aé]{0,20}") {
        prop_assert_eq!(lines(&text), text.replace('\0', "").replace("\r\n", "\n"));
    }

    #[test]
    fn r1_sanitised_html_stays_as_it_is_when_it_is_sanitised_again(
        html in "(<(p|b|a href='https://x.example'|img src=x|blockquote type=cite|div class=gmail_quote|script|svg|table|td|style)>|</(p|b|a|div|script|svg|table|style)>|[a-z<>\"'&;/= ]{0,6}){0,20}"
    ) {
        let once = sanitise(&html);
        let lower = once.to_lowercase();
        prop_assert!(!lower.contains("<script") && !lower.contains("<svg") && !lower.contains("<style"));
        let _ = to_text(&once);
    }
}

#[test]
fn mail_10_the_text_of_a_page_keeps_where_its_links_go() {
    let html = "<!doctype html><html><head><style>p{color:red}</style></head><body><h1>Panen</h1>\
        <p>Halo, <a href=\"https://toko.example/gayo\">pesan di sini</a> ya.</p>\
        <p><a href=\"https://toko.example\">https://toko.example</a></p></body></html>";
    let text = text_of(html);
    assert!(
        text.starts_with("Panen\n\nHalo, pesan di sini (https://toko.example/gayo) ya."),
        "{text}"
    );
    assert_eq!(text.matches("https://toko.example").count(), 2, "{text}");
    assert!(!text.contains("color"), "{text}");
}
