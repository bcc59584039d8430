//! What keeps a bot from talking on and on (R30), and from being used to fill the mailboxes of others (R12).

use std::time::Duration;

use sapa_channel::Timestamp;
use uuid::Uuid;

use super::model::Heard;
use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// The most messages of bots in a conversation since its customer last said something.
pub const MOST_IN_A_ROW: i64 = 20;

/// The most messages of bots in a conversation within an hour.
pub const MOST_AN_HOUR: i64 = 60;

/// The most mails of bots to one address within a day.
pub const MOST_TO_ADDRESS: i64 = 20;

/// The most mails of bots to the addresses of one domain within an hour by the clock.
pub const MOST_TO_DOMAIN: i64 = 500;

/// The most mails of bots within an hour by the clock.
pub const MOST_MAILS: i64 = 2_000;

const HOUR: Duration = Duration::from_secs(3600);

/// Whether a bot may say so many more messages to whom it heard; if not, why, in words for officers.
pub async fn refuses(
    tx: &mut Tx,
    heard: &Heard,
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
    .bind(heard.conversation_id)
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
        refuses_mails(tx, heard.identity_id, more, now).await?
    })
}

/// Who a mail is from is easily forged, and the answer comes to him who never asked. So mails have limits beside
/// those of the conversation: to an address, to a domain, and in all (R12).
async fn refuses_mails(
    tx: &mut Tx,
    identity_id: Uuid,
    more: i64,
    now: Timestamp,
) -> DbResult<Option<String>> {
    let mailed: Option<(String, i64)> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT value, (SELECT COUNT(*) FROM messages m WHERE m.identity_id = i.id AND m.at > $2 AND m.direction = 'out'
                          AND m.author_kind = 'bot')
         FROM identities i WHERE id = $1 AND kind = 'email'"
    )
    .bind(identity_id)
    .bind(now.before(24 * HOUR))
    .fetch_optional(conn)
    .await?
    });
    let Some((address, to_address)) = mailed else { return Ok(None) };
    if to_address + more > MOST_TO_ADDRESS {
        return Ok(Some(format!("{MOST_TO_ADDRESS} mails a day are the most to one address")));
    }
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    // Always in this order, so that two of them cannot wait for each other.
    if count(tx, "", more, now).await? > MOST_MAILS {
        return Ok(Some(format!("{MOST_MAILS} mails of bots are the most within an hour")));
    }
    if count(tx, domain, more, now).await? > MOST_TO_DOMAIN {
        return Ok(Some(format!("{MOST_TO_DOMAIN} mails an hour are the most to one domain")));
    }
    Ok(None)
}

/// Counts mails of the present hour, and tells how many they are with these.
async fn count(tx: &mut Tx, domain: &str, more: i64, now: Timestamp) -> DbResult<i64> {
    let hour = Timestamp::from_seconds(now.seconds() / 3600 * 3600);
    Ok(on_db!(tx, |conn| {
        sqlx::query_scalar(
        "INSERT INTO bot_mails (domain, hour, mails) VALUES ($1, $2, $3)
         ON CONFLICT (domain) DO UPDATE
             SET mails = CASE WHEN bot_mails.hour = excluded.hour THEN bot_mails.mails ELSE 0 END + excluded.mails,
                 hour = excluded.hour
         RETURNING mails"
    )
    .bind(domain)
    .bind(hour)
    .bind(more)
    .fetch_one(conn)
    .await?
    }))
}
