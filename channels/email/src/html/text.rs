//! The text of sanitised HTML, for mails that have no text part.

use super::{
    QUOTED_CLASS,
    tokens::{Token, tokens},
};

/// What HTML says, as plain text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plain {
    /// What is new.
    pub(crate) text: String,
    /// What was folded away.
    pub(crate) quoted: String,
}

/// The text of what [`sanitise`](super::sanitise) gave.
pub(crate) fn to_text(html: &str) -> Plain {
    let mut text = Writer::default();
    let mut quoted = Writer::default();
    let mut details = 0_u32;
    let mut summary = false;
    for token in tokens(html) {
        match token {
            Token::Open { name: "details", .. } => {
                details += u32::from(details > 0 || token.attribute("class") == Some(QUOTED_CLASS));
            }
            Token::Close { name: "details", .. } => details = details.saturating_sub(1),
            Token::Open { name: "summary", .. } => summary = true,
            Token::Close { name: "summary", .. } => summary = false,
            _ if summary => {}
            _ if details > 0 => quoted.token(token),
            _ => text.token(token),
        }
    }
    Plain { text: text.finish(), quoted: quoted.finish() }
}

/// The text of what [`sanitise`](super::sanitise) gave, and where its links go.
pub(super) fn with_links(html: &str) -> String {
    let mut text = Writer { links: true, ..Writer::default() };
    for token in tokens(html) {
        text.token(token);
    }
    text.finish()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends that are due before the next word.
    breaks: usize,
    /// Whether a space is due.
    space: bool,
    /// Inside so many `<pre>`.
    pre: usize,
    /// Inside so many `<blockquote>`.
    quotes: usize,
    /// Whether links show their addresses.
    links: bool,
    /// The address of the link that is open, and where its text begins.
    link: Option<(String, usize)>,
}

impl Writer {
    fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Text(text) => self.text(&unescape(text)),
            Token::Open { name, .. } => match name {
                "br" => self.line_break(),
                "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "table" | "dl" => {
                    self.at_least(2);
                }
                "blockquote" => {
                    self.at_least(2);
                    self.quotes += 1;
                }
                "pre" => {
                    self.at_least(2);
                    self.pre += 1;
                }
                "li" => {
                    self.at_least(1);
                    self.word("- ");
                }
                "div" | "tr" | "dt" | "dd" | "section" | "article" | "header" | "footer"
                | "center" => self.at_least(1),
                "hr" => {
                    self.at_least(1);
                    self.word("---");
                    self.at_least(1);
                }
                "td" | "th" => self.space = true,
                "a" if self.links => {
                    let address = token.attribute("href").map(unescape);
                    self.link = address.map(|address| (address, self.out.len()));
                }
                "img" => {
                    if let Some(alt) = token.attribute("alt").filter(|alt| !alt.trim().is_empty()) {
                        self.text(&format!("[{}]", unescape(alt).trim()));
                    }
                }
                _ => {}
            },
            Token::Close { name, .. } => match name {
                "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "table" | "dl" => {
                    self.at_least(2);
                }
                "blockquote" => {
                    self.quotes = self.quotes.saturating_sub(1);
                    self.at_least(2);
                }
                "pre" => {
                    self.pre = self.pre.saturating_sub(1);
                    self.at_least(2);
                }
                "a" => {
                    if let Some((address, begun)) = self.link.take()
                        && !self.out[begun..].contains(address.trim_start_matches("mailto:"))
                    {
                        self.space = true;
                        self.word(&format!("({address})"));
                    }
                }
                "div" | "tr" | "li" | "dt" | "dd" | "section" | "article" | "header" | "footer"
                | "center" => self.at_least(1),
                _ => {}
            },
        }
    }

    fn line_break(&mut self) {
        self.breaks += 1;
        self.space = false;
    }

    fn at_least(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.line_break();
                }
                if !line.is_empty() {
                    self.word(line);
                }
            }
            return;
        }
        let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
        for (number, word) in text.split(blank).enumerate() {
            self.space |= number > 0;
            if !word.is_empty() {
                self.word(word);
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.out.is_empty() {
            self.indent();
        } else if self.breaks > 0 {
            // More than one empty line says nothing.
            for _ in 0..self.breaks.min(3) {
                self.out.push('\n');
            }
            self.indent();
        } else if self.space && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.out.push_str(word);
    }

    fn indent(&mut self) {
        // Quotes within quotes within quotes are none the clearer for more signs.
        for _ in 0..self.quotes.min(5) {
            self.out.push_str("> ");
        }
    }

    fn finish(self) -> String {
        let text = self.out.replace('\u{a0}', " ");
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}

/// The character references that the sanitiser writes.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
