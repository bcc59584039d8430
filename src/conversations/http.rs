//! The routes of conversations.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use sapa_channel::{ChannelId, Timestamp};
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    bulk::{self, Changed},
    change::{self, Change},
    charge,
    counts::{self, Counts},
    drafts::{self, Draft, DraftRef},
    list::{self, Filter, Folder, Sort},
    model::{Conversation, ConversationRow, ReplyChannel},
    queries,
    start::{self, To},
    timeline::{self, TimelineItem},
};
use crate::{
    app::App,
    contacts,
    db::Tx,
    events,
    http::{Access, AppError, Body, Cursor, Idempotent, Page, Path, Query, Routes, idempotent},
    messages::send::Said,
    officers::{caller::Caller, policy::Permission},
    tickets,
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    let write = Access::May(Permission::ConversationsWrite);
    routes
        .add(read, routes!(inbox_counts))
        .add(read, routes!(list_conversations))
        .add(write, routes!(start_conversation))
        .add(write, routes!(change_many))
        .add(read, routes!(get_conversation))
        .add(write, routes!(change_conversation))
        .add(write, routes!(get_draft, put_draft, delete_draft))
        .add(write, routes!(list_drafts))
        .add(read, routes!(mark_read))
        .add(read, routes!(mark_unread))
        .add(read, routes!(get_timeline))
}

/// How many conversations lie in each folder.
#[utoipa::path(get, path = "/inbox/counts", tag = "conversations", responses((status = 200, body = Counts)))]
async fn inbox_counts(State(app): State<App>, caller: Caller) -> Result<Json<Counts>, AppError> {
    let mut tx = app.db().read().await?;
    let mut counts = counts::counts(&mut tx, caller.officer_id, app.now()).await?;
    counts.officers_online = app.live().officers_online();
    Ok(Json(counts))
}

/// Which conversations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The folder.
    #[serde(default)]
    #[param(inline)]
    folder: Folder,
    /// Only of this team.
    team: Option<Uuid>,
    /// Only on this channel.
    channel: Option<ChannelId>,
    /// Only with this label.
    label: Option<String>,
    /// Only of this contact.
    contact: Option<Uuid>,
    /// Only answers to this mailing.
    mailing: Option<Uuid>,
    /// The order.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

fn bounded(limit: Option<usize>) -> usize {
    limit.unwrap_or(50).clamp(1, 200)
}

/// Lists conversations.
#[utoipa::path(get, path = "/conversations", tag = "conversations", params(ListQuery),
    responses((status = 200, body = Page<ConversationRow>)))]
async fn list_conversations(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<ConversationRow>>, AppError> {
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let filter = Filter {
        folder: query.folder,
        team: query.team,
        channel: query.channel,
        label: query.label,
        contact: query.contact,
        mailing: query.mailing,
        sort: query.sort,
    };
    let mut tx = app.db().read().await?;
    Ok(Json(list::list(&mut tx, caller.officer_id, &filter, cursor, bounded(query.limit)).await?))
}

/// To whom, by which channel, and what.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConversation {
    /// A known contact; or `to`.
    contact_id: Option<Uuid>,
    /// An address of the channel's kind; or `contact_id`.
    to: Option<NewRecipient>,
    /// By which channel.
    channel_id: ChannelId,
    /// The subject of a letter.
    subject: Option<String>,
    /// What to say.
    text: String,
    /// Uploads to attach.
    #[serde(default)]
    files: Vec<Uuid>,
}

/// Somebody who is perhaps not known yet.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRecipient {
    /// The kind of the address, if it shall be checked against the channel's.
    kind: Option<String>,
    /// The address.
    value: String,
    /// His name.
    name: Option<String>,
}

/// Begins a conversation with a customer.
#[utoipa::path(post, path = "/conversations", tag = "conversations", request_body = NewConversation,
    responses((status = 201, body = Conversation)))]
async fn start_conversation(
    State(app): State<App>,
    caller: Caller,
    key: Idempotent,
    Body(new): Body<NewConversation>,
) -> Result<(StatusCode, Json<serde_json::Value>), AppError> {
    idempotent(&app, key, StatusCode::CREATED, async |tx| {
        let to = match (new.contact_id, new.to) {
            (Some(id), None) => To::Contact(id),
            (None, Some(to)) => {
                let of_channel =
                    app.registry().get(new.channel_id).map(|operated| operated.channel.kind());
                if let (Some(kind), Some(of_channel)) = (&to.kind, of_channel)
                    && kind != of_channel.as_str()
                {
                    return Err(AppError::invalid(
                        "to",
                        format!("the channel is of kind {of_channel}"),
                    ));
                }
                To::Address { value: to.value, name: to.name }
            }
            _ => return Err(AppError::invalid("to", "name a contact or an address, and not both")),
        };
        let said =
            Said { text: new.text, subject: new.subject, files: new.files, ..Said::default() };
        let (id, events) = start::start(&app, tx, &caller, to, new.channel_id, said).await?;
        Ok((within(&app, tx, &caller, id).await?, events))
    })
    .await
}

/// Many conversations and one change.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkChange {
    /// At most 200.
    ids: Vec<Uuid>,
    /// What to change.
    change: Change,
}

/// Changes many conversations alike.
#[utoipa::path(post, path = "/conversations/bulk", tag = "conversations", request_body = BulkChange,
    responses((status = 200, body = Changed)))]
async fn change_many(
    State(app): State<App>,
    caller: Caller,
    Body(bulk): Body<BulkChange>,
) -> Result<Json<Changed>, AppError> {
    if bulk.ids.len() > bulk::MOST {
        return Err(AppError::invalid("ids", format!("at most {} at once", bulk::MOST)));
    }
    Ok(Json(bulk::change_all(&app, &bulk.ids, &bulk.change, &caller.actor()).await?))
}

/// Shows a conversation.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations", responses((status = 200, body = Conversation)))]
async fn get_conversation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Conversation>, AppError> {
    Ok(Json(whole(&app, &caller, id).await?))
}

/// Assigns, labels, snoozes, solves or reopens a conversation. `If-Match` with its version refuses to change
/// what somebody else has changed.
#[utoipa::path(patch, path = "/conversations/{id}", tag = "conversations", request_body = Change,
    responses((status = 200, body = Conversation)))]
async fn change_conversation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Body(what): Body<Change>,
) -> Result<Json<Conversation>, AppError> {
    let expected = expected_version(&headers)?;
    let mut tx = app.db().write().await?;
    let events = change::change(&mut tx, id, &what, expected, &caller.actor(), app.now()).await?;
    app.commit(tx, &events).await?;
    Ok(Json(whole(&app, &caller, id).await?))
}

/// The version that a caller expects, from `If-Match`.
pub fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, AppError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let version = value.to_str().ok().and_then(|value| value.trim_matches('"').parse().ok());
    version
        .map(Some)
        .ok_or_else(|| AppError::invalid("If-Match", "is the version in quotation marks"))
}

/// A conversation as its page shows it.
pub async fn whole(app: &App, caller: &Caller, id: Uuid) -> Result<Conversation, AppError> {
    within(app, &mut app.db().read().await?, caller, id).await
}

async fn within(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
) -> Result<Conversation, AppError> {
    let core = queries::core(tx, id).await?.ok_or(AppError::NotFound)?;
    let row = list::one(tx, caller.officer_id, id).await?.ok_or(AppError::NotFound)?;
    let identities = contacts::queries::identities(tx, core.contact_id).await?;
    let mut reply_channels = Vec::new();
    for operated in app.registry().all() {
        let (kind, able) = (operated.channel.kind(), operated.channel.capabilities());
        // A letter reaches its address from any mailbox; elsewhere an address is one on a certain bot or site.
        let reached = identities
            .iter()
            .filter(|identity| identity.kind == kind.as_str())
            .filter(|identity| able.letters || identity.last_channel_id == Some(operated.id));
        let Some(identity) = reached
            .max_by_key(|identity| (Some(identity.id) == core.identity_id, identity.last_seen_at))
        else {
            continue;
        };
        let why_not = operated.error();
        reply_channels.push(ReplyChannel {
            channel: operated.channel_ref(),
            identity: identity.clone(),
            reachable: why_not.is_none(),
            why_not,
            max_text: able.max_text,
            max_file: able.max_file,
            letters: able.letters,
            buttons: able.buttons,
            retract: able.retract,
        });
    }
    reply_channels.sort_by_key(|way| {
        (way.channel.id != core.channel_id, std::cmp::Reverse(way.identity.last_seen_at))
    });
    let tickets = tickets::queries::of_conversation(tx, id).await?;
    let offers = tickets::offers::of_conversation(tx, id).await?;
    let related = queries::related(tx, &core).await?;
    let channel_bot = charge::of_channel(tx, core.channel_id).await?;
    let last_seq = events::head(tx).await?;
    Ok(Conversation {
        row,
        created_at: core.created_at,
        solved_at: core.solved_at,
        reply_channels,
        tickets,
        offers,
        related,
        channel_bot,
        last_seq,
    })
}

/// Which of the caller's drafts: he may have begun an answer and a note.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichDraft {
    /// `reply` or `note`.
    kind: Option<String>,
}

impl WhichDraft {
    fn checked(&self) -> Result<Option<&str>, AppError> {
        match self.kind.as_deref() {
            None | Some("reply" | "note") => Ok(self.kind.as_deref()),
            Some(_) => Err(AppError::invalid("kind", "is reply or note")),
        }
    }
}

/// Shows the caller's draft; without a kind, the one that he worked on last.
#[utoipa::path(get, path = "/conversations/{id}/draft", tag = "conversations", params(WhichDraft),
    responses((status = 200, body = Option<Draft>)))]
async fn get_draft(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(which): Query<WhichDraft>,
) -> Result<Json<Option<Draft>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(drafts::find(&mut tx, caller.officer_id, id, which.checked()?).await?))
}

/// Keeps the caller's draft of a kind.
#[utoipa::path(put, path = "/conversations/{id}/draft", tag = "conversations", request_body = Draft,
    responses((status = 204)))]
async fn put_draft(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(draft): Body<Draft>,
) -> Result<StatusCode, AppError> {
    if draft.kind != "reply" && draft.kind != "note" {
        return Err(AppError::invalid("kind", "is reply or note"));
    }
    if draft.text.contains('\0') {
        return Err(AppError::invalid("text", "has a NUL character"));
    }
    let mut tx = app.db().write().await?;
    queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    drafts::keep(&mut tx, caller.officer_id, id, &draft, app.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets the caller's draft; without a kind, both.
#[utoipa::path(delete, path = "/conversations/{id}/draft", tag = "conversations", params(WhichDraft),
    responses((status = 204)))]
async fn delete_draft(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(which): Query<WhichDraft>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    drafts::forget(&mut tx, caller.officer_id, id, which.checked()?).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the caller's drafts.
#[utoipa::path(get, path = "/drafts", tag = "conversations", responses((status = 200, body = Page<DraftRef>)))]
async fn list_drafts(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Page<DraftRef>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(drafts::of_officer(&mut tx, caller.officer_id).await?)))
}

/// Up to where the caller has seen a conversation.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// The newest event that was shown.
    seq: i64,
}

/// Marks a conversation as read by the caller.
#[utoipa::path(post, path = "/conversations/{id}/read", tag = "conversations", request_body = Seen,
    responses((status = 204)))]
async fn mark_read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(seen): Body<Seen>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let at: Option<Timestamp> = events::time_of(&mut tx, seen.seq).await?;
    if let Some(at) = at {
        queries::mark_read(&mut tx, caller.officer_id, id, at).await?;
    }
    tx.commit().await?;
    crate::channels::webchat::officer_read(&app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a conversation as unread for the caller.
#[utoipa::path(post, path = "/conversations/{id}/unread", tag = "conversations", responses((status = 204)))]
async fn mark_unread(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    queries::mark_unread(&mut tx, caller.officer_id, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which part of the history.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// Only of this conversation.
    conversation: Option<Uuid>,
    /// Where to go on, into the past.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// Shows the history of a contact over all channels; within a page the newest is last.
#[utoipa::path(get, path = "/contacts/{id}/timeline", tag = "contacts", params(TimelineQuery),
    responses((status = 200, body = Page<TimelineItem>)))]
async fn get_timeline(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<TimelineQuery>,
) -> Result<Json<Page<TimelineItem>>, AppError> {
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let mut tx = app.db().read().await?;
    let id = contacts::merge::current(&mut tx, id).await?;
    let page =
        timeline::page(&mut tx, id, query.conversation, cursor, bounded(query.limit), app.now())
            .await?;
    Ok(Json(page))
}
