//! Beginning a conversation from our side.

use sapa_channel::{ChannelId, Kind, new_id};
use uuid::Uuid;

use crate::{
    app::App,
    contacts,
    db::Tx,
    events::NewEvent,
    http::AppError,
    messages::{
        send::{Said, say},
        speaker::Speaker,
    },
    officers::caller::Caller,
    on_db,
};

/// To whom.
#[derive(Clone, Debug)]
pub enum To {
    /// A known contact.
    Contact(Uuid),
    /// An address; its contact is found or made.
    Address {
        /// The address, of the channel's kind.
        value: String,
        /// The name of a new contact.
        name: Option<String>,
    },
}

/// Opens a conversation with its first message. Tells its id and what to log.
pub async fn start(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    to: To,
    channel_id: ChannelId,
    said: Said,
) -> Result<(Uuid, Vec<NewEvent>), AppError> {
    let kind = app.registry().get(channel_id).map(|operated| operated.channel.kind()).ok_or_else(
        || {
            AppError::invalid(
                "channel_id",
                "this channel is switched off or unknown: choose another",
            )
        },
    )?;
    let now = app.now();
    let contact_id = match to {
        To::Contact(id) => contacts::merge::current(tx, id).await?,
        To::Address { value, name } => {
            let value = address(&kind, &value)?;
            contacts::edit::find_or_make(tx, &kind, &value, name.as_deref(), now).await?
        }
    };
    if contacts::queries::core(tx, contact_id).await?.is_none() {
        return Err(AppError::invalid("contact_id", "there is no such contact"));
    }
    let id = new_id();
    on_db!(&mut *tx, |conn| {
        sqlx::query(
        "INSERT INTO conversations
             (id, contact_id, channel_id, status, subject, preview, preview_kind, has_files, assignee_id,
              last_message_at, message_count, created_at, version)
         VALUES ($1, $2, $3, 'open', $4, '', 'out', FALSE, $5, $6, 0, $6, 1)"
    )
    .bind(id)
    .bind(contact_id)
    .bind(channel_id)
    .bind(&said.subject)
    .bind(caller.officer_id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    let mut events = vec![
        NewEvent::new("conversation.opened", now, caller.actor())
            .conversation(id, contact_id)
            .in_history(),
    ];
    let said = Said { channel_id: Some(channel_id), seen_seq: None, ..said };
    events.extend(say(app, tx, Speaker::Officer(caller), id, said).await?.1);
    Ok((id, events))
}

/// An address in the spelling in which addresses of its kind are compared.
fn address(kind: &Kind, value: &str) -> Result<String, AppError> {
    contacts::edit::normalise(kind.as_str(), value)
        .ok_or_else(|| AppError::invalid("to", format!("{value:?} is not an address on {kind}")))
}
