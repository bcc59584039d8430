//! Folds what a mail quotes of earlier ones.

use super::tokens::{Token, is_void, tokens};

/// The class of the `<details>` that holds the quoted part.
pub const QUOTED_CLASS: &str = "sapa-quoted";

/// How far a mark reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The element itself is the quote.
    Element,
    /// The element is the line above the quote, which is the rest of what holds both.
    RestOfParent,
}

fn reach(token: Token<'_>) -> Option<Reach> {
    if token.attribute("type") == Some("cite") {
        return Some(Reach::Element);
    }
    match token.attribute("class").or_else(|| token.attribute("id"))? {
        "moz-cite-prefix"
        | "divrplyfwdmsg"
        | "x_divrplyfwdmsg"
        | "appendonsend"
        | "ms-outlook-mobile-reference-message" => Some(Reach::RestOfParent),
        _ => Some(Reach::Element),
    }
}

/// Whether a text is the first of "From: … Sent: … To: …", as Outlook puts them below a ruler.
fn begins_header_block(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    ["from:", "dari:", "von:", "de:", "de :", "da:", "van:"]
        .iter()
        .any(|word| text.starts_with(word))
}

/// Wraps the first quote of sanitised HTML, unless there is nothing but the quote.
pub(super) fn fold(html: &str) -> String {
    let Some((from, to)) = find(html) else { return without_marks(html) };
    let (before, quote, after) = (&html[..from], &html[from..to], &html[to..]);
    if !says_something(before) && !says_something(after) {
        return without_marks(html);
    }
    format!(
        "{}<details class=\"{QUOTED_CLASS}\"><summary>\u{2026}</summary>{}</details>{}",
        without_marks(before),
        without_marks(quote),
        without_marks(after)
    )
}

/// Where the first quote begins and ends.
pub(super) fn find(html: &str) -> Option<(usize, usize)> {
    let (mut at, mut depth) = (0, 0_usize);
    // A ruler of Outlook, or the element that it begins, until it is seen what stands below.
    let mut ruler: Option<(usize, usize)> = None;
    let mut opened: Option<(usize, usize)> = None;
    // Where the quote begins, at which depth, and what ends it.
    let mut quote: Option<(usize, usize, Reach)> = None;
    for token in tokens(html) {
        let end = at + token.raw().len();
        if let Some((from, outside)) = ruler
            && quote.is_none()
            && let Token::Text(text) = token
            && !text.trim().is_empty()
        {
            if begins_header_block(text) {
                quote = Some((from, outside, Reach::RestOfParent));
            }
            ruler = None;
        }
        match token {
            Token::Open { name, .. } if !is_void(name) => {
                if quote.is_none()
                    && let Some(reach) = reach(token)
                {
                    quote = Some((at, depth, reach));
                }
                let style = token.attribute("style").unwrap_or_default();
                if name == "div" && style.contains("border-top:") {
                    ruler = Some(opened.unwrap_or((at, depth)));
                }
                opened = (name == "div").then_some((at, depth));
                depth += 1;
            }
            Token::Text(text) if !text.trim().is_empty() => opened = None,
            Token::Close { .. } => {
                depth = depth.saturating_sub(1);
                match quote {
                    Some((from, outside, Reach::Element)) if depth == outside => {
                        return Some((from, end));
                    }
                    Some((from, outside, Reach::RestOfParent)) if depth < outside => {
                        return Some((from, at));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        at = end;
    }
    quote.map(|(from, ..)| (from, html.len()))
}

/// Whether it has anything to see.
fn says_something(html: &str) -> bool {
    tokens(html).any(|token| match token {
        Token::Text(text) => !text.replace("&nbsp;", " ").trim().is_empty(),
        Token::Open { name, .. } => name == "img",
        Token::Close { .. } => false,
    })
}

/// Without the classes and ids, which have done their work.
fn without_marks(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for token in tokens(html) {
        let marks = ["class", "id", "type"];
        if !marks.iter().any(|mark| token.attribute(mark).is_some()) {
            out.push_str(token.raw());
            continue;
        }
        let mut raw = token.raw().to_owned();
        for mark in marks {
            if let Some(value) = token.attribute(mark) {
                raw = raw.replace(&format!(" {mark}=\"{value}\""), "");
            }
        }
        out.push_str(&raw);
    }
    out
}
