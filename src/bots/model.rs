//! What the API shows of a bot and its turns, and what asking it takes.

use std::{collections::BTreeMap, fmt};

use sapa_channel::{ChannelId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::channels::model::ChannelRef;

/// How a bot is spoken to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = BotForm)]
pub enum Form {
    /// Sapa's own: a signed webhook, answered by actions.
    Sapa,
    /// Rasa's REST channel.
    Rasa,
}

/// A bot, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BotRef {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// What is said when a bot does not answer, by language.
pub type Fallback = BTreeMap<String, String>;

/// How a bot fares.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BotHealth {
    /// `good`, `bad`, `off`, or `new` before its first turn.
    pub state: String,
    /// When it last answered as it should.
    pub last_good_at: Option<Timestamp>,
    /// What went wrong since, in plain words.
    pub error: Option<String>,
    /// When.
    pub error_at: Option<Timestamp>,
    /// How many turns it had in the last 24 hours.
    pub turns: i64,
    /// How many of them it handed over.
    pub handed_over: i64,
    /// How many of them it failed, or was too late for.
    pub failed: i64,
}

/// A bot, without its secrets.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Bot)]
pub struct BotView {
    /// Which one.
    pub id: Uuid,
    /// Its name, as customers see it.
    pub name: String,
    /// Where it is asked.
    pub url: String,
    /// How it is spoken to.
    pub form: Form,
    /// Whether it is switched on.
    pub enabled: bool,
    /// How many seconds it has for an answer.
    pub patience: i64,
    /// What is said when it does not answer, by language: `id`, `en`.
    pub fallback: Fallback,
    /// The team that it hands over to; none: whoever takes it.
    pub team_id: Option<Uuid>,
    /// The channels whose customers it answers.
    pub channels: Vec<ChannelRef>,
    /// When it was added.
    pub created_at: Timestamp,
    /// How it fares.
    pub health: BotHealth,
    /// How many open conversations it has now.
    pub in_charge: i64,
}

/// A bot that was just added: the one time that its secrets are shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = NewBot)]
pub struct AddedBot {
    /// What is kept of it.
    #[serde(flatten)]
    pub view: BotView,
    /// What calls to it are signed with, as `whsec_…`.
    pub secret: String,
    /// By what it answers later, as `sapabot_…`.
    pub token: String,
}

/// A secret that was made anew: the one time that it is shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RenewedBotSecret)]
pub struct Renewed {
    /// What calls are signed with, if that was asked for.
    pub secret: Option<String>,
    /// By what it answers later, if that was asked for.
    pub token: Option<String>,
}

/// What became of a test call.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BotTest)]
pub struct Tested {
    /// Whether the bot answered as it should.
    pub good: bool,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong, in plain words.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub took: i64,
    /// What it would have done, by the kinds of its actions.
    pub actions: Vec<String>,
    /// The beginning of what came back.
    pub response: String,
}

/// One time that a bot was asked.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = BotTurn)]
pub struct TurnView {
    /// Which one; the `webhook-id` of all its tries.
    pub id: Uuid,
    /// In which conversation.
    pub conversation_id: Uuid,
    /// Its number.
    pub conversation_number: i64,
    /// With whom.
    pub contact_name: String,
    /// What the customer said, in one line.
    pub said_by_customer: String,
    /// `queued`, `calling`, `waiting` (for an answer by the API), `answered`, `handed_over`, `timed_out`,
    /// `failed`, `dropped` (a person took over).
    pub state: String,
    /// How often it was asked.
    pub attempts: i64,
    /// How many messages it said.
    pub said: i64,
    /// The HTTP status of the last answer.
    pub status: Option<i64>,
    /// What went wrong, in plain words.
    pub error: Option<String>,
    /// When the message came.
    pub created_at: Timestamp,
    /// When it was first asked.
    pub called_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Until when it may answer.
    pub give_up_at: Option<Timestamp>,
}

/// One time that a bot was asked, with what was exchanged.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = BotTurnDetails)]
pub struct TurnDetails {
    /// In short.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub turn: TurnView,
    /// The beginning of what was posted.
    pub request: Option<String>,
    /// The beginning of what came back.
    pub response: Option<String>,
}

/// All that asking a bot takes.
#[derive(Clone, sqlx::FromRow)]
pub struct Bot {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Where it is asked.
    pub url: String,
    /// How it is spoken to.
    pub form: Form,
    /// What signs the calls.
    pub secret: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Seconds for an answer.
    pub patience: i64,
    /// What is said when it does not answer.
    pub fallback: Json<Fallback>,
    /// The team that it hands over to.
    pub team_id: Option<Uuid>,
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Bot {
    /// By its name.
    #[must_use]
    pub fn named(&self) -> BotRef {
        BotRef { id: self.id, name: self.name.clone() }
    }

    /// What is said to a customer of a language when the bot does not answer.
    #[must_use]
    pub fn fallback(&self, language: Option<&str>) -> Option<&str> {
        let language = language.map_or("id", |language| language.get(..2).unwrap_or(language));
        let text = self.fallback.get(language).or_else(|| self.fallback.values().next())?;
        (!text.trim().is_empty()).then_some(text)
    }
}

/// A turn that a worker holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Claimed {
    /// Which one.
    pub id: Uuid,
    /// Whose.
    pub bot_id: Uuid,
    /// In which conversation.
    pub conversation_id: Uuid,
    /// The customer's message.
    pub message_id: Uuid,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// Until when the bot may answer.
    pub give_up_at: Timestamp,
    /// What later writes must carry.
    pub fence: i64,
    /// What went wrong at the last try.
    pub error: Option<String>,
}

/// What a turn is about: where the customer is heard, and by which address.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Heard {
    /// Which message.
    pub message_id: Uuid,
    /// In which conversation.
    pub conversation_id: Uuid,
    /// Whose.
    pub contact_id: Uuid,
    /// By which channel.
    pub channel_id: ChannelId,
    /// From which address.
    pub identity_id: Uuid,
    /// Whether that address is proved to be his.
    pub proved: bool,
    /// His name, as the channel gave it on this message.
    pub author_name: String,
    /// His name, as officers know him.
    pub contact_name: String,
    /// His language.
    pub language: Option<String>,
    /// What he said.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// How many files are attached.
    pub file_count: i64,
}
