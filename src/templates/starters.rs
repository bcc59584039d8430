//! Templates to begin with, in Indonesian and English.

use serde::Serialize;

use super::model::Content;

/// A template to begin with.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Starter {
    /// A stable name.
    pub key: &'static str,
    /// `id` or `en`.
    pub language: &'static str,
    /// `email` or `telegram`.
    pub kind: &'static str,
    /// A name for the template.
    pub name: &'static str,
    /// The subject of a letter.
    pub subject: Option<&'static str>,
    /// As HTML.
    pub html: Option<&'static str>,
    /// As text.
    pub text: &'static str,
}

impl Starter {
    /// What it says.
    #[must_use]
    pub fn content(&self) -> Content {
        Content {
            subject: self.subject.map(str::to_owned),
            html: self.html.map(str::to_owned),
            text: self.text.to_owned(),
        }
    }
}

macro_rules! part {
    ($name:literal) => {
        include_str!(concat!("../../templates/starters/", $name))
    };
}

/// All of them.
pub const STARTERS: [Starter; 6] = [
    Starter {
        key: "offer-id",
        language: "id",
        kind: "email",
        name: "Penawaran",
        subject: Some("{{default first_name \"Kabar\"}}, ada yang baru untuk Anda"),
        html: Some(part!("offer-id.html")),
        text: part!("offer-id.txt"),
    },
    Starter {
        key: "letter-id",
        language: "id",
        kind: "email",
        name: "Surat biasa",
        subject: Some("Kabar dari {{sender}}"),
        html: None,
        text: part!("letter-id.txt"),
    },
    Starter {
        key: "telegram-id",
        language: "id",
        kind: "telegram",
        name: "Kabar singkat",
        subject: None,
        html: None,
        text: part!("telegram-id.txt"),
    },
    Starter {
        key: "offer-en",
        language: "en",
        kind: "email",
        name: "Offer",
        subject: Some("{{default first_name \"News\"}}, there is something new for you"),
        html: Some(part!("offer-en.html")),
        text: part!("offer-en.txt"),
    },
    Starter {
        key: "letter-en",
        language: "en",
        kind: "email",
        name: "Plain letter",
        subject: Some("News from {{sender}}"),
        html: None,
        text: part!("letter-en.txt"),
    },
    Starter {
        key: "telegram-en",
        language: "en",
        kind: "telegram",
        name: "Short news",
        subject: None,
        html: None,
        text: part!("telegram-en.txt"),
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::templates::model::{compiled, tidy};

    #[test]
    fn every_starter_can_be_sent_to_somebody_of_whom_little_is_known() {
        for starter in STARTERS {
            let compiled = compiled(starter.kind, &tidy(starter.content())).unwrap();
            for values in [
                json!({ "sender": "Kopi Seruni", "officer": "Citra", "unsubscribe_url": "https://x.example/u/1", "preferences_url": "https://x.example/p/1" }),
                json!({ "sender": "Kopi Seruni", "officer": "Citra", "unsubscribe_url": "https://x.example/u/1", "preferences_url": "https://x.example/p/1",
                        "first_name": "Rina", "city": "Solo" }),
            ] {
                let rendered = compiled.render(values.as_object().unwrap()).unwrap();
                assert!(rendered.text.contains("https://x.example/u/1"), "{}", starter.key);
                assert!(!rendered.text.contains("{{"), "{}", starter.key);
            }
        }
    }
}
