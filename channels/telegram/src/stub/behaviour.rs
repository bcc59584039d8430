//! How the stub treats requests.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use serde::Deserialize;

/// What becomes of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Behaviour {
    /// It is served.
    #[default]
    Accept,
    /// It is answered by 429.
    TooMany {
        /// After how many seconds it may come again.
        retry_after: u64,
    },
    /// It is answered by an error in Telegram's form.
    Refuse {
        /// The status.
        code: u16,
        /// The reason.
        description: String,
    },
    /// It is read as a whole, not served, and the connection is closed without an answer.
    HangUp,
    /// It is served, and answered by what nobody can make sense of.
    Garbage,
    /// It is served, and answered a byte at a time.
    Drip {
        /// How long each lets wait for itself.
        milliseconds: u64,
    },
    /// It is served, and answered late.
    Late {
        /// How late.
        milliseconds: u64,
    },
}

impl Behaviour {
    /// The refusal of a customer who has blocked the bot.
    #[must_use]
    pub fn blocked() -> Self {
        Self::refuse(403, "Forbidden: bot was blocked by the user")
    }

    /// A fault of Telegram's own.
    #[must_use]
    pub fn broken() -> Self {
        Self::refuse(500, "Internal Server Error")
    }

    /// A refusal.
    #[must_use]
    pub fn refuse(code: u16, description: &str) -> Self {
        Self::Refuse { code, description: description.to_owned() }
    }

    pub(super) fn delay(&self) -> Duration {
        match self {
            Self::Late { milliseconds } => Duration::from_millis(*milliseconds),
            _ => Duration::ZERO,
        }
    }
}

/// What was told of which methods.
#[derive(Debug, Default)]
pub(super) struct Manners {
    pub(super) sending: Behaviour,
    pub(super) next: VecDeque<Behaviour>,
    methods: HashMap<String, Behaviour>,
}

impl Manners {
    pub(super) fn set(&mut self, method: &str, how: Behaviour) {
        self.methods.insert(method.to_ascii_lowercase(), how);
    }

    /// How this request is treated; it uses up what was told for the next one only.
    pub(super) fn take(&mut self, method: &str) -> Behaviour {
        if let Some(how) = self.methods.get(&method.to_ascii_lowercase()) {
            return how.clone();
        }
        let sends = ["sendMessage", "sendPhoto", "sendDocument"].contains(&method);
        if !sends {
            return Behaviour::Accept;
        }
        self.next.pop_front().unwrap_or_else(|| self.sending.clone())
    }
}
