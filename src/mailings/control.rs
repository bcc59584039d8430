//! Preparing a mailing, and what is done to it: start, pause, resume, cancel.

use sapa_channel::{ChannelId, Timestamp, new_id};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{
    audience,
    model::{Frozen, MailingRow, number},
    queries::{self, Draft},
    review,
};
use crate::{
    app::App,
    channels,
    db::Tx,
    events::NewEvent,
    http::AppError,
    officers::{audit, caller::Caller},
    segments::Condition,
    templates::{self, model::Template, values::House},
};

/// The most that may be asked for a minute.
pub const FASTEST: i64 = 600_000;

/// Refuses what cannot be a mailing.
pub async fn check(tx: &mut Tx, draft: &Draft) -> Result<(), AppError> {
    let channel = channel(tx, draft.channel_id).await?;
    if let Some(id) = draft.template_id {
        let template = templates::queries::find(tx, id)
            .await?
            .ok_or_else(|| AppError::invalid("template_id", "is no template"))?;
        if template.kind != channel {
            return Err(AppError::invalid(
                "template_id",
                format!("is written for {}, and the channel is {channel}", template.kind),
            ));
        }
    }
    if let Some(id) = draft.segment_id {
        segment(tx, id).await?;
    }
    if draft.rate.is_some_and(|rate| !(1..=FASTEST).contains(&rate)) {
        return Err(AppError::invalid("rate", format!("is 1 to {FASTEST} a minute")));
    }
    Ok(())
}

async fn channel(tx: &mut Tx, id: ChannelId) -> Result<String, AppError> {
    let channel = channels::queries::find(tx, id).await?;
    let kind = channel.map(|channel| channel.kind);
    kind.filter(|kind| templates::model::KINDS.contains(&kind.as_str())).ok_or_else(|| {
        AppError::invalid("channel_id", "is no channel that mailings go out by: a mailbox or a bot")
    })
}

/// The condition of a segment, and its name.
pub async fn segment(tx: &mut Tx, id: Uuid) -> Result<(Condition, String), AppError> {
    let row: Option<(sqlx::types::Json<Condition>, String)> = crate::on_db!(tx, |conn| {
        sqlx::query_as("SELECT condition, name FROM segments WHERE id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?
    });
    let (condition, name) = row.ok_or_else(|| AppError::invalid("segment_id", "is no segment"))?;
    Ok((condition.0, name))
}

/// Prepares a mailing.
pub async fn add(app: &App, tx: &mut Tx, caller: &Caller, draft: &Draft) -> Result<Uuid, AppError> {
    check(tx, draft).await?;
    let id = new_id();
    queries::insert(tx, id, draft, Some(caller.officer_id), app.now()).await?;
    Ok(id)
}

/// A mailing that can still be changed.
pub fn only_draft(mailing: &MailingRow) -> Result<(), AppError> {
    if mailing.state == "draft" {
        return Ok(());
    }
    Err(AppError::conflict(
        "begun",
        "the mailing has begun, and what it began with stands: prepare another one",
    ))
}

/// What a draft would begin with.
pub async fn whole(
    tx: &mut Tx,
    mailing: &MailingRow,
    officer: &str,
) -> Result<(Frozen, Template), AppError> {
    let missing = || AppError::invalid("template_id", "choose a template first");
    let id = mailing.template_id.ok_or_else(missing)?;
    let template = templates::queries::find(tx, id).await?.ok_or_else(missing)?;
    let (condition, segment) = match mailing.segment_id {
        Some(id) => {
            let (condition, name) = segment(tx, id).await?;
            (Some(condition), Some(name))
        }
        None => (None, None),
    };
    let frozen = Frozen {
        content: template.content(),
        template: template.name.clone(),
        condition,
        segment,
        house: House { sender: mailing.channel_name.clone(), officer: officer.to_owned() },
    };
    Ok((frozen, template))
}

fn event(kind: &'static str, mailing: &MailingRow, caller: &Caller, now: Timestamp) -> NewEvent {
    NewEvent::new(kind, now, caller.actor()).data(json!({
        "mailing_id": mailing.id, "number": number(mailing.number), "name": mailing.name,
    }))
}

async fn told(
    tx: &mut Tx,
    action: &'static str,
    mailing: &MailingRow,
    caller: &Caller,
    now: Timestamp,
) -> Result<(), AppError> {
    let subject = format!("{} {}", number(mailing.number), mailing.name);
    Ok(audit::record(tx, caller, action, &subject, &caller.address, now).await?)
}

/// Starts a mailing: looks whether everybody can be written to, then freezes content and audience in one
/// transaction.
pub async fn start(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.db().read().await?;
    let mailing = queries::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    only_draft(&mailing)?;
    let (frozen, _) = whole(&mut tx, &mailing, &caller.name).await?;
    drop(tx);
    if app.registry().get(mailing.channel_id).is_none() {
        return Err(AppError::conflict(
            "channel_off",
            "the channel is switched off or does not work: see the settings",
        ));
    }
    templates::model::checked(&mailing.channel_kind, &frozen.content)?;
    let found = review::look(app, &mailing, &frozen, now).await?;
    if found.recipients == 0 {
        return Err(AppError::conflict(
            "nobody",
            "nobody is left to write to: look at who is left out and why",
        ));
    }
    if !found.missing.is_empty() {
        let mut extra = Map::new();
        extra.insert("missing".to_owned(), json!(found.missing));
        return Err(AppError::Conflict {
            code: "missing_values",
            detail: "the template needs what is not known of all: give defaults in it, \
                     as {{default city \"your town\"}}"
                .to_owned(),
            extra,
        });
    }

    let now = app.now();
    let mut tx = app.db().write().await?;
    let mailing = queries::find_for_change(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    only_draft(&mailing)?;
    let (frozen, _) = whole(&mut tx, &mailing, &caller.name).await?;
    let condition = frozen.condition.as_ref();
    audience::freeze(&mut tx, id, &mailing.channel_kind, mailing.channel_id, condition, now)
        .await?;
    queries::begin(&mut tx, id, &frozen, Some(caller.officer_id), now).await?;
    told(&mut tx, "mailing.started", &mailing, caller, now).await?;
    app.commit(tx, &[event("mailing.started", &mailing, caller, now)]).await?;
    app.wake().mailing_changed();
    Ok(())
}

/// What is done to a mailing that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing more leaves for the time being.
    Pause,
    /// It goes on.
    Resume,
    /// Nothing more leaves at all.
    Cancel,
}

/// Pauses, resumes or cancels. What is being sent at this moment goes on to its end.
pub async fn step(app: &App, caller: &Caller, id: Uuid, step: Step) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.db().write().await?;
    let mailing = queries::find_for_change(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let may = match step {
        Step::Pause => mailing.state == "running",
        Step::Resume => mailing.state == "paused",
        Step::Cancel => matches!(&*mailing.state, "running" | "paused"),
    };
    if !may {
        return Err(AppError::conflict(
            "state",
            format!("the mailing is {}: read it again", mailing.state),
        ));
    }
    let kind = match step {
        Step::Pause => {
            queries::put(&mut tx, id, "paused", None, now).await?;
            queries::take_back(&mut tx, id, now).await?;
            "mailing.paused"
        }
        Step::Resume => {
            queries::put(&mut tx, id, "running", None, now).await?;
            "mailing.resumed"
        }
        Step::Cancel => {
            queries::put(&mut tx, id, "cancelled", Some(now), now).await?;
            queries::drop_waiting(&mut tx, id, now).await?;
            "mailing.cancelled"
        }
    };
    told(&mut tx, kind, &mailing, caller, now).await?;
    app.commit(tx, &[event(kind, &mailing, caller, now)]).await?;
    app.wake().mailing_changed();
    Ok(())
}
