//! A mailing before it begins: how many are meant, who is left out and why, and of whom the template needs what
//! is not known.

use std::collections::BTreeMap;

use sapa_channel::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::{
    audience,
    letter::Letter,
    model::{Excluded, Frozen, MailingRow},
};
use crate::{
    app::App,
    contacts::model::ContactRef,
    http::AppError,
    templates::values::{self, Person},
};

/// How many are looked at in one go.
const PAGE: i64 = 500;

/// Something that a template needs and that is not known of all.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = MissingValue)]
pub struct Missing {
    /// The name of the value, or what else is wrong.
    pub name: String,
    /// Of how many it is not known.
    pub count: i64,
    /// One of them.
    pub example: ContactRef,
}

/// What a mailing would be.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = MailingReview)]
pub struct Review {
    /// Everybody who is meant.
    pub audience: i64,
    /// Those who would get it.
    pub recipients: i64,
    /// Those who would not.
    pub excluded: i64,
    /// Why, the most frequent first.
    pub exclusions: Vec<Excluded>,
    /// What the template needs and is not known of all who would get it, the most frequent first.
    pub missing: Vec<Missing>,
}

/// Looks at a draft. Every recipient's letter is composed, page by page, and thrown away.
pub async fn look(
    app: &App,
    mailing: &MailingRow,
    frozen: &Frozen,
    now: Timestamp,
) -> Result<Review, AppError> {
    let (kind, channel) = (&*mailing.channel_kind, mailing.channel_id);
    let condition = frozen.condition.as_ref();
    let mut tx = app.db().read().await?;
    let (audience, exclusions) = audience::count(&mut tx, kind, channel, condition, now).await?;
    drop(tx);
    let letter = Letter::new(app, mailing.id, mailing.number, kind, "a@localhost", frozen.clone())
        .map_err(|why| AppError::invalid("template_id", why))?;
    let letter = std::sync::Arc::new(letter);
    let mut missing: BTreeMap<String, Missing> = BTreeMap::new();
    let mut after = Uuid::nil();
    loop {
        let mut tx = app.db().read().await?;
        let page = audience::page(&mut tx, kind, channel, condition, (after, PAGE), now).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let page: Vec<(Uuid, String)> =
            page.into_iter().filter_map(|(id, address)| Some((id, address?))).collect();
        let mut people = std::collections::HashMap::new();
        for some in page.chunks(crate::db::SLICE) {
            let ids: Vec<Uuid> = some.iter().map(|(id, _)| *id).collect();
            people.extend(values::people(&mut tx, &ids).await?);
        }
        drop(tx);
        let hub = app.clone();
        let composed = letter.clone();
        // Composing takes the processor, which others need too.
        let faults = tokio::task::spawn_blocking(move || {
            page.into_iter()
                .filter_map(|(id, address)| {
                    let person: Person = people.remove(&id)?;
                    let vars = composed.vars(&person, &address);
                    let fault = composed.render(&hub, Uuid::nil(), &vars).err()?;
                    let name = fault.missing().map_or_else(|| fault.to_string(), str::to_owned);
                    Some((name, ContactRef { id, name: person.name }))
                })
                .collect::<Vec<_>>()
        })
        .await
        .map_err(AppError::internal)?;
        for (name, example) in faults {
            missing.entry(name.clone()).or_insert(Missing { name, count: 0, example }).count += 1;
        }
    }
    let excluded = exclusions.iter().map(|excluded| excluded.count).sum();
    let mut missing: Vec<Missing> = missing.into_values().collect();
    missing.sort_by_key(|missing| std::cmp::Reverse(missing.count));
    missing.truncate(50);
    Ok(Review { audience, recipients: audience - excluded, excluded, exclusions, missing })
}
