//! Reads what the rules need to know of a slice: one statement a table, whatever the number of arrivals.

use std::collections::{HashMap, HashSet};

use sapa_channel::{Address, ChannelId, Inbound, Message, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    mailings,
    plan::{Context, Fresh, KnownConversation, KnownIdentity, KnownMessage, Policy},
    tickets,
};
use crate::{
    db::{DbResult, Tx, keep, padded},
    keys::{Keys, token_hash},
    on_db,
};

/// The most ids of earlier messages that are looked up for one mail.
const MOST_ANSWERED: usize = 20;

/// Reads the context of a slice. On PostgreSQL it locks the contacts that it concerns.
pub async fn load(
    tx: &mut Tx,
    keys: &Keys,
    policy: Policy,
    arrivals: &[Fresh<'_>],
) -> DbResult<Context> {
    let messages: Vec<(&Fresh, &Message)> = arrivals
        .iter()
        .filter_map(|fresh| match &fresh.arrival.content {
            Ok(Inbound::Message(message)) => Some((fresh, &**message)),
            _ => None,
        })
        .collect();
    let mut context = Context::default();
    if messages.is_empty() {
        return Ok(context);
    }
    identities(tx, &mut context, &messages).await?;
    answered(tx, keys, &mut context, &messages).await?;
    mailings::load(tx, keys, &mut context, policy, &messages).await?;
    links(tx, &mut context, &messages).await?;
    conversations(tx, &mut context, policy, &messages).await?;
    logical_keys(tx, &mut context, &messages).await?;
    tickets::load(tx, &mut context).await?;
    Ok(context)
}

async fn identities(
    tx: &mut Tx,
    context: &mut Context,
    messages: &[(&Fresh<'_>, &Message)],
) -> DbResult<()> {
    let addresses: HashSet<&Address> = messages
        .iter()
        .flat_map(|(_, message)| {
            std::iter::once(&message.sender.address)
                .chain(message.sender.claims.iter().map(|claim| &claim.address))
        })
        .collect();
    let lock = tx.lock_contacts();
    let rows: Vec<(String, String, Uuid, Uuid, bool, bool)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("WITH wanted (kind, value) AS (");
        let all = padded(addresses.iter().copied());
        query.push_values(&all, |mut row, address| {
            row.push_bind(address.kind.as_str()).push_bind(&address.value);
        });
        query.push(
            ") SELECT i.kind, i.value, i.id, c.id, i.proof IS NOT NULL,
                      NOT EXISTS (SELECT 1 FROM identities j WHERE j.contact_id = c.id AND j.id <> i.id)
               FROM identities i JOIN contacts c ON c.id = i.contact_id
               WHERE (i.kind, i.value) IN (SELECT kind, value FROM wanted)",
        );
        query.push(lock);
        query.build_query_as().persistent(keep(all.len())).fetch_all(conn).await?
    });
    let found: HashMap<(&str, &str), KnownIdentity> = rows
        .iter()
        .map(|(kind, value, id, contact_id, proved, alone)| {
            let known =
                KnownIdentity { id: *id, contact_id: *contact_id, proved: *proved, alone: *alone };
            ((&**kind, &**value), known)
        })
        .collect();
    for address in addresses {
        if let Some(known) = found.get(&(address.kind.as_str(), &address.value)) {
            context.identities.insert(address.clone(), *known);
        }
    }
    Ok(())
}

/// A message that may be answered: its id, its id on the channel, its conversation, contact and identity.
type MessageRow = (Uuid, Option<String>, Uuid, Uuid, Option<Uuid>);

async fn answered(
    tx: &mut Tx,
    keys: &Keys,
    context: &mut Context,
    messages: &[(&Fresh<'_>, &Message)],
) -> DbResult<()> {
    let tokens: Vec<(&str, Uuid)> = messages
        .iter()
        .filter_map(|(_, message)| message.thread.token.as_deref())
        .filter_map(|token| Some((token, keys.replied_message(token)?)))
        .collect();
    let wanted: HashSet<&str> = messages
        .iter()
        .flat_map(|(_, message)| message.thread.answers.iter().take(MOST_ANSWERED))
        .map(String::as_str)
        .collect();
    if tokens.is_empty() && wanted.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<MessageRow> = Vec::new();
    if !wanted.is_empty() {
        rows.extend::<Vec<_>>(on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(
                "SELECT id, external_id, conversation_id, contact_id, identity_id FROM messages WHERE external_id IN (",
            );
            let mut list = query.separated(", ");
            let all = padded(wanted.iter().copied());
            for external_id in &all {
                list.push_bind(*external_id);
            }
            query.push(") ORDER BY seq");
            query.build_query_as().persistent(keep(all.len())).fetch_all(conn).await?
        }));
    }
    if !tokens.is_empty() {
        rows.extend::<Vec<_>>(on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(
                "SELECT id, external_id, conversation_id, contact_id, identity_id FROM messages WHERE id IN (",
            );
            let mut list = query.separated(", ");
            let all = padded(tokens.iter().map(|(_, id)| *id));
            for id in &all {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().persistent(keep(all.len())).fetch_all(conn).await?
        }));
    }
    for (id, external_id, conversation_id, contact_id, identity_id) in rows {
        let message = KnownMessage { conversation_id, contact_id, identity_id };
        for (token, _) in tokens.iter().filter(|(_, wanted)| *wanted == id) {
            context.tokens.insert((*token).to_owned(), message);
        }
        if let Some(external_id) = external_id {
            context.messages.entry(external_id).or_insert(message);
        }
    }
    Ok(())
}

async fn links(
    tx: &mut Tx,
    context: &mut Context,
    messages: &[(&Fresh<'_>, &Message)],
) -> DbResult<()> {
    for (fresh, message) in messages {
        // Rare: a customer opens the link that an officer sent him.
        let Some(token) = message.thread.token.as_deref().filter(|token| {
            !context.tokens.contains_key(*token) && !context.recipients.contains_key(*token)
        }) else {
            continue;
        };
        let contact_id: Option<Uuid> = on_db!(&mut *tx, |conn| {
            sqlx::query_scalar(
            "SELECT contact_id FROM links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2"
        )
        .bind(token_hash(token))
        .bind(fresh.arrival.received_at)
        .fetch_optional(conn)
        .await?
        });
        if let Some(contact_id) = contact_id {
            context.links.insert(token.to_owned(), contact_id);
        }
    }
    Ok(())
}

type ConversationRow = (Uuid, Uuid, String, Option<String>, ChannelId, Option<Uuid>, Timestamp);

const CONVERSATION: &str = "SELECT id, contact_id, status, subject, channel_id, mailing_id, last_message_at FROM conversations WHERE ";

fn known(
    (id, contact_id, status, subject, channel_id, mailing_id, last_message_at): ConversationRow,
) -> KnownConversation {
    KnownConversation {
        id,
        contact_id,
        open: status != "solved",
        awake: status == "open",
        subject,
        channel_id,
        mailing_id,
        last_message_at,
    }
}

async fn conversations(
    tx: &mut Tx,
    context: &mut Context,
    policy: Policy,
    messages: &[(&Fresh<'_>, &Message)],
) -> DbResult<()> {
    let contacts: HashSet<Uuid> = context
        .identities
        .values()
        .map(|identity| identity.contact_id)
        .chain(context.links.values().copied())
        .collect();
    let oldest =
        messages.iter().map(|(fresh, _)| fresh.arrival.received_at).min().unwrap_or_default();
    if !contacts.is_empty() {
        let since = oldest.before(policy.join_within.max(policy.reopen_within));
        let rows: Vec<ConversationRow> = on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(CONVERSATION);
            query.push("contact_id IN (");
            let mut list = query.separated(", ");
            let all = padded(contacts.iter().copied());
            for id in &all {
                list.push_bind(*id);
            }
            query
                .push(") AND last_message_at >= ")
                .push_bind(since)
                .push(" ORDER BY last_message_at");
            query.build_query_as().persistent(keep(all.len())).fetch_all(conn).await?
        });
        for row in rows {
            let conversation = known(row);
            context.conversations.entry(conversation.contact_id).or_default().push(conversation);
        }
    }
    let answered: HashSet<Uuid> = context
        .messages
        .values()
        .chain(context.tokens.values())
        .map(|message| message.conversation_id)
        .collect();
    if !answered.is_empty() {
        let rows: Vec<ConversationRow> = on_db!(&mut *tx, |conn| {
            let mut query = QueryBuilder::new(CONVERSATION);
            query.push("id IN (");
            let mut list = query.separated(", ");
            let all = padded(answered.iter().copied());
            for id in &all {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().persistent(keep(all.len())).fetch_all(conn).await?
        });
        context.answered = rows.into_iter().map(known).map(|found| (found.id, found)).collect();
    }
    Ok(())
}

async fn logical_keys(
    tx: &mut Tx,
    context: &mut Context,
    messages: &[(&Fresh<'_>, &Message)],
) -> DbResult<()> {
    let wanted: Vec<(ChannelId, &str)> = messages
        .iter()
        .filter_map(|(fresh, message)| {
            Some((fresh.arrival.channel, message.logical_key.as_deref()?))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let rows: Vec<(ChannelId, String)> = on_db!(tx, |conn| {
        let mut query = QueryBuilder::new("WITH wanted (channel_id, logical_key) AS (");
        let all = padded(wanted.iter().copied());
        query.push_values(&all, |mut row, (channel, key)| {
            row.push_bind(*channel).push_bind(*key);
        });
        query.push(
            ") SELECT channel_id, logical_key FROM messages
               WHERE (channel_id, logical_key) IN (SELECT channel_id, logical_key FROM wanted)",
        );
        query.build_query_as().persistent(keep(all.len())).fetch_all(conn).await?
    });
    context.known.extend(rows);
    Ok(())
}
