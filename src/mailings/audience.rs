//! Who is meant, by which address, and who is left out and why.
//!
//! The same SQL counts an audience beforehand, freezes it at the start, and looks again at each recipient before
//! it is sent (mail 20): the words of one rule stand in one place.

use std::fmt::Write;

use sapa_channel::{ChannelId, Timestamp};
use sqlx::{Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::model::Excluded;
use crate::{
    consent::model::OFFERS,
    db::{DbResult, Dialect, Tx},
    on_db,
    segments::{Condition, sql::push_where},
};

/// The kind of a channel as a literal of SQL.
#[must_use]
pub fn literal(kind: &str) -> &'static str {
    match kind {
        "telegram" => "'telegram'",
        _ => "'email'",
    }
}

/// The expression that tells why an address of a contact gets nothing; NULL if it gets it.
#[must_use]
pub fn why_not(contact: &str, address: &str, kind: &str) -> String {
    let kind = literal(kind);
    let mut sql = String::new();
    let _ = write!(
        sql,
        "CASE WHEN {address} IS NULL THEN 'no_address'
              WHEN EXISTS (SELECT 1 FROM suppressions sp WHERE sp.kind = {kind} AND sp.value = {address}) THEN 'suppressed'
              WHEN NOT EXISTS (SELECT 1 FROM consents cs WHERE cs.contact_id = {contact} AND cs.channel_kind = {kind}
                               AND cs.purpose = '{OFFERS}' AND cs.state = 'granted')
                   THEN CASE WHEN EXISTS (SELECT 1 FROM consents cs WHERE cs.contact_id = {contact}
                                          AND cs.channel_kind = {kind} AND cs.purpose = '{OFFERS}')
                        THEN 'withdrawn' ELSE 'no_consent' END
              WHEN EXISTS (SELECT 1 FROM tickets tk WHERE tk.contact_id = {contact} AND tk.kind = 'complaint'
                           AND tk.status = 'open') THEN 'open_complaint' END"
    );
    sql
}

/// The same for a row `r` of the ledger, whose contact may meanwhile have become one with another recipient. These are
/// looked for among the contact's rows: written plainly, SQLite would read all rows of the mailing before this one.
#[must_use]
pub fn why_not_any_more(kind: &str) -> String {
    format!(
        "CASE WHEN EXISTS (SELECT 1 FROM mailing_recipients tw WHERE tw.contact_id = r.contact_id
                           AND tw.seq - r.seq < 0 AND COALESCE(tw.mailing_id, r.mailing_id) = r.mailing_id AND tw.state <> 'excluded')
              THEN 'duplicate' ELSE {} END",
        why_not("r.contact_id", "r.address", kind)
    )
}

/// Pushes the audience as rows of contact, identity, address and why not. Of a contact's addresses a proved one
/// comes before others, then the one heard last; a bot writes only to those who wrote to it. A slice is so many after
/// a contact: cut before anything else is asked of them, or PostgreSQL asks it of all.
fn push_audience<DB>(
    query: &mut QueryBuilder<DB>,
    kind: &str,
    channel: ChannelId,
    condition: Option<&Condition>,
    slice: Option<(Uuid, i64)>,
    now: Timestamp,
) where
    DB: Dialect,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    query.push("SELECT k.id AS contact_id, ad.id AS identity_id, ad.value AS address, ");
    query.push(why_not("k.id", "ad.value", kind));
    query.push(" AS why FROM (SELECT k.id FROM contacts k WHERE k.merged_into IS NULL");
    if let Some(condition) = condition {
        query.push(" AND ");
        push_where(query, condition, now);
    }
    if let Some((after, limit)) = slice {
        query.push(" AND k.id > ").push_bind(after);
        query.push(" ORDER BY k.id LIMIT 0 + ").push_bind(limit);
    }
    query.push(") k LEFT JOIN identities ad ON ad.id = (SELECT j.id FROM identities j WHERE j.contact_id = k.id AND j.kind = ");
    query.push(literal(kind));
    if kind == "telegram" {
        query
            .push(" AND (j.last_channel_id = ")
            .push_bind(channel.0)
            .push(" OR EXISTS (SELECT 1 FROM messages ms WHERE ms.identity_id = j.id AND ms.channel_id = ")
            .push_bind(channel.0)
            .push("))");
    }
    query.push(" ORDER BY j.proof IS NULL, j.last_seen_at DESC, j.id LIMIT 1)");
}

/// How many are meant, and of them how many are left out and why, the most frequent reason first.
pub async fn count(
    tx: &mut Tx,
    kind: &str,
    channel: ChannelId,
    condition: Option<&Condition>,
    now: Timestamp,
) -> DbResult<(i64, Vec<Excluded>)> {
    let rows: Vec<(Option<String>, i64)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("SELECT au.why, COUNT(*) FROM (");
        push_audience(&mut query, kind, channel, condition, None, now);
        query.push(") au GROUP BY au.why ORDER BY COUNT(*) DESC");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    let audience = rows.iter().map(|(_, count)| count).sum();
    let excluded = rows
        .into_iter()
        .filter_map(|(reason, count)| Some(Excluded { reason: reason?, count }))
        .collect();
    Ok((audience, excluded))
}

/// Those who are meant, in pages by contact: their ids, and the addresses of those who would get it.
pub async fn page(
    tx: &mut Tx,
    kind: &str,
    channel: ChannelId,
    condition: Option<&Condition>,
    slice: (Uuid, i64),
    now: Timestamp,
) -> DbResult<Vec<(Uuid, Option<String>)>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT au.contact_id, CASE WHEN au.why IS NULL THEN au.address END FROM (",
        );
        push_audience(&mut query, kind, channel, condition, Some(slice), now);
        query.push(") au ORDER BY au.contact_id");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    }))
}

/// Writes the ledger of a mailing that begins: a row for each contact who is meant, by one statement.
pub async fn freeze(
    tx: &mut Tx,
    mailing: Uuid,
    kind: &str,
    channel: ChannelId,
    condition: Option<&Condition>,
    now: Timestamp,
) -> DbResult<u64> {
    let id = if tx.is_sqlite() { "randomblob(16)" } else { "gen_random_uuid()" };
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "INSERT INTO mailing_recipients
                 (id, mailing_id, contact_id, identity_id, address, state, exclusion, attempts, run_at, fence, updated_at)
             SELECT ",
        );
        query
            .push(id)
            .push(", ")
            .push_bind(mailing)
            .push(
                ", au.contact_id, au.identity_id, au.address,
                   CASE WHEN au.why IS NULL THEN 'queued' ELSE 'excluded' END, au.why, 0, ",
            )
            .push_bind(now.0)
            .push(", 0, ")
            .push_bind(now.0)
            .push(" FROM (");
        push_audience(&mut query, kind, channel, condition, None, now);
        query.push(" ORDER BY k.id) au");
        query.build().persistent(false).execute(conn).await?.rows_affected()
    }))
}
