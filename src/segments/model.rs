//! What the API shows of a segment.

use sapa_channel::Timestamp;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::Condition;

/// A segment.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Segment {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whom it chooses.
    #[schema(value_type = Condition)]
    pub condition: Json<Condition>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each change.
    pub version: i64,
}
