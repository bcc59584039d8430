//! Who got a mailing and what became of it.

use sapa_channel::Timestamp;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::model::Recipient;
use crate::{
    contacts::model::ContactRef,
    db::{DbResult, Tx},
    http::{Cursor, Page},
    on_db,
};

/// Which recipients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only in this state, of [`STATES`](super::model::STATES).
    pub state: Option<String>,
    /// Only left out for this reason.
    pub exclusion: Option<String>,
    /// Only who answered.
    pub answered: bool,
    /// Only who ended mailings by this one.
    pub unsubscribed: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: Uuid,
    contact_id: Uuid,
    contact_name: String,
    address: Option<String>,
    state: String,
    exclusion: Option<String>,
    reason: Option<String>,
    attempts: i64,
    run_at: Timestamp,
    sent_at: Option<Timestamp>,
    answered_at: Option<Timestamp>,
    unsubscribed_at: Option<Timestamp>,
}

impl Row {
    fn shown(self) -> Recipient {
        let waits = matches!(&*self.state, "queued" | "retrying");
        Recipient {
            id: self.id,
            contact: ContactRef { id: self.contact_id, name: self.contact_name },
            address: self.address,
            next_try_at: (waits && self.attempts > 0).then_some(self.run_at),
            state: self.state,
            exclusion: self.exclusion,
            reason: self.reason,
            attempts: self.attempts,
            sent_at: self.sent_at,
            answered_at: self.answered_at,
            unsubscribed_at: self.unsubscribed_at,
        }
    }
}

const SELECT: &str =
    "SELECT r.seq, r.id, r.contact_id, k.name AS contact_name, r.address, r.state, r.exclusion,
        r.reason, r.attempts, r.run_at, r.sent_at, r.answered_at, r.unsubscribed_at
    FROM mailing_recipients r JOIN contacts k ON k.id = r.contact_id WHERE r.mailing_id = ";

async fn rows(
    tx: &mut Tx,
    mailing: Uuid,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> DbResult<Vec<Row>> {
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind(mailing);
        match filter.state.as_deref() {
            None => {}
            Some("under_way") => {
                query.push(" AND r.state = 'dispatching' AND r.exclusion IS NULL");
            }
            Some("waiting") => {
                query.push(" AND r.state IN ('queued', 'leased') AND r.exclusion IS NULL");
            }
            Some("excluded") => {
                query.push(" AND r.state = 'excluded'");
            }
            Some(state) => {
                query.push(" AND r.state = ").push_bind(state).push(" AND r.exclusion IS NULL");
            }
        }
        if let Some(exclusion) = &filter.exclusion {
            query.push(" AND r.state = 'excluded' AND r.exclusion = ").push_bind(exclusion);
        }
        if filter.answered {
            query.push(" AND r.answered_at IS NOT NULL");
        }
        if filter.unsubscribed {
            query.push(" AND r.unsubscribed_at IS NOT NULL");
        }
        query
            .push(" AND r.seq > ")
            .push_bind(after)
            .push(" ORDER BY r.seq LIMIT 0 + ")
            .push_bind(limit);
        query.build_query_as().persistent(true).fetch_all(conn).await?
    }))
}

/// A page of them, in the order of the ledger.
pub async fn list(
    tx: &mut Tx,
    mailing: Uuid,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Page<Recipient>> {
    let after = cursor.map_or(0, |cursor| cursor.at);
    let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows = rows(tx, mailing, filter, after, more).await?;
    let page = Page::cut(rows, limit, |row| Cursor { at: row.seq, id: row.id });
    Ok(Page { items: page.items.into_iter().map(Row::shown).collect(), next: page.next })
}

/// The rows after a place in the ledger, and the place of the last; for an export.
pub async fn after(
    tx: &mut Tx,
    mailing: Uuid,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> DbResult<(Vec<Recipient>, i64)> {
    let rows = rows(tx, mailing, filter, after, limit).await?;
    let last = rows.last().map_or(after, |row| row.seq);
    Ok((rows.into_iter().map(Row::shown).collect(), last))
}

/// What went to one recipient.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "columns")]
pub struct Sent {
    pub seq: i64,
    pub id: Uuid,
    pub mailing_id: Uuid,
    pub contact_id: Uuid,
    pub contact_name: String,
    pub language: Option<String>,
    pub kind: String,
    pub address: Option<String>,
    pub state: String,
    pub vars: Option<Json<serde_json::Map<String, serde_json::Value>>>,
    pub sent_at: Option<Timestamp>,
    pub unsubscribed_at: Option<Timestamp>,
    pub sender: String,
}

/// One row of the ledger, with what its pages need.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Sent>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT r.seq, r.id, r.mailing_id, r.contact_id, k.name AS contact_name, k.language, ch.kind, r.address,
                r.state, r.vars, r.sent_at, r.unsubscribed_at, ch.name AS sender
         FROM mailing_recipients r JOIN contacts k ON k.id = r.contact_id
         JOIN mailings m ON m.id = r.mailing_id JOIN channels ch ON ch.id = m.channel_id
         WHERE r.id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    }))
}
