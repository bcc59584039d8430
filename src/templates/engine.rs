//! Compiled templates, and rendering them: strict, escaped by context, into a bounded output.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{self, Write},
};

use handlebars::{
    Context, Handlebars, Helper, HelperDef, JsonRender, RenderContext, RenderError,
    RenderErrorReason, ScopedJson,
};
use serde_json::{Map, Value};

use super::{check, model::Content};

/// The most bytes of one rendered part.
const LARGEST: usize = 1024 * 1024;

/// The most characters of a rendered subject.
const LONGEST_SUBJECT: usize = 300;

/// What is wrong with a template, by the part of it.
pub type Faults = BTreeMap<String, String>;

/// A template ready to be rendered as often as one likes.
pub struct Compiled {
    plain: Handlebars<'static>,
    html: Option<Handlebars<'static>>,
    has_subject: bool,
    has_text: bool,
    names: BTreeSet<String>,
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").field("names", &self.names).finish_non_exhaustive()
    }
}

/// What a customer gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject of a letter.
    pub subject: Option<String>,
    /// As HTML.
    pub html: Option<String>,
    /// As text; it is always there.
    pub text: String,
}

/// Why a template gives nothing for a customer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A value that the customer does not have.
    #[error("{0} is not known of this customer")]
    Missing(String),
    /// It became too large.
    #[error("it becomes larger than it may be")]
    TooLarge,
    /// The subject cannot be a header (R18).
    #[error("the subject holds a line end or another character that cannot be in a header")]
    Header,
    /// There is nothing to read.
    #[error("there is no text left to send")]
    Empty,
    /// Anything else.
    #[error("{0}")]
    Broken(String),
}

impl Fault {
    /// The value that is missing, if that is the matter.
    #[must_use]
    pub fn missing(&self) -> Option<&str> {
        match self {
            Self::Missing(name) => Some(name),
            _ => None,
        }
    }
}

impl Compiled {
    /// Checks and compiles. What is wrong is told for all parts at once.
    pub fn new(content: &Content) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let mut names = BTreeSet::new();
        let mut compile = |registry: &mut Handlebars<'static>, part: &str, source: &str| {
            let registered = check::part(source).and_then(|used| {
                names.extend(used);
                registry.register_template_string(part, source).map_err(|error| error.to_string())
            });
            if let Err(why) = registered {
                faults.insert(part.to_owned(), why);
            }
        };
        let mut plain = engine(handlebars::no_escape);
        let subject = content.subject.as_deref().filter(|subject| !subject.trim().is_empty());
        if let Some(subject) = subject {
            compile(&mut plain, "subject", subject);
        }
        let text = Some(&*content.text).filter(|text| !text.trim().is_empty());
        if let Some(text) = text {
            compile(&mut plain, "text", text);
        }
        let source = content.html.as_deref().filter(|html| !html.trim().is_empty());
        let html = source.map(|source| {
            let mut html = engine(handlebars::html_escape);
            compile(&mut html, "html", source);
            html
        });
        if let Some(Err(why)) = source.map(check::mail_html) {
            faults.insert("html".to_owned(), why);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { plain, html, has_subject: subject.is_some(), has_text: text.is_some(), names })
    }

    /// The names of the values that it uses.
    #[must_use]
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Of all values those that it uses.
    #[must_use]
    pub fn used(&self, values: &Map<String, Value>) -> Map<String, Value> {
        let roots: BTreeSet<&str> = self
            .names
            .iter()
            .map(|name| name.split(['.', '/', '[']).next().unwrap_or_default())
            .collect();
        values
            .iter()
            .filter(|(name, _)| roots.contains(name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Renders all parts.
    pub fn render(&self, values: &Map<String, Value>) -> Result<Rendered, Fault> {
        let context = Context::wraps(values).map_err(|error| Fault::Broken(error.to_string()))?;
        let subject = self.has_subject.then(|| subject(&self.plain, &context)).transpose()?;
        let html =
            self.html.as_ref().map(|registry| rendered(registry, "html", &context)).transpose()?;
        let text = match (&html, self.has_text) {
            (_, true) => rendered(&self.plain, "text", &context)?,
            (Some(html), false) => sapa_email::text_of(html),
            (None, false) => String::new(),
        };
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        Ok(Rendered { subject, html, text })
    }
}

fn subject(registry: &Handlebars<'_>, context: &Context) -> Result<String, Fault> {
    let subject = rendered(registry, "subject", context)?;
    let subject = subject.trim();
    // R18, mail 6: it is looked at when all is rendered.
    if subject.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(Fault::Header);
    }
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(Fault::TooLarge);
    }
    Ok(subject.to_owned())
}

/// An output that takes no more than it may.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn rendered(registry: &Handlebars<'_>, part: &str, context: &Context) -> Result<String, Fault> {
    let mut out = Bounded(Vec::with_capacity(1024));
    registry
        .render_with_context_to_write(part, context, &mut out)
        .map_err(|error| fault(&error))?;
    String::from_utf8(out.0).map_err(|error| Fault::Broken(error.to_string()))
}

fn fault(error: &RenderError) -> Fault {
    match error.reason() {
        RenderErrorReason::MissingVariable(name) => {
            Fault::Missing(name.clone().unwrap_or_else(|| "a value".to_owned()))
        }
        RenderErrorReason::IOError(_) => Fault::TooLarge,
        other => Fault::Broken(other.to_string()),
    }
}

fn engine(escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(escape);
    registry.register_helper("default", Box::new(OrElse));
    registry.register_helper("url", Box::new(UrlPart));
    registry
}

/// `{{default city "kota Anda"}}`: the first value that is known and not empty.
#[derive(Clone, Copy)]
struct OrElse;

impl HelperDef for OrElse {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let known = helper
            .params()
            .iter()
            .find(|given| !given.is_value_missing() && !given.value().render().is_empty());
        match known {
            Some(given) => Ok(ScopedJson::Derived(given.value().clone())),
            None => Err(RenderErrorReason::MissingVariable(
                helper.param(0).and_then(|given| given.relative_path().cloned()),
            )
            .into()),
        }
    }
}

/// `{{url name}}`: as a part of an address of a web page.
#[derive(Clone, Copy)]
struct UrlPart;

impl HelperDef for UrlPart {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let given = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("url", 0))?;
        if given.is_value_missing() {
            return Err(RenderErrorReason::MissingVariable(given.relative_path().cloned()).into());
        }
        let mut out = String::new();
        for byte in given.value().render().bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let _ = fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
            }
        }
        Ok(ScopedJson::Derived(Value::String(out)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn letter(subject: &str, html: &str, text: &str) -> Content {
        Content {
            subject: Some(subject.to_owned()),
            html: Some(html.to_owned()).filter(|html| !html.is_empty()),
            text: text.to_owned(),
        }
    }

    fn render(content: &Content, values: &Value) -> Result<Rendered, Fault> {
        Compiled::new(content).unwrap().render(values.as_object().unwrap())
    }

    #[test]
    fn r16_each_part_is_escaped_for_what_it_is() {
        let content = letter(
            "Halo {{name}}",
            "<p>{{name}}</p><a href=\"https://x.example/?q={{url name}}\">x</a>",
            "Halo {{name}}",
        );
        let values = json!({ "name": "<script>alert(1)</script> & \"Co\"" });
        let done = render(&content, &values).unwrap();
        assert_eq!(done.subject.unwrap(), "Halo <script>alert(1)</script> & \"Co\"");
        assert!(done.text.contains("<script>"), "text is text: {}", done.text);
        let html = done.html.unwrap();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "{html}");
        assert!(
            html.contains("?q=%3Cscript%3Ealert%281%29%3C%2Fscript%3E%20%26%20%22Co%22\""),
            "{html}"
        );
    }

    #[test]
    fn r18_a_subject_never_becomes_two_lines() {
        for name in ["Rina\r\nBcc: all@x.example", "Rina\nX: y", "Rina\0", "Rina\u{2028}X"] {
            let done = render(&letter("Halo {{name}}", "", "Halo"), &json!({ "name": name }));
            assert_eq!(done, Err(Fault::Header), "{name:?}");
        }
    }

    #[test]
    fn a_value_that_is_missing_is_named_and_a_default_takes_its_place() {
        let none = json!({});
        assert_eq!(
            render(&letter("x", "", "Halo {{city}}"), &none),
            Err(Fault::Missing("city".to_owned()))
        );
        assert_eq!(
            render(&letter("x", "<p>{{fields.kelas}}</p>", ""), &none),
            Err(Fault::Missing("fields.kelas".to_owned()))
        );
        assert_eq!(
            render(&letter("x", "", "{{default city}}"), &none),
            Err(Fault::Missing("city".to_owned()))
        );
        assert_eq!(
            render(&letter("x", "", "{{url city}}"), &none),
            Err(Fault::Missing("city".to_owned()))
        );
        let done = render(
            &letter(
                "x",
                "",
                "Di {{default city company \"kota Anda\"}}{{#if city}} ({{city}}){{/if}}",
            ),
            &none,
        );
        assert_eq!(done.unwrap().text, "Di kota Anda");
        let done =
            render(&letter("x", "", "{{default city \"kota Anda\"}}"), &json!({ "city": "Solo" }));
        assert_eq!(done.unwrap().text, "Solo");
    }

    #[test]
    fn there_is_always_a_text_part() {
        let done = render(&letter("x", "<h1>Panen</h1><p>Halo {{name}},<br>kopi baru.</p><p><a href=\"https://x.example\">Pesan</a></p>", ""), &json!({ "name": "Rina" })).unwrap();
        assert!(done.text.contains("Halo Rina,\nkopi baru."), "{}", done.text);
        assert!(done.text.contains("https://x.example"), "a link keeps its address: {}", done.text);
        assert_eq!(render(&letter("x", "", " {{#if a}}x{{/if}} "), &json!({})), Err(Fault::Empty));
    }

    #[test]
    fn r16_the_output_is_bounded() {
        let content = letter("x", "", &"{{name}}".repeat(400));
        assert_eq!(render(&content, &json!({ "name": "x".repeat(10_000) })), Err(Fault::TooLarge));
    }

    #[test]
    fn conditions_compare_values() {
        let content = letter(
            "x",
            "",
            "{{#if (eq language \"id\")}}Halo{{else if (eq language \"en\")}}Hello{{else}}-{{/if}}",
        );
        for (language, said) in [("id", "Halo"), ("en", "Hello"), ("de", "-")] {
            assert_eq!(render(&content, &json!({ "language": language })).unwrap().text, said);
        }
    }

    #[test]
    fn only_what_is_used_is_kept() {
        let compiled = Compiled::new(&letter("{{name}}", "", "{{fields.kelas}}")).unwrap();
        let values = json!({ "name": "Rina", "city": "Solo", "fields": { "kelas": "Emas" } });
        let used = compiled.used(values.as_object().unwrap());
        assert_eq!(Value::Object(used), json!({ "name": "Rina", "fields": { "kelas": "Emas" } }));
    }
}
