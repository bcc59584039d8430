//! What is known of contacts, loaded for many at once: one statement a table.

use std::collections::{BTreeMap, HashMap};

use sapa_channel::Timestamp;
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    consent::model::{OFFERS, Reason, State},
    contacts::model::Field,
    db::{DbResult, Tx},
    on_db,
    tickets::model::TicketKind,
};

/// What is known of a contact, as far as conditions ask for it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Which one.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// His language.
    pub language: Option<String>,
    /// Where he lives.
    pub city: Option<String>,
    /// His firm.
    pub company: Option<String>,
    /// His time zone.
    pub timezone: Option<String>,
    /// His tags.
    pub tags: Vec<String>,
    /// His own fields.
    pub fields: BTreeMap<String, String>,
    /// When he was first seen.
    pub first_seen_at: Timestamp,
    /// What he said about offers, by kind of channel.
    pub consents: Vec<Said>,
    /// His addresses.
    pub addresses: Vec<Address>,
    /// When he last said something.
    pub last_inbound: Option<Timestamp>,
    /// When we last said something.
    pub last_outbound: Option<Timestamp>,
    /// His tickets.
    pub tickets: Vec<Ticket>,
    /// How many of his conversations are not solved.
    pub open_conversations: i64,
}

/// What a contact said about offers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Said {
    contact_id: Uuid,
    /// On which kind of channel.
    pub channel_kind: String,
    /// What.
    pub state: State,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub source: String,
}

/// An address of a contact.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Address {
    contact_id: Uuid,
    /// Of which kind.
    pub kind: String,
    /// As it is written for people.
    pub shown: String,
    /// Whether it was proved to be his.
    pub proved: bool,
    /// Why it gets no mailing, if so.
    pub suppressed: Option<Reason>,
}

/// A ticket of a contact.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Ticket {
    contact_id: Uuid,
    /// What it is.
    pub kind: TicketKind,
    /// `open` or `solved`.
    pub status: String,
    /// When it was opened.
    pub opened_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    language: Option<String>,
    city: Option<String>,
    company: Option<String>,
    timezone: Option<String>,
    tags: Json<Vec<String>>,
    fields: Json<BTreeMap<String, Field>>,
    first_seen_at: Timestamp,
}

/// Asks one table for the rows of some contacts.
macro_rules! of_contacts {
    ($tx:expr, $ids:expr, $select:literal, $then:literal) => {
        on_db!(&mut *$tx, |conn| {
            let mut query = QueryBuilder::new($select);
            let mut list = query.separated(", ");
            for id in $ids {
                list.push_bind(*id);
            }
            query.push($then);
            query.build_query_as().persistent($ids.len() == 1).fetch_all(conn).await?
        })
    };
}

/// What is known of some contacts; those that are merged into others are left out.
pub async fn load(tx: &mut Tx, ids: &[Uuid]) -> DbResult<Vec<Known>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = of_contacts!(
        tx,
        ids,
        "SELECT id, name, language, city, company, timezone, tags, fields, first_seen_at
         FROM contacts WHERE merged_into IS NULL AND id IN (",
        ") ORDER BY id"
    );
    let mut known: HashMap<Uuid, Known> =
        rows.into_iter().map(|row| (row.id, begun(row))).collect();
    let said: Vec<Said> = of_contacts!(
        tx,
        ids,
        "SELECT contact_id, channel_kind, state, at, source FROM consents WHERE contact_id IN (",
        ") AND purpose = 'offers'"
    );
    debug_assert_eq!(OFFERS, "offers");
    for said in said {
        if let Some(one) = known.get_mut(&said.contact_id) {
            one.consents.push(said);
        }
    }
    let addresses: Vec<Address> = of_contacts!(
        tx,
        ids,
        "SELECT i.contact_id, i.kind, i.shown, i.proof IS NOT NULL AS proved, s.reason AS suppressed
         FROM identities i LEFT JOIN suppressions s ON s.kind = i.kind AND s.value = i.value
         WHERE i.contact_id IN (",
        ") ORDER BY i.last_seen_at DESC"
    );
    for address in addresses {
        if let Some(one) = known.get_mut(&address.contact_id) {
            one.addresses.push(address);
        }
    }
    let heard: Vec<(Uuid, String, Timestamp)> = of_contacts!(
        tx,
        ids,
        "SELECT contact_id, direction, MAX(at) FROM messages
         WHERE NOT automatic AND direction <> 'note' AND contact_id IN (",
        ") GROUP BY contact_id, direction"
    );
    for (id, direction, at) in heard {
        if let Some(one) = known.get_mut(&id) {
            let last =
                if direction == "in" { &mut one.last_inbound } else { &mut one.last_outbound };
            *last = Some(at);
        }
    }
    let tickets: Vec<Ticket> = of_contacts!(
        tx,
        ids,
        "SELECT contact_id, kind, status, opened_at FROM tickets WHERE contact_id IN (",
        ") ORDER BY opened_at"
    );
    for ticket in tickets {
        if let Some(one) = known.get_mut(&ticket.contact_id) {
            one.tickets.push(ticket);
        }
    }
    let open: Vec<(Uuid, i64)> = of_contacts!(
        tx,
        ids,
        "SELECT contact_id, COUNT(*) FROM conversations WHERE status <> 'solved' AND contact_id IN (",
        ") GROUP BY contact_id"
    );
    for (id, count) in open {
        if let Some(one) = known.get_mut(&id) {
            one.open_conversations = count;
        }
    }
    Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
}

fn begun(row: Row) -> Known {
    Known {
        id: row.id,
        name: row.name,
        language: row.language,
        city: row.city,
        company: row.company,
        timezone: row.timezone,
        tags: row.tags.0,
        fields: row.fields.0.into_iter().map(|(key, field)| (key, field.value)).collect(),
        first_seen_at: row.first_seen_at,
        ..Known::default()
    }
}
