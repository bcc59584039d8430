//! The SQL of conversations beside the list.

use sapa_channel::{ChannelId, Timestamp};
use uuid::Uuid;

use super::model::{Core, Letter, Related};
use crate::{
    db::{DbResult, Tx},
    insert_rows, on_db,
};

/// What abilities need to know of a conversation.
pub async fn core(tx: &mut Tx, id: Uuid) -> DbResult<Option<Core>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT c.id, c.number, c.contact_id, c.identity_id, c.channel_id, c.status, c.subject, c.assignee_id, c.team_id,
                c.related_id, c.created_at, c.solved_at, c.version, c.bot_id, b.name AS bot_name
         FROM conversations c LEFT JOIN bots b ON b.id = c.bot_id WHERE c.id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    }))
}

/// The address to answer to on a channel: the given one, the one last heard in the conversation, else the
/// contact's last one. A letter reaches its address from any mailbox; elsewhere an address is one on a certain
/// bot or site.
pub async fn reply_identity(
    tx: &mut Tx,
    conversation: &Core,
    given: Option<Uuid>,
    kind: &str,
    only_on: Option<ChannelId>,
) -> DbResult<Option<(Uuid, String)>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT id, value FROM identities
         WHERE contact_id = $1 AND kind = $2 AND ($3 IS NULL OR id = $3) AND ($5 IS NULL OR last_channel_id = $5)
         ORDER BY CASE WHEN id = $4 THEN 0 ELSE 1 END, last_seen_at DESC LIMIT 1"
    )
    .bind(conversation.contact_id)
    .bind(kind)
    .bind(given)
    .bind(conversation.identity_id)
    .bind(only_on)
    .fetch_optional(conn)
    .await?
    }))
}

/// The last letter of a conversation, from either side.
pub async fn last_letter(tx: &mut Tx, id: Uuid) -> DbResult<Option<Letter>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT m.external_id, m.subject, m.author_name, m.text, m.at, m.details, m.automatic
         FROM messages m
         WHERE m.conversation_id = $1 AND m.subject IS NOT NULL AND m.retracted_at IS NULL
         ORDER BY m.at DESC, m.id DESC LIMIT 1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?))
}

/// The conversations that a conversation may belong with.
pub async fn related(tx: &mut Tx, conversation: &Core) -> DbResult<Vec<Related>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT c.id, c.number, k.name AS contact_name
         FROM conversations c JOIN contacts k ON k.id = c.contact_id WHERE c.id = $1"
    )
    .bind(conversation.related_id)
    .fetch_all(conn)
    .await?))
}

/// Records an answer: the customer waits no more. If an officer answered, he serves from now on, unless a
/// colleague does, and a bot no longer.
pub async fn answered(
    tx: &mut Tx,
    id: Uuid,
    preview: &str,
    author: &str,
    has_files: bool,
    officer_id: Option<Uuid>,
    at: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE conversations
         SET preview = $2, preview_kind = 'out', preview_author = $3, has_files = $4, waiting_since = NULL,
             last_message_at = $6, message_count = message_count + 1, assignee_id = COALESCE(assignee_id, $5),
             status = 'open', snoozed_until = NULL, solved_at = NULL, version = version + 1,
             bot_id = CASE WHEN $5 IS NULL THEN bot_id END,
             handed_over_at = CASE WHEN $5 IS NULL THEN handed_over_at END
         WHERE id = $1"
    )
    .bind(id)
    .bind(preview)
    .bind(author)
    .bind(has_files)
    .bind(officer_id)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

/// Records that an officer has seen a conversation up to a time; never less than before.
pub async fn mark_read(tx: &mut Tx, officer_id: Uuid, id: Uuid, at: Timestamp) -> DbResult<()> {
    on_db!(tx, |conn| {
        sqlx::query(
            "INSERT INTO reads (officer_id, conversation_id, at) VALUES ($1, $2, $3)
             ON CONFLICT (officer_id, conversation_id) DO UPDATE SET at = excluded.at WHERE reads.at < excluded.at",
        )
        .bind(officer_id)
        .bind(id)
        .bind(at)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "DELETE FROM mentions WHERE officer_id = $1 AND conversation_id = $2 AND at <= $3",
        )
        .bind(officer_id)
        .bind(id)
        .bind(at)
        .execute(&mut *conn)
        .await?;
    });
    Ok(())
}

/// Makes a conversation unread again for one officer.
pub async fn mark_unread(tx: &mut Tx, officer_id: Uuid, id: Uuid) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "DELETE FROM reads WHERE officer_id = $1 AND conversation_id = $2"
    )
    .bind(officer_id)
    .bind(id)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Calls officers to a conversation.
pub async fn mention(tx: &mut Tx, id: Uuid, officers: &[Uuid], at: Timestamp) -> DbResult<()> {
    insert_rows!(
        tx,
        "INSERT INTO mentions (officer_id, conversation_id, at) ",
        officers,
        |row, officer| row.push_bind(*officer).push_bind(id).push_bind(at),
        " ON CONFLICT (officer_id, conversation_id) DO UPDATE SET at = excluded.at"
    );
    Ok(())
}
