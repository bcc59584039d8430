//! The SQL of turns. Every write after a claim carries its fence, so that a worker that comes back late changes
//! nothing.

use std::time::Duration;

use sapa_channel::{Timestamp, new_id, points::reach};
use sqlx::{AssertSqlSafe, QueryBuilder};
use uuid::Uuid;

use super::{
    ask::again_at,
    model::{Claimed, Heard},
};
use crate::{
    app::App,
    db::{DbResult, Tx},
    insert_rows, on_db,
};

/// How long one call may take at most.
pub const LONGEST_CALL: Duration = Duration::from_secs(60);

/// A turn whose outcome is not noted within this time is asked again, with the same id; one of a node that died, at
/// once.
pub const LEASE: Duration = Duration::from_secs(75);

/// The most bytes that the log keeps of a request, and of a response.
const EXCERPT: usize = 4096;

/// A turn to be queued.
#[derive(Clone, Debug)]
pub struct NewTurn {
    /// Whose.
    pub bot_id: Uuid,
    /// The entry of the log that it answers to.
    pub seq: i64,
    /// In which conversation.
    pub conversation_id: Uuid,
    /// The customer's message.
    pub message_id: Uuid,
}

/// Queues turns. One for an entry of the log that the bot has already stays as it is.
pub async fn queue(tx: &mut Tx, turns: &[NewTurn], now: Timestamp) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO bot_turns
             (id, bot_id, seq, conversation_id, message_id, state, attempts, run_at, fence, said, created_at) ",
        turns,
        |row, new| row
            .push_bind(new_id())
            .push_bind(new.bot_id)
            .push_bind(new.seq)
            .push_bind(new.conversation_id)
            .push_bind(new.message_id)
            .push_bind("queued")
            .push_bind(0_i64)
            .push_bind(now)
            .push_bind(0_i64)
            .push_bind(0_i64)
            .push_bind(now),
        " ON CONFLICT DO NOTHING"
    );
    Ok(())
}

/// Claims what is due: of a conversation only its first open turn, so that it is answered in order. The try
/// counts from here (D6); the bot's time runs from its first one. One that waited for an answer by the API and
/// is due has waited in vain.
pub async fn claim(app: &App, limit: usize) -> DbResult<Vec<Claimed>> {
    let now = app.now();
    let mut tx = app.db().read().await?;
    let due = next_due(&mut tx).await?;
    drop(tx);
    if limit == 0 || due.is_none_or(|due| due > now) {
        return Ok(Vec::new());
    }
    let mut tx = app.db().write().await?;
    let sql = format!(
        "UPDATE bot_turns
         SET attempts = attempts + CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, state = 'calling', fence = fence + 1,
             run_at = $2, lease_owner = $4, called_at = COALESCE(called_at, $1),
             give_up_at = COALESCE(give_up_at, $1 + 1000000 * (SELECT b.patience FROM bots b WHERE b.id = bot_turns.bot_id))
         WHERE id IN (SELECT t.id FROM bot_turns t
                      WHERE t.state IN ('queued', 'calling', 'waiting') AND t.run_at <= $1
                        AND NOT EXISTS (SELECT 1 FROM bot_turns e
                                        WHERE e.conversation_id = t.conversation_id AND e.seq < t.seq
                                          AND e.state IN ('queued', 'calling', 'waiting'))
                      ORDER BY t.run_at LIMIT 0 + $3 {skip_locked})
         RETURNING id, bot_id, conversation_id, message_id, attempts, give_up_at, fence, error",
        skip_locked = tx.skip_locked()
    );
    let claimed = on_db!(&mut tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(now)
        .bind(now.after(LEASE))
        .bind(i64::try_from(limit).unwrap_or(1))
        .bind(app.nodes().me())
        .fetch_all(conn)
        .await?);
    reach("bot.before_lease");
    tx.commit().await?;
    reach("bot.after_lease");
    Ok(claimed)
}

/// When something is to be done next.
pub async fn next_due(tx: &mut Tx) -> DbResult<Option<Timestamp>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_scalar(
            "SELECT MIN(run_at) FROM bot_turns t
             WHERE t.state IN ('queued', 'calling', 'waiting')
               AND NOT EXISTS (SELECT 1 FROM bot_turns e
                               WHERE e.conversation_id = t.conversation_id AND e.seq < t.seq
                                 AND e.state IN ('queued', 'calling', 'waiting'))",
        )
        .fetch_one(conn)
        .await?
    }))
}

/// What a turn is about; none if the customer's message went out of the house since.
pub async fn heard(tx: &mut Tx, message_id: Uuid) -> DbResult<Option<Heard>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT m.id AS message_id, m.conversation_id, c.contact_id, m.channel_id, m.identity_id,
                i.proof IS NOT NULL AS proved, m.author_name, k.name AS contact_name, k.language, m.text, m.at,
                m.file_count
         FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contacts k ON k.id = c.contact_id
         JOIN identities i ON i.id = m.identity_id
         WHERE m.id = $1 AND m.direction = 'in' AND m.channel_id IS NOT NULL"
    )
    .bind(message_id)
    .fetch_optional(conn)
    .await?
    }))
}

/// What is to be written of a turn that is held.
#[derive(Clone, Debug, Default)]
pub struct Step<'t> {
    /// The new state.
    pub state: &'t str,
    /// When something is to be done next.
    pub run_at: Option<Timestamp>,
    /// How many messages were said.
    pub said: i64,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<&'t str>,
    /// What was posted.
    pub request: Option<&'t str>,
    /// What came back.
    pub response: Option<&'t str>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Gives back a turn whose outcome could not be noted: it is asked again, with the same id.
pub async fn put_back(app: &App, turn: &Claimed) -> DbResult<()> {
    let run_at = again_at(turn.attempts, app.now(), turn.give_up_at);
    let mut tx = app.db().write().await?;
    let step = Step {
        state: "queued",
        run_at: Some(run_at),
        error: turn.error.as_deref(),
        ..Step::default()
    };
    self::step(&mut tx, turn, &step).await?;
    tx.commit().await
}

/// Writes a step, if the turn is still held. Tells whether it was.
pub async fn step(tx: &mut Tx, turn: &Claimed, step: &Step<'_>) -> DbResult<bool> {
    let done = on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE bot_turns
         SET state = $3, run_at = COALESCE($4, run_at), said = said + $5, status = COALESCE($6, status), error = $7,
             request = COALESCE($8, request), response = COALESCE($9, response), ended_at = $10
         WHERE id = $1 AND fence = $2 AND state = 'calling'"
    )
    .bind(turn.id)
    .bind(turn.fence)
    .bind(step.state)
    .bind(step.run_at)
    .bind(step.said)
    .bind(step.status.map(i64::from))
    .bind(step.error)
    .bind(step.request.map(excerpt))
    .bind(step.response.map(excerpt))
    .bind(step.ended_at)
    .execute(conn)
    .await?
    .rows_affected()
    });
    Ok(done == 1)
}

/// Ends a turn, or keeps it as it is, after an answer by the API. Who held it holds it no more, if it ended.
pub async fn answered_by_api(
    tx: &mut Tx,
    id: Uuid,
    ends: Option<&str>,
    said: i64,
    response: &str,
    now: Timestamp,
) -> DbResult<String> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_scalar(
            "UPDATE bot_turns
         SET said = said + $3, state = COALESCE($2, state), response = $4, error = NULL,
             ended_at = CASE WHEN $2 IS NULL THEN ended_at ELSE $5 END,
             fence = fence + CASE WHEN $2 IS NULL THEN 0 ELSE 1 END
         WHERE id = $1 RETURNING state",
        )
        .bind(id)
        .bind(ends)
        .bind(said)
        .bind(excerpt(response))
        .bind(now)
        .fetch_one(conn)
        .await?
    }))
}

/// A turn that a bot answers by the API.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Asked {
    /// In which conversation.
    pub conversation_id: Uuid,
    /// The customer's message.
    pub message_id: Uuid,
    /// Its state.
    pub state: String,
    /// How many messages were said in it.
    pub said: i64,
}

/// A bot's own turn.
pub async fn own(tx: &mut Tx, id: Uuid, bot_id: Uuid) -> DbResult<Option<Asked>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT conversation_id, message_id, state, said FROM bot_turns WHERE id = $1 AND bot_id = $2"
    )
    .bind(id)
    .bind(bot_id)
    .fetch_optional(conn)
    .await?
    }))
}

/// Drops the open turns of conversations, because people serve from now on.
pub async fn drop_of(
    tx: &mut Tx,
    conversations: &[Uuid],
    until: i64,
    why: &str,
    now: Timestamp,
) -> DbResult<()> {
    if conversations.is_empty() {
        return Ok(());
    }
    on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "UPDATE bot_turns SET state = 'dropped', fence = fence + 1, error = ",
        );
        query.push_bind(why).push(", ended_at = ").push_bind(now);
        query.push(" WHERE state IN ('queued', 'calling', 'waiting') AND seq <= ").push_bind(until);
        query.push(" AND conversation_id IN (");
        let mut list = query.separated(", ");
        for id in conversations {
            list.push_bind(*id);
        }
        query.push(")");
        query.build().persistent(false).execute(conn).await?;
    });
    Ok(())
}

/// Of a node that died.
const LEFT_LYING: &str = "state = 'calling' AND lease_owner IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = bot_turns.lease_owner)";

/// Whether a node that died left any turn lying.
pub async fn has_stale(tx: &mut Tx) -> DbResult<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM bot_turns WHERE {LEFT_LYING})");
    Ok(on_db!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await?))
}

/// Makes due what nodes that died were asking. What they would still write changes nothing.
pub async fn recover(tx: &mut Tx, now: Timestamp) -> DbResult<()> {
    let sql = format!(
        "UPDATE bot_turns SET run_at = $1, lease_owner = NULL, fence = fence + 1 WHERE {LEFT_LYING}"
    );
    on_db!(tx, |conn| sqlx::query(AssertSqlSafe(sql)).bind(now).execute(conn).await.map(drop)?);
    Ok(())
}

/// Forgets turns that ended before a time.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "DELETE FROM bot_turns
         WHERE bot_id IN (SELECT id FROM bots) AND created_at < $1 AND state NOT IN ('queued', 'calling', 'waiting')"
    )
    .bind(before)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// The beginning of a text, whole letters, without what no column takes.
#[must_use]
pub fn excerpt(text: &str) -> String {
    let end = text.floor_char_boundary(EXCERPT);
    text[..end].replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_between_letters() {
        let long = "é".repeat(3000);
        let cut = excerpt(&long);
        assert!(cut.len() <= EXCERPT && long.starts_with(&cut));
        assert_eq!(excerpt("a\0b"), "a\u{fffd}b");
    }
}
