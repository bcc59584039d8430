//! What becomes of the rows of a slice: a pure function from what is known and what the file says.
//!
//! Nothing that an officer wrote is overwritten, and nothing that a contact said of himself: what is empty is filled,
//! what came from a channel (his name) or from an earlier import (his own fields) is replaced, tags and addresses are
//! added. A consent that was withdrawn stays withdrawn. Addresses are claims: they carry no proof.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::row::{Candidate, Named};
use crate::{consent::model::State, contacts::model::Field};

/// What the source of a field begins with that an import wrote.
pub const SOURCE: &str = "import: ";

/// What becomes of a row.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportOutcome)]
pub enum Outcome {
    /// It becomes a contact.
    New,
    /// It adds something to a contact.
    Updated,
    /// All that it says is known.
    Unchanged,
    /// It is not taken.
    Refused,
}

/// Why a row is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has no address.
    NoAddress,
    /// This is no address of its kind.
    BadAddress(String),
    /// This is too long or has more than one line.
    TooLong(String),
    /// This is neither yes nor no.
    UnclearConsent(String),
    /// It has an address that an earlier line has.
    Duplicate(String),
    /// Its addresses belong to these two contacts.
    TwoContacts(String),
}

impl Refusal {
    /// A stable name.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::BadAddress(_) => "bad_address",
            Self::TooLong(_) => "too_long",
            Self::UnclearConsent(_) => "unclear_consent",
            Self::Duplicate(_) => "duplicate",
            Self::TwoContacts(_) => "two_contacts",
        }
    }

    /// What exactly.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::NoAddress => None,
            Self::BadAddress(what)
            | Self::TooLong(what)
            | Self::UnclearConsent(what)
            | Self::Duplicate(what)
            | Self::TwoContacts(what) => Some(what),
        }
    }
}

/// A contact, as it is and as it becomes.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "columns of the contact")]
pub struct Person {
    pub id: Uuid,
    pub name: String,
    pub named_by: String,
    pub language: Option<String>,
    pub city: Option<String>,
    pub company: Option<String>,
    pub tags: Vec<String>,
    pub fields: BTreeMap<String, Field>,
    pub consents: HashMap<String, State>,
    /// Whether the import makes him.
    pub is_new: bool,
    /// Whether the import changes him.
    pub changed: bool,
}

/// What is known of those whom a slice is about.
#[derive(Debug, Default)]
pub struct Known {
    /// Whose an address is.
    pub owners: HashMap<(String, String), Uuid>,
    /// The contacts.
    pub people: HashMap<Uuid, Person>,
}

/// The addresses that were seen in the file so far, and on which line. Kept as hashes: it may be many.
#[derive(Debug, Default)]
pub struct Seen(HashMap<u64, i64>);

impl Seen {
    /// The earlier line with one of these addresses; none, and then these are of this line.
    pub fn earlier(&mut self, addresses: &[Named], line: i64) -> Option<(i64, &'static str)> {
        let hash = |address: &Named| {
            let mut hasher = DefaultHasher::new();
            (address.kind, &address.value).hash(&mut hasher);
            hasher.finish()
        };
        let hashes: Vec<(u64, &'static str)> =
            addresses.iter().map(|one| (hash(one), one.kind)).collect();
        if let Some((line, kind)) =
            hashes.iter().find_map(|(hash, kind)| Some((*self.0.get(hash)?, *kind)))
        {
            return Some((line, kind));
        }
        self.0.extend(hashes.into_iter().map(|(hash, _)| (hash, line)));
        None
    }
}

/// A row of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The line of the file.
    pub line: i64,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why it is not taken.
    pub refusal: Option<Refusal>,
    /// Whom it is about.
    pub shown: String,
    /// The contact; none while it is only tried, or refused.
    pub contact_id: Option<Uuid>,
}

/// What to write for a slice.
#[derive(Debug, Default)]
pub struct Plan {
    /// New addresses of contacts.
    pub addresses: Vec<(Uuid, Named)>,
    /// What contacts said about offers.
    pub consents: Vec<(Uuid, String, State)>,
    /// What became of each row.
    pub told: Vec<Told>,
}

/// Decides on one row. `file` is where it comes from.
pub fn decide(
    plan: &mut Plan,
    known: &mut Known,
    row: (i64, Candidate),
    file: &str,
    now: Timestamp,
    new_id: impl FnOnce() -> Uuid,
) {
    let (line, one) = row;
    let owner_of = |address: &Named| {
        known.owners.get(&(address.kind.to_owned(), address.value.clone())).copied()
    };
    let mut owners: Vec<Uuid> = one.addresses.iter().filter_map(owner_of).collect();
    owners.sort_unstable();
    owners.dedup();
    if let [first, second, ..] = owners[..] {
        let name =
            |id: Uuid| known.people.get(&id).map(|person| person.name.as_str()).unwrap_or_default();
        let refusal = Refusal::TwoContacts(format!("{}, {}", name(first), name(second)));
        plan.told.push(refused(line, one.shown, refusal));
        return;
    }
    let id = owners.first().copied().unwrap_or_else(|| {
        let id = new_id();
        let name = one.name.clone().or_else(|| Some(one.addresses.first()?.shown.clone()));
        let person = Person {
            id,
            name: name.unwrap_or_default(),
            named_by: "import".to_owned(),
            is_new: true,
            ..Person::default()
        };
        known.people.insert(id, person);
        id
    });
    let Some(person) = known.people.get_mut(&id) else { return };
    let was_new = person.is_new && owners.is_empty();
    let mut changed = fill(person, &one, file, now);
    for address in one.addresses {
        let key = (address.kind.to_owned(), address.value.clone());
        if known.owners.insert(key, id).is_none() {
            plan.addresses.push((id, address));
            changed = true;
        }
    }
    for (kind, state) in one.consents {
        let before = person.consents.get(&kind).copied();
        // Who took it back has the last word.
        if before != Some(state) && before != Some(State::Withdrawn) {
            person.consents.insert(kind.clone(), state);
            plan.consents.push((id, kind, state));
            changed = true;
        }
    }
    person.changed |= changed;
    let outcome = match (was_new, changed) {
        (true, _) => Outcome::New,
        (false, true) => Outcome::Updated,
        (false, false) => Outcome::Unchanged,
    };
    plan.told.push(Told { line, outcome, refusal: None, shown: one.shown, contact_id: Some(id) });
}

/// A row that is not taken.
#[must_use]
pub fn refused(line: i64, shown: String, refusal: Refusal) -> Told {
    Told { line, outcome: Outcome::Refused, refusal: Some(refusal), shown, contact_id: None }
}

/// Fills what is empty, and what an import may replace. Tells whether anything changed.
fn fill(person: &mut Person, one: &Candidate, file: &str, now: Timestamp) -> bool {
    let mut changed = false;
    if let Some(name) = &one.name
        && person.named_by != "officer"
        && person.name != *name
    {
        name.clone_into(&mut person.name);
        "import".clone_into(&mut person.named_by);
        changed = true;
    }
    for (there, new) in [
        (&mut person.language, &one.language),
        (&mut person.city, &one.city),
        (&mut person.company, &one.company),
    ] {
        if there.as_deref().unwrap_or_default().is_empty() && new.is_some() {
            there.clone_from(new);
            changed = true;
        }
    }
    for tag in &one.tags {
        if person.tags.len() < 50
            && !person.tags.iter().any(|there| there.eq_ignore_ascii_case(tag))
        {
            person.tags.push(tag.clone());
            changed = true;
        }
    }
    for (key, value) in &one.fields {
        let there = person.fields.get(key);
        let may = there.is_none_or(|field| {
            field.value.is_empty() || (field.source.starts_with(SOURCE) && field.value != *value)
        });
        if may && (there.is_some() || person.fields.len() < 200) {
            let field = Field { value: value.clone(), source: format!("{SOURCE}{file}"), at: now };
            person.fields.insert(key.clone(), field);
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests;
