//! Mailings in the history of a contact: what of the ledger he got.

use sapa_channel::Timestamp;
use serde::Serialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::model::number;
use crate::{
    db::{DbResult, Tx},
    http::Cursor,
    on_db,
};

/// A mailing that a contact got.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SentMailing {
    /// Which row of the ledger: what it said is to be asked for.
    pub recipient_id: Uuid,
    /// Which mailing.
    pub mailing_id: Uuid,
    /// As people write it.
    pub number: String,
    /// Its name.
    pub name: String,
    /// By which kind of channel.
    pub channel_kind: String,
    /// What became of it: `dispatching`, `sent` or `unknown`.
    pub state: String,
    /// To which address.
    pub address: Option<String>,
    /// When it left, or may have left.
    pub sent_at: Timestamp,
    /// When he answered.
    pub answered_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    mailing_id: Uuid,
    number: i64,
    name: String,
    kind: String,
    state: String,
    address: Option<String>,
    sent_at: Timestamp,
    answered_at: Option<Timestamp>,
}

/// The mailings that a contact got, going back from `cursor` and its moment.
pub async fn before(
    tx: &mut Tx,
    contact: Uuid,
    cursor: Option<Cursor>,
    limit: i64,
) -> DbResult<Vec<SentMailing>> {
    let rows: Vec<Row> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT r.id, r.mailing_id, m.number, m.name, ch.kind, r.state, r.address, r.sent_at, r.answered_at
             FROM mailing_recipients r JOIN mailings m ON m.id = r.mailing_id
             JOIN channels ch ON ch.id = m.channel_id WHERE r.contact_id = ",
        );
        query.push_bind(contact);
        match cursor {
            Some(cursor) => query.push(" AND r.sent_at <= ").push_bind(cursor.at),
            None => query.push(" AND r.sent_at IS NOT NULL"),
        };
        query.push(" ORDER BY r.sent_at DESC LIMIT 0 + ").push_bind(limit);
        query.build_query_as().fetch_all(conn).await?
    });
    Ok(rows
        .into_iter()
        .map(|row| SentMailing {
            recipient_id: row.id,
            mailing_id: row.mailing_id,
            number: number(row.number),
            name: row.name,
            channel_kind: row.kind,
            state: row.state,
            address: row.address,
            sent_at: row.sent_at,
            answered_at: row.answered_at,
        })
        .collect())
}
