//! A mailing, its counts and its recipients, as the API shows them.

use sapa_channel::{ChannelId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    channels::model::ChannelRef,
    contacts::model::ContactRef,
    officers::model::OfficerRef,
    segments::Condition,
    templates::{model::Content, values::House},
};

/// The number of a mailing as people write it.
#[must_use]
pub fn number(number: i64) -> String {
    format!("M-{number:04}")
}

/// What a mailing was when it began; what is changed elsewhere later does not touch it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// What it says.
    pub content: Content,
    /// From which template.
    pub template: String,
    /// Who was meant; everybody if it is none.
    pub condition: Option<Condition>,
    /// By which segment.
    pub segment: Option<String>,
    /// Who it is from.
    pub house: House,
}

/// The row of a mailing.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns, named as what they become in Mailing")]
pub struct MailingRow {
    pub number: i64,
    pub id: Uuid,
    pub name: String,
    pub channel_id: ChannelId,
    pub template_id: Option<Uuid>,
    pub segment_id: Option<Uuid>,
    pub rate: Option<i64>,
    pub state: String,
    pub created_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub started_by: Option<Uuid>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub frozen: Option<Json<Frozen>>,
    pub channel_kind: String,
    pub channel_name: String,
    pub template_name: Option<String>,
    pub segment_name: Option<String>,
    pub created_by_name: Option<String>,
    pub started_by_name: Option<String>,
}

/// Something with a name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = MailingPart)]
pub struct Named {
    /// Which one; none if it is gone.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: String,
}

/// Why some of the audience got nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = MailingExclusion)]
pub struct Excluded {
    /// `no_address`, `suppressed`, `withdrawn`, `no_consent`, `open_complaint` or `duplicate`.
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// How far a mailing is. All but `audience`, `recipients`, `answered` and `unsubscribed` add up: the states of the
/// recipients to `recipients`, and these and the excluded to `audience`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = MailingCounts)]
pub struct Counts {
    /// Everybody who was meant.
    pub audience: i64,
    /// Those who get it.
    pub recipients: i64,
    /// Taken by the receiver's side.
    pub sent: i64,
    /// Refused for good.
    pub failed: i64,
    /// Nobody knows whether it left; never sent again by itself.
    pub unknown: i64,
    /// Will be tried again.
    pub retrying: i64,
    /// At this moment.
    pub under_way: i64,
    /// In the queue, some of them held by a worker already.
    pub waiting: i64,
    /// Not sent any more.
    pub cancelled: i64,
    /// Those who get nothing.
    pub excluded: i64,
    /// Why, the most frequent first.
    pub exclusions: Vec<Excluded>,
    /// Who answered.
    pub answered: i64,
    /// Who wants no more.
    pub unsubscribed: i64,
}

/// A mailing.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Mailing {
    /// Which one.
    pub id: Uuid,
    /// As people write it.
    pub number: String,
    /// Its name.
    pub name: String,
    /// `draft`, `running`, `paused`, `done` or `cancelled`. It is done when no recipient waits.
    pub state: String,
    /// The way out.
    pub channel: ChannelRef,
    /// What it is written from.
    pub template: Option<Named>,
    /// Who is meant; everybody if none is named.
    pub segment: Option<Named>,
    /// The most a minute, evenly over it; none is as fast as it goes.
    pub rate: Option<i64>,
    /// Who prepared it.
    pub created_by: Option<OfficerRef>,
    /// When.
    pub created_at: Timestamp,
    /// Who started it.
    pub started_by: Option<OfficerRef>,
    /// When.
    pub started_at: Option<Timestamp>,
    /// When it was cancelled.
    pub ended_at: Option<Timestamp>,
    /// How far it is.
    pub counts: Counts,
    /// Rises with each change.
    pub version: i64,
}

impl MailingRow {
    /// As the API shows it.
    #[must_use]
    pub fn shown(self, counts: Counts) -> Mailing {
        let waits = counts.waiting + counts.retrying + counts.under_way;
        let state = if self.state == "running" && waits == 0 { "done" } else { &*self.state };
        let named = |id: Option<Uuid>, name: Option<String>| Some(Named { id, name: name? });
        let officer =
            |id: Option<Uuid>, name: Option<String>| Some(OfficerRef { id: id?, name: name? });
        let frozen = self.frozen.as_ref().map(|frozen| &frozen.0);
        let template = match frozen {
            Some(frozen) => named(self.template_id, Some(frozen.template.clone())),
            None => named(self.template_id, self.template_name),
        };
        let segment = match frozen {
            Some(frozen) => named(self.segment_id, frozen.segment.clone()),
            None => named(self.segment_id, self.segment_name),
        };
        Mailing {
            id: self.id,
            number: number(self.number),
            name: self.name,
            state: state.to_owned(),
            channel: ChannelRef {
                id: self.channel_id,
                kind: self.channel_kind,
                name: self.channel_name,
            },
            template,
            segment,
            rate: self.rate,
            created_by: officer(self.created_by, self.created_by_name),
            created_at: self.created_at,
            started_by: officer(self.started_by, self.started_by_name),
            started_at: self.started_at,
            ended_at: self.ended_at,
            counts,
            version: self.version,
        }
    }
}

/// Somebody of the audience, and what became of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = MailingRecipient)]
pub struct Recipient {
    /// Which row of the ledger.
    pub id: Uuid,
    /// Who.
    pub contact: ContactRef,
    /// To which address.
    pub address: Option<String>,
    /// `queued`, `leased`, `dispatching`, `sent`, `failed`, `unknown`, `retrying`, `excluded` or `cancelled`.
    pub state: String,
    /// Why he gets nothing, if he is excluded.
    pub exclusion: Option<String>,
    /// Why it failed or waits, in words.
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, if it waits.
    pub next_try_at: Option<Timestamp>,
    /// When it left, or may have left.
    pub sent_at: Option<Timestamp>,
    /// When he answered.
    pub answered_at: Option<Timestamp>,
    /// When he ended mailings by this one.
    pub unsubscribed_at: Option<Timestamp>,
}

/// The state of a recipient as the numbers count him, by his row's state.
pub const STATES: [&str; 8] =
    ["sent", "failed", "unknown", "retrying", "under_way", "waiting", "cancelled", "excluded"];
