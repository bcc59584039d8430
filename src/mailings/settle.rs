//! Settling by hand what nobody knows: whether it arrived is for a person to say.

use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// What is said of a recipient of whom nobody knows, or whose mail failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MailingVerdict)]
pub enum Verdict {
    /// It arrived.
    Arrived,
    /// It shall be sent again; it may come twice.
    SendAgain,
}

/// The most that may be settled by name in one call.
pub const MOST: usize = 500;

/// Settles the rows that are named, or all that are unknown. Of failed ones, which can be sent again alone, none
/// is meant without a name. Tells how many it were.
pub async fn settle(
    tx: &mut Tx,
    mailing: Uuid,
    rows: Option<&[Uuid]>,
    verdict: Verdict,
    now: Timestamp,
) -> DbResult<u64> {
    if rows.is_some_and(<[Uuid]>::is_empty) {
        return Ok(0);
    }
    Ok(on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("UPDATE mailing_recipients SET ");
        match verdict {
            Verdict::Arrived => query.push("state = 'sent', reason = NULL"),
            Verdict::SendAgain => {
                query.push("state = 'queued', sent_at = NULL, run_at = ").push_bind(now)
            }
        };
        query
            .push(", fence = fence + 1, updated_at = ")
            .push_bind(now)
            .push(" WHERE mailing_id = ")
            .push_bind(mailing);
        match (verdict, rows) {
            (Verdict::SendAgain, Some(_)) => query.push(" AND state IN ('unknown', 'failed')"),
            _ => query.push(" AND state = 'unknown'"),
        };
        if let Some(rows) = rows {
            query.push(" AND id IN (");
            let mut list = query.separated(", ");
            for id in rows {
                list.push_bind(*id);
            }
            query.push(")");
        }
        query.build().persistent(false).execute(conn).await?.rows_affected()
    }))
}
