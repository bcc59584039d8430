//! What is known of consent.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};

/// For what a contact may agree; there is one purpose so far.
pub const OFFERS: &str = "offers";

/// The kinds of addresses on which somebody may agree to offers.
pub const KINDS: [&str; 4] = ["email", "telegram", "webchat", "phone"];

/// What a contact said. That he never said anything is no state: there is no row then.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ConsentState)]
pub enum State {
    /// He agreed.
    Granted,
    /// He does not want it, or no more.
    Withdrawn,
}

impl State {
    /// Its name as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why an address gets no mailing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = SuppressionReason)]
pub enum Reason {
    /// Its owner asked for it.
    Unsubscribed,
    /// It does not exist, or is full for good.
    Bounced,
    /// Its owner called a mailing spam.
    Complained,
    /// An officer said so.
    Manual,
}

impl Reason {
    /// Its name as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Manual => "manual",
        }
    }
}

/// What a contact said about offers on one kind of channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Consent {
    /// On which kind of channel: `email`, `telegram` …
    pub channel_kind: String,
    /// For what: `offers`.
    pub purpose: String,
    /// What he said.
    pub state: State,
    /// When.
    pub at: Timestamp,
    /// Where he said so, in a word or some: `desk`, `import`, `unsubscribe_link` …
    pub source: String,
    /// What shows it, in words or as a reference.
    pub proof: Option<String>,
}

/// An address that gets no mailing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Suppression {
    /// `email`, `telegram` …
    pub kind: String,
    /// The address, in the spelling in which addresses of its kind are compared.
    pub value: String,
    /// Why.
    pub reason: Reason,
    /// Since when.
    pub at: Timestamp,
    /// Who or what put it here.
    pub source: String,
    /// Why, in an officer's words.
    pub note: Option<String>,
}
