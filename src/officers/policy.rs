//! The one policy function: which role may do what.

use serde::{Deserialize, Serialize};

/// What an officer is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation.
    Administrator,
    /// Leads teams.
    Supervisor,
    /// Serves customers.
    Officer,
    /// Sends mailings; sees customers and writes to none by hand.
    Marketer,
    /// Sees, and changes nothing.
    Analyst,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] =
        [Self::Administrator, Self::Supervisor, Self::Officer, Self::Marketer, Self::Analyst];

    /// Its name as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Supervisor => "supervisor",
            Self::Officer => "officer",
            Self::Marketer => "marketer",
            Self::Analyst => "analyst",
        }
    }
}

/// Something that may be allowed. It is also the scope of an API token.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
pub enum Permission {
    /// Read conversations, contacts, tickets and their files; search.
    #[serde(rename = "conversations:read")]
    ConversationsRead,
    /// Answer, note, assign, snooze, solve.
    #[serde(rename = "conversations:write")]
    ConversationsWrite,
    /// Change contacts and their addresses; decide on suggestions.
    #[serde(rename = "contacts:write")]
    ContactsWrite,
    /// Merge contacts by hand and undo merges.
    #[serde(rename = "contacts:merge")]
    ContactsMerge,
    /// Open, change and solve tickets.
    #[serde(rename = "tickets:write")]
    TicketsWrite,
    /// Say which categories and causes tickets have, and what opens them by rule.
    #[serde(rename = "tickets:settings")]
    TicketsSettings,
    /// Write canned answers.
    #[serde(rename = "canned:write")]
    CannedWrite,
    /// Write segments, and keep the list of addresses that get no mailing.
    #[serde(rename = "segments:write")]
    SegmentsWrite,
    /// Take in files of contacts.
    #[serde(rename = "contacts:import")]
    ContactsImport,
    /// See mailings and what became of them.
    #[serde(rename = "mailings:read")]
    MailingsRead,
    /// Write templates and prepare mailings.
    #[serde(rename = "mailings:write")]
    MailingsWrite,
    /// Start, pause, resume and cancel mailings; settle what is unknown.
    #[serde(rename = "mailings:send")]
    MailingsSend,
    /// See and replay what was quarantined.
    #[serde(rename = "quarantine:manage")]
    QuarantineManage,
    /// Invite and change officers and teams, end their sessions.
    #[serde(rename = "officers:manage")]
    OfficersManage,
    /// Add and change channels.
    #[serde(rename = "channels:manage")]
    ChannelsManage,
    /// Make and revoke API tokens.
    #[serde(rename = "tokens:manage")]
    TokensManage,
    /// Add and change outgoing webhooks.
    #[serde(rename = "webhooks:manage")]
    WebhooksManage,
    /// Add and change bots, and read what they were asked.
    #[serde(rename = "bots:manage")]
    BotsManage,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 19] = [
        Self::ConversationsRead,
        Self::ConversationsWrite,
        Self::ContactsWrite,
        Self::ContactsMerge,
        Self::TicketsWrite,
        Self::TicketsSettings,
        Self::CannedWrite,
        Self::SegmentsWrite,
        Self::ContactsImport,
        Self::MailingsRead,
        Self::MailingsWrite,
        Self::MailingsSend,
        Self::QuarantineManage,
        Self::OfficersManage,
        Self::ChannelsManage,
        Self::TokensManage,
        Self::WebhooksManage,
        Self::BotsManage,
        Self::AuditRead,
    ];
}

/// Whether a role may.
#[must_use]
pub fn allows(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Administrator => true,
        Role::Supervisor => !matches!(
            permission,
            P::OfficersManage
                | P::ChannelsManage
                | P::TokensManage
                | P::WebhooksManage
                | P::BotsManage
        ),
        Role::Officer => matches!(
            permission,
            P::ConversationsRead
                | P::ConversationsWrite
                | P::ContactsWrite
                | P::ContactsMerge
                | P::TicketsWrite
                | P::MailingsRead
        ),
        Role::Marketer => matches!(
            permission,
            P::ConversationsRead
                | P::ContactsWrite
                | P::CannedWrite
                | P::SegmentsWrite
                | P::ContactsImport
                | P::MailingsRead
                | P::MailingsWrite
                | P::MailingsSend
        ),
        Role::Analyst => matches!(permission, P::ConversationsRead | P::MailingsRead),
    }
}
