//! Doing what a bot answered: each action by the same abilities that officers have, and with the rights of nobody
//! more than the customer in front of it (R31).

use bytes::Bytes;
use sapa_channel::{Timestamp, new_id};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    answer::{Action, File, Of},
    model::{Bot, Heard},
    queries,
};
use crate::{
    app::App,
    contacts::edit::{self, ContactChange},
    conversations::{
        change::{self, Change},
        charge::{self, InCharge, Why},
        queries::core,
    },
    db::Tx,
    events::NewEvent,
    files,
    http::AppError,
    messages::{
        Details,
        send::{Said, say},
        speaker::Speaker,
    },
    on_db,
    tickets::open::{self, NewTicket},
};

/// Files of an answer whose bytes are kept already, by action and place.
pub type Kept = Vec<Vec<Bytes>>;

/// Decodes the files of some actions, and keeps what is too large for the database. It comes before the
/// transaction, for it writes to the disk.
pub async fn keep_files(app: &App, actions: &[Action]) -> Result<Kept, AppError> {
    let mut kept = Vec::with_capacity(actions.len());
    for action in actions {
        let mut of_action = Vec::new();
        if let Action::Say { files, .. } = action {
            for file in files {
                let bytes = Bytes::from(file.bytes()?);
                if bytes.is_empty() || bytes.len() > app.config().files.max_bytes {
                    return Err(AppError::invalid(
                        "files",
                        format!("{:?} is empty or too large", file.name),
                    ));
                }
                app.files().keep(bytes.clone()).await?;
                of_action.push(bytes);
            }
        }
        kept.push(of_action);
    }
    Ok(kept)
}

/// What actions did.
#[derive(Debug, Default)]
pub struct Done {
    /// How many messages were said.
    pub said: i64,
    /// Whether the conversation was handed over.
    pub handed_over: bool,
    /// What to log.
    pub events: Vec<NewEvent>,
}

/// Does all of them, in order.
pub async fn apply(
    app: &App,
    tx: &mut Tx,
    bot: &Bot,
    heard: &Heard,
    actions: &[Action],
    kept: &Kept,
) -> Result<Done, AppError> {
    let now = app.now();
    let speaker = Speaker::Bot { id: bot.id, name: &bot.name };
    let mut done = Done::default();
    for (action, bytes) in actions.iter().zip(kept) {
        match action {
            Action::Say { text, buttons, files } => {
                let files = upload(app, tx, heard, &speaker, files, bytes, now).await?;
                let said = Said {
                    text: text.trim().to_owned(),
                    channel_id: Some(heard.channel_id),
                    identity_id: Some(heard.identity_id),
                    files,
                    details: Details {
                        buttons: buttons.iter().map(|one| one.label.trim().to_owned()).collect(),
                        payloads: payloads(buttons),
                        ..Details::default()
                    },
                    ..Said::default()
                };
                done.events.extend(say(app, tx, speaker, heard.conversation_id, said).await?.1);
                done.said += 1;
            }
            Action::Note { text } => {
                done.events.extend(note(app, tx, speaker, heard, text).await?);
            }
            Action::Tag { add, remove, of } => {
                done.events.extend(tag(tx, speaker, heard, add, remove, *of, now).await?);
            }
            Action::Ticket { kind, title, description } => {
                let new = NewTicket {
                    conversation_id: heard.conversation_id,
                    message_id: Some(heard.message_id),
                    kind: *kind,
                    title: title.clone(),
                    description: description.clone(),
                    owner_id: None,
                };
                done.events.extend(open::open(tx, &new, &speaker.actor(), now).await?.1);
            }
            Action::HandOver { team, summary } => {
                let team_id = match team {
                    Some(name) => Some(queries::team_named(tx, name).await?.ok_or_else(|| {
                        AppError::invalid("team", format!("there is no team {name:?}"))
                    })?),
                    None => bot.team_id,
                };
                if !summary.trim().is_empty() {
                    done.events.extend(note(app, tx, speaker, heard, summary).await?);
                }
                let id = heard.conversation_id;
                let named = in_charge(bot);
                done.events
                    .extend(charge::hand_over(tx, id, &named, team_id, Why::Asked, now).await?);
                done.handed_over = true;
            }
            Action::Solve {} => {
                let conversation =
                    core(tx, heard.conversation_id).await?.ok_or(AppError::NotFound)?;
                done.events.extend(change::solve(tx, &conversation, &speaker.actor(), now).await?);
            }
        }
    }
    Ok(done)
}

/// A bot as conversations name it.
#[must_use]
pub fn in_charge(bot: &Bot) -> InCharge {
    InCharge { id: bot.id, name: bot.name.clone() }
}

fn payloads(buttons: &[super::answer::Button]) -> Vec<String> {
    if buttons.iter().all(|button| button.payload.is_none()) {
        return Vec::new();
    }
    buttons.iter().map(|button| button.payload.clone().unwrap_or_default()).collect()
}

/// Writes a private note of the bot's.
pub async fn note(
    app: &App,
    tx: &mut Tx,
    speaker: Speaker<'_>,
    heard: &Heard,
    text: &str,
) -> Result<Vec<NewEvent>, AppError> {
    let said = Said { note: true, text: text.trim().to_owned(), ..Said::default() };
    Ok(say(app, tx, speaker, heard.conversation_id, said).await?.1)
}

async fn upload(
    app: &App,
    tx: &mut Tx,
    heard: &Heard,
    speaker: &Speaker<'_>,
    told: &[File],
    bytes: &[Bytes],
    now: Timestamp,
) -> Result<Vec<Uuid>, AppError> {
    let most = app
        .registry()
        .get(heard.channel_id)
        .map_or(usize::MAX, |operated| operated.channel.capabilities().max_file);
    let mut ids = Vec::with_capacity(told.len());
    for (file, bytes) in told.iter().zip(bytes) {
        if bytes.len() > most {
            return Err(AppError::invalid(
                "files",
                format!("{:?} is {} bytes long; the channel takes {most}", file.name, bytes.len()),
            ));
        }
        let id = new_id();
        let by = speaker.uploader();
        files::queries::upload(tx, id, &by, &file.name, &file.media_type, bytes, now).await?;
        ids.push(id);
    }
    Ok(ids)
}

/// What is there with some added and others removed.
fn merged(there: Vec<String>, add: &[String], remove: &[String]) -> Vec<String> {
    let mut all = there;
    for tag in add.iter().map(|tag| tag.trim().to_owned()) {
        if !all.contains(&tag) {
            all.push(tag);
        }
    }
    all.retain(|tag| !remove.iter().any(|gone| gone.trim() == tag));
    all
}

async fn tag(
    tx: &mut Tx,
    speaker: Speaker<'_>,
    heard: &Heard,
    add: &[String],
    remove: &[String],
    of: Of,
    now: Timestamp,
) -> Result<Vec<NewEvent>, AppError> {
    if of == Of::Conversation {
        let there: Vec<String> = on_db!(&mut *tx, |conn| sqlx::query_scalar(
            "SELECT label FROM conversation_labels WHERE conversation_id = $1"
        )
        .bind(heard.conversation_id)
        .fetch_all(conn)
        .await?);
        let change = Change { labels: Some(merged(there, add, remove)), ..Change::default() };
        let id = heard.conversation_id;
        return change::change(tx, id, &change, None, &speaker.actor(), now).await;
    }
    if !heard.proved {
        return Err(AppError::invalid(
            "tag",
            "the customer's address is not proved to be his: tag the conversation instead",
        ));
    }
    let there: Option<Json<Vec<String>>> =
        on_db!(&mut *tx, |conn| sqlx::query_scalar("SELECT tags FROM contacts WHERE id = $1")
            .bind(heard.contact_id)
            .fetch_optional(conn)
            .await?);
    let tags = merged(there.map(|there| there.0).unwrap_or_default(), add, remove);
    let change = ContactChange { tags: Some(tags), ..ContactChange::default() };
    let id = heard.contact_id;
    Ok(vec![edit::change(tx, id, &change, None, &speaker.actor(), now).await?])
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn tags_are_added_once_and_removed() {
        let list = |tags: &[&str]| tags.iter().map(ToString::to_string).collect::<Vec<_>>();
        let all = merged(list(&["a", "b"]), &list(&[" c ", "a"]), &list(&["b"]));
        assert_eq!(all, ["a", "c"]);
        assert!(merged(list(&["a"]), &list(&["b"]), &list(&["a", "b"])).is_empty());
    }
}
