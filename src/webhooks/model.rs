//! What is known of a webhook and of what was posted to it.

use std::fmt;

use sapa_channel::Timestamp;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

/// A webhook, without its secret.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    /// Which one.
    pub id: Uuid,
    /// Where it posts to.
    pub url: String,
    /// What it is told of; `*` is everything.
    #[schema(value_type = Vec<String>)]
    pub events: Json<Vec<String>>,
    /// Whether it is told now.
    pub enabled: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// How many deliveries wait.
    pub waiting: i64,
    /// Why the newest delivery that was tried did not arrive; none if it did. A webhook is never switched off
    /// by itself.
    pub error: Option<String>,
}

/// A webhook that was just added: the one time that its secret is shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = NewWebhook)]
pub struct AddedWebhook {
    /// What is kept of it.
    #[serde(flatten)]
    pub view: WebhookView,
    /// What its signatures are made with, as `whsec_…`.
    pub secret: String,
}

/// Something posted, or to be posted.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryView {
    /// Which one; the `webhook-id` of all its tries.
    pub id: Uuid,
    /// When it was queued.
    pub at: Timestamp,
    /// What it tells of.
    pub event: String,
    /// `queued`, `sent` or `failed`.
    pub state: String,
    /// The HTTP status of the last answer.
    pub status: Option<i64>,
    /// Why the last try did not succeed.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_try_at: Option<Timestamp>,
}

/// Where to post, and what to sign with.
#[derive(Clone, sqlx::FromRow)]
pub struct Target {
    /// Which webhook.
    pub id: Uuid,
    /// Where to.
    pub url: String,
    /// With what.
    pub secret: String,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A delivery that is leased to be posted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Claimed {
    /// Which one.
    pub id: Uuid,
    /// What to post.
    pub body: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// A delivery to be queued.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Which one.
    pub id: Uuid,
    /// To whom.
    pub webhook_id: Uuid,
    /// What it tells of.
    pub event: String,
    /// What to post.
    pub body: String,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which delivery.
    pub id: Uuid,
    /// The HTTP status, if there was an answer.
    pub status: Option<i64>,
    /// Why it did not succeed.
    pub error: Option<String>,
    /// When to try again; none if it succeeded or is given up.
    pub again_at: Option<Timestamp>,
}

impl Tried {
    /// The state that follows.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match (&self.error, self.again_at) {
            (None, _) => "sent",
            (Some(_), Some(_)) => "queued",
            (Some(_), None) => "failed",
        }
    }
}
