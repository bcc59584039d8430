//! The SQL of bots themselves.

use std::collections::HashMap;

use sapa_channel::{ChannelId, Timestamp};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::model::{Bot, BotHealth, BotView, Fallback, Form};
use crate::{
    channels::model::ChannelRef,
    db::{DbResult, Tx},
    insert_rows, on_db,
};

/// What can be written of a bot.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its name.
    pub name: String,
    /// Where it is asked.
    pub url: String,
    /// How it is spoken to.
    pub form: Form,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Seconds for an answer.
    pub patience: i64,
    /// What is said when it does not answer.
    pub fallback: Fallback,
    /// The team that it hands over to.
    pub team_id: Option<Uuid>,
}

/// Adds a bot.
pub async fn add(
    tx: &mut Tx,
    id: Uuid,
    bot: &Written,
    secret: &str,
    token_hash: &str,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO bots (id, name, url, form, secret, token_hash, enabled, patience, fallback, team_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    )
    .bind(id)
    .bind(&bot.name)
    .bind(&bot.url)
    .bind(bot.form)
    .bind(secret)
    .bind(token_hash)
    .bind(bot.enabled)
    .bind(bot.patience)
    .bind(Json(&bot.fallback))
    .bind(bot.team_id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Writes what can change of a bot.
pub async fn update(tx: &mut Tx, id: Uuid, bot: &Written) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE bots SET name = $2, url = $3, form = $4, enabled = $5, patience = $6, fallback = $7, team_id = $8
         WHERE id = $1"
    )
    .bind(id)
    .bind(&bot.name)
    .bind(&bot.url)
    .bind(bot.form)
    .bind(bot.enabled)
    .bind(bot.patience)
    .bind(Json(&bot.fallback))
    .bind(bot.team_id)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Writes new secrets; one that is not given stays.
pub async fn renew(
    tx: &mut Tx,
    id: Uuid,
    secret: Option<&str>,
    token_hash: Option<&str>,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE bots SET secret = COALESCE($2, secret), token_hash = COALESCE($3, token_hash) WHERE id = $1"
    )
    .bind(id)
    .bind(secret)
    .bind(token_hash)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Removes a bot with its turns.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("DELETE FROM bots WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

/// All that asking a bot takes.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Bot>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT id, name, url, form, secret, enabled, patience, fallback, team_id FROM bots WHERE id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    }))
}

/// Whether any bot is switched on.
pub async fn any_enabled(tx: &mut Tx) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM bots WHERE enabled)")
        .fetch_one(conn)
        .await?))
}

/// Gives a bot these channels and no others. One that another bot has is refused by its unique index.
pub async fn assign(tx: &mut Tx, id: Uuid, channels: &[ChannelId]) -> DbResult<()> {
    on_db!(&mut *tx, |conn| sqlx::query("DELETE FROM bot_channels WHERE bot_id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)?);
    insert_rows!(tx, "INSERT INTO bot_channels (channel_id, bot_id) ", channels, |row, channel| {
        row.push_bind(*channel).push_bind(id)
    });
    Ok(())
}

/// Of these channels, those that another bot has, by the channel's and the bot's name.
pub async fn taken(
    tx: &mut Tx,
    id: Uuid,
    channels: &[ChannelId],
) -> DbResult<Vec<(String, String)>> {
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT ch.name, b.name FROM bot_channels bc JOIN channels ch ON ch.id = bc.channel_id
             JOIN bots b ON b.id = bc.bot_id WHERE bc.bot_id <> ",
        );
        query.push_bind(id).push(" AND bc.channel_id IN (");
        let mut list = query.separated(", ");
        for channel in channels {
            list.push_bind(*channel);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    }))
}

/// How many of these channels there are.
pub async fn count_channels(tx: &mut Tx, channels: &[ChannelId]) -> DbResult<i64> {
    if channels.is_empty() {
        return Ok(0);
    }
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM channels WHERE id IN (");
        let mut list = query.separated(", ");
        for channel in channels {
            list.push_bind(*channel);
        }
        query.push(")");
        query.build_query_scalar().persistent(false).fetch_one(conn).await?
    }))
}

/// Whether there is such a team.
pub async fn team_exists(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM teams WHERE id = $1)")
        .bind(id)
        .fetch_one(conn)
        .await?))
}

/// A team by its name, in any case.
pub async fn team_named(tx: &mut Tx, name: &str) -> DbResult<Option<Uuid>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT id FROM teams WHERE LOWER(name) = LOWER($1) ORDER BY id LIMIT 1"
    )
    .bind(name)
    .fetch_optional(conn)
    .await?))
}

/// Notes that a bot answered as it should.
pub async fn note_good(tx: &mut Tx, id: Uuid, now: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("UPDATE bots SET last_good_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Notes what went wrong with a bot.
pub async fn note_error(tx: &mut Tx, id: Uuid, why: &str, now: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("UPDATE bots SET error = $2, error_at = $3 WHERE id = $1")
        .bind(id)
        .bind(why)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    url: String,
    form: Form,
    enabled: bool,
    patience: i64,
    fallback: Json<Fallback>,
    team_id: Option<Uuid>,
    created_at: Timestamp,
    last_good_at: Option<Timestamp>,
    error: Option<String>,
    error_at: Option<Timestamp>,
    turns: i64,
    handed_over: i64,
    failed: i64,
    in_charge: i64,
}

/// All bots as the API shows them, or one; the oldest first. Turns are counted from a time on.
pub async fn views(tx: &mut Tx, only: Option<Uuid>, since: Timestamp) -> DbResult<Vec<BotView>> {
    let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT b.id, b.name, b.url, b.form, b.enabled, b.patience, b.fallback, b.team_id, b.created_at,
                    b.last_good_at, b.error, b.error_at,
                    (SELECT COUNT(*) FROM bot_turns t WHERE t.bot_id = b.id AND t.created_at >= ",
        );
        query.push_bind(since).push(
            ") AS turns,
             (SELECT COUNT(*) FROM bot_turns t WHERE t.bot_id = b.id AND t.state = 'handed_over' AND t.created_at >= ",
        );
        query.push_bind(since).push(
            ") AS handed_over,
             (SELECT COUNT(*) FROM bot_turns t WHERE t.bot_id = b.id AND t.state IN ('failed', 'timed_out')
                AND t.created_at >= ",
        );
        query.push_bind(since).push(
            ") AS failed,
             (SELECT COUNT(*) FROM conversations c WHERE c.status = 'open' AND c.bot_id IS NOT NULL
                AND c.bot_id = b.id) AS in_charge
             FROM bots b",
        );
        if let Some(id) = only {
            query.push(" WHERE b.id = ").push_bind(id);
        }
        query.push(" ORDER BY b.created_at, b.id");
        query.build_query_as().fetch_all(conn).await?
    });
    let channels: Vec<(Uuid, ChannelId, String, String)> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT bc.bot_id, ch.id, ch.kind, ch.name FROM bot_channels bc JOIN channels ch ON ch.id = bc.channel_id
         ORDER BY ch.kind, ch.name"
    )
    .fetch_all(conn)
    .await?
    });
    let mut of_bot: HashMap<Uuid, Vec<ChannelRef>> = HashMap::new();
    for (bot, id, kind, name) in channels {
        of_bot.entry(bot).or_default().push(ChannelRef { id, kind, name });
    }
    Ok(rows.into_iter().map(|row| row.shown(&mut of_bot)).collect())
}

impl Row {
    fn shown(self, channels: &mut HashMap<Uuid, Vec<ChannelRef>>) -> BotView {
        let failed = self.error.is_some() && self.error_at > self.last_good_at;
        let state = match (self.enabled, failed, self.last_good_at) {
            (false, ..) => "off",
            (true, true, _) => "bad",
            (true, false, Some(_)) => "good",
            (true, false, None) => "new",
        };
        BotView {
            id: self.id,
            name: self.name,
            url: self.url,
            form: self.form,
            enabled: self.enabled,
            patience: self.patience,
            fallback: self.fallback.0,
            team_id: self.team_id,
            channels: channels.remove(&self.id).unwrap_or_default(),
            created_at: self.created_at,
            health: BotHealth {
                state: state.to_owned(),
                last_good_at: self.last_good_at,
                error: self.error.filter(|_| failed),
                error_at: self.error_at.filter(|_| failed),
                turns: self.turns,
                handed_over: self.handed_over,
                failed: self.failed,
            },
            in_charge: self.in_charge,
        }
    }
}
