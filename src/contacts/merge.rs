//! Merging contacts, with the evidence kept, and undoing it for ever.

use sapa_channel::{Timestamp, new_id};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::model::Evidence;
use crate::{
    consent::{merging, model::Consent},
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    on_db,
    router::plan,
    tickets,
};

/// What came from the contact that is gone, for undoing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Moved {
    /// Its addresses.
    pub identities: Vec<Uuid>,
    /// Its conversations, with their messages.
    pub conversations: Vec<Uuid>,
    /// Its tickets.
    pub tickets: Vec<Uuid>,
    /// What it got of mailings, as rows of their ledgers.
    #[serde(default)]
    pub mailings: Vec<Uuid>,
    /// What the kept contact had said about offers before.
    #[serde(default)]
    pub kept_consents: Vec<Consent>,
}

/// Tables whose rows follow their contact.
const TABLES: [&str; 4] = ["identities", "conversations", "tickets", "mailing_recipients"];

/// Merges on proof, as the router found it. Does nothing if the two are one already.
pub async fn by_proof(tx: &mut Tx, merge: &plan::Merge, at: Timestamp) -> DbResult<Vec<NewEvent>> {
    let (kept_id, gone_id) = (current(tx, merge.kept_id).await?, current(tx, merge.gone_id).await?);
    let evidence = [Evidence::speaking_for(
        "proved",
        format!("{} {}", merge.address.kind, merge.address.value),
    )];
    merge_contacts(tx, kept_id, gone_id, &Actor::system(), &evidence, at).await
}

/// The contact that a contact has become by merging.
pub async fn current(tx: &mut Tx, id: Uuid) -> DbResult<Uuid> {
    let mut id = id;
    // Chains are short: each merge points at a contact that was there then.
    for _ in 0..100 {
        let next: Option<Option<Uuid>> = on_db!(&mut *tx, |conn| sqlx::query_scalar(
            "SELECT merged_into FROM contacts WHERE id = $1"
        )
        .bind(id)
        .fetch_optional(conn)
        .await?);
        match next.flatten() {
            Some(next) => id = next,
            None => break,
        }
    }
    Ok(id)
}

async fn ids_of(tx: &mut Tx, table: &'static str, contact_id: Uuid) -> DbResult<Vec<Uuid>> {
    let sql = format!("SELECT id FROM {table} WHERE contact_id = $1");
    Ok(on_db!(tx, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(contact_id)
        .fetch_all(conn)
        .await?))
}

async fn give(
    tx: &mut Tx,
    table: &'static str,
    column: &'static str,
    ids: &[Uuid],
    to: Uuid,
) -> DbResult<()> {
    for some in ids.chunks(500) {
        on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new("UPDATE ");
            query
                .push(table)
                .push(" SET contact_id = ")
                .push_bind(to)
                .push(" WHERE ")
                .push(column)
                .push(" IN (");
            let mut list = query.separated(", ");
            for id in some {
                list.push_bind(*id);
            }
            query.push(")");
            query.build().persistent(false).execute(conn).await?;
        });
    }
    Ok(())
}

async fn move_all(tx: &mut Tx, moved: &Moved, to: Uuid) -> DbResult<()> {
    let all = [&moved.identities, &moved.conversations, &moved.tickets, &moved.mailings];
    for (table, ids) in TABLES.into_iter().zip(all) {
        give(tx, table, "id", ids, to).await?;
    }
    give(tx, "messages", "conversation_id", &moved.conversations, to).await?;
    give(tx, "events", "conversation_id", &moved.conversations, to).await?;
    give(tx, "events", "ticket_id", &moved.tickets, to).await
}

/// Makes `gone_id` part of `kept_id`. What an officer wrote of either stays as it is; of the other's it takes
/// only what it lacks. Tells what to log.
pub async fn merge_contacts(
    tx: &mut Tx,
    kept_id: Uuid,
    gone_id: Uuid,
    actor: &Actor,
    evidence: &[Evidence],
    at: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    if kept_id == gone_id {
        return Ok(Vec::new());
    }
    let moved = Moved {
        identities: ids_of(tx, "identities", gone_id).await?,
        conversations: ids_of(tx, "conversations", gone_id).await?,
        tickets: ids_of(tx, "tickets", gone_id).await?,
        mailings: ids_of(tx, "mailing_recipients", gone_id).await?,
        kept_consents: merging::join(tx, kept_id, gone_id).await?,
    };
    move_all(tx, &moved, kept_id).await?;
    on_db!(&mut *tx, |conn| {
        sqlx::query("UPDATE contacts SET merged_into = $2, version = version + 1 WHERE id = $1")
            .bind(gone_id)
            .bind(kept_id)
            .execute(&mut *conn)
            .await?;
        sqlx::query(
            "UPDATE contacts
             SET language = COALESCE(contacts.language, gone.language), city = COALESCE(contacts.city, gone.city),
                 timezone = COALESCE(contacts.timezone, gone.timezone),
                 company = COALESCE(contacts.company, gone.company), version = contacts.version + 1
             FROM contacts AS gone WHERE contacts.id = $1 AND gone.id = $2",
        )
        .bind(kept_id)
        .bind(gone_id)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "UPDATE suggestions SET state = 'merged', decided_at = $3, decided_by = $4
             WHERE state = 'open' AND ((one_id = $1 AND other_id = $2) OR (one_id = $2 AND other_id = $1))",
        )
        .bind(kept_id)
        .bind(gone_id)
        .bind(at)
        .bind(actor.id)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "INSERT INTO merges (id, kept_id, gone_id, at, by_kind, by_id, evidence, moved)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new_id())
        .bind(kept_id)
        .bind(gone_id)
        .bind(at)
        .bind(actor.kind)
        .bind(actor.id)
        .bind(Json(evidence))
        .bind(Json(&moved))
        .execute(&mut *conn)
        .await?;
    });
    let mut events = vec![
        NewEvent::new("contact.merged", at, actor.clone())
            .contact(kept_id)
            .in_history()
            .data(json!({ "gone_id": gone_id, "evidence": evidence })),
    ];
    events.extend(
        tickets::offers::after_merge(tx, kept_id, &moved.conversations, &moved.tickets, at).await?,
    );
    Ok(events)
}

/// Why a merge was not undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such merge, or it is undone already.
    #[error("no such merge")]
    NotFound,
    /// The contact that it made was itself merged into another since.
    #[error("a later merge must be undone first")]
    Covered,
    /// The storage failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

/// Gives back what a merge moved. What came since stays with the contact that was kept. Tells which
/// contact that is, and what to log.
pub async fn undo(
    tx: &mut Tx,
    merge_id: Uuid,
    actor: &Actor,
    at: Timestamp,
) -> Result<(Uuid, Vec<NewEvent>), UndoError> {
    let row: Option<(Uuid, Uuid, Json<Moved>, Timestamp)> = on_db!(&mut *tx, |conn| {
        sqlx::query_as(
        "UPDATE merges SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL RETURNING kept_id, gone_id, moved, at"
    )
    .bind(merge_id)
    .bind(at)
    .fetch_optional(conn)
    .await
    .map_err(crate::db::DbError::from)?
    });
    let (kept_id, gone_id, Json(moved), merged_at) = row.ok_or(UndoError::NotFound)?;
    if current(tx, kept_id).await? != kept_id {
        return Err(UndoError::Covered);
    }
    move_all(tx, &moved, gone_id).await?;
    merging::part(tx, kept_id, gone_id, &moved.kept_consents, merged_at).await?;
    tickets::offers::after_undo(tx, kept_id, gone_id).await?;
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE contacts SET merged_into = CASE WHEN id = $2 THEN NULL ELSE merged_into END, version = version + 1
         WHERE id IN ($1, $2)"
    )
    .bind(kept_id)
    .bind(gone_id)
    .execute(conn)
    .await
    .map(drop)
    .map_err(crate::db::DbError::from)?
    });
    let event = |id| {
        NewEvent::new("contact.unmerged", at, actor.clone())
            .contact(id)
            .in_history()
            .data(json!({ "merge_id": merge_id }))
    };
    Ok((kept_id, vec![event(kept_id), event(gone_id)]))
}
