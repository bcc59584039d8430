//! The pages that customers reach by the links in a mailing: whole without scripts, in their language, and telling
//! nothing of them but a masked address.

use std::sync::LazyLock;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use handlebars::Handlebars;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    limit::network,
    recipients::{self, Sent},
    unsubscribe::{self, Way},
};
use crate::{
    app::App,
    consent,
    db::{DbResult, Tx},
    events::Actor,
    http::{AppError, peer_address},
    on_db,
    templates::values::Links,
};

mod words;

/// The pages, by their names.
static PAGES: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut pages = Handlebars::new();
    pages.set_strict_mode(true);
    for (name, source) in [
        ("unsubscribe", include_str!("../../templates/unsubscribe.html")),
        ("preferences", include_str!("../../templates/preferences.html")),
    ] {
        pages.register_template_string(name, source).expect("it is compiled in: there is a test");
    }
    pages
});

const STYLE: &str = include_str!("../../templates/page.css");

/// Nothing runs, nothing is fetched, and the address with its token is told to nobody.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Mounts the pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/u/{token}", get(ask).post(leave))
        .route("/preferences/{token}", get(show).post(choose))
}

/// Whose link it is.
enum Link {
    /// Of a trial or a preview: nothing happens.
    Trial,
    /// Of a row of the ledger.
    Of(Box<Sent>),
}

/// Opens a link. What is none is no such page, and who opens many such is stopped for a while.
async fn open(app: &App, recipient: Option<Uuid>, from: &str) -> Result<Link, AppError> {
    let (now, from) = (app.now(), network(from));
    let guesses = app.ways_out();
    if guesses.is_over(&from, now) {
        return Err(AppError::TooMany { after: 600 });
    }
    if recipient == Some(Uuid::nil()) {
        return Ok(Link::Trial);
    }
    if let Some(id) = recipient {
        let mut tx = app.db().read().await?;
        if let Some(row) = recipients::find(&mut tx, id).await? {
            return Ok(Link::Of(Box::new(row)));
        }
    }
    guesses.one_more(&from, now);
    Err(AppError::NotFound)
}

fn page(status: StatusCode, name: &str, values: &Value) -> Response {
    let html = match PAGES.render(name, values) {
        Ok(html) => html,
        Err(error) => return AppError::internal(error).into_response(),
    };
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Of an address so much that its owner knows it.
fn masked(kind: &str, address: Option<&str>) -> String {
    let Some(address) = address.filter(|_| kind == "email") else {
        return "Telegram".to_owned();
    };
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

fn nobody() -> Value {
    json!({ "language": "id", "sender": "", "words": words::of("id"), "style": STYLE, "trial": true })
}

fn values(app: &App, row: &Sent) -> Value {
    let language = match row.language.as_deref() {
        Some("en") => "en",
        _ => "id",
    };
    let links = Links::of(app.keys(), &app.config().server.public_url, row.id);
    json!({
        "language": language,
        "sender": row.sender,
        "words": words::of(language),
        "style": STYLE,
        "to": masked(&row.kind, row.address.as_deref()),
        "preferences_url": links.preferences_url,
        "trial": false,
    })
}

async fn ask(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let recipient = app.keys().leaving_recipient(&token);
    match open(&app, recipient, &peer_address(&app, &request)).await {
        Ok(Link::Trial) => page(StatusCode::OK, "unsubscribe", &nobody()),
        Ok(Link::Of(row)) => {
            // Fetching it changes nothing: programs that look for danger fetch every link (R27).
            let mut values = values(&app, &row);
            values["done"] = json!(row.unsubscribed_at.is_some());
            page(StatusCode::OK, "unsubscribe", &values)
        }
        Err(error) => error.into_response(),
    }
}

/// One press, in a mail program or on the page (RFC 8058): no cookie, no redirect, at once.
async fn leave(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let from = peer_address(&app, &request);
    let recipient = app.keys().leaving_recipient(&token);
    let row = match open(&app, recipient, &from).await {
        Ok(Link::Trial) => return page(StatusCode::OK, "unsubscribe", &nobody()),
        Ok(Link::Of(row)) => row,
        Err(error) => return error.into_response(),
    };
    if row.unsubscribed_at.is_none() || is_agreed(&app, &row).await.unwrap_or(true) {
        match unsubscribe::by_link(&app, row.id, Way::Link).await {
            Ok(true) => {}
            Ok(false) => return AppError::NotFound.into_response(),
            Err(error) => return error.into_response(),
        }
    }
    let mut values = values(&app, &row);
    values["done"] = json!(true);
    page(StatusCode::OK, "unsubscribe", &values)
}

/// Whether he agreed again since.
async fn is_agreed(app: &App, row: &Sent) -> DbResult<bool> {
    let mut tx = app.db().read().await?;
    Ok(on_db!(&mut tx, |conn| {
        sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM consents WHERE contact_id = $1 AND channel_kind = $2 AND purpose = 'offers'
                        AND state = 'granted')"
    )
    .bind(row.contact_id)
    .bind(&row.kind)
    .fetch_one(conn)
    .await?
    }))
}

/// The kinds of channels on which the contact can be written to, an address of each, and whether he agreed.
async fn kinds(tx: &mut Tx, contact: Uuid) -> DbResult<Vec<(String, String, bool)>> {
    let rows: Vec<(String, String, bool)> = on_db!(tx, |conn| {
        sqlx::query_as(
            "SELECT i.kind, i.value, EXISTS (SELECT 1 FROM consents c WHERE c.contact_id = i.contact_id
                        AND c.channel_kind = i.kind AND c.purpose = 'offers' AND c.state = 'granted')
                    AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.kind = i.kind AND s.value = i.value)
             FROM identities i WHERE i.contact_id = $1 AND i.kind IN ('email', 'telegram')
             ORDER BY i.kind, i.proof IS NULL, i.last_seen_at DESC, i.id",
        )
        .bind(contact)
        .fetch_all(conn)
        .await?
    });
    let mut kinds: Vec<(String, String, bool)> = Vec::new();
    for row in rows {
        if kinds.last().is_none_or(|last| last.0 != row.0) {
            kinds.push(row);
        }
    }
    Ok(kinds)
}

async fn choices(app: &App, row: &Sent, saved: bool) -> Result<Response, AppError> {
    let mut tx = app.db().read().await?;
    let kinds: Vec<Value> = kinds(&mut tx, row.contact_id)
        .await?
        .into_iter()
        .map(|(kind, address, on)| {
            json!({ "name": if kind == "email" { "E-mail" } else { "Telegram" },
                    "to": masked(&kind, Some(&address)), "kind": kind, "on": on })
        })
        .collect();
    let mut values = values(app, row);
    values["kinds"] = Value::Array(kinds);
    values["saved"] = json!(saved);
    Ok(page(StatusCode::OK, "preferences", &values))
}

async fn show(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let recipient = app.keys().choosing_recipient(&token);
    match open(&app, recipient, &peer_address(&app, &request)).await {
        Ok(Link::Trial) => page(StatusCode::OK, "preferences", &nobody()),
        Ok(Link::Of(row)) => {
            choices(&app, &row, false).await.unwrap_or_else(IntoResponse::into_response)
        }
        Err(error) => error.into_response(),
    }
}

async fn choose(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let from = peer_address(&app, &request);
    let recipient = app.keys().choosing_recipient(&token);
    let row = match open(&app, recipient, &from).await {
        Ok(Link::Trial) => return page(StatusCode::OK, "preferences", &nobody()),
        Ok(Link::Of(row)) => row,
        Err(error) => return error.into_response(),
    };
    if !app.ways_out().one_more(&token, app.now()) {
        return AppError::TooMany { after: 600 }.into_response();
    }
    let Ok(body) = axum::body::to_bytes(request.into_body(), 16 * 1024).await else {
        return AppError::TooLarge { limit: 16 * 1024 }.into_response();
    };
    match keep(&app, &row, &body).await {
        Ok(()) => choices(&app, &row, true).await.unwrap_or_else(IntoResponse::into_response),
        Err(error) => error.into_response(),
    }
}

/// The names of the boxes that are ticked.
fn ticked(body: &Bytes) -> Vec<String> {
    String::from_utf8_lossy(body)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| *value == "on")
        .map(|(name, _)| name.to_owned())
        .collect()
}

async fn keep(app: &App, row: &Sent, body: &Bytes) -> Result<(), AppError> {
    let ticked = ticked(body);
    let now = app.now();
    let mut tx = app.db().write().await?;
    let actor = Actor { kind: "contact", id: Some(row.contact_id), name: row.contact_name.clone() };
    let mut events = Vec::new();
    for (kind, _, on) in kinds(&mut tx, row.contact_id).await? {
        let wanted = ticked.contains(&kind);
        if wanted && !on {
            events.extend(
                unsubscribe::subscribe(&mut tx, row.contact_id, &row.contact_name, &kind, now)
                    .await?,
            );
        } else if !wanted && kind == row.kind {
            let left = unsubscribe::unsubscribe(&mut tx, row.id, Way::Preferences, now).await?;
            events.extend(left.unwrap_or_default());
        } else if !wanted {
            events.extend(
                consent::withdraw(
                    &mut tx,
                    row.contact_id,
                    &kind,
                    "preferences page",
                    None,
                    &actor,
                    now,
                )
                .await?,
            );
        }
    }
    Ok(app.commit(tx, &events).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked() {
        assert_eq!(masked("email", Some("rina@surat.example")), "r•••@surat.example");
        assert_eq!(masked("telegram", Some("48213377")), "Telegram");
        assert_eq!(masked("email", None), "Telegram");
    }

    #[test]
    fn every_page_can_be_shown_in_both_languages_and_runs_nothing() {
        for language in ["id", "en"] {
            for (done, trial) in [(false, false), (true, false), (false, true)] {
                let values = json!({
                    "language": language, "sender": "Kopi <Seruni>", "words": words::of(language), "style": STYLE,
                    "to": "r•••@surat.example", "preferences_url": "https://x.example/preferences/1",
                    "trial": trial, "done": done, "saved": done,
                    "kinds": [{ "kind": "email", "name": "E-mail", "to": "r•••@surat.example", "on": true }],
                });
                for name in ["unsubscribe", "preferences"] {
                    let html = PAGES.render(name, &values).unwrap();
                    assert!(
                        html.contains("Kopi &lt;Seruni&gt;") && !html.contains("<script"),
                        "{html}"
                    );
                }
            }
        }
    }
}
