//! Settings of talking with customers and with other programs.

use std::{net::IpAddr, time::Duration};

use super::{section::Section, value::quoted};

/// Telegram.
#[derive(Clone, Debug)]
pub struct Telegram {
    /// Where the Bot API is.
    pub api_url: String,
}

impl Default for Telegram {
    fn default() -> Self {
        Self { api_url: "https://api.telegram.org".to_owned() }
    }
}

impl Telegram {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let default = Self::default();
        let api_url: String = section.read("api_url", default.api_url);
        let parsed = reqwest::Url::parse(&api_url).ok();
        if !parsed
            .is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none())
            || api_url.ends_with('/')
        {
            let what = format!("{} does not do", quoted(&api_url));
            section.problem(
                "api_url",
                what,
                "write it as \"https://api.telegram.org\", without a slash at the end",
            );
        }
        Self { api_url }
    }
}

/// How conversations stay together.
#[derive(Clone, Debug)]
pub struct Conversations {
    /// A message joins the contact's open conversation if it was silent for at most so many days.
    pub join_within_days: u32,
    /// A message reopens a conversation that was solved at most so many hours ago.
    pub reopen_within_hours: u32,
}

impl Default for Conversations {
    fn default() -> Self {
        Self { join_within_days: 14, reopen_within_hours: 72 }
    }
}

impl Conversations {
    /// As the router takes it.
    #[must_use]
    pub fn policy(&self) -> crate::router::plan::Policy {
        crate::router::plan::Policy {
            join_within: Duration::from_secs(u64::from(self.join_within_days) * 24 * 3600),
            reopen_within: Duration::from_secs(u64::from(self.reopen_within_hours) * 3600),
        }
    }

    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let default = Self::default();
        Self {
            join_within_days: section.number(
                "join_within_days",
                default.join_within_days,
                0..=3650,
            ),
            reopen_within_hours: section.number(
                "reopen_within_hours",
                default.reopen_within_hours,
                0..=87_600,
            ),
        }
    }
}

/// Complaints, requests and questions.
#[derive(Clone, Debug)]
pub struct Tickets {
    /// The currency of what remedies cost, by ISO 4217.
    pub currency: String,
}

impl Default for Tickets {
    fn default() -> Self {
        Self { currency: "IDR".to_owned() }
    }
}

impl Tickets {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let currency: String = section.read("currency", Self::default().currency);
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let what = format!("{} does not do", quoted(&currency));
            section.problem("currency", what, "write the three letters of ISO 4217, as \"IDR\"");
        }
        Self { currency }
    }
}

/// How messages go out.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// For so many seconds an officer can take an answer back; it leaves after them.
    pub undo_seconds: u32,
    /// How many messages one channel sends at once.
    pub concurrency: usize,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { undo_seconds: 10, concurrency: 8 }
    }
}

impl Delivery {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let default = Self::default();
        Self {
            undo_seconds: section.number("undo_seconds", default.undo_seconds, 0..=300),
            concurrency: section.number("concurrency", default.concurrency, 1..=256),
        }
    }
}

/// Calls to addresses that people entered, as webhooks.
#[derive(Clone, Debug, Default)]
pub struct Outbound {
    /// Inner addresses that may be called all the same (R4).
    pub allow: Vec<IpAddr>,
}

impl Outbound {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self { allow: section.read("allow", Vec::new()) }
    }
}
