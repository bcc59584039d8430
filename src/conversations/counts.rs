//! How many conversations lie in each folder.

use std::time::Duration;

use sapa_channel::{ChannelId, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// Who waits longer than this is counted as waiting too long.
const TOO_LONG: Duration = Duration::from_secs(3600);

/// How many lie in each folder.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// Open and mine.
    pub mine: i64,
    /// Open and nobody's, and no bot's either.
    pub unassigned: i64,
    /// Open.
    pub open: i64,
    /// Open, and I was called.
    pub mentions: i64,
    /// Open, with a bot in charge.
    pub bot: i64,
    /// Open, and the customer has waited for people for over an hour.
    pub waiting: i64,
    /// Snoozed.
    pub snoozed: i64,
    /// With an answer of which nobody knows whether it arrived, open or not.
    pub unsure: i64,
    /// Mine, with a word of the customer's that I have not seen.
    pub unread: i64,
    /// Open, by team.
    pub teams: Vec<TeamCount>,
    /// Open, by channel.
    pub channels: Vec<ChannelCount>,
    /// Whether there is a bot that is switched on.
    pub has_bots: bool,
    /// Officers whose desk is open.
    pub officers_online: usize,
}

/// Open conversations of a team.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct TeamCount {
    /// Which team.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// How many.
    pub open: i64,
}

/// Open conversations on a channel.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ChannelCount {
    /// Which channel.
    pub id: ChannelId,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub open: i64,
}

/// Counts, as one officer sees it. All from indexes.
pub async fn counts(tx: &mut Tx, me: Uuid, now: Timestamp) -> DbResult<Counts> {
    let (mine, unassigned, open, mentions, waiting, snoozed, unsure, unread, bot, has_bots): (
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        bool,
    ) = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
            "SELECT
                (SELECT COUNT(*) FROM conversations WHERE status = 'open' AND assignee_id = $1),
                (SELECT COUNT(*) FROM conversations WHERE status = 'open' AND assignee_id IS NULL AND bot_id IS NULL),
                (SELECT COUNT(*) FROM conversations WHERE status = 'open'),
                (SELECT COUNT(*) FROM mentions m JOIN conversations c ON c.id = m.conversation_id
                 WHERE m.officer_id = $1 AND c.status = 'open'),
                (SELECT COUNT(*) FROM conversations WHERE status = 'open' AND waiting_since < $2 AND bot_id IS NULL),
                (SELECT COUNT(*) FROM conversations WHERE status = 'snoozed'),
                (SELECT COUNT(DISTINCT conversation_id) FROM deliveries WHERE state = 'unknown'),
                (SELECT COUNT(*) FROM conversations c
                 LEFT JOIN reads r ON r.conversation_id = c.id AND r.officer_id = $1
                 WHERE c.status = 'open' AND c.assignee_id = $1
                   AND c.last_inbound_at IS NOT NULL AND (r.at IS NULL OR r.at < c.last_inbound_at)),
                (SELECT COUNT(*) FROM conversations WHERE status = 'open' AND bot_id IS NOT NULL),
                EXISTS (SELECT 1 FROM bots WHERE enabled)"
        )
        .bind(me)
        .bind(now.before(TOO_LONG))
        .fetch_one(conn)
        .await?
    });
    let teams = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "SELECT t.id, t.name, (SELECT COUNT(*) FROM conversations c WHERE c.status = 'open' AND c.team_id = t.id) AS open
         FROM teams t ORDER BY t.name"
    )
    .fetch_all(conn)
    .await?
    });
    let channels = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "SELECT ch.id, ch.kind, ch.name,
                (SELECT COUNT(*) FROM conversations c WHERE c.status = 'open' AND c.channel_id = ch.id) AS open
         FROM channels ch ORDER BY ch.kind, ch.name"
    )
    .fetch_all(conn)
    .await?
    });
    Ok(Counts {
        mine,
        unassigned,
        bot,
        open,
        mentions,
        waiting,
        snoozed,
        unsure,
        unread,
        teams,
        channels,
        has_bots,
        officers_online: 0,
    })
}
