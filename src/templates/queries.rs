//! The SQL of templates.

use sapa_channel::Timestamp;
use uuid::Uuid;

use super::model::{Content, Template, TemplateRow};
use crate::{
    db::{DbResult, Tx},
    on_db,
};

/// All templates, by name.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<TemplateRow>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
            "SELECT t.id, t.name, t.kind, t.subject, t.updated_at,
                    (SELECT COUNT(*) FROM mailings m WHERE m.template_id = t.id) AS mailings
             FROM message_templates t ORDER BY t.name, t.id",
        )
        .fetch_all(conn)
        .await?
    }))
}

/// One template.
pub async fn find(tx: &mut Tx, id: Uuid) -> DbResult<Option<Template>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
            "SELECT id, name, kind, subject, html, text, created_at, updated_at, version
             FROM message_templates WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(conn)
        .await?
    }))
}

/// Stores a new template. A [`Conflict`](crate::db::DbError::Conflict) says that its name is taken.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    name: &str,
    kind: &str,
    content: &Content,
    by: Option<Uuid>,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO message_templates
             (id, name, kind, subject, html, text, created_by, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1)"
    )
    .bind(id)
    .bind(name)
    .bind(kind)
    .bind(&content.subject)
    .bind(&content.html)
    .bind(&content.text)
    .bind(by)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Changes a template. A [`Conflict`](crate::db::DbError::Conflict) says that its name is taken.
pub async fn update(
    tx: &mut Tx,
    id: Uuid,
    name: &str,
    content: &Content,
    now: Timestamp,
) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE message_templates
         SET name = $2, subject = $3, html = $4, text = $5, updated_at = $6, version = version + 1
         WHERE id = $1"
    )
    .bind(id)
    .bind(name)
    .bind(&content.subject)
    .bind(&content.html)
    .bind(&content.text)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}

/// Removes a template. What was made from it has its content of its own.
pub async fn remove(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| {
        sqlx::query(
            "UPDATE mailings SET template_id = NULL WHERE template_id = $1 AND state <> 'draft'",
        )
        .bind(id)
        .execute(&mut *conn)
        .await?;
        sqlx::query("DELETE FROM message_templates WHERE id = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?
            .rows_affected()
            > 0
    }))
}

/// Whether a mailing that has not begun is made from it.
pub async fn is_wanted(tx: &mut Tx, id: Uuid) -> DbResult<bool> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM mailings WHERE template_id = $1 AND state = 'draft')"
    )
    .bind(id)
    .fetch_one(conn)
    .await?))
}

/// The contact with an address of a kind before and after one, in the order of their ids.
pub async fn neighbours(
    tx: &mut Tx,
    kind: &str,
    of: Uuid,
) -> DbResult<(Option<Uuid>, Option<Uuid>)> {
    Ok(on_db!(tx, |conn| {
        let before = sqlx::query_scalar(
            "SELECT contact_id FROM identities WHERE kind = $1 AND contact_id < $2
             ORDER BY contact_id DESC LIMIT 1",
        )
        .bind(kind)
        .bind(of)
        .fetch_optional(&mut *conn)
        .await?;
        let after = sqlx::query_scalar(
            "SELECT contact_id FROM identities WHERE kind = $1 AND contact_id > $2
             ORDER BY contact_id LIMIT 1",
        )
        .bind(kind)
        .bind(of)
        .fetch_optional(&mut *conn)
        .await?;
        (before, after)
    }))
}

/// A contact's address of a kind: a proved one before others, then the one heard last.
pub async fn address(tx: &mut Tx, kind: &str, contact_id: Uuid) -> DbResult<Option<String>> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT value FROM identities WHERE contact_id = $1 AND kind = $2
         ORDER BY proof IS NULL, last_seen_at DESC, id LIMIT 1"
    )
    .bind(contact_id)
    .bind(kind)
    .fetch_optional(conn)
    .await?))
}
