//! Web chat's side of the hub: a visitor sees what was said to and from his own address, and nothing else (R8).

use std::sync::Arc;

use async_trait::async_trait;
use sapa_channel::{File, new_id};
use sapa_webchat::{Caller, ChatHub, HubError, Marks, Missed, Page, Pushes, Site};
use uuid::Uuid;

use super::kinds::Part;
use crate::{
    app::App,
    db::{DbError, DbResult, Tx},
    events, files, on_db,
};

mod marks;
mod messages;

pub use marks::{officer_read, officer_read_elsewhere, writing, writing_elsewhere};
pub use messages::pushes;

/// How long a link to a file of a chat is good (R3).
const LINK_SECONDS: i64 = 24 * 3600;

/// The hub, as web chat needs it.
#[derive(Clone, Debug)]
pub struct Chat(pub App);

fn unavailable(error: impl Into<DbError>) -> HubError {
    let error = error.into();
    tracing::error!(%error, "web chat could not reach the database");
    if matches!(error, DbError::Full(_)) { HubError::Full } else { HubError::Unavailable }
}

/// The identities of a caller: his own and, of a customer who is signed in, his browser's if it is his too. None
/// before he has said or been told anything.
async fn identities(tx: &mut Tx, who: &Caller) -> DbResult<Vec<Known>> {
    let addresses = who.addresses();
    let second = addresses.get(1).map(|address| &address.value);
    let mut known: Vec<Known> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT id, contact_id, value FROM identities WHERE kind = $1 AND (value = $2 OR value = $3)"
    )
    .bind(who.address.kind.as_str())
    .bind(&who.address.value)
    .bind(second)
    .fetch_all(conn)
    .await?
    });
    // A browser that another customer used is not his.
    if let Some(own) =
        known.iter().find(|known| known.value == who.address.value).map(|own| own.contact_id)
    {
        known.retain(|known| known.contact_id == own);
    }
    Ok(known)
}

/// An identity of a caller.
#[derive(Debug, sqlx::FromRow)]
struct Known {
    id: Uuid,
    contact_id: Uuid,
    value: String,
}

fn ids(known: &[Known]) -> Vec<Uuid> {
    known.iter().map(|known| known.id).collect()
}

#[async_trait]
impl ChatHub for Chat {
    async fn site(&self, key: &str) -> Option<Arc<Site>> {
        match &self.0.registry().by_address(sapa_webchat::KIND.as_str(), key)?.part {
            Part::Webchat(site) => Some(site.clone()),
            Part::Email | Part::Telegram(_) => None,
        }
    }

    async fn history(
        &self,
        who: &Caller,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Page, HubError> {
        let mut tx = self.0.db().read().await.map_err(unavailable)?;
        let seq = events::head(&mut tx).await.map_err(unavailable)?;
        let known = identities(&mut tx, who).await.map_err(unavailable)?;
        let mut found = messages::before(&self.0, &mut tx, &ids(&known), before, limit + 1)
            .await
            .map_err(unavailable)?;
        let more = found.len() > limit;
        if more {
            found.remove(0);
        }
        Ok(Page { messages: found, more, seq })
    }

    async fn since(&self, who: &Caller, seq: i64, limit: usize) -> Result<Missed, HubError> {
        let mut tx = self.0.db().read().await.map_err(unavailable)?;
        let head = events::head(&mut tx).await.map_err(unavailable)?;
        if seq > head {
            drop(tx);
            return Ok(Missed::TooMuch(self.history(who, None, limit).await?));
        }
        let known = identities(&mut tx, who).await.map_err(unavailable)?;
        let rows = messages::events_of(&mut tx, &ids(&known), seq, head, limit + 1)
            .await
            .map_err(unavailable)?;
        if rows.len() > limit {
            drop(tx);
            return Ok(Missed::TooMuch(self.history(who, None, limit).await?));
        }
        let pushes = messages::pushes(&self.0, &mut tx, &rows).await.map_err(unavailable)?;
        Ok(Missed::All { pushes: pushes.into_iter().map(|(_, push)| push).collect(), seq: head })
    }

    async fn marks(&self, who: &Caller) -> Result<Marks, HubError> {
        let mut tx = self.0.db().read().await.map_err(unavailable)?;
        let known = identities(&mut tx, who).await.map_err(unavailable)?;
        marks::of(&mut tx, &ids(&known)).await.map_err(unavailable)
    }

    fn subscribe(&self, who: &Caller) -> Pushes {
        self.0.rooms().subscribe_caller(who)
    }

    async fn seen(&self, who: &Caller, seq: i64, read: bool) -> Result<(), HubError> {
        marks::seen(&self.0, who, seq, read).await.map_err(unavailable)
    }

    fn typing(&self, who: &Caller, on: bool) {
        let app = self.0.clone();
        let address = who.address.clone();
        tokio::spawn(async move {
            let conversation: DbResult<Option<Uuid>> = async {
                let mut tx = app.db().read().await?;
                Ok(on_db!(&mut tx, |conn| sqlx::query_scalar(
                    "SELECT c.id FROM identities i JOIN conversations c ON c.contact_id = i.contact_id
                     WHERE i.kind = $1 AND i.value = $2 AND c.status <> 'solved'
                     ORDER BY c.last_message_at DESC LIMIT 1"
                )
                .bind(address.kind.as_str())
                .bind(&address.value)
                .fetch_optional(conn)
                .await?))
            }
            .await;
            if let Ok(Some(conversation_id)) = conversation {
                app.live().customer_types(conversation_id, on);
            }
        });
    }

    fn online(&self, _site: &Site) -> bool {
        self.0.live().officers_online() > 0
    }

    async fn seq_of(&self, message: Uuid) -> Result<i64, HubError> {
        let seq: DbResult<Option<i64>> = async {
            let mut tx = self.0.db().read().await?;
            Ok(on_db!(&mut tx, |conn| sqlx::query_scalar(
                "SELECT e.seq FROM messages m JOIN events e ON e.identity_id = m.identity_id AND e.message_id = m.id
                 WHERE m.id = $1 ORDER BY e.seq LIMIT 1"
            )
            .bind(message)
            .fetch_optional(conn)
            .await?))
        }
        .await;
        seq.map_err(unavailable)?.ok_or(HubError::NotFound)
    }

    async fn upload(&self, who: &Caller, file: File) -> Result<Uuid, HubError> {
        let full = |error: std::io::Error| {
            tracing::error!(%error, "an upload of web chat was not stored");
            if error.kind() == std::io::ErrorKind::StorageFull {
                HubError::Full
            } else {
                HubError::Unavailable
            }
        };
        self.0.files().keep(file.bytes.clone()).await.map_err(full)?;
        let id = new_id();
        let mut tx = self.0.db().write().await.map_err(unavailable)?;
        let by = format!("visitor {}", who.visitor);
        files::queries::upload(
            &mut tx,
            id,
            &by,
            &file.name,
            &file.media_type,
            &file.bytes,
            self.0.now(),
        )
        .await
        .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        Ok(id)
    }

    async fn uploads(&self, who: &Caller, ids: &[Uuid]) -> Result<Vec<File>, HubError> {
        let mut tx = self.0.db().read().await.map_err(unavailable)?;
        let by = format!("visitor {}", who.visitor);
        let rows = files::queries::uploads(&mut tx, ids, &by).await.map_err(unavailable)?;
        drop(tx);
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let row = rows.iter().find(|row| row.id == *id).ok_or(HubError::NotFound)?.clone();
            let bytes = self
                .0
                .files()
                .read(row.body, &row.digest)
                .await
                .map_err(|_| HubError::Unavailable)?;
            found.push(File {
                name: row.name,
                media_type: row.media_type,
                bytes,
                content_id: None,
            });
        }
        Ok(found)
    }
}
