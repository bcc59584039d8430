//! The tree of conditions that a segment is.
//!
//! What they mean, the same in SQLite, in PostgreSQL and in memory:
//! - Every condition is true or false of every contact, never unknown: what is not known of a contact is the
//!   empty text. So a contact without a city *is not* in Medan, and `is_set` is false of him.
//! - Texts are compared without regard to the case of the letters A to Z; all other letters are compared as they
//!   are, for the databases do not agree on their case.
//! - Time is in instants. The last 7 days are the last 7 × 24 hours, in every time zone.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{consent::model as consent, tickets::model::TicketKind};

/// How deep groups may lie in groups.
pub const DEPTH: usize = 6;

/// How many groups and conditions a segment may have in all.
pub const NODES: usize = 100;

/// How many values a condition may name.
pub const VALUES: usize = 100;

/// How long a value may be, in characters.
pub const LENGTH: usize = 200;

/// How far back a number of days may reach: a century.
pub const DAYS: u32 = 36_500;

/// The kinds of addresses on which a contact may be reached.
pub const KINDS: [&str; 4] = consent::KINDS;

/// A condition that a contact meets or not: a group of conditions, or something that is known of him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// All of these hold; of no conditions, it is true.
    All {
        /// The conditions.
        #[schema(no_recursion)]
        of: Vec<Condition>,
    },
    /// At least one of these holds; of no conditions, it is false.
    Any {
        /// The conditions.
        #[schema(no_recursion)]
        of: Vec<Condition>,
    },
    /// None of these holds; of no conditions, it is true.
    None {
        /// The conditions.
        #[schema(no_recursion)]
        of: Vec<Condition>,
    },
    /// A part of his profile.
    Profile {
        /// Which part.
        field: ProfileField,
        /// What is asked of it.
        op: TextOp,
        /// The values to compare with: none for `is_set` and `is_not_set`, some for `one_of`, else one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
    },
    /// A value of his own fields.
    Field {
        /// The name of the field.
        key: String,
        /// What is asked of it.
        op: TextOp,
        /// The values to compare with, as for a part of the profile.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
    },
    /// A tag.
    Tag {
        /// Which tag.
        tag: String,
        /// Whether he has it, or has it not.
        has: bool,
    },
    /// When he was first seen.
    FirstSeen {
        /// When.
        when: When,
    },
    /// Whether he agreed to offers.
    Consent {
        /// On which kind of channel.
        kind: String,
        /// What he said.
        state: Agreed,
    },
    /// Whether he has an address of this kind that is not on the list of those that get no mailing.
    Reachable {
        /// Which kind.
        kind: String,
        /// Whether the address must be proved to be his.
        #[serde(default)]
        verified: bool,
    },
    /// When something was last said between him and us. Notes and automatic mails do not count.
    LastContact {
        /// By whom.
        direction: Direction,
        /// When.
        when: When,
    },
    /// His tickets.
    Tickets {
        /// How many there are at least.
        at_least: u32,
        /// Only those that are open, or solved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<TicketStatus>,
        /// Only of this kind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<TicketKind>,
        /// Only those that were opened in the last so many days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_days: Option<u32>,
    },
    /// Whether he has a conversation that is not solved.
    OpenConversation {
        /// Whether he has one, or has none.
        has: bool,
    },
}

/// A part of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConditionField)]
pub enum ProfileField {
    /// His name.
    Name,
    /// His language.
    Language,
    /// Where he lives.
    City,
    /// His firm.
    Company,
    /// His time zone.
    Timezone,
}

impl ProfileField {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Name, Self::Language, Self::City, Self::Company, Self::Timezone];
}

/// What may be asked of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConditionOp)]
pub enum TextOp {
    /// It is this.
    Is,
    /// It is not this, or not known.
    IsNot,
    /// It has this somewhere.
    Contains,
    /// It begins with this.
    BeginsWith,
    /// It is one of these.
    OneOf,
    /// It is known.
    IsSet,
    /// It is not known.
    IsNotSet,
}

/// When something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ConditionTime)]
pub enum When {
    /// Before an instant.
    Before {
        /// The instant.
        at: Timestamp,
    },
    /// At an instant or after it.
    After {
        /// The instant.
        at: Timestamp,
    },
    /// In the last so many days.
    WithinDays {
        /// How many; 1 or more.
        days: u32,
    },
    /// More than so many days ago.
    MoreThanDays {
        /// How many; 1 or more.
        days: u32,
    },
    /// Never: only of the last contact.
    Never {},
}

/// What is asked of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConditionConsent)]
pub enum Agreed {
    /// He agreed.
    Granted,
    /// He took it back, or refused.
    Withdrawn,
    /// He never said anything.
    Never,
}

/// By whom something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContactDirection)]
pub enum Direction {
    /// By him.
    Inbound,
    /// By us.
    Outbound,
    /// By either.
    Any,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConditionTicketStatus)]
pub enum TicketStatus {
    /// It is to be solved.
    Open,
    /// It is solved.
    Solved,
}

impl Condition {
    /// Everybody.
    #[must_use]
    pub fn everybody() -> Self {
        Self::All { of: Vec::new() }
    }

    /// The conditions of a group; none for what is no group.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match self {
            Self::All { of } | Self::Any { of } | Self::None { of } => of,
            _ => &[],
        }
    }

    /// This condition and all below it, each before what it holds: the order in which they are counted and
    /// explained.
    #[must_use]
    pub fn nodes(&self) -> Vec<&Self> {
        let mut nodes = vec![self];
        for child in self.children() {
            nodes.extend(child.nodes());
        }
        nodes
    }
}
