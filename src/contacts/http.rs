//! The routes of contacts.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use sapa_channel::ChannelId;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    edit::{self, ContactChange},
    links,
    merge::{self, UndoError},
    model::{Contact, ContactRow, Evidence},
    queries, suggest,
};
use crate::{
    app::App,
    conversations::http::expected_version,
    http::{Access, AppError, Body, Cursor, Page, Path, Query, Routes},
    officers::{caller::Caller, policy::Permission},
    search,
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::ConversationsRead);
    let write = Access::May(Permission::ContactsWrite);
    let merge = Access::May(Permission::ContactsMerge);
    routes
        .add(read, routes!(list_contacts))
        .add(write, routes!(make_contact))
        .add(read, routes!(get_contact))
        .add(write, routes!(change_contact))
        .add(write, routes!(add_identity))
        .add(write, routes!(remove_identity))
        .add(write, routes!(verify_identity))
        .add(merge, routes!(merge_suggested))
        .add(merge, routes!(refuse_suggestion))
        .add(merge, routes!(merge_by_hand))
        .add(merge, routes!(undo_merge))
        .add(write, routes!(make_link))
}

/// Which contacts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContactsQuery {
    /// Words of the name or of an address; the best come first, and there is one page.
    q: Option<String>,
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

/// Lists contacts, the newest first, or finds them by words.
#[utoipa::path(get, path = "/contacts", tag = "contacts", params(ContactsQuery),
    responses((status = 200, body = Page<ContactRow>)))]
async fn list_contacts(
    State(app): State<App>,
    Query(query): Query<ContactsQuery>,
) -> Result<Json<Page<ContactRow>>, AppError> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let mut tx = app.db().read().await?;
    if let Some(words) = query.q.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        let ids =
            search::entries(&mut tx, "contact", words, search::Word::Beginning, limit).await?;
        return Ok(Json(Page::all(queries::rows(&mut tx, &ids).await?)));
    }
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    Ok(Json(queries::list_contacts(&mut tx, cursor, limit).await?))
}

/// An address to give to a contact.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAddress {
    /// `email`, `phone`, `telegram` …
    kind: String,
    /// The address.
    value: String,
}

impl NewAddress {
    fn normal(&self) -> Result<String, AppError> {
        if !["email", "phone", "telegram"].contains(&self.kind.as_str()) {
            return Err(AppError::invalid("kind", "is email, phone or telegram"));
        }
        edit::normalise(&self.kind, &self.value).ok_or_else(|| {
            AppError::invalid("value", format!("is not an address of kind {}", self.kind))
        })
    }
}

/// A contact to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewContact {
    /// His name.
    name: String,
    /// His addresses.
    #[serde(default)]
    identities: Vec<NewAddress>,
}

/// Makes a contact by hand.
#[utoipa::path(post, path = "/contacts", tag = "contacts", request_body = NewContact,
    responses((status = 201, body = Contact)))]
async fn make_contact(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewContact>,
) -> Result<(StatusCode, Json<Contact>), AppError> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(AppError::invalid("name", "one line of 1 to 200 characters"));
    }
    let now = app.now();
    let mut tx = app.db().write().await?;
    let id = edit::make(&mut tx, name, "officer", now).await?;
    for address in new.identities.iter().take(20) {
        edit::add_identity(&mut tx, id, &address.kind, &address.normal()?, None, now).await?;
    }
    let event = crate::events::NewEvent::new("contact.changed", now, caller.actor()).contact(id);
    app.commit(tx, &[event]).await?;
    Ok((StatusCode::CREATED, whole(&app, &caller, id).await?))
}

async fn whole(app: &App, caller: &Caller, id: Uuid) -> Result<Json<Contact>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(queries::whole(&mut tx, caller.officer_id, id).await?.ok_or(AppError::NotFound)?))
}

/// Shows a contact: who he is on every channel, what is open, what happened before. The id of a merged
/// contact shows what he has become.
#[utoipa::path(get, path = "/contacts/{id}", tag = "contacts", responses((status = 200, body = Contact)))]
async fn get_contact(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Contact>, AppError> {
    whole(&app, &caller, id).await
}

/// Changes a contact. `If-Match` with its version refuses to change what somebody else has changed.
#[utoipa::path(patch, path = "/contacts/{id}", tag = "contacts", request_body = ContactChange,
    responses((status = 200, body = Contact)))]
async fn change_contact(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Body(change): Body<ContactChange>,
) -> Result<Json<Contact>, AppError> {
    let expected = expected_version(&headers)?;
    let mut tx = app.db().write().await?;
    let event = edit::change(&mut tx, id, &change, expected, &caller.actor(), app.now()).await?;
    app.commit(tx, &[event]).await?;
    whole(&app, &caller, id).await
}

/// Gives a contact an address; it counts as not proved.
#[utoipa::path(post, path = "/contacts/{id}/identities", tag = "contacts", request_body = NewAddress,
    responses((status = 200, body = Contact)))]
async fn add_identity(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(address): Body<NewAddress>,
) -> Result<Json<Contact>, AppError> {
    let value = address.normal()?;
    let now = app.now();
    let mut tx = app.db().write().await?;
    queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    edit::add_identity(&mut tx, id, &address.kind, &value, None, now).await?;
    let event = crate::events::NewEvent::new("contact.changed", now, caller.actor()).contact(id);
    app.commit(tx, &[event]).await?;
    whole(&app, &caller, id).await
}

/// Takes away an address that no message came from.
#[utoipa::path(delete, path = "/contacts/{id}/identities/{identity_id}", tag = "contacts",
    responses((status = 200, body = Contact)))]
async fn remove_identity(
    State(app): State<App>,
    caller: Caller,
    Path((id, identity_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<Contact>, AppError> {
    let mut tx = app.db().write().await?;
    edit::remove_identity(&mut tx, id, identity_id).await?;
    let event =
        crate::events::NewEvent::new("contact.changed", app.now(), caller.actor()).contact(id);
    app.commit(tx, &[event]).await?;
    whole(&app, &caller, id).await
}

/// Vouches for an address.
#[utoipa::path(post, path = "/contacts/{id}/identities/{identity_id}/verify", tag = "contacts",
    responses((status = 200, body = Contact)))]
async fn verify_identity(
    State(app): State<App>,
    caller: Caller,
    Path((id, identity_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<Contact>, AppError> {
    let mut tx = app.db().write().await?;
    let event = edit::vouch(&mut tx, id, identity_id, &caller.actor(), app.now()).await?;
    app.commit(tx, &[event]).await?;
    whole(&app, &caller, id).await
}

/// Accepts a suggestion: the two become the one who was known first.
#[utoipa::path(post, path = "/suggestions/{id}/merge", tag = "contacts", responses((status = 200, body = Contact)))]
async fn merge_suggested(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Contact>, AppError> {
    let mut tx = app.db().write().await?;
    let (one, other, evidence) = suggest::open(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    // Ids rise with time: the lower one is the one who was known first.
    let events =
        merge::merge_contacts(&mut tx, one, other, &caller.actor(), &evidence, app.now()).await?;
    app.commit(tx, &events).await?;
    whole(&app, &caller, one).await
}

/// Says that the two of a suggestion are not one.
#[utoipa::path(post, path = "/suggestions/{id}/refuse", tag = "contacts", responses((status = 204)))]
async fn refuse_suggestion(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    let (one, other, _) = suggest::open(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let now = app.now();
    suggest::refuse(&mut tx, id, caller.officer_id, now).await?;
    let event =
        |id| crate::events::NewEvent::new("contact.changed", now, caller.actor()).contact(id);
    app.commit(tx, &[event(one), event(other)]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whom to merge, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeByHand {
    /// The contact that joins this one.
    other_id: Uuid,
    /// Why they are one.
    reason: String,
}

/// Merges another contact into this one, on an officer's word.
#[utoipa::path(post, path = "/contacts/{id}/merge", tag = "contacts", request_body = MergeByHand,
    responses((status = 200, body = Contact)))]
async fn merge_by_hand(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(with): Body<MergeByHand>,
) -> Result<Json<Contact>, AppError> {
    if with.reason.trim().is_empty() || with.reason.len() > 1000 {
        return Err(AppError::invalid(
            "reason",
            "say why they are one, in at most 1000 characters",
        ));
    }
    let mut tx = app.db().write().await?;
    for (field, id) in [("id", id), ("other_id", with.other_id)] {
        let core = queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
        if core.merged_into.is_some() {
            return Err(AppError::invalid(field, "is merged into another contact already"));
        }
    }
    let evidence = [Evidence::speaking_for("by_hand", with.reason.trim().to_owned())];
    let events =
        merge::merge_contacts(&mut tx, id, with.other_id, &caller.actor(), &evidence, app.now())
            .await?;
    app.commit(tx, &events).await?;
    whole(&app, &caller, id).await
}

/// Undoes a merge: what came with the other contact goes back to it.
#[utoipa::path(post, path = "/merges/{id}/undo", tag = "contacts", responses((status = 200, body = Contact)))]
async fn undo_merge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Contact>, AppError> {
    let mut tx = app.db().write().await?;
    let (kept, events) = merge::undo(&mut tx, id, &caller.actor(), app.now()).await.map_err(
        |error| match error {
            UndoError::NotFound => AppError::NotFound,
            UndoError::Covered => {
                AppError::conflict("covered", "undo the later merge of this contact first")
            }
            UndoError::Db(error) => error.into(),
        },
    )?;
    app.commit(tx, &events).await?;
    whole(&app, &caller, kept).await
}

/// For which bot.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLink {
    /// A Telegram channel.
    channel_id: ChannelId,
}

/// A link that proves who opens it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Link {
    /// To be sent to the contact on an address of his.
    url: String,
}

/// Makes a one-time link: sent to the contact and opened in Telegram, it proves that the Telegram account is his.
#[utoipa::path(post, path = "/contacts/{id}/links", tag = "contacts", request_body = NewLink,
    responses((status = 201, body = Link)))]
async fn make_link(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Body(new): Body<NewLink>,
) -> Result<(StatusCode, Json<Link>), AppError> {
    let operated = app
        .registry()
        .get(new.channel_id)
        .filter(|operated| operated.channel.kind().as_str() == "telegram")
        .ok_or_else(|| AppError::invalid("channel_id", "is not a Telegram channel in operation"))?;
    let mut tx = app.db().write().await?;
    queries::core(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let token = links::make(&mut tx, id, app.now()).await?;
    tx.commit().await?;
    let url = sapa_telegram::deep_link(&operated.address, &token).map_err(AppError::internal)?;
    Ok((StatusCode::CREATED, Json(Link { url })))
}
