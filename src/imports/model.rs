//! What the API shows of an import.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    mapping::{Mapping, Target},
    plan::Outcome,
};

/// Where an import stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file is there; its columns are to be mapped.
    Uploaded,
    /// The dry run is under way.
    Checking,
    /// The dry run is done: what would happen is known.
    Checked,
    /// It happens.
    Running,
    /// It happened.
    Done,
    /// The file could not be read any more.
    Failed,
}

/// Rows by what becomes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = ImportCounts)]
pub struct Counts {
    /// New contacts.
    pub new: i64,
    /// Contacts that learn something.
    pub updated: i64,
    /// Contacts of whom all is known.
    pub unchanged: i64,
    /// Rows that are not taken.
    pub refused: i64,
}

impl Counts {
    /// With one more.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::New => self.new += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Refused => self.refused += 1,
        }
    }
}

/// A file of contacts, and what became of it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Import {
    /// Which one.
    pub id: Uuid,
    /// The name of the file.
    pub file_name: String,
    /// In bytes.
    pub size: i64,
    /// The names of its columns.
    #[schema(value_type = Vec<String>)]
    pub columns: Json<Vec<String>>,
    /// Its first rows.
    #[schema(value_type = Vec<Vec<String>>)]
    pub sample: Json<Vec<Vec<String>>>,
    /// What parts its cells.
    pub delimiter: String,
    /// The encoding that it was taken for.
    pub encoding: String,
    /// What its columns mean; none until it is said.
    #[schema(value_type = Option<Mapping>)]
    pub mapping: Option<Json<Mapping>>,
    /// What its columns may mean, by their names.
    #[sqlx(skip)]
    pub suggested: Vec<Target>,
    /// Where it stands.
    pub state: ImportState,
    /// How many rows it has.
    pub total: i64,
    /// How many of them are tried, or taken.
    pub done: i64,
    /// What became of these.
    #[schema(value_type = Counts)]
    pub counts: Json<Counts>,
    /// Why it failed.
    pub error: Option<String>,
    /// Who brought it.
    pub created_by_name: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
}

/// What became of a row.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ImportRow {
    /// The line of the file, the first is 1.
    pub line: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it is not taken: `no_address`, `bad_address`, `too_long`, `unclear_consent`, `duplicate` or `two_contacts`.
    pub reason: Option<String>,
    /// What exactly.
    pub detail: Option<String>,
    /// Whom it is about.
    pub shown: String,
    /// The contact; none while it is only tried, and then only if he is new.
    pub contact_id: Option<Uuid>,
}
