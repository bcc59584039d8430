//! Makes a message ready to leave: all that an adapter needs, so that it asks nobody for more.

use sapa_channel::{Button, Mailbox, OutFile, Outbound, Parent, Timestamp};
use sqlx::types::Json;
use uuid::Uuid;

use super::queries::Leased;
use crate::{
    app::App,
    db::{DbError, DbResult, Tx},
    files,
    messages::Details,
    on_db,
};

#[derive(sqlx::FromRow)]
struct Row {
    author_name: String,
    external_id: Option<String>,
    subject: Option<String>,
    text: String,
    html: Option<String>,
    details: Json<Details>,
    file_count: i64,
    automatic: bool,
    at: Timestamp,
    contact_name: String,
    language: Option<String>,
}

/// Why a message could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It was taken back, or is gone.
    #[error("it was taken back")]
    Gone,
    /// A file of it cannot be read.
    #[error("a file that is attached cannot be read")]
    File(#[source] std::io::Error),
    /// The storage failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Reads a message that is due.
pub async fn prepare(app: &App, leased: &Leased) -> Result<Outbound, NotReady> {
    let mut tx = app.db().read().await?;
    let row = row(&mut tx, leased.message_id).await?.ok_or(NotReady::Gone)?;
    let parent = match row.details.0.references.last() {
        Some(external_id) => parent(&mut tx, external_id, &row.details.0.references).await?,
        None => None,
    };
    let contents = if row.file_count > 0 {
        files::queries::contents_of(&mut tx, leased.message_id).await?
    } else {
        Vec::new()
    };
    drop(tx);
    let mut attached = Vec::with_capacity(contents.len());
    for file in contents {
        let bytes = app.files().read(file.body, &file.digest).await.map_err(NotReady::File)?;
        attached.push(OutFile { name: file.name, media_type: file.media_type, bytes });
    }
    let copies = |list: &[String]| {
        list.iter().map(|address| Mailbox { address: address.clone(), name: None }).collect()
    };
    let named = row.contact_name != leased.address;
    Ok(Outbound {
        message_id: leased.message_id,
        attempt: u32::try_from(leased.attempts + 1).unwrap_or(u32::MAX),
        external_id: row.external_id.unwrap_or_else(|| leased.message_id.simple().to_string()),
        to: Mailbox { address: leased.address.clone(), name: named.then_some(row.contact_name) },
        cc: copies(&row.details.0.cc),
        bcc: copies(&row.details.0.bcc),
        subject: row.subject,
        text: row.text,
        html: row.html,
        files: attached,
        buttons: row
            .details
            .0
            .buttons
            .iter()
            .map(|label| Button { label: label.clone() })
            .collect(),
        parent,
        reply_token: Some(app.keys().reply_token(leased.message_id)),
        author: row.author_name,
        language: row.language.unwrap_or_else(|| "id".to_owned()),
        automatic: row.automatic,
        // What was for later is as if it were written then: its date, and for how long it is tried.
        written_at: row.details.0.send_at.map_or(row.at, |later| later.max(row.at)),
        bulk: None,
    })
}

async fn row(tx: &mut Tx, message_id: Uuid) -> DbResult<Option<Row>> {
    Ok(on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT m.author_name, m.external_id, m.subject, m.text, m.html, m.details, m.file_count, m.automatic, m.at,
                k.name AS contact_name, k.language
         FROM messages m JOIN contacts k ON k.id = m.contact_id WHERE m.id = $1 AND m.retracted_at IS NULL"
    )
    .bind(message_id)
    .fetch_optional(conn)
    .await?
    }))
}

async fn parent(tx: &mut Tx, external_id: &str, references: &[String]) -> DbResult<Option<Parent>> {
    let row: Option<(String, String, Timestamp)> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT author_name, text, at FROM messages WHERE external_id = $1 ORDER BY seq DESC LIMIT 1"
    )
    .bind(external_id)
    .fetch_optional(conn)
    .await?
    });
    Ok(row.map(|(author, text, written_at)| Parent {
        external_id: external_id.to_owned(),
        references: references[..references.len() - 1].to_vec(),
        author,
        text,
        written_at,
    }))
}
