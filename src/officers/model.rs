//! What is known of an officer, and what the API shows.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::policy::{Permission, Role, allows};
use crate::app::App;

/// A language that the hub speaks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Indonesian.
    Id,
    /// English.
    En,
}

impl Language {
    /// Its name as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }
}

/// An officer, named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct OfficerRef {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
}

/// The row of an officer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OfficerRow {
    /// Which one.
    pub id: Uuid,
    /// The address he signs in with, in lower case.
    pub email: String,
    /// His name.
    pub name: String,
    /// What he is.
    pub role: Role,
    /// The language he reads.
    pub language: Language,
    /// The hash of his password; none until he has accepted his invitation.
    pub password_hash: Option<String>,
    /// Whether he may sign in.
    pub active: bool,
    /// What the desk remembers for him.
    pub preferences: Json<Value>,
    /// When he was added.
    pub created_at: Timestamp,
    /// When he was here last.
    pub last_seen_at: Option<Timestamp>,
}

impl OfficerRow {
    /// As his colleagues see him.
    #[must_use]
    pub fn shown(self, teams: Vec<Uuid>) -> OfficerView {
        OfficerView {
            id: self.id,
            name: self.name,
            email: self.email,
            role: self.role,
            language: self.language,
            teams,
            active: self.active,
            invited: self.password_hash.is_none(),
            created_at: self.created_at,
            last_seen_at: self.last_seen_at,
        }
    }

    /// As he sees himself.
    #[must_use]
    pub fn me(self, app: &App, teams: Vec<Uuid>, seq: i64) -> Me {
        Me {
            id: self.id,
            name: self.name,
            email: self.email,
            role: self.role,
            language: self.language,
            permissions: Permission::ALL
                .into_iter()
                .filter(|permission| allows(self.role, *permission))
                .collect(),
            teams,
            undo_seconds: app.config().delivery.undo_seconds,
            demo: app.is_demo(),
            preferences: self.preferences.0,
            seq,
        }
    }
}

/// An officer, as colleagues see him.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Officer)]
pub struct OfficerView {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// The address he signs in with.
    pub email: String,
    /// What he is.
    pub role: Role,
    /// The language he reads.
    pub language: Language,
    /// The teams he is in.
    pub teams: Vec<Uuid>,
    /// Whether he may sign in.
    pub active: bool,
    /// Whether he has still to accept his invitation.
    pub invited: bool,
    /// When he was added.
    pub created_at: Timestamp,
    /// When he was here last.
    pub last_seen_at: Option<Timestamp>,
}

/// The officer who is signed in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// The address he signs in with.
    pub email: String,
    /// What he is.
    pub role: Role,
    /// The language he reads.
    pub language: Language,
    /// What he may do.
    pub permissions: Vec<Permission>,
    /// The teams he is in.
    pub teams: Vec<Uuid>,
    /// For so many seconds an answer can be taken back.
    pub undo_seconds: u32,
    /// Whether this is the demo.
    pub demo: bool,
    /// What the desk remembers for him.
    #[schema(value_type = Object)]
    pub preferences: Value,
    /// The newest entry of the event log: who says it in the live connection's `hello` misses nothing of what happens
    /// from now on.
    pub seq: i64,
}

/// A team and who is in it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Team)]
pub struct TeamView {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Who is in it.
    pub members: Vec<Uuid>,
}
