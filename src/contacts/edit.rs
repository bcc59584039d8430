//! Making and changing contacts and their addresses by hand. What an officer writes is never overwritten by
//! what a channel says.

use sapa_channel::{Kind, Proof, Timestamp, new_id};
use serde::Deserialize;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::queries;
use crate::{
    db::{DbError, DbResult, Tx},
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// What to change; what is not named stays, an empty text clears.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContactChange {
    /// His name.
    pub name: Option<String>,
    /// His language.
    pub language: Option<String>,
    /// Where he lives.
    pub city: Option<String>,
    /// His time zone.
    pub timezone: Option<String>,
    /// His firm.
    pub company: Option<String>,
    /// What officers should know.
    pub notes: Option<String>,
    /// All his tags.
    pub tags: Option<Vec<String>>,
}

/// An address in the one spelling in which addresses of its kind are compared.
#[must_use]
pub fn normalise(kind: &str, value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() || value.len() > 320 || value.chars().any(char::is_control) {
        return None;
    }
    match kind {
        "email" => sapa_email::normalise(value),
        "phone" => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            let international = match digits.strip_prefix('0') {
                // A number without its country is taken as Indonesian, where the first users are.
                Some(national) if !value.starts_with('+') => {
                    format!("62{}", national.trim_start_matches('0'))
                }
                _ => digits,
            };
            (8..=15).contains(&international.len()).then(|| format!("+{international}"))
        }
        "telegram" => value.bytes().all(|b| b.is_ascii_digit()).then(|| value.to_owned()),
        _ => Some(value.to_owned()),
    }
}

/// What a field becomes: what it was if it is not named, nothing if the new text is empty.
fn line(
    field: &'static str,
    new: Option<&String>,
    old: Option<String>,
    most: usize,
) -> Result<Option<String>, AppError> {
    let Some(new) = new else { return Ok(old) };
    let new = new.trim();
    if new.chars().count() > most || new.chars().any(char::is_control) {
        return Err(AppError::invalid(field, format!("one line of at most {most} characters")));
    }
    Ok((!new.is_empty()).then(|| new.to_owned()))
}

/// Changes a contact. Tells what to log.
pub async fn change(
    tx: &mut Tx,
    id: Uuid,
    change: &ContactChange,
    expected: Option<i64>,
    actor: &Actor,
    now: Timestamp,
) -> Result<NewEvent, AppError> {
    let core = queries::core(tx, id).await?.ok_or(AppError::NotFound)?;
    if expected.is_some_and(|version| version != core.version) {
        return Err(AppError::Stale);
    }
    let name = line("name", change.name.as_ref(), Some(core.name), 200)?
        .ok_or_else(|| AppError::invalid("name", "a contact has a name"))?;
    let notes = change.notes.clone();
    if notes.as_ref().is_some_and(|notes| notes.len() > 20_000 || notes.contains('\0')) {
        return Err(AppError::invalid("notes", "at most 20,000 characters"));
    }
    let tags = match &change.tags {
        Some(tags)
            if tags.len() > 50
                || tags.iter().any(|tag| tag.trim().is_empty() || tag.chars().count() > 40) =>
        {
            return Err(AppError::invalid("tags", "at most 50, each of 1 to 40 characters"));
        }
        Some(tags) => tags.iter().map(|tag| tag.trim().to_owned()).collect(),
        None => core.tags.0.clone(),
    };
    let timezone = line("timezone", change.timezone.as_ref(), core.timezone, 60)?;
    if let Some(zone) = &timezone
        && jiff::tz::TimeZone::get(zone).is_err()
    {
        return Err(AppError::invalid("timezone", "is not a time zone, as Asia/Jakarta"));
    }
    let named_by = if change.name.is_some() { "officer" } else { "" };
    on_db!(tx, |conn| {
        sqlx::query(
        "UPDATE contacts
         SET name = $2, named_by = CASE WHEN $3 = '' THEN named_by ELSE $3 END, language = $4, city = $5, timezone = $6,
             company = $7, notes = $8, tags = $9, version = version + 1
         WHERE id = $1"
    )
    .bind(id)
    .bind(name)
    .bind(named_by)
    .bind(line("language", change.language.as_ref(), core.language, 10)?)
    .bind(line("city", change.city.as_ref(), core.city, 100)?)
    .bind(timezone)
    .bind(line("company", change.company.as_ref(), core.company, 200)?)
    .bind(notes.unwrap_or(core.notes))
    .bind(Json(tags))
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(NewEvent::new("contact.changed", now, actor.clone()).contact(id))
}

/// Makes a contact.
pub async fn make(tx: &mut Tx, name: &str, named_by: &str, now: Timestamp) -> DbResult<Uuid> {
    let id = new_id();
    on_db!(tx, |conn| sqlx::query(
        "INSERT INTO contacts (id, name, named_by, notes, tags, fields, first_seen_at, version)
         VALUES ($1, $2, $3, '', $4, $5, $6, 1)"
    )
    .bind(id)
    .bind(name)
    .bind(named_by)
    .bind(Json(json!([])))
    .bind(Json(json!({})))
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(id)
}

/// Gives a contact an address that nobody has.
pub async fn add_identity(
    tx: &mut Tx,
    contact_id: Uuid,
    kind: &str,
    value: &str,
    proof: Option<Proof>,
    now: Timestamp,
) -> Result<Uuid, AppError> {
    let id = new_id();
    let added = on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO identities (id, contact_id, kind, value, shown, proof, verified_at, first_seen_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING"
    )
    .bind(id)
    .bind(contact_id)
    .bind(kind)
    .bind(value)
    .bind(proof)
    .bind(proof.map(|_| now))
    .bind(now)
    .execute(conn)
    .await
    .map_err(DbError::from)?
    .rows_affected()
    });
    if added == 0 {
        return Err(AppError::conflict(
            "address_taken",
            "another contact has this address: merge the two instead",
        ));
    }
    Ok(id)
}

/// The contact of an address; made with it if nobody has it.
pub async fn find_or_make(
    tx: &mut Tx,
    kind: &Kind,
    value: &str,
    name: Option<&str>,
    now: Timestamp,
) -> Result<Uuid, AppError> {
    let known: Option<Uuid> = on_db!(&mut *tx, |conn| sqlx::query_scalar(
        "SELECT contact_id FROM identities WHERE kind = $1 AND value = $2"
    )
    .bind(kind.as_str())
    .bind(value)
    .fetch_optional(conn)
    .await
    .map_err(DbError::from)?);
    if let Some(contact_id) = known {
        return Ok(contact_id);
    }
    let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(value);
    let contact_id = make(tx, name, "officer", now).await?;
    add_identity(tx, contact_id, kind.as_str(), value, None, now).await?;
    Ok(contact_id)
}

/// Takes an address away from a contact; only one that was never heard, for messages refer to the others.
pub async fn remove_identity(
    tx: &mut Tx,
    contact_id: Uuid,
    identity_id: Uuid,
) -> Result<(), AppError> {
    let removed = on_db!(tx, |conn| {
        sqlx::query(
        "DELETE FROM identities
         WHERE id = $1 AND contact_id = $2 AND NOT EXISTS (SELECT 1 FROM messages WHERE identity_id = $1)
           AND NOT EXISTS (SELECT 1 FROM conversations WHERE identity_id = $1)"
    )
    .bind(identity_id)
    .bind(contact_id)
    .execute(conn)
    .await
    .map_err(DbError::from)?
    .rows_affected()
    });
    if removed == 0 {
        return Err(AppError::conflict(
            "in_use",
            "messages came from this address: it stays in the history",
        ));
    }
    Ok(())
}

/// An officer vouches for an address. Tells what to log.
pub async fn vouch(
    tx: &mut Tx,
    contact_id: Uuid,
    identity_id: Uuid,
    actor: &Actor,
    now: Timestamp,
) -> Result<NewEvent, AppError> {
    let row: Option<(String, String)> = on_db!(tx, |conn| sqlx::query_as(
        "UPDATE identities SET proof = $3, verified_at = $4
         WHERE id = $1 AND contact_id = $2 AND proof IS NULL RETURNING kind, value"
    )
    .bind(identity_id)
    .bind(contact_id)
    .bind(Proof::Officer)
    .bind(now)
    .fetch_optional(conn)
    .await
    .map_err(DbError::from)?);
    let (kind, value) = row.ok_or(AppError::NotFound)?;
    Ok(NewEvent::new("identity.verified", now, actor.clone())
        .contact(contact_id)
        .in_history()
        .data(json!({ "identity_id": identity_id, "kind": kind, "value": value, "proof": Proof::Officer })))
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn addresses_have_one_spelling() {
        assert_eq!(normalise("phone", "0812-2044-7716").as_deref(), Some("+6281220447716"));
        assert_eq!(normalise("phone", "+62 812 2044 7716").as_deref(), Some("+6281220447716"));
        assert_eq!(normalise("phone", "12").as_deref(), None);
        assert_eq!(normalise("telegram", "48213377").as_deref(), Some("48213377"));
        assert_eq!(normalise("telegram", "@rina").as_deref(), None);
        assert_eq!(normalise("email", "a\r\nb@c.example").as_deref(), None);
    }
}
