//! What the API shows of a contact.

use std::collections::BTreeMap;

use sapa_channel::{ChannelId, Proof, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    consent::model::{Consent, Suppression},
    conversations::model::ConversationRow,
    messages::model::Author,
    tickets::model::TicketRef,
};

/// A contact, by name.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ContactRef {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
}

/// An address of a contact.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Identity {
    /// Which one.
    pub id: Uuid,
    /// `email`, `telegram`, `webchat`, `phone` …
    pub kind: String,
    /// The address.
    pub value: String,
    /// The address as it is written for people.
    pub shown: String,
    /// How it was proved to be his; none if it was not.
    pub proof: Option<Proof>,
    /// When it was proved.
    pub verified_at: Option<Timestamp>,
    /// When it was first heard.
    pub first_seen_at: Timestamp,
    /// When it was last heard.
    pub last_seen_at: Timestamp,
    /// On which channel.
    pub last_channel_id: Option<ChannelId>,
}

/// What speaks for or against two contacts being one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    /// `proved`, `claimed_address`, `same_name`, `same_number`, `by_hand` …
    pub kind: String,
    /// `for` or `against`.
    pub speaks: String,
    /// What exactly.
    pub detail: String,
}

impl Evidence {
    /// Something that speaks for it.
    #[must_use]
    pub fn speaking_for(kind: &str, detail: String) -> Self {
        Self { kind: kind.to_owned(), speaks: "for".to_owned(), detail }
    }
}

/// A value of a contact with its source.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Field {
    /// The value.
    pub value: String,
    /// Who says so.
    pub source: String,
    /// Since when.
    pub at: Timestamp,
}

/// The other one of a suggestion.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OtherContact {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// His addresses.
    pub identities: Vec<Identity>,
    /// How many conversations he had.
    pub conversation_count: i64,
}

/// That two contacts may be one.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Suggestion {
    /// Which suggestion.
    pub id: Uuid,
    /// Who the contact may be.
    pub other: OtherContact,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Since when.
    pub created_at: Timestamp,
}

/// A merge that can be undone.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MergeRef {
    /// Which merge.
    pub id: Uuid,
    /// The name of the contact that joined.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// `officer` or `system`.
    pub by: Author,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// One contact.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Contact {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// `id`, `en` …
    pub language: Option<String>,
    /// Where he lives.
    pub city: Option<String>,
    /// His time zone, as `Asia/Jakarta`.
    pub timezone: Option<String>,
    /// His firm.
    pub company: Option<String>,
    /// What officers noted.
    pub notes: String,
    /// Tags.
    pub tags: Vec<String>,
    /// More, each with its source.
    pub fields: BTreeMap<String, Field>,
    /// His addresses.
    pub identities: Vec<Identity>,
    /// What he said about offers, by kind of channel; a kind that is not there was never spoken of.
    pub consents: Vec<Consent>,
    /// Which of his addresses get no mailing.
    pub suppressed: Vec<Suppression>,
    /// What is open.
    pub open_tickets: Vec<TicketRef>,
    /// What was solved, the newest first.
    pub earlier_tickets: Vec<TicketRef>,
    /// His open conversations.
    pub open_conversations: Vec<ConversationRow>,
    /// How many he had in all.
    pub conversation_count: i64,
    /// When he was first seen.
    pub first_seen_at: Timestamp,
    /// When he was last heard.
    pub last_seen_at: Timestamp,
    /// Contacts that joined this one.
    pub merges: Vec<MergeRef>,
    /// Contacts that may be the same.
    pub suggestions: Vec<Suggestion>,
    /// Rises with each change.
    pub version: i64,
}

/// A row of the contact list.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ContactRow {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// Where he lives.
    pub city: Option<String>,
    /// His firm.
    pub company: Option<String>,
    /// His addresses, in one line.
    #[sqlx(skip)]
    pub addresses: Vec<String>,
    /// When he was first seen.
    pub first_seen_at: Timestamp,
}

/// The row of a contact.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns, named as what they become in Contact")]
pub struct Core {
    pub id: Uuid,
    pub name: String,
    pub language: Option<String>,
    pub city: Option<String>,
    pub timezone: Option<String>,
    pub company: Option<String>,
    pub notes: String,
    pub tags: Json<Vec<String>>,
    pub fields: Json<BTreeMap<String, Field>>,
    pub first_seen_at: Timestamp,
    pub merged_into: Option<Uuid>,
    pub version: i64,
}
