//! A template, and what it may be.

use std::collections::BTreeMap;

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    engine::{Compiled, Faults},
    values,
};
use crate::http::AppError;

/// The kinds of channels that mailings go out by.
pub const KINDS: [&str; 2] = ["email", "telegram"];

/// What a template says, before anybody's values are put in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The subject of a letter.
    pub subject: Option<String>,
    /// As HTML.
    pub html: Option<String>,
    /// As text; empty if it shall be made from the HTML.
    pub text: String,
}

/// A template.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Template {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `email` or `telegram`.
    pub kind: String,
    /// The subject of a letter.
    pub subject: Option<String>,
    /// As HTML.
    pub html: Option<String>,
    /// As text; empty if it is made from the HTML.
    pub text: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each change.
    pub version: i64,
}

impl Template {
    /// What it says.
    #[must_use]
    pub fn content(&self) -> Content {
        Content { subject: self.subject.clone(), html: self.html.clone(), text: self.text.clone() }
    }
}

/// A template in short, for lists.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct TemplateRow {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `email` or `telegram`.
    pub kind: String,
    /// The subject of a letter.
    pub subject: Option<String>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How many mailings were made from it.
    pub mailings: i64,
}

/// In its one form: no part that is only blank, and line ends of one kind.
#[must_use]
pub fn tidy(content: Content) -> Content {
    let filled = |text: Option<String>| {
        text.map(|text| text.replace("\r\n", "\n")).filter(|text| !text.trim().is_empty())
    };
    Content {
        subject: filled(content.subject).map(|subject| subject.trim().to_owned()),
        html: filled(content.html),
        text: filled(Some(content.text)).unwrap_or_default(),
    }
}

/// Compiles what can be a mailing on this kind of channel, or tells all that is wrong with it.
pub fn compiled(kind: &str, content: &Content) -> Result<Compiled, Faults> {
    let mut faults = BTreeMap::new();
    let mut wrong = |part: &str, why: String| {
        faults.entry(part.to_owned()).or_insert(why);
    };
    match kind {
        "email" => {
            if content.subject.is_none() {
                wrong("subject", "write what it is about".to_owned());
            }
            if content.html.is_none() && content.text.is_empty() {
                wrong("text", "write the text, the HTML, or both".to_owned());
            }
        }
        "telegram" => {
            if content.html.is_some() {
                wrong("html", "Telegram takes text alone: leave this empty".to_owned());
            }
            if content.subject.is_some() {
                wrong("subject", "Telegram has no subjects: leave this empty".to_owned());
            }
            if content.text.is_empty() {
                wrong("text", "write the text".to_owned());
            }
        }
        _ => wrong("kind", format!("is one of {}", KINDS.join(", "))),
    }
    // Whoever gets a mailing can leave it by what he reads (M5).
    let leaves = |part: &str| part.contains("unsubscribe_url") || part.contains("preferences_url");
    for (name, part) in
        [("html", content.html.as_deref().unwrap_or_default()), ("text", &content.text)]
    {
        if !part.is_empty() && !leaves(part) {
            wrong(
                name,
                "has no way out: put {{unsubscribe_url}} or {{preferences_url}} in".to_owned(),
            );
        }
    }
    let compiled = match Compiled::new(content) {
        Ok(compiled) => compiled,
        Err(more) => {
            faults.extend(more);
            return Err(faults);
        }
    };
    for name in compiled.names() {
        if !values::is_known(name) {
            let part = [
                ("subject", content.subject.as_deref()),
                ("html", content.html.as_deref()),
                ("text", Some(&*content.text)),
            ]
            .into_iter()
            .find(|(_, source)| source.is_some_and(|source| source.contains(name.as_str())))
            .map_or("text", |(part, _)| part);
            faults.insert(
                part.to_owned(),
                format!("{name:?} is no value: there are {}", values::NAMES.join(", ")),
            );
        }
    }
    if faults.is_empty() { Ok(compiled) } else { Err(faults) }
}

/// As [`compiled`], for a call.
pub fn checked(kind: &str, content: &Content) -> Result<Compiled, AppError> {
    compiled(kind, content).map_err(AppError::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(kind: &str, subject: &str, html: &str, text: &str) -> Vec<String> {
        let given = |text: &str| Some(text.to_owned());
        let content =
            tidy(Content { subject: given(subject), html: given(html), text: text.to_owned() });
        compiled(kind, &content).err().unwrap_or_default().into_keys().collect()
    }

    #[test]
    fn a_letter_has_a_subject_a_text_and_a_way_out() {
        let none: [&str; 0] = [];
        assert_eq!(faults("email", "Panen", "", "Halo {{name}}\n{{unsubscribe_url}}"), none);
        assert_eq!(faults("email", "Panen", "<p>{{preferences_url}}</p>", ""), none);
        assert_eq!(faults("email", " ", "<p>{{preferences_url}}</p>", ""), ["subject"]);
        assert_eq!(faults("email", "x", "", " "), ["text"]);
        assert_eq!(faults("email", "x", "<p>Halo</p>", "Halo"), ["html", "text"]);
        assert_eq!(
            faults("email", "x", "<p>{{unsubscribe_url}}", "{{nama}} {{unsubscribe_url}}"),
            ["text"]
        );
    }

    #[test]
    fn telegram_takes_text_alone() {
        let none: [&str; 0] = [];
        assert_eq!(faults("telegram", "", "", "Halo {{unsubscribe_url}}"), none);
        assert_eq!(
            faults("telegram", "x", "<p>{{unsubscribe_url}}</p>", ""),
            ["html", "subject", "text"]
        );
        assert_eq!(faults("fax", "", "", "Halo {{unsubscribe_url}}"), ["kind"]);
    }
}
