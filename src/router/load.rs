//! Reads what the rules need to know of a slice: one statement a table, whatever the number of arrivals, and as many as
//! can be in one go.

use std::collections::{HashMap, HashSet};

use sapa_channel::{Address, Arrival, ChannelId, Inbound, Message, Timestamp};
use uuid::Uuid;

use super::{
    mailings,
    plan::{Context, Fresh, KnownConversation, KnownIdentity, KnownMessage, Policy},
    tickets,
};
use crate::{
    db::{Batch, DbResult, Found, Tx},
    keys::{Keys, token_hash},
    on_db,
};

/// The most ids of earlier messages that are looked up for one mail.
const MOST_ANSWERED: usize = 20;

/// The messages among arrivals.
fn messages<'m>(
    arrivals: impl IntoIterator<Item = &'m Arrival>,
) -> Vec<(&'m Arrival, &'m Message)> {
    arrivals
        .into_iter()
        .filter_map(|arrival| match &arrival.content {
            Ok(Inbound::Message(message)) => Some((arrival, &**message)),
            _ => None,
        })
        .collect()
}

/// What was asked of the database, for its answers to be understood.
pub struct Asked<'m> {
    addresses: HashSet<&'m Address>,
    tokens: Vec<(&'m str, Uuid)>,
    answered: bool,
    logical_keys: bool,
}

/// Asks all that can be asked at once: who the senders are, what they answer, and what came by another way.
/// On PostgreSQL the senders' contacts are locked from here on.
pub fn ask<'m>(batch: &mut Batch, lock: &str, keys: &Keys, arrivals: &'m [Arrival]) -> Asked<'m> {
    let messages = messages(arrivals);
    let addresses = messages
        .iter()
        .flat_map(|(_, message)| {
            std::iter::once(&message.sender.address)
                .chain(message.sender.claims.iter().map(|claim| &claim.address))
        })
        .collect();
    let claims = messages.iter().any(|(_, message)| !message.sender.claims.is_empty());
    identities(batch, lock, &addresses, claims);
    let wanted: HashSet<&str> = messages
        .iter()
        .flat_map(|(_, message)| message.thread.answers.iter().take(MOST_ANSWERED))
        .map(String::as_str)
        .collect();
    let tokens: Vec<(&str, Uuid)> = messages
        .iter()
        .filter_map(|(_, message)| message.thread.token.as_deref())
        .filter_map(|token| Some((token, keys.replied_message(token)?)))
        .collect();
    answered(batch, &wanted, &tokens);
    let wanted_keys: Vec<(ChannelId, &str)> = messages
        .iter()
        .filter_map(|(arrival, message)| Some((arrival.channel, message.logical_key.as_deref()?)))
        .collect();
    logical_keys(batch, &wanted_keys);
    Asked { addresses, tokens, answered: !wanted.is_empty(), logical_keys: !wanted_keys.is_empty() }
}

impl Asked<'_> {
    /// What the database answered.
    pub fn answers(self, found: &mut Found) -> DbResult<Context> {
        let mut context = Context::default();
        if !self.addresses.is_empty() {
            know_identities(&mut context, self.addresses, &found.rows()?);
        }
        let mut rows: Vec<MessageRow> = Vec::new();
        if self.answered {
            rows.extend(found.rows::<MessageRow>()?);
        }
        if !self.tokens.is_empty() {
            rows.extend(found.rows::<MessageRow>()?);
        }
        know_messages(&mut context, &self.tokens, rows);
        if self.logical_keys {
            context.known.extend(found.rows::<(ChannelId, String)>()?);
        }
        Ok(context)
    }
}

/// Reads the rest of what the rules need to know of arrivals that are new.
pub async fn load(
    tx: &mut Tx,
    keys: &Keys,
    policy: Policy,
    context: &mut Context,
    arrivals: &[Fresh<'_>],
) -> DbResult<()> {
    let messages = messages(arrivals.iter().map(|fresh| fresh.arrival));
    if messages.is_empty() {
        return Ok(());
    }
    mailings::load(tx, keys, context, policy, &messages).await?;
    links(tx, context, &messages).await?;
    conversations(tx, context, policy, &messages).await?;
    tickets::load(tx, context).await
}

fn identities(batch: &mut Batch, lock: &str, addresses: &HashSet<&Address>, claims: bool) {
    let wanted: Vec<&Address> = addresses.iter().copied().collect();
    if wanted.is_empty() {
        return;
    }
    let alone = if claims {
        "NOT EXISTS (SELECT 1 FROM identities j WHERE j.contact_id = i.contact_id AND j.id <> i.id)"
    } else {
        "FALSE"
    };
    // Only to be locked: there is no identity without a contact.
    let join = if lock.is_empty() { "" } else { " JOIN contacts c ON c.id = i.contact_id" };
    batch
        .statement("WITH wanted (kind, value) AS (")
        .values(&wanted, |row, address| {
            row.push_bind(address.kind.as_str()).push_bind(&address.value);
        })
        .push(") SELECT i.kind, i.value, i.id, i.contact_id, i.proof IS NOT NULL, ")
        .push(alone)
        .push(" FROM identities i")
        .push(join)
        .push(" WHERE (i.kind, i.value) IN (SELECT kind, value FROM wanted)")
        .push(lock);
}

/// An address that is known: its kind, value and id, its contact, whether it was proved, and whether it is the only one.
type IdentityRow = (String, String, Uuid, Uuid, bool, bool);

fn know_identities(context: &mut Context, addresses: HashSet<&Address>, rows: &[IdentityRow]) {
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
}

/// A message that may be answered: its id, its id on the channel, its conversation, contact and identity.
type MessageRow = (Uuid, Option<String>, Uuid, Uuid, Option<Uuid>);

const MESSAGE: &str =
    "SELECT id, external_id, conversation_id, contact_id, identity_id FROM messages WHERE ";

fn answered(batch: &mut Batch, wanted: &HashSet<&str>, tokens: &[(&str, Uuid)]) {
    if !wanted.is_empty() {
        let wanted: Vec<&str> = wanted.iter().copied().collect();
        batch.statement(MESSAGE).push("external_id IN ").list(&wanted).push(" ORDER BY seq");
    }
    if !tokens.is_empty() {
        let ids: Vec<Uuid> = tokens.iter().map(|(_, id)| *id).collect();
        batch.statement(MESSAGE).push("id IN ").list(&ids);
    }
}

fn know_messages(context: &mut Context, tokens: &[(&str, Uuid)], rows: Vec<MessageRow>) {
    for (id, external_id, conversation_id, contact_id, identity_id) in rows {
        let message = KnownMessage { conversation_id, contact_id, identity_id };
        for (token, _) in tokens.iter().filter(|(_, wanted)| *wanted == id) {
            context.tokens.insert((*token).to_owned(), message);
        }
        if let Some(external_id) = external_id {
            context.messages.entry(external_id).or_insert(message);
        }
    }
}

fn logical_keys(batch: &mut Batch, wanted: &[(ChannelId, &str)]) {
    if wanted.is_empty() {
        return;
    }
    batch
        .statement("WITH wanted (channel_id, logical_key) AS (")
        .values(wanted, |row, (channel, key)| {
            row.push_bind(*channel).push_bind(*key);
        })
        .push(
            ") SELECT channel_id, logical_key FROM messages
               WHERE (channel_id, logical_key) IN (SELECT channel_id, logical_key FROM wanted)",
        );
}

async fn links(
    tx: &mut Tx,
    context: &mut Context,
    messages: &[(&Arrival, &Message)],
) -> DbResult<()> {
    for (arrival, message) in messages {
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
        .bind(arrival.received_at)
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
    messages: &[(&Arrival, &Message)],
) -> DbResult<()> {
    let contacts: HashSet<Uuid> = context
        .identities
        .values()
        .map(|identity| identity.contact_id)
        .chain(context.links.values().copied())
        .collect();
    let contacts: Vec<Uuid> = contacts.into_iter().collect();
    let answered: HashSet<Uuid> = context
        .messages
        .values()
        .chain(context.tokens.values())
        .map(|message| message.conversation_id)
        .collect();
    let answered: Vec<Uuid> = answered.into_iter().collect();
    let oldest = messages.iter().map(|(arrival, _)| arrival.received_at).min().unwrap_or_default();
    let since = oldest.before(policy.join_within.max(policy.reopen_within));
    let mut batch = tx.batch(messages.len());
    if !contacts.is_empty() {
        batch
            .statement(CONVERSATION)
            .push("contact_id IN ")
            .list(&contacts)
            .push(" AND last_message_at >= ")
            .push_bind(since)
            .push(" ORDER BY last_message_at");
    }
    if !answered.is_empty() {
        batch.statement(CONVERSATION).push("id IN ").list(&answered);
    }
    let mut found = batch.fetch(tx).await?;
    if !contacts.is_empty() {
        for conversation in found.rows::<ConversationRow>()?.into_iter().map(known) {
            context.conversations.entry(conversation.contact_id).or_default().push(conversation);
        }
    }
    if !answered.is_empty() {
        let rows = found.rows::<ConversationRow>()?;
        context.answered = rows.into_iter().map(known).map(|found| (found.id, found)).collect();
    }
    Ok(())
}
