//! The SQL of what contacts said, and of the addresses that get no mailing.

use data_encoding::BASE64URL_NOPAD;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::model::{Consent, Suppression};
use crate::{
    db::{DbResult, Tx},
    http::{AppError, Page},
    on_db,
};

/// What a contact said about offers, by kind of channel.
pub async fn of_contact(tx: &mut Tx, contact_id: Uuid) -> DbResult<Vec<Consent>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT channel_kind, purpose, state, at, source, proof FROM consents
         WHERE contact_id = $1 ORDER BY channel_kind, purpose"
    )
    .bind(contact_id)
    .fetch_all(conn)
    .await?))
}

/// Writes these as what a contact said, in the place of all that he said so far.
pub(super) async fn replace(tx: &mut Tx, contact_id: Uuid, all: &[Consent]) -> DbResult<()> {
    on_db!(&mut *tx, |conn| {
        sqlx::query("DELETE FROM consents WHERE contact_id = $1")
            .bind(contact_id)
            .execute(conn)
            .await?;
    });
    crate::insert_rows!(
        tx,
        "INSERT INTO consents (contact_id, channel_kind, purpose, state, at, source, proof) ",
        all,
        |row, consent| row
            .push_bind(contact_id)
            .push_bind(&consent.channel_kind)
            .push_bind(&consent.purpose)
            .push_bind(consent.state)
            .push_bind(consent.at)
            .push_bind(&consent.source)
            .push_bind(&consent.proof)
    );
    Ok(())
}

/// The place of a row in the list of addresses.
#[derive(Clone, Debug)]
pub struct Place {
    at: i64,
    kind: String,
    value: String,
}

impl Place {
    /// Reads a cursor that a caller gives back.
    pub fn parse(text: Option<&str>) -> Result<Option<Self>, AppError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let read = || {
            let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
            let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
            let mut parts = text.splitn(3, ' ').map(str::to_owned);
            let at = parts.next()?.parse().ok()?;
            Some(Self { at, kind: parts.next()?, value: parts.next()? })
        };
        read().map(Some).ok_or_else(|| AppError::invalid("cursor", "is not a cursor of this list"))
    }

    fn of(row: &Suppression) -> String {
        BASE64URL_NOPAD.encode(format!("{} {} {}", row.at.0, row.kind, row.value).as_bytes())
    }
}

/// A page of the addresses that get no mailing, the newest first; with `words`, those that have them somewhere.
pub async fn suppressions(
    tx: &mut Tx,
    words: Option<&str>,
    place: Option<Place>,
    limit: usize,
) -> DbResult<Page<Suppression>> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows: Vec<Suppression> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT kind, value, reason, at, source, note FROM suppressions WHERE 1 = 1",
        );
        if let Some(words) = words {
            let words = crate::segments::sql::escaped(&words.to_lowercase());
            query
                .push(" AND LOWER(value) LIKE ")
                .push_bind(format!("%{words}%"))
                .push(" ESCAPE '\\'");
        }
        if let Some(place) = place {
            query
                .push(" AND (at, kind, value) < (")
                .push_bind(place.at)
                .push(", ")
                .push_bind(place.kind)
                .push(", ")
                .push_bind(place.value)
                .push(")");
        }
        query.push(" ORDER BY at DESC, kind DESC, value DESC LIMIT 0 + ").push_bind(most);
        query.build_query_as().fetch_all(conn).await?
    });
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(Place::of);
    Ok(Page { items: rows, next })
}

/// Which of a contact's addresses get no mailing.
pub async fn suppressed_of(tx: &mut Tx, contact_id: Uuid) -> DbResult<Vec<Suppression>> {
    Ok(on_db!(tx, |conn| sqlx::query_as(
        "SELECT s.kind, s.value, s.reason, s.at, s.source, s.note FROM identities i
         JOIN suppressions s ON s.kind = i.kind AND s.value = i.value
         WHERE i.contact_id = $1 ORDER BY s.at DESC"
    )
    .bind(contact_id)
    .fetch_all(conn)
    .await?))
}

/// Writes an officer's word beside an address.
pub(super) async fn note(tx: &mut Tx, kind: &str, value: &str, note: &str) -> DbResult<()> {
    on_db!(tx, |conn| sqlx::query(
        "UPDATE suppressions SET note = $3 WHERE kind = $1 AND value = $2"
    )
    .bind(kind)
    .bind(value)
    .bind(note)
    .execute(conn)
    .await
    .map(drop)?);
    Ok(())
}
