//! Posting what is queued.

use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use rand::RngExt;
use sapa_channel::{new_id, points::reach};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    model::{Claimed, DeliveryView, NewDelivery, Target, Tried},
    queries, retry, sign,
};
use crate::{
    app::App,
    db::{DbResult, insist},
    http::AppError,
};

/// How many calls to one webhook are under way at once.
const AT_ONCE: i64 = 8;

/// A try whose outcome is not noted within this time is made again, and one of a node that died at once; a call takes ten
/// seconds at most.
const LEASE: Duration = Duration::from_secs(60);

/// The kind of event that tests a webhook.
pub const TEST: &str = "webhook.test";

/// Posts all that is due for a webhook. It pauses when nothing of a batch arrives: the next sweep goes on.
pub async fn drain(app: &App, target: &Target, stop: &CancellationToken) -> DbResult<()> {
    while !stop.is_cancelled() {
        let now = app.now();
        let mut tx = app.db().write().await?;
        let (me, until) = (app.nodes().me(), now.after(LEASE));
        let claimed = queries::claim(&mut tx, target.id, me, now, until, AT_ONCE).await?;
        if !claimed.is_empty() {
            reach("webhook.before_lease");
        }
        tx.commit().await?;
        if claimed.is_empty() {
            break;
        }
        reach("webhook.after_lease");
        let tried = join_all(claimed.iter().map(|delivery| attempt(app, target, delivery))).await;
        reach("webhook.after_send");
        insist(LEASE, || note(app, &tried)).await?;
        if tried.iter().all(|tried| tried.error.is_some()) {
            break;
        }
    }
    Ok(())
}

async fn note(app: &App, tried: &[Tried]) -> DbResult<()> {
    let mut tx = app.db().write().await?;
    queries::note(&mut tx, tried).await?;
    reach("webhook.before_record");
    tx.commit().await?;
    reach("webhook.after_record");
    Ok(())
}

/// Posts one delivery.
async fn attempt(app: &App, target: &Target, delivery: &Claimed) -> Tried {
    let headers = sign::headers(&target.secret, delivery.id, app.now(), &delivery.body);
    let body = Bytes::from(delivery.body.clone());
    let (status, error) = match app.outbound().post(&target.url, headers, body).await {
        Ok(answer) if answer.is_success() => (Some(i64::from(answer.status)), None),
        Ok(answer) => (
            Some(i64::from(answer.status)),
            Some(format!("answered with status {}", answer.status)),
        ),
        Err(error) => (None, Some(error.to_string())),
    };
    let again_at = error.as_ref().and_then(|_| {
        retry::again_at(delivery.created_at, delivery.attempts, app.now(), rand::rng().random())
    });
    Tried { id: delivery.id, status, error, again_at }
}

/// Posts a test event at once, and tells what became of it. It is tried once.
pub async fn test(app: &App, webhook_id: Uuid) -> Result<DeliveryView, AppError> {
    let now = app.now();
    let id = new_id();
    let body =
        json!({ "type": TEST, "timestamp": now, "data": { "webhook_id": webhook_id } }).to_string();
    let mut tx = app.db().write().await?;
    let target = queries::target(&mut tx, webhook_id).await?.ok_or(AppError::NotFound)?;
    let new = NewDelivery { id, webhook_id, event: TEST.to_owned(), body: body.clone() };
    queries::queue(&mut tx, &[new], now).await?;
    queries::claim_one(&mut tx, id, app.nodes().me(), now.after(LEASE)).await?;
    tx.commit().await?;

    let claimed = Claimed { id, body, attempts: 1, created_at: now };
    let tried = Tried { again_at: None, ..attempt(app, &target, &claimed).await };
    let mut tx = app.db().write().await?;
    queries::note(&mut tx, &[tried]).await?;
    let view = queries::delivery(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    tx.commit().await?;
    Ok(view)
}
