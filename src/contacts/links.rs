//! One-time links: sent to one address of a contact, opened from another, they prove that both are his.

use std::time::Duration;

use sapa_channel::Timestamp;
use uuid::Uuid;

use crate::{
    db::{DbResult, Tx},
    keys::{random_token, token_hash},
    on_db,
};

/// How long a link is good.
pub const GOOD_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

/// Makes a token for a contact; only its hash is kept.
pub async fn make(tx: &mut Tx, contact_id: Uuid, now: Timestamp) -> DbResult<String> {
    let token = random_token();
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO links (token_hash, contact_id, expires_at) VALUES ($1, $2, $3)"
    )
    .bind(token_hash(&token))
    .bind(contact_id)
    .bind(now.after(GOOD_FOR))
    .execute(conn)
    .await
    .map(drop)?);
    Ok(token)
}

/// Marks a token as used: it proves nothing more.
pub async fn use_up(tx: &mut Tx, token: &str, at: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query("UPDATE links SET used_at = $2 WHERE token_hash = $1")
        .bind(token_hash(token))
        .bind(at)
        .execute(conn)
        .await
        .map(drop)?);
    Ok(())
}
