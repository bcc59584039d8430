//! The routes of rules on addresses.

use axum::{Json, extract::State, http::StatusCode};
use sapa_channel::{ChannelId, new_id};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::App,
    channels,
    db::Tx,
    http::{AppError, Body, Idempotent, Page, Path, Problem, idempotent},
    officers::http::words,
    tickets::{
        change::named,
        model::{Severity, TicketKind},
        open,
        rules::{self, Rule},
        tree::{self, Tree},
    },
};

/// All rules in the order in which they are tried.
#[utoipa::path(get, path = "/ticket-rules", tag = "tickets", responses((status = 200, body = Page<Rule>)))]
pub async fn list_rules(State(app): State<App>) -> Result<Json<Page<Rule>>, AppError> {
    let mut tx = app.db().read().await?;
    Ok(Json(Page::all(rules::list(&mut tx).await?)))
}

/// A rule to be added: what comes to the address, or by the channel, opens a ticket. It has one of them or both.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTicketRule {
    /// Only what comes by this channel.
    channel_id: Option<ChannelId>,
    /// Only what was sent to this address.
    address: Option<String>,
    /// What the ticket is.
    kind: TicketKind,
    /// Where it belongs.
    category_id: Option<Uuid>,
    /// How bad it is; as its category says if not given.
    severity: Option<Severity>,
    /// Which team sees to it.
    team_id: Option<Uuid>,
}

async fn refuse_unknown(
    tx: &mut Tx,
    rule: &Rule,
    category_before: Option<Uuid>,
) -> Result<(), AppError> {
    if rule.channel_id.is_none() && rule.address.is_none() {
        return Err(AppError::invalid("address", "give an address, a channel or both"));
    }
    if let Some(channel) = rule.channel_id
        && channels::queries::find(tx, channel).await?.is_none()
    {
        return Err(AppError::invalid("channel_id", "is no channel"));
    }
    tree::refuse_unknown(tx, Tree::Categories, rule.category_id, category_before).await?;
    open::refuse_unknown(tx, None, rule.team_id).await
}

fn address(address: Option<&str>) -> Result<Option<String>, AppError> {
    address.map(|address| words::email("address", address)).transpose()
}

/// Adds a rule.
#[utoipa::path(post, path = "/ticket-rules", tag = "tickets", request_body = NewTicketRule, responses(
    (status = 201, body = Rule),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn add_rule(
    State(app): State<App>,
    key: Idempotent,
    Body(new): Body<NewTicketRule>,
) -> Result<(StatusCode, Json<Value>), AppError> {
    idempotent(&app, key.with(&new), StatusCode::CREATED, async |tx| {
        let rule = Rule {
            id: new_id(),
            channel_id: new.channel_id,
            address: address(new.address.as_deref())?,
            kind: new.kind,
            category_id: new.category_id,
            severity: new.severity,
            team_id: new.team_id,
            enabled: true,
        };
        refuse_unknown(tx, &rule, None).await?;
        rules::add(tx, &rule, app.now()).await?;
        Ok((rule, Vec::new()))
    })
    .await
}

/// What is to change; what is left out stays.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "a field that is not there and one that is null say different things"
)]
pub struct TicketRuleChange {
    /// Only what comes by this channel; `null` is any.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<ChannelId>)]
    channel_id: Option<Option<ChannelId>>,
    /// Only what was sent to this address; `null` is any.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    address: Option<Option<String>>,
    /// What the ticket is.
    kind: Option<TicketKind>,
    /// Where it belongs.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    category_id: Option<Option<Uuid>>,
    /// How bad it is; `null` is as its category says.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Severity>)]
    severity: Option<Option<Severity>>,
    /// Which team sees to it.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    team_id: Option<Option<Uuid>>,
    /// Whether it is followed.
    enabled: Option<bool>,
}

/// Changes a rule.
#[utoipa::path(patch, path = "/ticket-rules/{id}", tag = "tickets", request_body = TicketRuleChange, responses(
    (status = 200, body = Rule),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_rule(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Body(change): Body<TicketRuleChange>,
) -> Result<Json<Rule>, AppError> {
    let mut tx = app.db().write().await?;
    let old = rules::find(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let rule = Rule {
        id,
        channel_id: change.channel_id.unwrap_or(old.channel_id),
        address: match change.address {
            Some(new) => address(new.as_deref())?,
            None => old.address,
        },
        kind: change.kind.unwrap_or(old.kind),
        category_id: change.category_id.unwrap_or(old.category_id),
        severity: change.severity.unwrap_or(old.severity),
        team_id: change.team_id.unwrap_or(old.team_id),
        enabled: change.enabled.unwrap_or(old.enabled),
    };
    refuse_unknown(&mut tx, &rule, old.category_id).await?;
    rules::update(&mut tx, &rule).await?;
    tx.commit().await?;
    Ok(Json(rule))
}

/// Deletes a rule. Tickets that it opened stay.
#[utoipa::path(delete, path = "/ticket-rules/{id}", tag = "tickets", responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_rule(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    let mut tx = app.db().write().await?;
    if !rules::remove(&mut tx, id).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
