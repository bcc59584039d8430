//! The route of search.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::{ContactHit, MessageHit, TicketHit, Word, entries, excerpt::excerpt, messages, words};
use crate::{
    app::App,
    contacts,
    http::{Access, AppError, Query, Routes},
    officers::policy::Permission,
    tickets,
};

/// Mounts the route.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes.add(Access::May(Permission::ConversationsRead), routes!(search))
}

/// What to look for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words; all of them must stand in what is found, at least as beginnings.
    q: String,
    /// `contacts`, `messages` or `tickets`; all if not given.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// How many of each at most; 20 if not given, 100 at most.
    limit: Option<usize>,
}

/// What was found.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
struct Found {
    /// Contacts.
    contacts: Vec<ContactHit>,
    /// Messages, the newest first.
    messages: Vec<MessageHit>,
    /// Tickets, the newest first.
    tickets: Vec<TicketHit>,
}

/// Looks for contacts, messages and tickets, over all time.
#[utoipa::path(get, path = "/search", tag = "search", params(SearchQuery), responses((status = 200, body = Found)))]
async fn search(
    State(app): State<App>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Found>, AppError> {
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let wanted =
        |kind: &str| query.kind.as_deref().is_none_or(|only| only == kind || only == "all");
    let words = words(&query.q);
    let mut found = Found::default();
    let mut tx = app.db().read().await?;
    if wanted("contacts") {
        let ids = entries(&mut tx, "contact", &query.q, Word::Beginning, limit).await?;
        for contact in contacts::queries::rows(&mut tx, &ids).await? {
            let all = [Some(contact.name.clone()), contact.company.clone(), contact.city.clone()];
            let line: Vec<String> =
                all.into_iter().flatten().chain(contact.addresses.clone()).collect();
            found.contacts.push(ContactHit { hit: excerpt(&line.join(" · "), &words), contact });
        }
    }
    if wanted("messages") {
        found.messages = messages(&mut tx, &query.q, limit).await?;
    }
    if wanted("tickets") {
        let ids = Some(entries(&mut tx, "ticket", &query.q, Word::Beginning, limit).await?);
        let filter = tickets::list::Filter { ids, ..Default::default() };
        for ticket in tickets::list::list(&mut tx, &filter, None, limit).await?.items {
            let line = [
                Some(ticket.title.clone()),
                Some(ticket.description.clone()),
                ticket.remedy.clone(),
            ];
            let line: Vec<String> =
                line.into_iter().flatten().filter(|text| !text.is_empty()).collect();
            found.tickets.push(TicketHit { hit: excerpt(&line.join(" · "), &words), ticket });
        }
    }
    Ok(Json(found))
}
