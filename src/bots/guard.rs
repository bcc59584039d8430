//! What keeps a bot from talking on and on (R30).

use std::time::Duration;

use sapa_channel::Timestamp;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// The most messages of bots in a conversation since its customer last said something.
pub const MOST_IN_A_ROW: i64 = 20;

/// The most messages of bots in a conversation within an hour.
pub const MOST_AN_HOUR: i64 = 60;

const HOUR: Duration = Duration::from_secs(3600);

/// Whether a bot may say so many more messages; if not, why, in words for officers.
pub async fn refuses(
    tx: &mut Tx,
    conversation_id: Uuid,
    more: usize,
    now: Timestamp,
) -> DbResult<Option<String>> {
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    if more == 0 {
        return Ok(None);
    }
    let (in_a_row, within_hour): (i64, i64) = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM messages WHERE conversation_id = $1 AND direction = 'out' AND author_kind = 'bot'
                   AND at > COALESCE((SELECT MAX(at) FROM messages WHERE conversation_id = $1 AND direction = 'in'), 0)),
                (SELECT COUNT(*) FROM messages WHERE conversation_id = $1 AND direction = 'out' AND author_kind = 'bot'
                   AND at > $2)"
    )
    .bind(conversation_id)
    .bind(now.before(HOUR))
    .fetch_one(conn)
    .await?
    });
    Ok(if in_a_row + more > MOST_IN_A_ROW {
        Some(format!(
            "{MOST_IN_A_ROW} messages in a row are the most without a word of the customer"
        ))
    } else if within_hour + more > MOST_AN_HOUR {
        Some(format!("{MOST_AN_HOUR} messages are the most within an hour"))
    } else {
        None
    })
}
