//! The router's rules about mailings: what answers one, and who wants no more.
//!
//! An answer is known by the reply token or by the id of what it answers, and only the recipient's own counts
//! (R9). On a channel without subjects the first word after a mailing is taken for an answer to it.

use std::collections::{HashMap, HashSet};

use sapa_channel::{Arrival, ChannelId, Message, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::plan::{Context, KnownConversation, KnownRecipient, Plan, Policy};
use crate::{
    db::{DbResult, Tx, keep},
    events::NewEvent,
    keys::Keys,
    mailings::{letter, progress, unsubscribe},
    on_db,
};

impl Context {
    /// The mailing that a message answers, if its sender got it.
    pub(super) fn answered_mailing(
        &self,
        message: &Message,
        contact_id: Uuid,
        identity: Uuid,
    ) -> Option<KnownRecipient> {
        let ids = message.thread.token.iter().chain(&message.thread.answers);
        let found = ids.into_iter().find_map(|id| self.recipients.get(id).copied());
        found.filter(|got| got.contact_id == contact_id || got.identity_id == Some(identity))
    }

    /// The conversation in which the recipient said something of the mailing before.
    pub(super) fn about_mailing(
        &self,
        mailed: KnownRecipient,
        policy: Policy,
        at: Timestamp,
    ) -> Option<KnownConversation> {
        let recent = self.conversations.get(&mailed.contact_id)?;
        recent
            .iter()
            .rev()
            .find(|found| {
                let within = if found.open { policy.join_within } else { policy.reopen_within };
                found.mailing_id == Some(mailed.mailing_id)
                    && at.since(found.last_message_at) <= within
            })
            .cloned()
    }
}

type Row = (Uuid, Uuid, Uuid, Option<Uuid>, Option<String>);

fn recipient((id, mailing_id, contact_id, identity_id, _): &Row) -> KnownRecipient {
    KnownRecipient {
        id: *id,
        mailing_id: *mailing_id,
        contact_id: *contact_id,
        identity_id: *identity_id,
    }
}

const SELECT: &str = "SELECT r.id, r.mailing_id, r.contact_id, r.identity_id, r.external_id FROM mailing_recipients r WHERE ";

/// Reads what the rules need to know of mailings. Arrivals that have nothing to do with any cost no statement,
/// but for those without a subject, which cost one.
pub(super) async fn load(
    tx: &mut Tx,
    keys: &Keys,
    context: &mut Context,
    policy: Policy,
    messages: &[(&Arrival, &Message)],
) -> DbResult<()> {
    leaving(tx, keys, context, messages).await?;
    let mut by_row: HashMap<Uuid, Vec<String>> = HashMap::new();
    let mut by_id: HashSet<&str> = HashSet::new();
    for (_, message) in messages {
        if let Some(token) = &message.thread.token
            && !context.tokens.contains_key(token)
            && let Some(id) = keys.replied_message(token)
        {
            by_row.entry(id).or_default().push(token.clone());
        }
        for answered in &message.thread.answers {
            if context.messages.contains_key(answered) {
                continue;
            }
            if let Some(id) = letter::recipient_of(answered) {
                by_row.entry(id).or_default().push(answered.clone());
            } else if message.sender.address.kind.as_str() != "email" {
                by_id.insert(answered);
            }
        }
    }
    if !by_row.is_empty() {
        let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(SELECT);
            query.push("r.id IN (");
            let mut list = query.separated(", ");
            for id in by_row.keys() {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().persistent(keep(by_row.len())).fetch_all(conn).await?
        });
        for row in &rows {
            for name in by_row.get(&row.0).into_iter().flatten() {
                context.recipients.insert(name.clone(), recipient(row));
            }
        }
    }
    if !by_id.is_empty() {
        let rows: Vec<Row> = on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(SELECT);
            query.push("r.external_id IN (");
            let mut list = query.separated(", ");
            for id in &by_id {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().persistent(keep(by_id.len())).fetch_all(conn).await?
        });
        for row in &rows {
            if let Some(external_id) = &row.4 {
                context.recipients.insert(external_id.clone(), recipient(row));
            }
        }
    }
    // Their conversations are looked at too, so the contacts must be known by now.
    mailed(tx, context, policy, messages).await
}

/// Who wrote to an address that ends mailings.
async fn leaving(
    tx: &mut Tx,
    keys: &Keys,
    context: &mut Context,
    messages: &[(&Arrival, &Message)],
) -> DbResult<()> {
    for (_, message) in messages {
        // Rare, so by a statement each.
        let Some(token) = &message.unsubscribe else { continue };
        let Some(id) = keys.leaving_recipient(token) else { continue };
        let known: bool = on_db!(&mut *tx, |conn| sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM mailing_recipients WHERE id = $1)"
        )
        .bind(id)
        .fetch_one(conn)
        .await?);
        // A trial's address is taken too, and ends nothing.
        if known || id.is_nil() {
            context.leaving.insert(token.clone(), id);
        }
    }
    Ok(())
}

/// The last mailing on the channel of those who write without a subject, if nothing was said between them and us
/// since it left.
async fn mailed(
    tx: &mut Tx,
    context: &mut Context,
    policy: Policy,
    messages: &[(&Arrival, &Message)],
) -> DbResult<()> {
    let wanted: HashSet<(Uuid, ChannelId)> = messages
        .iter()
        .filter(|(_, message)| message.sender.address.kind.as_str() == "telegram")
        .filter_map(|(arrival, message)| {
            let known = context.identities.get(&message.sender.address)?;
            Some((known.contact_id, arrival.channel))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let oldest = messages.iter().map(|(arrival, _)| arrival.received_at).min().unwrap_or_default();
    let since = oldest.before(policy.join_within);
    let rows: Vec<(Uuid, Uuid, Uuid, Option<Uuid>, ChannelId)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "SELECT r.id, r.mailing_id, r.contact_id, r.identity_id, m.channel_id
             FROM mailing_recipients r JOIN mailings m ON m.id = r.mailing_id WHERE r.contact_id IN (",
        );
        let mut list = query.separated(", ");
        for (contact, _) in &wanted {
            list.push_bind(*contact);
        }
        query.push(") AND r.sent_at >= ").push_bind(since).push(
            " AND r.state IN ('sent', 'unknown') AND NOT EXISTS (
                  SELECT 1 FROM messages ms WHERE ms.contact_id = r.contact_id AND ms.at > r.sent_at)
              ORDER BY r.sent_at",
        );
        query.build_query_as().persistent(keep(wanted.len())).fetch_all(conn).await?
    });
    for (id, mailing_id, contact_id, identity_id, channel) in rows {
        if wanted.contains(&(contact_id, channel)) {
            let known = KnownRecipient { id, mailing_id, contact_id, identity_id };
            context.mailed.insert((contact_id, channel), known);
        }
    }
    Ok(())
}

/// Writes who answered and who wants no more. Tells what to log.
pub(super) async fn apply(tx: &mut Tx, plan: &Plan<'_>, at: Timestamp) -> DbResult<Vec<NewEvent>> {
    let mut events = Vec::new();
    if !plan.answered.is_empty() {
        // Each counts once, however often he answers.
        let of: Vec<Uuid> = on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new("UPDATE mailing_recipients SET answered_at = ");
            query.push_bind(at).push(" WHERE answered_at IS NULL AND id IN (");
            let mut list = query.separated(", ");
            for answered in &plan.answered {
                list.push_bind(answered.id);
            }
            query.push(") RETURNING mailing_id");
            query.build_query_scalar().persistent(keep(plan.answered.len())).fetch_all(conn).await?
        });
        let of: HashSet<Uuid> = of.into_iter().collect();
        events.extend(of.into_iter().map(|mailing| progress::event(mailing, at)));
    }
    for recipient in plan.leaving.iter().filter(|id| !id.is_nil()) {
        events.extend(unsubscribe::by_mail(tx, *recipient, at).await?);
    }
    Ok(events)
}
