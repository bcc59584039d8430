//! Who says something on our side: an officer, a bot, or the hub itself.

use uuid::Uuid;

use crate::{events::Actor, officers::caller::Caller};

/// Who says something on our side.
#[derive(Clone, Copy, Debug)]
pub enum Speaker<'a> {
    /// An officer, or a program with his token.
    Officer(&'a Caller),
    /// A bot, under the name that customers see.
    Bot {
        /// Which one.
        id: Uuid,
        /// Its name.
        name: &'a str,
    },
    /// The hub, under the name that customers see.
    System {
        /// The name.
        name: &'a str,
    },
}

impl Speaker<'_> {
    /// `officer`, `bot` or `system`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Officer(_) => "officer",
            Self::Bot { .. } => "bot",
            Self::System { .. } => "system",
        }
    }

    /// Which officer or bot.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Officer(caller) => Some(caller.officer_id),
            Self::Bot { id, .. } => Some(*id),
            Self::System { .. } => None,
        }
    }

    /// The name that stands beside what is said.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Officer(caller) => &caller.name,
            Self::Bot { name, .. } | Self::System { name } => name,
        }
    }

    /// The officer, if it is a person.
    #[must_use]
    pub fn officer(&self) -> Option<&Caller> {
        match self {
            Self::Officer(caller) => Some(caller),
            Self::Bot { .. } | Self::System { .. } => None,
        }
    }

    /// Whether no person wrote it: such a letter says so in its headers, and gets no automatic answer (R11).
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.officer().is_none()
    }

    /// The mark that his uploads bear.
    #[must_use]
    pub fn uploader(&self) -> String {
        match self {
            Self::Officer(caller) => caller.officer_id.to_string(),
            Self::Bot { id, .. } => format!("bot {id}"),
            Self::System { .. } => "system".to_owned(),
        }
    }

    /// As the log and the history name him.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { kind: self.kind(), id: self.id(), name: self.name().to_owned() }
    }
}
