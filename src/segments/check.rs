//! Whether a tree of conditions is one that the hub takes: bounded, and with values that make sense.

use super::condition::{Condition, DAYS, DEPTH, KINDS, LENGTH, NODES, TextOp, VALUES, When};
use crate::http::AppError;

fn wrong(why: impl Into<String>) -> AppError {
    AppError::invalid("condition", why)
}

/// Refuses what is too deep, too large, or makes no sense.
pub fn check(condition: &Condition) -> Result<(), AppError> {
    let mut nodes = 0;
    node(condition, 0, &mut nodes)
}

fn node(condition: &Condition, depth: usize, nodes: &mut usize) -> Result<(), AppError> {
    *nodes += 1;
    if *nodes > NODES {
        return Err(wrong(format!("has at most {NODES} groups and conditions in all")));
    }
    match condition {
        Condition::All { of } | Condition::Any { of } | Condition::None { of } => {
            if depth >= DEPTH {
                return Err(wrong(format!("has groups in groups at most {DEPTH} deep")));
            }
            of.iter().try_for_each(|child| node(child, depth + 1, nodes))
        }
        Condition::Profile { op, values, .. } => compared(*op, values),
        Condition::Field { key, op, values } => {
            field_key(key)?;
            compared(*op, values)
        }
        Condition::Tag { tag, .. } => text(tag),
        Condition::FirstSeen { when } => {
            if *when == (When::Never {}) {
                return Err(wrong("everybody was seen once: `never` is for the last contact"));
            }
            time(*when)
        }
        Condition::LastContact { when, .. } => time(*when),
        Condition::Consent { kind, .. } | Condition::Reachable { kind, .. } => {
            if KINDS.contains(&kind.as_str()) {
                return Ok(());
            }
            Err(wrong(format!("a kind of channel is one of {}", KINDS.join(", "))))
        }
        Condition::Tickets { at_least, within_days, .. } => {
            if !(1..=1000).contains(at_least) {
                return Err(wrong(
                    "a number of tickets is 1 to 1000; for none, put it into a group `none`",
                ));
            }
            within_days.map_or(Ok(()), days)
        }
        Condition::OpenConversation { .. } => Ok(()),
    }
}

fn text(value: &str) -> Result<(), AppError> {
    if value.trim().is_empty() {
        return Err(wrong("a condition needs a value to compare with"));
    }
    if value.chars().count() > LENGTH || value.chars().any(char::is_control) {
        return Err(wrong(format!("a value is one line of at most {LENGTH} characters")));
    }
    Ok(())
}

fn compared(op: TextOp, values: &[String]) -> Result<(), AppError> {
    let most = match op {
        TextOp::IsSet | TextOp::IsNotSet => 0,
        TextOp::OneOf => VALUES,
        TextOp::Is | TextOp::IsNot | TextOp::Contains | TextOp::BeginsWith => 1,
    };
    if values.len() > most {
        return Err(wrong(format!("this comparison takes at most {most} values")));
    }
    if most > 0 && values.is_empty() {
        return Err(wrong("a condition needs a value to compare with"));
    }
    values.iter().try_for_each(|value| text(value))
}

/// The names of fields that can be asked for. The databases read some other signs as a path.
pub fn field_key(key: &str) -> Result<(), AppError> {
    let fits = !key.trim().is_empty()
        && key.chars().count() <= 60
        && !key.starts_with(['$', '['])
        && !key.chars().any(|c| c.is_control() || matches!(c, '"' | '\\'));
    if fits {
        return Ok(());
    }
    Err(wrong("the name of a field is 1 to 60 characters without quotation marks and backslashes"))
}

fn days(days: u32) -> Result<(), AppError> {
    if (1..=DAYS).contains(&days) {
        return Ok(());
    }
    Err(wrong(format!("a number of days is 1 to {DAYS}")))
}

fn time(when: When) -> Result<(), AppError> {
    match when {
        When::WithinDays { days: number } | When::MoreThanDays { days: number } => days(number),
        When::Before { .. } | When::After { .. } | When::Never {} => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refused(condition: Value) -> bool {
        serde_json::from_value::<Condition>(condition)
            .is_ok_and(|condition| check(&condition).is_err())
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(
            json!({ "type": "open_conversation", "has": true }),
            |inner, _| json!({ "type": "all", "of": [inner] }),
        )
    }

    #[test]
    fn a_tree_is_bounded_in_depth_number_and_length() {
        assert!(!refused(nested(DEPTH)) && refused(nested(DEPTH + 1)));
        let leaf = json!({ "type": "open_conversation", "has": true });
        let wide = |n| json!({ "type": "any", "of": vec![leaf.clone(); n] });
        assert!(!refused(wide(NODES - 1)) && refused(wide(NODES)));
        let tag = |n| json!({ "type": "tag", "tag": "x".repeat(n), "has": true });
        assert!(!refused(tag(LENGTH)) && refused(tag(LENGTH + 1)) && refused(tag(0)));
        let one_of = |n| json!({ "type": "profile", "field": "city", "op": "one_of", "values": vec!["x"; n] });
        assert!(!refused(one_of(VALUES)) && refused(one_of(VALUES + 1)) && refused(one_of(0)));
    }

    #[test]
    fn values_make_sense() {
        for condition in [
            json!({ "type": "profile", "field": "city", "op": "is", "values": ["a", "b"] }),
            json!({ "type": "profile", "field": "city", "op": "is_set", "values": ["a"] }),
            json!({ "type": "profile", "field": "city", "op": "is", "values": ["a\u{0}"] }),
            json!({ "type": "field", "key": "a\"b", "op": "is_set" }),
            json!({ "type": "field", "key": "$.a", "op": "is_set" }),
            json!({ "type": "consent", "kind": "fax", "state": "granted" }),
            json!({ "type": "reachable", "kind": "" }),
            json!({ "type": "tickets", "at_least": 0 }),
            json!({ "type": "first_seen", "when": { "op": "never" } }),
            json!({ "type": "first_seen", "when": { "op": "within_days", "days": 0 } }),
        ] {
            assert!(refused(condition.clone()), "{condition}");
        }
    }

    #[test]
    fn r29_a_condition_takes_no_field_that_is_not_known() {
        for condition in [
            json!({ "type": "all", "of": [], "x": 1 }),
            json!({ "type": "tag", "tag": "a", "has": true, "x": 1 }),
            json!({ "type": "first_seen", "when": { "op": "before", "at": "2026-01-01T00:00:00Z", "x": 1 } }),
            json!({ "type": "last_contact", "direction": "any", "when": { "op": "never", "x": 1 } }),
            json!({ "type": "profile", "field": "password_hash", "op": "is_set" }),
            json!({ "type": "sql", "text": "1=1" }),
        ] {
            assert!(serde_json::from_value::<Condition>(condition.clone()).is_err(), "{condition}");
        }
    }
}
