//! Answering and noting.

use sapa_channel::{ChannelId, Timestamp, new_id};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Details, speaker::Speaker};
use crate::{
    app::App,
    conversations::{self, change},
    db::{DbResult, Tx},
    events::{Actor, NewEvent},
    files,
    http::AppError,
    on_db,
    router::one_line,
    tickets,
};

/// What is said.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// A private note instead of an answer.
    pub note: bool,
    /// What.
    pub text: String,
    /// By which channel; the customer's last one if none is given.
    pub channel_id: Option<ChannelId>,
    /// To which address; the customer's last one on that kind of channel if none is given.
    pub identity_id: Option<Uuid>,
    /// The subject of a letter.
    pub subject: Option<String>,
    /// Uploads to attach.
    pub files: Vec<Uuid>,
    /// Copies, buttons, mentions.
    pub details: Details,
    /// When it shall leave.
    pub send_at: Option<Timestamp>,
    /// The newest event that the officer had seen; nothing newer may have been answered.
    pub seen_seq: Option<i64>,
    /// Solve the conversation with it.
    pub solve: bool,
}

/// The most recipients of copies.
const MOST_COPIES: usize = 20;

/// Says something in a conversation. Tells the message's id and what to log; the caller commits.
pub async fn say(
    app: &App,
    tx: &mut Tx,
    by: Speaker<'_>,
    conversation_id: Uuid,
    said: Said,
) -> Result<(Uuid, Vec<NewEvent>), AppError> {
    if said.text.trim().is_empty() && said.files.is_empty() {
        return Err(AppError::invalid("text", "write something or attach a file"));
    }
    let conversation =
        conversations::queries::core(tx, conversation_id).await?.ok_or(AppError::NotFound)?;
    if !said.note
        && let (Some(seen), Some(officer)) = (said.seen_seq, by.officer())
    {
        refuse_if_answered(tx, officer.officer_id, conversation_id, seen).await?;
    }
    let now = app.now();
    let id = new_id();
    let way =
        if said.note { None } else { Some(way_out(app, tx, &by, &conversation, &said).await?) };
    insert(tx, by, &conversation, id, &said, way.as_ref(), now).await?;
    if files::queries::attach(tx, &said.files, &by.uploader(), id).await? != said.files.len() as u64
    {
        return Err(AppError::invalid(
            "files",
            "one of them is not your upload, or was sent already",
        ));
    }
    let mut events = Vec::new();
    if let Some(way) = &way {
        events.extend(answered(app, tx, by, &conversation, id, way, &said, now).await?);
    } else {
        events.extend(noted(tx, by, &conversation, id, &said, now).await?);
    }
    if let Some(officer) = by.officer() {
        conversations::queries::mark_read(tx, officer.officer_id, conversation_id, now).await?;
        let kind = if said.note { "note" } else { "reply" };
        conversations::drafts::forget(tx, officer.officer_id, conversation_id, Some(kind)).await?;
    }
    tickets::attach::said(tx, conversation_id, id, now).await?;
    if said.solve {
        events.extend(change::solve(tx, &conversation, &by.actor(), now).await?);
    }
    Ok((id, events))
}

/// The way that an answer goes.
#[derive(Debug)]
struct Way {
    channel_id: ChannelId,
    identity_id: Uuid,
    address: String,
    pull: bool,
    external_id: Option<String>,
    subject: Option<String>,
    references: Vec<String>,
}

async fn way_out(
    app: &App,
    tx: &mut Tx,
    by: &Speaker<'_>,
    conversation: &conversations::model::Core,
    said: &Said,
) -> Result<Way, AppError> {
    let channel_id = said.channel_id.unwrap_or(conversation.channel_id);
    let operated = app.registry().get(channel_id).ok_or_else(|| {
        AppError::invalid("channel_id", "this channel is switched off or unknown: choose another")
    })?;
    let able = operated.channel.capabilities();
    let kind = operated.channel.kind();
    let identity = conversations::queries::reply_identity(
        tx,
        conversation,
        said.identity_id,
        kind.as_str(),
        (!able.letters).then_some(channel_id),
    )
    .await?
    .ok_or_else(|| {
        AppError::invalid("channel_id", format!("this customer has no address on {kind}"))
    })?;
    let length = said.text.encode_utf16().count();
    if length > able.max_text {
        return Err(AppError::invalid(
            "text",
            format!("is {length} characters long; {kind} takes {}", able.max_text),
        ));
    }
    let copies = said.details.cc.len() + said.details.bcc.len();
    if copies > 0 && !able.letters {
        return Err(AppError::invalid("cc", format!("{kind} has no copies")));
    }
    if copies > MOST_COPIES {
        return Err(AppError::invalid("cc", format!("at most {MOST_COPIES} copies")));
    }
    for (field, list) in [("cc", &said.details.cc), ("bcc", &said.details.bcc)] {
        if let Some(wrong) = list.iter().find(|address| sapa_email::normalise(address).is_none()) {
            return Err(AppError::invalid(field, format!("{wrong:?} is not an e-mail address")));
        }
    }
    let (mut subject, mut references, mut external_id) = (None, Vec::new(), None);
    if able.letters {
        let last = conversations::queries::last_letter(tx, conversation.id).await?;
        let given = said.subject.clone().filter(|subject| !subject.trim().is_empty());
        let old = last
            .as_ref()
            .filter(|last| !last.automatic)
            .and_then(|last| last.subject.clone())
            .or_else(|| conversation.subject.clone());
        subject = given.or_else(|| old.map(|old| answer_subject(&old)));
        // Who is answered may never have asked: nothing of what a stranger wrote is sent on to him (R12).
        if by.is_automatic() {
            subject = Some(operated.name.clone());
        }
        if let Some(last) = last {
            references = last.details.0.references;
            references.extend(last.external_id);
        }
        let domain = operated.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        external_id = Some(format!("{}@{domain}", new_id().simple()));
    }
    Ok(Way {
        channel_id,
        identity_id: identity.0,
        address: identity.1,
        pull: able.pull,
        external_id,
        subject,
        references,
    })
}

fn answer_subject(subject: &str) -> String {
    let marked = subject.get(..3).is_some_and(|mark| mark.eq_ignore_ascii_case("re:"));
    if marked { subject.to_owned() } else { format!("Re: {subject}") }
}

/// Refuses an answer if a colleague answered after what its author had seen.
async fn refuse_if_answered(
    tx: &mut Tx,
    officer_id: Uuid,
    conversation_id: Uuid,
    seen: i64,
) -> Result<(), AppError> {
    let other: Option<(Uuid, Option<Uuid>, String, Timestamp)> = on_db!(tx, |conn| {
        sqlx::query_as(
        "SELECT id, author_id, author_name, at FROM messages
         WHERE conversation_id = $1 AND direction = 'out' AND author_kind = 'officer' AND author_id <> $2
           AND retracted_at IS NULL AND at > COALESCE((SELECT at FROM events WHERE seq = $3), 0)
         ORDER BY at DESC LIMIT 1"
    )
    .bind(conversation_id)
    .bind(officer_id)
    .bind(seen)
    .fetch_optional(conn)
    .await?
    });
    let Some((message_id, by, name, at)) = other else { return Ok(()) };
    let Value::Object(extra) =
        json!({ "by": { "id": by, "name": name }, "at": at, "message_id": message_id })
    else {
        unreachable!("an object was written")
    };
    Err(AppError::Conflict {
        code: "answered_meanwhile",
        detail: format!("{name} has answered meanwhile"),
        extra,
    })
}

async fn insert(
    tx: &mut Tx,
    by: Speaker<'_>,
    conversation: &conversations::model::Core,
    id: Uuid,
    said: &Said,
    way: Option<&Way>,
    now: Timestamp,
) -> DbResult<()> {
    let mut details = said.details.clone();
    details.send_at = said.send_at;
    details.references = way.map(|way| way.references.clone()).unwrap_or_default();
    on_db!(tx, |conn| {
        sqlx::query(
        "INSERT INTO messages
             (id, conversation_id, contact_id, channel_id, identity_id, direction, author_kind, author_id, author_name,
              external_id, subject, text, details, file_count, automatic, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    )
    .bind(id)
    .bind(conversation.id)
    .bind(conversation.contact_id)
    .bind(way.map(|way| way.channel_id))
    .bind(way.map(|way| way.identity_id))
    .bind(if way.is_some() { "out" } else { "note" })
    .bind(by.kind())
    .bind(by.id())
    .bind(by.name())
    .bind(way.and_then(|way| way.external_id.as_deref()))
    .bind(way.and_then(|way| way.subject.as_deref()))
    .bind(&said.text)
    .bind(Json(details))
    .bind(i64::try_from(said.files.len()).unwrap_or(i64::MAX))
    .bind(by.is_automatic())
    .bind(now)
    .execute(conn)
    .await
    .map(drop)?
    });
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one step of `say`, with what that has gathered")]
async fn answered(
    app: &App,
    tx: &mut Tx,
    by: Speaker<'_>,
    conversation: &conversations::model::Core,
    id: Uuid,
    way: &Way,
    said: &Said,
    now: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    // A person may think again; a program meant what it said. What is sent later can be taken back until then.
    let thinking = if by.is_automatic() { 0 } else { app.config().delivery.undo_seconds };
    let undo = std::time::Duration::from_secs(thinking.into());
    let undo_until = (!by.is_automatic() && said.send_at.is_none()).then(|| now.after(undo));
    // What customers fetch themselves is there as soon as it is stored, and can be taken back.
    let (state, run_at) = match (way.pull, said.send_at) {
        (true, None) => ("sent", now),
        (_, Some(at)) => ("queued", at.max(now)),
        (false, None) => ("queued", now.after(undo)),
    };
    crate::delivery::queries::queue(
        tx,
        id,
        conversation.id,
        way.channel_id,
        &way.address,
        state,
        run_at,
        undo_until,
        now,
    )
    .await?;
    conversations::queries::answered(
        tx,
        conversation.id,
        &one_line(&said.text),
        by.name(),
        !said.files.is_empty(),
        by.officer().map(|officer| officer.officer_id),
        now,
    )
    .await?;
    // Who fetches is told what is sent: of an answer for later he hears when its time has come.
    let later = way.pull && state == "queued";
    let (kind, to) =
        if later { ("delivery.changed", None) } else { ("message.sent", Some(way.identity_id)) };
    let mut events = vec![
        NewEvent::new(kind, now, by.actor())
            .conversation(conversation.id, conversation.contact_id)
            .message(id, to),
    ];
    if let (Some(bot), Some(_)) = (&conversation.bot_name, by.officer()) {
        events.push(
            NewEvent::new("conversation.taken_over", now, by.actor())
                .conversation(conversation.id, conversation.contact_id)
                .in_history()
                .data(json!({ "bot": bot })),
        );
    }
    if conversation.assignee_id.is_none() && by.officer().is_some() {
        events.push(change::assigned_event(conversation, &by.actor(), Some(by.name()), None, now));
    }
    Ok(events)
}

async fn noted(
    tx: &mut Tx,
    by: Speaker<'_>,
    conversation: &conversations::model::Core,
    id: Uuid,
    said: &Said,
    now: Timestamp,
) -> DbResult<Vec<NewEvent>> {
    conversations::queries::mention(tx, conversation.id, &said.details.mentions, now).await?;
    let actor: Actor = by.actor();
    Ok(vec![
        NewEvent::new("message.note", now, actor)
            .conversation(conversation.id, conversation.contact_id)
            .message(id, None)
            .data(json!({ "mentions": said.details.mentions })),
    ])
}
