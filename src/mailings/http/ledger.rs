//! The routes of a mailing's ledger: how it fares, who got it, what came back, and what nobody knows.

use axum::{
    Json,
    body::Body as Stream,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures::TryStreamExt;
use sapa_channel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::{
    export,
    letter::Letter,
    model::{Mailing, Recipient, STATES, number},
    progress, queries,
    recipients::{self, Filter},
    settle::{self, Verdict},
};
use super::PageQuery;
use crate::{
    app::App,
    channels::model::ChannelRef,
    conversations::{self, list::Folder, model::ConversationRow},
    http::{Access, AppError, Body, Cursor, Page, Path, Problem, Query, Routes},
    officers::{audit, caller::Caller, policy::Permission},
};

/// Mounts the routes.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let read = Access::May(Permission::MailingsRead);
    let write = Access::May(Permission::MailingsWrite);
    let send = Access::May(Permission::MailingsSend);
    routes
        .add(send, routes!(settle_recipients))
        .add(read, routes!(mailing_progress))
        .add(read, routes!(list_recipients))
        .add(write, routes!(export_recipients))
        .add(read, routes!(list_answers))
        .add(read, routes!(get_letter))
}

/// What is said of recipients of whom nobody knows.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Settlement {
    /// Which rows of the ledger; all unknown ones if none are named. Failed ones can be named too, to be sent again.
    recipients: Option<Vec<Uuid>>,
    /// What became of them, or what shall be done.
    verdict: Verdict,
}

/// How many were settled.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Settled {
    /// So many.
    settled: u64,
}

/// Settles by hand what nobody knows: it arrived, or it shall be sent again and may come twice.
#[utoipa::path(post, path = "/mailings/{id}/settle", tag = "mailings", request_body = Settlement, responses(
    (status = 200, body = Settled),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn settle_recipients(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(settlement): Body<Settlement>,
) -> Result<Json<Settled>, AppError> {
    let rows = settlement.recipients.as_deref();
    if rows.is_some_and(|rows| rows.len() > settle::MOST) {
        return Err(AppError::invalid("recipients", format!("at most {}", settle::MOST)));
    }
    let now = app.now();
    let mut tx = app.db().write().await?;
    let mailing = queries::find_for_change(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let settled = settle::settle(&mut tx, id, rows, settlement.verdict, now).await?;
    let subject = format!("{} {}: {settled}", number(mailing.number), mailing.name);
    audit::record(&mut tx, &caller, "mailing.settled", &subject, &caller.address, now).await?;
    app.commit(tx, &[progress::event(id, now)]).await?;
    app.wake().mailing_changed();
    Ok(Json(Settled { settled }))
}

/// How many left in a span of time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = MailingRate)]
struct Sent {
    /// Its beginning.
    at: Timestamp,
    /// How many.
    count: i64,
}

/// How a mailing fares.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = MailingProgress)]
struct Progress {
    /// The mailing with its counts.
    mailing: Mailing,
    /// How many left, by spans of time, the oldest first. Spans in which none left are not told.
    rate: Vec<Sent>,
    /// How long a span is, in seconds.
    span_seconds: i64,
    /// How many leave a minute now.
    per_minute: i64,
    /// When it will be done if it goes on like this; none if it does not go on.
    done_at: Option<Timestamp>,
    /// When the next failed try is repeated.
    next_try_at: Option<Timestamp>,
}

/// The most spans that are told.
const SPANS: i64 = 120;

/// Shows how a mailing fares: counts that add up, and how fast it leaves.
#[utoipa::path(get, path = "/mailings/{id}/progress", tag = "mailings",
    responses((status = 200, body = Progress)))]
async fn mailing_progress(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Progress>, AppError> {
    const SECOND: i64 = 1_000_000;
    let now = app.now();
    let mut tx = app.db().read().await?;
    let mailing = queries::whole(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let Some(begun) = mailing.started_at else {
        return Ok(Json(Progress {
            mailing,
            rate: Vec::new(),
            span_seconds: 1,
            per_minute: 0,
            done_at: None,
            next_try_at: None,
        }));
    };
    let last = queries::last_sent(&mut tx, id).await?.unwrap_or(begun);
    let end = if mailing.state == "running" { now } else { last };
    let lasted = (end.0 - begun.0).max(SECOND) / SECOND + 1;
    let span = [1, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600]
        .into_iter()
        .find(|span| lasted / span <= SPANS)
        .unwrap_or(7 * 24 * 3600);
    let from = Timestamp(begun.0.max(end.0 - SPANS * span * SECOND));
    let rate = queries::rate(&mut tx, id, from, span * SECOND)
        .await?
        .into_iter()
        .map(|(n, count)| Sent { at: Timestamp(from.0 + n * span * SECOND), count })
        .collect();
    let minute = Timestamp(now.0 - 60 * SECOND);
    let recent = queries::sent_since(&mut tx, id, minute).await?;
    let seconds = ((now.0 - begun.0) / SECOND).clamp(1, 60);
    let per_minute = if mailing.state == "running" { recent * 60 / seconds } else { 0 };
    let left = mailing.counts.waiting + mailing.counts.under_way;
    let done_at = (per_minute > 0 && left > 0)
        .then(|| Timestamp(now.0 + left.saturating_mul(60 * SECOND) / per_minute));
    let next_try_at = queries::next_try(&mut tx, id).await?;
    Ok(Json(Progress { mailing, rate, span_seconds: span, per_minute, done_at, next_try_at }))
}

/// Which recipients.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecipientsQuery {
    /// `sent`, `failed`, `unknown`, `retrying`, `under_way`, `waiting`, `cancelled` or `excluded`.
    state: Option<String>,
    /// Only those who were left out for this reason.
    exclusion: Option<String>,
    /// Only those who answered.
    answered: Option<bool>,
    /// Only those who ended mailings by this one.
    unsubscribed: Option<bool>,
    /// Where to go on.
    cursor: Option<String>,
    /// How many at most; 50 if not given, 200 at most.
    limit: Option<usize>,
}

impl RecipientsQuery {
    fn filter(&self) -> Result<Filter, AppError> {
        if self.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
            return Err(AppError::invalid("state", format!("is one of {}", STATES.join(", "))));
        }
        Ok(Filter {
            state: self.state.clone(),
            exclusion: self.exclusion.clone(),
            answered: self.answered == Some(true),
            unsubscribed: self.unsubscribed == Some(true),
        })
    }
}

/// Lists who got a mailing and what became of it, in the order of the ledger.
#[utoipa::path(get, path = "/mailings/{id}/recipients", tag = "mailings", params(RecipientsQuery),
    responses((status = 200, body = Page<Recipient>)))]
async fn list_recipients(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<RecipientsQuery>,
) -> Result<Json<Page<Recipient>>, AppError> {
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let filter = query.filter()?;
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let mut tx = app.db().read().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    Ok(Json(recipients::list(&mut tx, id, &filter, cursor, limit).await?))
}

/// Which recipients to write into a file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// As in the list.
    state: Option<String>,
    /// As in the list.
    exclusion: Option<String>,
}

/// The ledger as a file of comma-separated values. It is noted in the audit log.
#[utoipa::path(get, path = "/mailings/{id}/recipients.csv", tag = "mailings", params(ExportQuery),
    responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_recipients(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, AppError> {
    let all = RecipientsQuery {
        state: query.state,
        exclusion: query.exclusion,
        answered: None,
        unsubscribed: None,
        cursor: None,
        limit: None,
    };
    let filter = all.filter()?;
    let mut tx = app.db().write().await?;
    let mailing = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let name = number(mailing.number);
    let subject = format!("{name} {}", mailing.name);
    audit::record(&mut tx, &caller, "mailing.exported", &subject, &caller.address, app.now())
        .await?;
    tx.commit().await?;
    let body = Stream::from_stream(export::csv(app, id, filter).map_err(std::io::Error::other));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, body).into_response())
}

/// Lists the conversations that answer a mailing.
#[utoipa::path(get, path = "/mailings/{id}/answers", tag = "mailings", params(PageQuery),
    responses((status = 200, body = Page<ConversationRow>)))]
async fn list_answers(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<ConversationRow>>, AppError> {
    if !caller.may(Permission::ConversationsRead) {
        return Err(AppError::Forbidden);
    }
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let limit = query.limit.unwrap_or(20).clamp(1, 50);
    let mut tx = app.db().read().await?;
    queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let filter = conversations::list::Filter {
        folder: Folder::All,
        mailing: Some(id),
        ..conversations::list::Filter::default()
    };
    let page =
        conversations::list::list(&mut tx, caller.officer_id, &filter, cursor, limit).await?;
    Ok(Json(page))
}

/// What went to one recipient.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SentLetter {
    /// The mailing, as people write it.
    number: String,
    /// Its name.
    name: String,
    /// The way out.
    channel: ChannelRef,
    /// To which address.
    address: Option<String>,
    /// When it left, or may have left.
    sent_at: Option<Timestamp>,
    /// The subject.
    subject: Option<String>,
    /// As HTML; show it in a frame that runs nothing.
    html: Option<String>,
    /// As text.
    text: String,
}

/// Shows what went to one recipient: rendered again from what was frozen and what the ledger keeps of him.
#[utoipa::path(get, path = "/mailings/{id}/recipients/{recipient_id}/letter", tag = "mailings", responses(
    (status = 200, body = SentLetter),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn get_letter(
    State(app): State<App>,
    Path((id, recipient_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<SentLetter>, AppError> {
    let mut tx = app.db().read().await?;
    let mailing = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let row = recipients::find(&mut tx, recipient_id).await?;
    let row = row.filter(|row| row.mailing_id == id).ok_or(AppError::NotFound)?;
    drop(tx);
    let (Some(frozen), Some(vars)) = (&mailing.frozen, &row.vars) else {
        return Err(AppError::NotFound);
    };
    let kind = &*mailing.channel_kind;
    let letter = Letter::new(&app, id, mailing.number, kind, "a@localhost", frozen.0.clone())
        .map_err(|why| AppError::conflict("broken", why))?;
    let (rendered, _) = letter
        .render(&app, Uuid::nil(), &vars.0)
        .map_err(|fault| AppError::conflict("broken", fault.to_string()))?;
    Ok(Json(SentLetter {
        number: number(mailing.number),
        name: mailing.name,
        channel: ChannelRef {
            id: mailing.channel_id,
            kind: mailing.channel_kind,
            name: mailing.channel_name,
        },
        address: row.address,
        sent_at: row.sent_at,
        subject: rendered.subject,
        html: rendered.html,
        text: rendered.text,
    }))
}
