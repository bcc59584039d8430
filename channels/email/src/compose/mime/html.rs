//! The HTML of a mail of ours: light, and the same in every program.

use std::fmt::Write;

use sapa_channel::Outbound;

use super::{Quote, clean};
use crate::compose::MailboxSettings;

/// The whole page, for `lang` the language of the customer (mail 14).
pub(super) fn page(message: &Outbound, settings: &MailboxSettings, language: &str) -> String {
    if let (Some(_), Some(html)) = (&message.bulk, &message.html)
        && is_whole(html)
    {
        return html.clone();
    }
    let mut body = match &message.html {
        Some(html) => html.clone(),
        None => paragraphs(&clean(&message.text)),
    };
    if !message.buttons.is_empty() {
        body.push_str("\n<ol>");
        for button in &message.buttons {
            let _ = write!(body, "\n<li>{}</li>", escape(&clean(&button.label)));
        }
        body.push_str("\n</ol>");
    }
    if !settings.signature.trim().is_empty() && message.bulk.is_none() {
        let signature = paragraphs(&clean(&settings.signature));
        let _ = write!(body, "\n<div style=\"color:#666\">\n{signature}\n</div>");
    }
    if let Some(quote) = Quote::of(message, language) {
        let _ = write!(
            body,
            "\n<div class=\"gmail_quote\">\n<p style=\"color:#666\">{}</p>\n\
             <blockquote type=\"cite\" style=\"margin:0 0 0 8px;padding-left:12px;border-left:2px solid #ccc\">\n{}\n\
             </blockquote>\n</div>",
            escape(&quote.header),
            paragraphs(&quote.text)
        );
    }
    format!(
        "<!doctype html>\n<html lang=\"{language}\" dir=\"auto\">\n<head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family:sans-serif;font-size:15px;line-height:1.5\">\n{body}\n</body>\n</html>\n"
    )
}

/// Whether it is a page of its own already, as designers make them.
fn is_whole(html: &str) -> bool {
    let begin: String = html.trim_start().chars().take(9).collect::<String>().to_ascii_lowercase();
    begin.starts_with("<!doctype") || begin.starts_with("<html")
}

/// Text as paragraphs, with links made of addresses of web pages.
fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
    let html: Vec<_> = paragraphs
        .map(|paragraph| {
            let lines: Vec<_> = paragraph.trim_matches('\n').split('\n').map(linkify).collect();
            format!("<p>{}</p>", lines.join("<br>\n"))
        })
        .collect();
    html.join("\n")
}

fn linkify(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = ["https://", "http://"].iter().filter_map(|start| rest.find(start)).min() {
        let (before, tail) = rest.split_at(at);
        let end =
            tail.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(tail.len());
        // What ends a sentence is not part of a link.
        let address = tail[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']']);
        out.push_str(&escape(before));
        let escaped = escape(address);
        let _ = write!(out, "<a href=\"{escaped}\">{escaped}</a>");
        rest = &tail[address.len()..];
    }
    out.push_str(&escape(rest));
    out
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}
