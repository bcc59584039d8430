//! The SQL of mailings and of their counts.

use std::collections::HashMap;

use sapa_channel::{ChannelId, Timestamp};
use sqlx::{AssertSqlSafe, QueryBuilder, types::Json};
use uuid::Uuid;

use super::model::{Counts, Excluded, Frozen, Mailing, MailingRow};
use crate::{
    db::{DbResult, Tx},
    http::{Cursor, Page},
    on_db,
};

const SELECT: &str = "SELECT m.number, m.id, m.name, m.channel_id, m.template_id, m.segment_id, m.rate, m.state,
        m.created_by, m.created_at, m.updated_at, m.version, m.started_by, m.started_at, m.ended_at, m.frozen,
        ch.kind AS channel_kind, ch.name AS channel_name, t.name AS template_name, sg.name AS segment_name,
        oc.name AS created_by_name, os.name AS started_by_name
    FROM mailings m JOIN channels ch ON ch.id = m.channel_id
    LEFT JOIN message_templates t ON t.id = m.template_id LEFT JOIN segments sg ON sg.id = m.segment_id
    LEFT JOIN officers oc ON oc.id = m.created_by LEFT JOIN officers os ON os.id = m.started_by ";

/// One mailing.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<MailingRow>> {
    let sql = format!("{SELECT} WHERE m.id = $1");
    Ok(on_db!(tx, |conn| sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?))
}

/// One mailing, kept from being changed by others until the end of the transaction.
pub async fn find_for_change(tx: &mut Tx, id: Uuid) -> DbResult<Option<MailingRow>> {
    on_db!(&mut *tx, |conn| sqlx::query("UPDATE mailings SET version = version WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)?);
    find(tx, id).await
}

/// Those that need somebody to work on them.
pub async fn under_way(tx: &mut Tx) -> DbResult<Vec<MailingRow>> {
    let sql = format!(
        "{SELECT} WHERE m.state = 'running' AND EXISTS (
             SELECT 1 FROM mailing_recipients r
             WHERE r.mailing_id = m.id AND r.state IN ('queued', 'retrying', 'leased'))
         ORDER BY m.number"
    );
    Ok(on_db!(tx, |conn| sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?))
}

/// Whether a mailing is under way.
pub async fn is_running(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM mailings WHERE id = $1 AND state = 'running')"
    )
    .bind(id)
    .fetch_one(conn)
    .await?))
}

/// A page of mailings with their counts, the newest first.
pub async fn list(tx: &mut Tx, cursor: Option<Cursor>, limit: usize) -> DbResult<Page<Mailing>> {
    let before = cursor.map_or(i64::MAX, |cursor| cursor.at);
    let sql = format!("{SELECT} WHERE m.number < $1 ORDER BY m.number DESC LIMIT 0 + $2");
    let rows: Vec<MailingRow> = on_db!(&mut *tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(before)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
        .fetch_all(conn)
        .await?);
    let page = Page::cut(rows, limit, |row| Cursor { at: row.number, id: row.id });
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
    let mut counts = counts(tx, &ids).await?;
    let items = page
        .items
        .into_iter()
        .map(|row| {
            let counts = counts.remove(&row.id).unwrap_or_default();
            row.shown(counts)
        })
        .collect();
    Ok(Page { items, next: page.next })
}

/// One mailing with its counts.
pub async fn whole(tx: &mut Tx, id: Uuid) -> DbResult<Option<Mailing>> {
    let Some(row) = find(tx, id).await? else { return Ok(None) };
    let counts = counts(tx, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(row.shown(counts)))
}

type Group = (Uuid, String, Option<String>, i64);
type Counted = Vec<(Uuid, i64)>;

/// Counts the ledger's rows of some mailings, by an index alone.
pub async fn counts(tx: &mut Tx, mailings: &[Uuid]) -> DbResult<HashMap<Uuid, Counts>> {
    let mut all: HashMap<Uuid, Counts> = HashMap::new();
    if mailings.is_empty() {
        return Ok(all);
    }
    let (groups, answered, unsubscribed): (Vec<Group>, Counted, Counted) = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT mailing_id, state, exclusion, COUNT(*) FROM mailing_recipients WHERE mailing_id IN (",
        );
        let mut list = query.separated(", ");
        for id in mailings {
            list.push_bind(*id);
        }
        query.push(") GROUP BY mailing_id, state, exclusion");
        let groups =
            query.build_query_as().persistent(mailings.len() == 1).fetch_all(&mut *conn).await?;
        let mut marked = Vec::new();
        for column in ["answered_at", "unsubscribed_at"] {
            let mut query = QueryBuilder::new(
                "SELECT mailing_id, COUNT(*) FROM mailing_recipients WHERE mailing_id IN (",
            );
            let mut list = query.separated(", ");
            for id in mailings {
                list.push_bind(*id);
            }
            query.push(") AND ").push(column).push(" IS NOT NULL GROUP BY mailing_id");
            marked.push(
                query
                    .build_query_as()
                    .persistent(mailings.len() == 1)
                    .fetch_all(&mut *conn)
                    .await?,
            );
        }
        let unsubscribed = marked.pop().unwrap_or_default();
        (groups, marked.pop().unwrap_or_default(), unsubscribed)
    });
    for (mailing, state, exclusion, count) in groups {
        let counts = all.entry(mailing).or_default();
        counts.audience += count;
        match &*state {
            "sent" => counts.sent += count,
            "failed" => counts.failed += count,
            "unknown" => counts.unknown += count,
            "retrying" => counts.retrying += count,
            "dispatching" => counts.under_way += count,
            "queued" | "leased" => counts.waiting += count,
            "cancelled" => counts.cancelled += count,
            _ => {
                counts.excluded += count;
                let reason = exclusion.unwrap_or_default();
                counts.exclusions.push(Excluded { reason, count });
            }
        }
    }
    for (mailing, count) in answered {
        all.entry(mailing).or_default().answered = count;
    }
    for (mailing, count) in unsubscribed {
        all.entry(mailing).or_default().unsubscribed = count;
    }
    for counts in all.values_mut() {
        counts.recipients = counts.audience - counts.excluded;
        counts.exclusions.sort_by(|a, b| (b.count, &a.reason).cmp(&(a.count, &b.reason)));
    }
    Ok(all)
}

/// What is chosen for a mailing before it begins.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// The way out.
    pub channel_id: ChannelId,
    /// What it is written from.
    pub template_id: Option<Uuid>,
    /// Who is meant.
    pub segment_id: Option<Uuid>,
    /// The most a minute.
    pub rate: Option<i64>,
}

/// Stores a new mailing.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    draft: &Draft,
    by: Option<Uuid>,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO mailings
             (id, name, channel_id, template_id, segment_id, rate, state, created_by, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $8, 1)"
    )
    .bind(id)
    .bind(&draft.name)
    .bind(draft.channel_id)
    .bind(draft.template_id)
    .bind(draft.segment_id)
    .bind(draft.rate)
    .bind(by)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Changes what is chosen.
pub async fn update(tx: &mut Tx, id: Uuid, draft: &Draft, now: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE mailings SET name = $2, channel_id = $3, template_id = $4, segment_id = $5, rate = $6,
             updated_at = $7, version = version + 1 WHERE id = $1"
    )
    .bind(id)
    .bind(&draft.name)
    .bind(draft.channel_id)
    .bind(draft.template_id)
    .bind(draft.segment_id)
    .bind(draft.rate)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Removes a mailing that never began.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("DELETE FROM mailings WHERE id = $1 AND state = 'draft'")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Lets a mailing begin as it is now.
pub async fn begin(
    tx: &mut Tx,
    id: Uuid,
    frozen: &Frozen,
    by: Option<Uuid>,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE mailings SET state = 'running', frozen = $2, started_by = $3, started_at = $4, updated_at = $4,
             version = version + 1 WHERE id = $1"
    )
    .bind(id)
    .bind(Json(frozen))
    .bind(by)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Puts a mailing into another state.
pub async fn put(
    tx: &mut Tx,
    id: Uuid,
    state: &'static str,
    ended_at: Option<Timestamp>,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE mailings SET state = $2, ended_at = $3, updated_at = $4, version = version + 1 WHERE id = $1"
    )
    .bind(id)
    .bind(state)
    .bind(ended_at)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Takes back what workers hold and have not begun.
pub async fn take_back(tx: &mut Tx, id: Uuid, now: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE mailing_recipients
         SET state = CASE WHEN attempts = 0 THEN 'queued' ELSE 'retrying' END, lease_owner = NULL,
             fence = fence + 1, updated_at = $2
         WHERE mailing_id = $1 AND state = 'leased'"
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Nobody who waits gets it any more. What is being sent at this moment goes on to its end.
pub async fn drop_waiting(tx: &mut Tx, id: Uuid, now: Timestamp) -> DbResult<u64> {
    Ok(on_db!(tx, |conn| sqlx::query(
        "UPDATE mailing_recipients
         SET state = 'cancelled', lease_owner = NULL, fence = fence + 1, updated_at = $2
         WHERE mailing_id = $1 AND state IN ('queued', 'retrying', 'leased')"
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await?
    .rows_affected()))
}

/// How many left in each of the last `count` spans of time, the oldest first.
pub async fn rate(tx: &mut Tx, id: Uuid, from: Timestamp, span: i64) -> DbResult<Vec<(i64, i64)>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT (sent_at - $2) / $3, COUNT(*) FROM mailing_recipients
         WHERE mailing_id = $1 AND sent_at >= $2 GROUP BY (sent_at - $2) / $3 ORDER BY 1"
    )
    .bind(id)
    .bind(from)
    .bind(span)
    .fetch_all(conn)
    .await?))
}

/// When the last one left.
pub async fn last_sent(tx: &mut Tx, id: Uuid) -> DbResult<Option<Timestamp>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT MAX(sent_at) FROM mailing_recipients WHERE mailing_id = $1 AND sent_at IS NOT NULL"
    )
    .bind(id)
    .fetch_one(conn)
    .await?))
}

/// How many left since then.
pub async fn sent_since(tx: &mut Tx, id: Uuid, since: Timestamp) -> DbResult<i64> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM mailing_recipients WHERE mailing_id = $1 AND sent_at >= $2"
    )
    .bind(id)
    .bind(since)
    .fetch_one(conn)
    .await?))
}

/// When the next failed try is repeated.
pub async fn next_try(tx: &mut Tx, id: Uuid) -> DbResult<Option<Timestamp>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT MIN(run_at) FROM mailing_recipients WHERE mailing_id = $1 AND state = 'retrying'"
    )
    .bind(id)
    .fetch_one(conn)
    .await?))
}
