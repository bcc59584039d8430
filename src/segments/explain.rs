//! Why a contact is in a segment or not: what each condition saw of him.

use sapa_channel::Timestamp;
use serde::Serialize;

use super::{
    condition::Condition,
    evaluate::{holds, last, matching, part},
    profile::Known,
    sql::days_before,
};
use crate::consent::model::{Reason, State};

/// What a condition says of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Explained {
    /// Whether he meets it.
    pub holds: bool,
    /// What it saw of him.
    pub saw: Saw,
}

/// What a condition saw of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Saw {
    /// Of a group: how many of its conditions hold.
    Group {
        /// So many.
        met: usize,
        /// Of so many.
        of: usize,
    },
    /// A text; none if it is not known.
    Text {
        /// What it is.
        value: Option<String>,
    },
    /// His tags.
    Tags {
        /// All of them.
        tags: Vec<String>,
    },
    /// A time; none if it never was.
    Time {
        /// When.
        at: Option<Timestamp>,
    },
    /// What he said about offers; nothing if he never said anything.
    Consent {
        /// What.
        state: Option<State>,
        /// When.
        at: Option<Timestamp>,
        /// Where.
        source: Option<String>,
    },
    /// His addresses of that kind.
    Addresses {
        /// All of them.
        addresses: Vec<SeenAddress>,
    },
    /// How many there are.
    Count {
        /// So many.
        count: i64,
    },
}

/// An address, as a condition sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SeenAddress {
    /// As it is written for people.
    pub shown: String,
    /// Whether it was proved to be his.
    pub proved: bool,
    /// Why it gets no mailing, if so.
    pub suppressed: Option<Reason>,
}

/// What each condition of a tree says of a contact, in the order of [`Condition::nodes`].
#[must_use]
pub fn explain(condition: &Condition, known: &Known, now: Timestamp) -> Vec<Explained> {
    let nodes = condition.nodes();
    nodes
        .into_iter()
        .map(|node| Explained { holds: holds(node, known, now), saw: saw(node, known, now) })
        .collect()
}

fn saw(condition: &Condition, known: &Known, now: Timestamp) -> Saw {
    match condition {
        Condition::All { of } | Condition::Any { of } | Condition::None { of } => {
            let met = of.iter().filter(|one| holds(one, known, now)).count();
            Saw::Group { met, of: of.len() }
        }
        Condition::Profile { field, .. } => text(part(known, *field)),
        Condition::Field { key, .. } => text(known.fields.get(key).map(String::as_str)),
        Condition::Tag { .. } => Saw::Tags { tags: known.tags.clone() },
        Condition::FirstSeen { .. } => Saw::Time { at: Some(known.first_seen_at) },
        Condition::LastContact { direction, .. } => Saw::Time { at: last(known, *direction) },
        Condition::Consent { kind, .. } => {
            let said = known.consents.iter().find(|said| said.channel_kind == *kind);
            Saw::Consent {
                state: said.map(|said| said.state),
                at: said.map(|said| said.at),
                source: said.map(|said| said.source.clone()),
            }
        }
        Condition::Reachable { kind, .. } => {
            let addresses = known.addresses.iter().filter(|address| address.kind == *kind);
            let seen = addresses.map(|address| SeenAddress {
                shown: address.shown.clone(),
                proved: address.proved,
                suppressed: address.suppressed,
            });
            Saw::Addresses { addresses: seen.collect() }
        }
        Condition::Tickets { status, kind, within_days, .. } => {
            let since = within_days.map(|days| days_before(now, days));
            let count = matching(known, *status, *kind, since).count();
            Saw::Count { count: i64::try_from(count).unwrap_or(i64::MAX) }
        }
        Condition::OpenConversation { .. } => Saw::Count { count: known.open_conversations },
    }
}

fn text(value: Option<&str>) -> Saw {
    Saw::Text { value: value.filter(|value| !value.is_empty()).map(str::to_owned) }
}
