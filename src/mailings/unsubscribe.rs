//! Ending mailings: by one press in a mail program, by the page, by a mail.

use sapa_channel::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{model::number, progress, recipients};
use crate::{
    app::App,
    consent::{self, model::Reason},
    db::{DbError, Tx},
    events::{Actor, NewEvent},
    http::AppError,
    on_db,
};

/// By which way somebody ended mailings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A POST: the button on the page, or one press in a mail program (RFC 8058).
    Link,
    /// A mail to the address that the header names.
    Mail,
    /// The page where one chooses.
    Preferences,
}

impl Way {
    fn source(self) -> &'static str {
        match self {
            Self::Link => "unsubscribe link",
            Self::Mail => "unsubscribe mail",
            Self::Preferences => "preferences page",
        }
    }
}

/// Ends mailings to a recipient's address: his consent on this kind of channel is withdrawn, and the address gets
/// no mailing from anybody. A second time changes nothing. Tells what to log; none if there is no such recipient.
pub async fn unsubscribe(
    tx: &mut Tx,
    recipient: Uuid,
    way: Way,
    now: Timestamp,
) -> Result<Option<Vec<NewEvent>>, AppError> {
    let Some(row) = recipients::find(tx, recipient).await? else { return Ok(None) };
    let actor = Actor { kind: "contact", id: Some(row.contact_id), name: row.contact_name.clone() };
    let mailing: i64 =
        on_db!(&mut *tx, |conn| sqlx::query_scalar("SELECT number FROM mailings WHERE id = $1")
            .bind(row.mailing_id)
            .fetch_one(conn)
            .await?);
    let proof = format!("mailing {}", number(mailing));
    let mut events =
        consent::withdraw(tx, row.contact_id, &row.kind, way.source(), Some(&proof), &actor, now)
            .await?;
    if let Some(address) = &row.address {
        events.extend(
            consent::suppress(
                tx,
                &row.kind,
                address,
                Reason::Unsubscribed,
                way.source(),
                &actor,
                now,
            )
            .await?,
        );
    }
    if row.unsubscribed_at.is_none() {
        on_db!(&mut *tx, |conn| {
            sqlx::query(
            "UPDATE mailing_recipients SET unsubscribed_at = $2 WHERE seq = $1 AND unsubscribed_at IS NULL"
        )
        .bind(row.seq)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)?
        });
        events.push(progress::event(row.mailing_id, now));
    }
    Ok(Some(events))
}

/// Takes back what [`unsubscribe`] did, by the recipient's own word.
pub async fn subscribe(
    tx: &mut Tx,
    contact: Uuid,
    name: &str,
    kind: &str,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    let actor = Actor { kind: "contact", id: Some(contact), name: name.to_owned() };
    let source = Way::Preferences.source();
    let mut events =
        consent::grant(tx, contact, kind, source, Some("chosen by himself"), &actor, now).await?;
    // What he asked for himself he may take back; a bounce or a complaint he may not.
    let freed: Vec<String> = on_db!(&mut *tx, |conn| sqlx::query_scalar(
        "DELETE FROM suppressions WHERE kind = $1 AND reason = 'unsubscribed'
             AND value IN (SELECT value FROM identities WHERE contact_id = $2 AND kind = $1)
         RETURNING value"
    )
    .bind(kind)
    .bind(contact)
    .fetch_all(conn)
    .await?);
    for value in freed {
        events.push(
            NewEvent::new("address.released", now, actor.clone())
                .contact(contact)
                .in_history()
                .data(json!({ "kind": kind, "value": value, "source": source })),
        );
    }
    Ok(events)
}

/// Ends mailings by a link; idempotent. `false` if there is no such recipient.
pub async fn by_link(app: &App, recipient: Uuid, way: Way) -> Result<bool, AppError> {
    let mut tries = 0;
    loop {
        let mut tx = app.db().write().await?;
        match unsubscribe(&mut tx, recipient, way, app.now()).await {
            Ok(None) => return Ok(false),
            Ok(Some(events)) => match app.commit(tx, &events).await {
                Ok(()) => return Ok(true),
                Err(DbError::Conflict(_)) if tries < 5 => tries += 1,
                Err(error) => return Err(error.into()),
            },
            Err(AppError::Conflict { .. }) if tries < 5 => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Ends mailings by a mail, within the router's transaction.
pub async fn by_mail(
    tx: &mut Tx,
    recipient: Uuid,
    now: Timestamp,
) -> Result<Vec<NewEvent>, DbError> {
    match unsubscribe(tx, recipient, Way::Mail, now).await {
        Ok(events) => Ok(events.unwrap_or_default()),
        Err(AppError::Conflict { detail, .. }) => {
            Err(DbError::Conflict(sqlx::Error::Protocol(detail)))
        }
        Err(error) => Err(DbError::Driver(sqlx::Error::Protocol(error.to_string()))),
    }
}
