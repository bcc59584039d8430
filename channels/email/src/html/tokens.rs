//! Reads HTML as the sanitiser writes it: well-formed, attributes in double quotes, no comments, no raw text.
//!
//! It is never used on HTML as it came.

/// A piece of sanitised HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with character references.
    Text(&'a str),
    /// `<name attributes>`; `raw` is the whole of it.
    Open { name: &'a str, attributes: &'a str, raw: &'a str },
    /// `</name>`.
    Close { name: &'a str, raw: &'a str },
}

impl<'a> Token<'a> {
    pub(super) fn raw(self) -> &'a str {
        match self {
            Self::Text(raw) | Self::Open { raw, .. } | Self::Close { raw, .. } => raw,
        }
    }

    /// The value of an attribute, still escaped.
    pub(super) fn attribute(self, wanted: &str) -> Option<&'a str> {
        let Self::Open { attributes, .. } = self else { return None };
        pairs(attributes).find(|(name, _)| *name == wanted).map(|(_, value)| value)
    }
}

/// Whether an element has no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "area" | "br" | "col" | "hr" | "img" | "wbr" | "input" | "embed" | "source")
}

/// The tokens of sanitised HTML; together their `raw`s are the whole of it.
pub(super) fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = if rest.starts_with('<') { tag_end(rest) } else { rest.find('<') };
        let (raw, tail) = rest.split_at(end.unwrap_or(rest.len()));
        rest = tail;
        let Some(inner) = raw.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')) else {
            return Some(Token::Text(raw));
        };
        Some(if let Some(name) = inner.strip_prefix('/') {
            Token::Close { name, raw }
        } else {
            let (name, attributes) = inner.split_once([' ', '\n', '\t']).unwrap_or((inner, ""));
            Token::Open { name, attributes, raw }
        })
    })
}

/// Where the tag ends that `html` begins with; a `>` in an attribute is none.
fn tag_end(html: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn pairs(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        let (name, tail) = rest.split_once("=\"")?;
        let (value, tail) = tail.split_once('"')?;
        rest = tail;
        Some((name.trim(), value))
    })
}

/// Takes the addresses of remote pictures out of the way, and lets links tell where they lead.
pub(super) fn finish(clean: &str) -> String {
    let mut out = String::with_capacity(clean.len() + clean.len() / 8);
    for token in tokens(clean) {
        match token {
            Token::Open { name: "img", attributes, .. } => {
                out.push_str("<img");
                for (name, value) in pairs(attributes) {
                    // A remote picture tells its server who reads, when and where.
                    let in_mail = value
                        .trim_start()
                        .get(..4)
                        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"));
                    let name = if name == "src" && !in_mail { "data-src" } else { name };
                    push_attribute(&mut out, name, value);
                }
                out.push('>');
            }
            Token::Open { name: "a", attributes, .. } => {
                out.push_str("<a");
                for (name, value) in pairs(attributes) {
                    push_attribute(&mut out, name, value);
                    if name == "href" {
                        push_attribute(&mut out, "title", value);
                    }
                }
                out.push('>');
            }
            other => out.push_str(other.raw()),
        }
    }
    out
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(value);
    out.push('"');
}
