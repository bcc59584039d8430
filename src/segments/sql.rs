//! Compiling conditions to SQL: fixed texts and bound parameters, nothing else (R15).

use sapa_channel::Timestamp;
use sqlx::{Encode, QueryBuilder, Type};
use std::time::Duration;

use super::condition::{Agreed, Condition, Direction, ProfileField, TextOp, TicketStatus, When};
use crate::{consent::model::OFFERS, db::Dialect, tickets::model::TicketKind};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// So many days before now.
#[must_use]
pub fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.before(DAY * days)
}

/// Pushes a condition as a boolean expression in parentheses over the contact `k` (an alias of `contacts`).
/// It is true or false, never NULL. `now` is what relative times are relative to.
pub fn push_where<DB>(query: &mut QueryBuilder<DB>, condition: &Condition, now: Timestamp)
where
    DB: Dialect,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    let mut parts = Parts { now, fold: DB::FOLD_ASCII, tags: DB::EACH_TAG, all: Vec::new() };
    parts.condition(condition);
    push(query, parts.all);
}

fn push<DB>(query: &mut QueryBuilder<DB>, parts: Vec<Part>)
where
    DB: Dialect,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    for part in parts {
        match part {
            Part::Sql(text) => query.push(text),
            Part::Text(value) => query.push_bind(value),
            Part::Number(value) => query.push_bind(value),
        };
    }
}

/// A part of a statement.
enum Part {
    /// A text of ours.
    Sql(&'static str),
    /// A text to be bound.
    Text(String),
    /// A number to be bound.
    Number(i64),
}

/// A statement that grows.
struct Parts {
    now: Timestamp,
    fold: (&'static str, &'static str),
    tags: &'static str,
    all: Vec<Part>,
}

/// The text by which LIKE finds a value as it is, with a backslash as its escape.
pub(crate) fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | '%' | '_') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

impl Parts {
    fn sql(&mut self, text: &'static str) -> &mut Self {
        self.all.push(Part::Sql(text));
        self
    }

    fn text(&mut self, value: impl Into<String>) -> &mut Self {
        self.all.push(Part::Text(value.into()));
        self
    }

    fn number(&mut self, value: i64) -> &mut Self {
        self.all.push(Part::Number(value));
        self
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All { of } => self.group("(", of, " AND ", "1 = 1)"),
            Condition::Any { of } => self.group("(", of, " OR ", "1 = 0)"),
            Condition::None { of } => self.group("NOT (", of, " OR ", "1 = 0)"),
            Condition::Profile { field, op, values } => {
                self.compare(&[Part::Sql(column(*field))], *op, values);
            }
            Condition::Field { key, op, values } => {
                let value =
                    [Part::Sql("k.fields -> "), Part::Text(key.clone()), Part::Sql(" ->> 'value'")];
                self.compare(&value, *op, values);
            }
            Condition::Tag { tag, has } => {
                let fold = self.fold;
                self.sql(if *has { "EXISTS (" } else { "NOT EXISTS (" });
                let tags = self.tags;
                self.sql("SELECT 1 FROM ").sql(tags).sql(" WHERE ");
                self.sql(fold.0).sql("t.value").sql(fold.1).sql(" = ");
                self.text(tag.to_ascii_lowercase()).sql(")");
            }
            Condition::FirstSeen { when } => self.first_seen(*when),
            Condition::Consent { kind, state } => self.consent(kind, *state),
            Condition::Reachable { kind, verified } => {
                self.sql(
                    "EXISTS (SELECT 1 FROM identities i WHERE i.contact_id = k.id AND i.kind = ",
                );
                self.text(kind.clone());
                if *verified {
                    self.sql(" AND i.proof IS NOT NULL");
                }
                self.sql(
                    " AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.kind = i.kind AND s.value = i.value))",
                );
            }
            Condition::LastContact { direction, when } => self.last_contact(*direction, *when),
            Condition::Tickets { at_least, status, kind, within_days } => {
                self.tickets(*at_least, *status, *kind, *within_days);
            }
            Condition::OpenConversation { has } => {
                self.sql(if *has { "EXISTS (" } else { "NOT EXISTS (" });
                self.sql(
                    "SELECT 1 FROM conversations c WHERE c.contact_id = k.id AND c.status <> 'solved')",
                );
            }
        }
    }

    fn group(
        &mut self,
        open: &'static str,
        of: &[Condition],
        between: &'static str,
        end: &'static str,
    ) {
        self.sql(open);
        for condition in of {
            self.condition(condition);
            self.sql(between);
        }
        self.sql(end);
    }

    /// What is not known is the empty text, and so each comparison is true or false.
    fn compare(&mut self, value: &[Part], op: TextOp, values: &[String]) {
        let fold = self.fold;
        self.sql("(").sql(fold.0).sql("COALESCE(");
        for part in value {
            match part {
                Part::Sql(text) => self.sql(text),
                Part::Text(text) => self.text(text.clone()),
                Part::Number(number) => self.number(*number),
            };
        }
        self.sql(", '')").sql(fold.1);
        let first = || values.first().map(|value| value.to_ascii_lowercase()).unwrap_or_default();
        match op {
            TextOp::Is => self.sql(" = ").text(first()),
            TextOp::IsNot => self.sql(" <> ").text(first()),
            TextOp::Contains => {
                self.sql(" LIKE ").text(format!("%{}%", escaped(&first()))).sql(" ESCAPE '\\'")
            }
            TextOp::BeginsWith => {
                self.sql(" LIKE ").text(format!("{}%", escaped(&first()))).sql(" ESCAPE '\\'")
            }
            TextOp::OneOf => {
                self.sql(" IN (");
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        self.sql(", ");
                    }
                    self.text(value.to_ascii_lowercase());
                }
                self.sql(")")
            }
            TextOp::IsSet => self.sql(" <> ''"),
            TextOp::IsNotSet => self.sql(" = ''"),
        };
        self.sql(")");
    }

    fn first_seen(&mut self, when: When) {
        let (compare, at) = match when {
            When::Before { at } => ("(k.first_seen_at < ", at),
            When::After { at } => ("(k.first_seen_at >= ", at),
            When::WithinDays { days } => ("(k.first_seen_at >= ", days_before(self.now, days)),
            When::MoreThanDays { days } => ("(k.first_seen_at < ", days_before(self.now, days)),
            // Everybody was seen once.
            When::Never {} => {
                self.sql("(1 = 0)");
                return;
            }
        };
        self.sql(compare).number(at.0).sql(")");
    }

    fn consent(&mut self, kind: &str, state: Agreed) {
        self.sql(if state == Agreed::Never { "NOT EXISTS (" } else { "EXISTS (" });
        self.sql("SELECT 1 FROM consents a WHERE a.contact_id = k.id AND a.channel_kind = ");
        self.text(kind).sql(" AND a.purpose = ").text(OFFERS);
        match state {
            Agreed::Granted => self.sql(" AND a.state = 'granted')"),
            Agreed::Withdrawn => self.sql(" AND a.state = 'withdrawn')"),
            Agreed::Never => self.sql(")"),
        };
    }

    fn last_contact(&mut self, direction: Direction, when: When) {
        let (before, at) = match when {
            When::Before { at } => (true, Some(at)),
            When::After { at } => (false, Some(at)),
            When::WithinDays { days } => (false, Some(days_before(self.now, days))),
            When::MoreThanDays { days } => (true, Some(days_before(self.now, days))),
            When::Never {} => (true, None),
        };
        let since = |parts: &mut Self, at: Option<Timestamp>| {
            parts.sql(
                "EXISTS (SELECT 1 FROM messages m WHERE m.contact_id = k.id AND NOT m.automatic",
            );
            parts.sql(match direction {
                Direction::Inbound => " AND m.direction = 'in'",
                Direction::Outbound => " AND m.direction = 'out'",
                Direction::Any => " AND m.direction <> 'note'",
            });
            if let Some(at) = at {
                parts.sql(" AND m.at >= ").number(at.0);
            }
            parts.sql(")");
        };
        match (before, at) {
            // It was once, and not since.
            (true, Some(at)) => {
                self.sql("(");
                since(self, None);
                self.sql(" AND NOT ");
                since(self, Some(at));
                self.sql(")");
            }
            (true, None) => {
                self.sql("NOT ");
                since(self, None);
            }
            (false, at) => since(self, at),
        }
    }

    fn tickets(
        &mut self,
        at_least: u32,
        status: Option<TicketStatus>,
        kind: Option<TicketKind>,
        within_days: Option<u32>,
    ) {
        self.sql(if at_least == 1 { "EXISTS (SELECT 1" } else { "((SELECT COUNT(*)" });
        self.sql(" FROM tickets t WHERE t.contact_id = k.id");
        match status {
            Some(TicketStatus::Open) => self.sql(" AND t.status = 'open'"),
            Some(TicketStatus::Solved) => self.sql(" AND t.status = 'solved'"),
            None => self,
        };
        match kind {
            Some(TicketKind::Complaint) => self.sql(" AND t.kind = 'complaint'"),
            Some(TicketKind::Request) => self.sql(" AND t.kind = 'request'"),
            Some(TicketKind::Question) => self.sql(" AND t.kind = 'question'"),
            None => self,
        };
        if let Some(days) = within_days {
            let at = days_before(self.now, days);
            self.sql(" AND t.opened_at >= ").number(at.0);
        }
        if at_least == 1 {
            self.sql(")");
        } else {
            self.sql(") >= ").number(at_least.into()).sql(")");
        }
    }
}

fn column(field: ProfileField) -> &'static str {
    match field {
        ProfileField::Name => "k.name",
        ProfileField::Language => "k.language",
        ProfileField::City => "k.city",
        ProfileField::Company => "k.company",
        ProfileField::Timezone => "k.timezone",
    }
}
