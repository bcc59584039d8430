//! What the files tell of segments, consent and imports.

use serde::Deserialize;

use crate::{
    consent::model::{Reason, State},
    imports::plan::Outcome,
    segments::Condition,
};

/// Whom a firm writes to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    pub consents: Vec<Consents>,
    pub suppressions: Vec<Suppressed>,
    pub segments: Vec<Segment>,
    pub import: Option<Import>,
}

/// The same word of many contacts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consents {
    pub kind: String,
    pub state: State,
    pub source: String,
    pub proof: Option<String>,
    /// The officer who wrote it down.
    pub by: String,
    pub days_ago: u64,
    pub contacts: Vec<String>,
}

/// An address that gets no mailing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppressed {
    pub kind: String,
    pub value: String,
    pub reason: Reason,
    pub source: String,
    pub note: Option<String>,
    pub days_ago: u64,
}

/// A segment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    pub name: String,
    pub by: String,
    pub days_ago: u64,
    pub condition: Condition,
}

/// A finished import.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    pub file: String,
    pub by: String,
    pub days_ago: u64,
    pub statement: String,
    pub rows: Vec<ImportRow>,
}

/// A row of an import: of a contact, or one that was not taken.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportRow {
    pub contact: Option<String>,
    pub shown: Option<String>,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub detail: Option<String>,
}
