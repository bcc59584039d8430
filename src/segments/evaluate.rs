//! The same conditions, of a contact that is loaded. It agrees with the databases in everything
//! (`tests/it/segments/agree.rs`).

use sapa_channel::Timestamp;

use super::{
    condition::{Agreed, Condition, Direction, ProfileField, TextOp, TicketStatus, When},
    profile::{Known, Ticket},
    sql::days_before,
};
use crate::{consent::model::State, tickets::model::TicketKind};

/// Whether a contact meets a condition.
#[must_use]
pub fn holds(condition: &Condition, known: &Known, now: Timestamp) -> bool {
    match condition {
        Condition::All { of } => of.iter().all(|one| holds(one, known, now)),
        Condition::Any { of } => of.iter().any(|one| holds(one, known, now)),
        Condition::None { of } => !of.iter().any(|one| holds(one, known, now)),
        Condition::Profile { field, op, values } => compare(part(known, *field), *op, values),
        Condition::Field { key, op, values } => {
            compare(known.fields.get(key).map(String::as_str), *op, values)
        }
        Condition::Tag { tag, has } => {
            known.tags.iter().any(|one| one.eq_ignore_ascii_case(tag)) == *has
        }
        Condition::FirstSeen { when } => at(Some(known.first_seen_at), *when, now),
        Condition::Consent { kind, state } => {
            let said = known.consents.iter().find(|said| said.channel_kind == *kind);
            match (said.map(|said| said.state), state) {
                (said, Agreed::Granted) => said == Some(State::Granted),
                (said, Agreed::Withdrawn) => said == Some(State::Withdrawn),
                (said, Agreed::Never) => said.is_none(),
            }
        }
        Condition::Reachable { kind, verified } => known.addresses.iter().any(|address| {
            address.kind == *kind && address.suppressed.is_none() && (address.proved || !verified)
        }),
        Condition::LastContact { direction, when } => at(last(known, *direction), *when, now),
        Condition::Tickets { at_least, status, kind, within_days } => {
            let since = within_days.map(|days| days_before(now, days));
            let count = matching(known, *status, *kind, since).count();
            count >= usize::try_from(*at_least).unwrap_or(usize::MAX)
        }
        Condition::OpenConversation { has } => (known.open_conversations > 0) == *has,
    }
}

/// A part of the profile.
#[must_use]
pub fn part(known: &Known, field: ProfileField) -> Option<&str> {
    match field {
        ProfileField::Name => Some(&known.name),
        ProfileField::Language => known.language.as_deref(),
        ProfileField::City => known.city.as_deref(),
        ProfileField::Company => known.company.as_deref(),
        ProfileField::Timezone => known.timezone.as_deref(),
    }
}

/// When something was last said.
#[must_use]
pub fn last(known: &Known, direction: Direction) -> Option<Timestamp> {
    match direction {
        Direction::Inbound => known.last_inbound,
        Direction::Outbound => known.last_outbound,
        Direction::Any => known.last_inbound.max(known.last_outbound),
    }
}

/// The tickets that a condition counts.
pub fn matching(
    known: &Known,
    status: Option<TicketStatus>,
    kind: Option<TicketKind>,
    since: Option<Timestamp>,
) -> impl Iterator<Item = &Ticket> {
    let status = status.map(|status| match status {
        TicketStatus::Open => "open",
        TicketStatus::Solved => "solved",
    });
    known.tickets.iter().filter(move |ticket| {
        status.is_none_or(|status| ticket.status == status)
            && kind.is_none_or(|kind| ticket.kind == kind)
            && since.is_none_or(|since| ticket.opened_at >= since)
    })
}

fn compare(value: Option<&str>, op: TextOp, values: &[String]) -> bool {
    let value = value.unwrap_or_default().to_ascii_lowercase();
    let wanted = values.first().map(|value| value.to_ascii_lowercase()).unwrap_or_default();
    match op {
        TextOp::Is => value == wanted,
        TextOp::IsNot => value != wanted,
        TextOp::Contains => value.contains(&wanted),
        TextOp::BeginsWith => value.starts_with(&wanted),
        TextOp::OneOf => values.iter().any(|one| one.eq_ignore_ascii_case(&value)),
        TextOp::IsSet => !value.is_empty(),
        TextOp::IsNotSet => value.is_empty(),
    }
}

fn at(at: Option<Timestamp>, when: When, now: Timestamp) -> bool {
    match (at, when) {
        (None, When::Never {}) => true,
        (None, _) | (Some(_), When::Never {}) => false,
        (Some(at), When::Before { at: limit }) => at < limit,
        (Some(at), When::After { at: limit }) => at >= limit,
        (Some(at), When::WithinDays { days }) => at >= days_before(now, days),
        (Some(at), When::MoreThanDays { days }) => at < days_before(now, days),
    }
}
