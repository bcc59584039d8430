//! HTML of mails: made harmless, its quoted part folded, its text taken out.

mod bounds;
mod quoted;
mod text;
mod tokens;

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use bounds::is_reasonable;
pub(crate) use bounds::strip;
pub use quoted::QUOTED_CLASS;
pub(crate) use text::{Plain, to_text};

/// What marks an element as quoted, among classes and ids; whatever else a mail's classes are, is dropped.
const QUOTE_MARKS: [&str; 12] = [
    "gmail_quote",
    "gmail_quote_container",
    "gmail_extra",
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "moz-cite-prefix",
    "divrplyfwdmsg",
    "x_divrplyfwdmsg",
    "appendonsend",
    "zmail_extra",
    "ms-outlook-mobile-reference-message",
];

const STYLES: [&str; 22] = [
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-left",
    "border-right",
    "border-spacing",
    "border-top",
    "color",
    "direction",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "line-height",
    "padding",
    "text-align",
    "text-decoration",
    "vertical-align",
    "white-space",
    "width",
];

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .add_tags(["font", "center", "u", "big"])
        .add_tag_attributes("font", ["color", "size", "face"])
        .add_tag_attributes("table", ["width", "border", "cellpadding", "cellspacing", "bgcolor"])
        .add_tag_attributes("td", ["width", "height", "bgcolor", "valign"])
        .add_tag_attributes("th", ["width", "height", "bgcolor", "valign"])
        .add_tag_attributes("tr", ["bgcolor", "valign"])
        .add_tag_attributes("blockquote", ["type"])
        .add_tag_attributes("img", ["width", "height", "alt"])
        .add_generic_attributes(["style", "dir", "class", "id"])
        .rm_generic_attributes(["title"])
        .rm_tags(["details", "summary", "map", "area"])
        .add_clean_content_tags(["title", "noscript", "template", "svg", "math"])
        .filter_style_properties(HashSet::from(STYLES))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .attribute_filter(filter_attribute);
    builder
});

/// Keeps of classes and ids what marks quotes, and of styles what can load nothing and cover nothing.
fn filter_attribute<'a>(element: &str, attribute: &str, value: &'a str) -> Option<Cow<'a, str>> {
    match (element, attribute) {
        (_, "class" | "id") => mark_of(value).map(Cow::Borrowed),
        (_, "type") => value.eq_ignore_ascii_case("cite").then_some(Cow::Borrowed("cite")),
        (_, "style") => {
            let lower = value.to_ascii_lowercase();
            let loads = ["url", "expression", "\\", "@import", "image", "/*"];
            (!loads.iter().any(|word| lower.contains(word))).then_some(Cow::Borrowed(value))
        }
        _ => Some(Cow::Borrowed(value)),
    }
}

fn mark_of(value: &str) -> Option<&'static str> {
    value
        .split_ascii_whitespace()
        .find_map(|word| QUOTE_MARKS.into_iter().find(|mark| word.eq_ignore_ascii_case(mark)))
}

/// Makes the HTML of a mail harmless: no scripts, forms, frames, style sheets or foreign styles, nothing that
/// loads by itself (`R1`).
///
/// Pictures that came with the mail keep their `cid:` address; the address of a remote one is moved to
/// `data-src`, so that the screen can offer to show it. Links tell their target as `title` and say nothing
/// of where they were clicked. The quoted part is folded into `<details class="sapa-quoted">`.
///
/// HTML that is nested beyond all use gives its bare text.
///
/// It is one of two walls: the result is still to be shown in a sandboxed frame of its own.
#[must_use]
pub fn sanitise(html: &str) -> String {
    let html = lines(html);
    if !is_reasonable(&html) {
        return preformatted(&strip(&html));
    }
    let clean = SANITISER.clean(&html).to_string();
    quoted::fold(&tokens::finish(&clean))
}

/// The text of a page of ours, links with their addresses: the text part of a mail that has none.
#[must_use]
pub fn text_of(html: &str) -> String {
    text::with_links(&sanitise(html))
}

/// Text without NUL, its lines ended by a line feed alone.
pub(crate) fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in memchr::memchr2_iter(b'\r', 0, text.as_bytes()) {
        let nul = text.as_bytes()[at] == 0;
        let next = text.as_bytes()[at + 1..].iter().find(|byte| **byte != 0);
        if nul || next == Some(&b'\n') {
            out.push_str(&text[done..at]);
            done = at + 1;
        }
    }
    out.push_str(&text[done..]);
    out
}

/// Text as HTML, its lines kept.
pub(crate) fn preformatted(text: &str) -> String {
    let mut out = String::from("<p style=\"white-space:pre-wrap\">");
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\0' => {}
            _ => out.push(c),
        }
    }
    out.push_str("</p>");
    out
}

#[cfg(test)]
mod tests;
