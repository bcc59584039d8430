//! The SQL of contacts.

use std::collections::HashMap;

use sapa_channel::Timestamp;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use super::model::{
    Contact, ContactRow, Core, Evidence, Identity, MergeRef, OtherContact, Suggestion,
};
use crate::{
    consent,
    conversations::list::{self, Filter, Folder},
    db::{DbResult, Tx},
    http::{Cursor, Page},
    messages::model::Author,
    on_db, tickets,
};

/// The row of a contact.
pub async fn core(tx: &mut Tx, id: Uuid) -> DbResult<Option<Core>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT id, name, language, city, timezone, company, notes, tags, fields, first_seen_at, merged_into, version
         FROM contacts WHERE id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    }))
}

/// The addresses of a contact, the last heard first.
pub async fn identities(tx: &mut Tx, contact_id: Uuid) -> DbResult<Vec<Identity>> {
    Ok(identities_of(tx, &[contact_id]).await?.remove(&contact_id).unwrap_or_default())
}

#[derive(sqlx::FromRow)]
struct Owned {
    contact_id: Uuid,
    #[sqlx(flatten)]
    identity: Identity,
}

async fn identities_of(tx: &mut Tx, contacts: &[Uuid]) -> DbResult<HashMap<Uuid, Vec<Identity>>> {
    let mut by_contact: HashMap<Uuid, Vec<Identity>> = HashMap::new();
    if contacts.is_empty() {
        return Ok(by_contact);
    }
    let rows: Vec<Owned> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT contact_id, id, kind, value, shown, proof, verified_at, first_seen_at, last_seen_at, last_channel_id
             FROM identities WHERE contact_id IN (",
        );
        let mut ids = query.separated(", ");
        for id in contacts {
            ids.push_bind(*id);
        }
        query.push(") ORDER BY last_seen_at DESC, id");
        query.build_query_as().persistent(contacts.len() == 1).fetch_all(conn).await?
    });
    for row in rows {
        by_contact.entry(row.contact_id).or_default().push(row.identity);
    }
    Ok(by_contact)
}

/// How many conversations a contact has had.
async fn conversation_count(tx: &mut Tx, contact_id: Uuid) -> DbResult<i64> {
    Ok(on_db!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM conversations WHERE contact_id = $1"
    )
    .bind(contact_id)
    .fetch_one(conn)
    .await?))
}

/// A contact with all that an officer sees of him at once; for a merged one, what he has become.
pub async fn whole(tx: &mut Tx, me: Uuid, id: Uuid) -> DbResult<Option<Contact>> {
    let id = super::merge::current(tx, id).await?;
    let Some(core) = core(tx, id).await? else { return Ok(None) };
    let identities = identities(tx, id).await?;
    let consents = consent::queries::of_contact(tx, id).await?;
    let suppressed = consent::queries::suppressed_of(tx, id).await?;
    let (open_tickets, earlier_tickets) = tickets::queries::of_contact(tx, id)
        .await?
        .into_iter()
        .partition(|ticket| ticket.status == "open");
    let filter = Filter { folder: Folder::All, contact: Some(id), ..Filter::default() };
    let conversations = list::list(tx, me, &filter, None, 50).await?.items;
    let conversation_count = conversation_count(tx, id).await?;
    let merges = merges(tx, id).await?;
    let suggestions = suggestions(tx, id).await?;
    let last_seen_at =
        identities.iter().map(|identity| identity.last_seen_at).max().unwrap_or(core.first_seen_at);
    Ok(Some(Contact {
        id,
        name: core.name,
        language: core.language,
        city: core.city,
        timezone: core.timezone,
        company: core.company,
        notes: core.notes,
        tags: core.tags.0,
        fields: core.fields.0,
        identities,
        consents,
        suppressed,
        open_tickets,
        earlier_tickets,
        open_conversations: conversations
            .into_iter()
            .filter(|row| row.status != "solved")
            .collect(),
        conversation_count,
        first_seen_at: core.first_seen_at,
        last_seen_at,
        merges,
        suggestions,
        version: core.version,
    }))
}

type MergeRow =
    (Uuid, String, Timestamp, String, Option<Uuid>, Option<String>, Json<Vec<Evidence>>);

async fn merges(tx: &mut Tx, id: Uuid) -> DbResult<Vec<MergeRef>> {
    let rows: Vec<MergeRow> = on_db!(tx, |conn| sqlx::query_as(
        "SELECT m.id, k.name, m.at, m.by_kind, m.by_id, o.name, m.evidence
         FROM merges m JOIN contacts k ON k.id = m.gone_id LEFT JOIN officers o ON o.id = m.by_id
         WHERE m.kept_id = $1 AND m.undone_at IS NULL ORDER BY m.at DESC"
    )
    .bind(id)
    .fetch_all(conn)
    .await?);
    Ok(rows
        .into_iter()
        .map(|(id, name, at, kind, by_id, by_name, Json(evidence))| MergeRef {
            id,
            name,
            at,
            by: Author { kind, id: by_id, name: by_name.unwrap_or_else(|| "Sapa".to_owned()) },
            evidence,
        })
        .collect())
}

type SuggestionRow = (Uuid, Uuid, String, Json<Vec<Evidence>>, Timestamp);

async fn suggestions(tx: &mut Tx, id: Uuid) -> DbResult<Vec<Suggestion>> {
    let rows: Vec<SuggestionRow> = on_db!(&mut *tx, |conn| sqlx::query_as(
        "SELECT s.id, k.id, k.name, s.evidence, s.created_at
         FROM suggestions s
         JOIN contacts k ON k.id = CASE WHEN s.one_id = $1 THEN s.other_id ELSE s.one_id END
         WHERE (s.one_id = $1 OR s.other_id = $1) AND s.state = 'open' AND k.merged_into IS NULL
         ORDER BY s.created_at DESC LIMIT 20"
    )
    .bind(id)
    .fetch_all(conn)
    .await?);
    let others: Vec<Uuid> = rows.iter().map(|row| row.1).collect();
    let mut identities = identities_of(tx, &others).await?;
    let tickets = tickets::queries::open_of(tx, &others).await?;
    let mut all = Vec::with_capacity(rows.len());
    for (id, other, name, Json(evidence), created_at) in rows {
        let conversation_count = conversation_count(tx, other).await?;
        let identities = identities.remove(&other).unwrap_or_default();
        let open_tickets =
            tickets.iter().filter(|ticket| ticket.contact.id == other).cloned().collect();
        let other = OtherContact { id: other, name, identities, open_tickets, conversation_count };
        all.push(Suggestion { id, other, evidence, created_at });
    }
    Ok(all)
}

/// A page of all contacts, the newest first.
pub async fn list_contacts(
    tx: &mut Tx,
    cursor: Option<Cursor>,
    limit: usize,
) -> DbResult<Page<ContactRow>> {
    let rows: Vec<ContactRow> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT id, name, city, company, first_seen_at FROM contacts WHERE merged_into IS NULL",
        );
        if let Some(cursor) = cursor {
            query.push(" AND id < ").push_bind(cursor.id);
        }
        query
            .push(" ORDER BY id DESC LIMIT 0 + ")
            .push_bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1));
        query.build_query_as().fetch_all(conn).await?
    });
    let mut page = Page::cut(rows, limit, |row| Cursor::new(row.first_seen_at, row.id));
    with_addresses(tx, &mut page.items).await?;
    Ok(page)
}

/// Some contacts by id, in the given order; merged ones are left out.
pub async fn rows(tx: &mut Tx, ids: &[Uuid]) -> DbResult<Vec<ContactRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<ContactRow> = on_db!(&mut *tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT id, name, city, company, first_seen_at FROM contacts WHERE merged_into IS NULL AND id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(conn).await?
    });
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    with_addresses(tx, &mut rows).await?;
    Ok(rows)
}

async fn with_addresses(tx: &mut Tx, rows: &mut [ContactRow]) -> DbResult<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut identities = identities_of(tx, &ids).await?;
    for row in rows {
        let of_row = identities.remove(&row.id).unwrap_or_default();
        row.addresses = of_row.into_iter().map(|identity| identity.shown).collect();
    }
    Ok(())
}
