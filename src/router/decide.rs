//! The rules of the router: a plain function from what is known and what arrived to what shall be written.
//!
//! 1. Whose message is it? The contact who has the sender's address; else the one who proved it by a
//!    one-time link or by the shop's signature; else a new one. Nothing joins on an unproved claim.
//! 2. Which conversation? The one whose reply token came back; the one whose message it answers, if it
//!    is the sender's own; his open one, if it is the same matter; else a new one.
//! 3. Which tickets? See [`tickets`].
//! 4. Later messages of a slice see what earlier ones caused.

use std::collections::HashMap;

use sapa_channel::{Address, Inbound, Message, Proof, Sender, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::plan::{
    Context, Fresh, Heard, KnownConversation, KnownIdentity, KnownMessage, KnownRecipient, Merge,
    NewContact, NewConversation, NewIdentity, NewMessage, Plan, Policy, Suggestion, Touched,
};
use super::{
    tickets,
    words::{base_subject, preview, shown_name},
};
use crate::events::{Actor, NewEvent};

/// Decides what becomes of a slice of arrivals.
pub fn decide<'m>(
    context: Context,
    policy: Policy,
    arrivals: &[Fresh<'m>],
    new_id: impl FnMut() -> Uuid,
) -> Plan<'m> {
    let at = arrivals.first().map(|fresh| fresh.arrival.received_at).unwrap_or_default();
    let plan = Plan { at, ..Plan::default() };
    let mut rules =
        Rules { context, policy, plan, opened: Vec::new(), touched: HashMap::new(), new_id };
    for fresh in arrivals {
        match &fresh.arrival.content {
            Ok(Inbound::Message(message)) => rules.message(*fresh, message),
            Ok(Inbound::Edit(edit)) => rules.plan.edits.push((fresh.arrival.channel, edit)),
            Ok(Inbound::Receipt(_) | Inbound::Nothing) | Err(_) => {}
        }
    }
    let Rules { mut plan, opened, mut touched, .. } = rules;
    // Each is touched by the message that opens it.
    let begun = |new: NewConversation<'m>| touched.remove(&new.id).map(|touched| (new, touched));
    plan.conversations = opened.into_iter().filter_map(begun).collect();
    // One order for all routers, so that two of them cannot wait for each other.
    plan.identities.sort_by(|a, b| a.address.cmp(b.address));
    plan.heard.sort_by_key(|heard| heard.id);
    plan.touched = touched.into_values().collect();
    plan.touched.sort_by_key(|touched| touched.id);
    plan
}

struct Rules<'m, I> {
    context: Context,
    policy: Policy,
    plan: Plan<'m>,
    opened: Vec<NewConversation<'m>>,
    touched: HashMap<Uuid, Touched>,
    new_id: I,
}

impl<'m, I: FnMut() -> Uuid> Rules<'m, I> {
    fn message(&mut self, fresh: Fresh<'m>, message: &'m Message) {
        let arrival = fresh.arrival;
        if let Some(leaving) =
            message.unsubscribe.as_ref().and_then(|token| self.context.leaving.get(token))
        {
            // It says all by its address, and nobody needs to read it (mail 18).
            self.plan.leaving.push(*leaving);
            return;
        }
        if let Some(key) = &message.logical_key
            && !self.context.known.insert((arrival.channel, key.clone()))
        {
            return; // the same message by another way (D3)
        }
        let at = arrival.received_at;
        let sender = &message.sender;
        let token = message.thread.token.as_deref();
        let answered = token.and_then(|token| self.context.tokens.get(token).copied());

        let mailed = token.and_then(|token| self.context.recipients.get(token).copied());

        let (contact_id, identity) = self.whose(fresh, sender, token, answered, mailed);
        self.claims(contact_id, sender, at);
        let actor = Actor { kind: "contact", id: Some(contact_id), name: shown_name(sender) };
        let opened = self.opened.len();
        let conversation = self.which(fresh, message, contact_id, identity, answered, &actor);
        let begins = self.opened.len() > opened;

        let touched = self.touched.entry(conversation.id).or_insert_with(|| Touched {
            id: conversation.id,
            messages: 0,
            identity_id: identity,
            channel_id: arrival.channel,
            preview: String::new(),
            has_files: false,
            first_at: None,
            at,
        });
        touched.messages += 1;
        touched.identity_id = identity;
        touched.channel_id = arrival.channel;
        touched.preview = preview(message);
        touched.has_files = !message.files.is_empty();
        touched.at = touched.at.max(at);
        // Who writes that he is on holiday waits for nothing.
        if !message.automatic {
            touched.first_at.get_or_insert(at);
        }

        let id = (self.new_id)();
        self.plan.messages.push(NewMessage {
            id,
            conversation_id: conversation.id,
            contact_id: conversation.contact_id,
            identity_id: identity,
            fresh,
            message,
            author: actor.name.clone(),
        });
        let said = tickets::Said {
            id,
            message,
            channel_id: arrival.channel,
            conversation_id: conversation.id,
            contact_id: conversation.contact_id,
            begins,
            at,
            actor: &actor,
        };
        let (ticket_id, of_tickets) = tickets::place(
            &mut self.context.tickets,
            &mut self.plan.tickets,
            said,
            &mut self.new_id,
        );
        let followed = message.sender.address.kind.is_shown_by_hub();
        let mut received = NewEvent::new("message.received", at, actor)
            .conversation(conversation.id, conversation.contact_id)
            .message(id, followed.then_some(identity));
        received.ticket_id = ticket_id;
        self.plan.events.push(received);
        self.plan.events.extend(of_tickets);
        // What answers this one within the slice finds it.
        if let Some(external_id) = &message.external_id {
            self.context.messages.entry(external_id.clone()).or_insert(KnownMessage {
                conversation_id: conversation.id,
                contact_id: conversation.contact_id,
                identity_id: Some(identity),
            });
        }
    }

    /// Finds or makes the contact and the identity of a sender.
    fn whose(
        &mut self,
        fresh: Fresh<'m>,
        sender: &'m Sender,
        token: Option<&'m str>,
        answered: Option<KnownMessage>,
        mailed: Option<KnownRecipient>,
    ) -> (Uuid, Uuid) {
        let at = fresh.arrival.received_at;
        let link = token.and_then(|token| {
            let contact_id = self.context.links.remove(token)?;
            self.plan.used_links.push(token.to_owned());
            Some(contact_id)
        });
        if let Some(known) = self.context.identities.get(&sender.address).copied() {
            // A mail that comes back from the very address it was sent to proves that address.
            let replied = answered.is_some_and(|answered| answered.identity_id == Some(known.id))
                || mailed.is_some_and(|mailed| mailed.identity_id == Some(known.id));
            let proof = sender
                .proof
                .or(link.map(|_| Proof::DeepLink))
                .or(replied.then_some(Proof::MailReply))
                .filter(|_| !known.proved);
            self.plan.heard.push(Heard {
                id: known.id,
                proof,
                channel_id: fresh.arrival.channel,
                at,
            });
            if let Some(proof) = proof {
                self.context
                    .identities
                    .insert(sender.address.clone(), KnownIdentity { proved: true, ..known });
                self.verified(known.contact_id, known.id, &sender.address, proof, at, sender);
            }
            if let Some(kept_id) = link.filter(|kept| *kept != known.contact_id) {
                self.plan.merges.push(Merge {
                    kept_id,
                    gone_id: known.contact_id,
                    proof: Proof::DeepLink,
                    address: sender.address.clone(),
                });
            }
            return (known.contact_id, known.id);
        }

        // A browser says nothing of who used it before: only an anonymous one joins who signs in there.
        let proved_claim = sender.claims.iter().find_map(|claim| {
            claim.proof?;
            let known = self.context.identities.get(&claim.address)?;
            (claim.address.kind != sender.address.kind || known.alone).then_some(known.contact_id)
        });
        let contact_id = link.or(proved_claim).unwrap_or_else(|| {
            let id = (self.new_id)();
            self.plan.contacts.push(NewContact {
                id,
                name: shown_name(sender),
                language: sender.language.as_deref(),
                at,
            });
            id
        });
        let id = (self.new_id)();
        let proof = link.map(|_| Proof::DeepLink).or(sender.proof);
        self.plan.identities.push(NewIdentity {
            id,
            contact_id,
            address: &sender.address,
            shown: sender.shown.as_deref().unwrap_or(&sender.address.value),
            proof,
            channel_id: Some(fresh.arrival.channel),
            at,
        });
        self.know(&sender.address, id, contact_id, proof.is_some());
        if let Some(proof) = proof.filter(|_| link.is_some() || proved_claim.is_some()) {
            self.verified(contact_id, id, &sender.address, proof, at, sender);
        }
        (contact_id, id)
    }

    /// Remembers an address that is new, for the later arrivals of the slice.
    fn know(&mut self, address: &Address, id: Uuid, contact_id: Uuid, proved: bool) {
        let mut alone = true;
        for other in
            self.context.identities.values_mut().filter(|other| other.contact_id == contact_id)
        {
            other.alone = false;
            alone = false;
        }
        self.context
            .identities
            .insert(address.clone(), KnownIdentity { id, contact_id, proved, alone });
    }

    fn verified(
        &mut self,
        contact_id: Uuid,
        identity_id: Uuid,
        address: &Address,
        proof: Proof,
        at: Timestamp,
        sender: &Sender,
    ) {
        let actor = Actor { kind: "contact", id: Some(contact_id), name: shown_name(sender) };
        self.plan.events.push(
            NewEvent::new("identity.verified", at, actor).contact(contact_id).in_history().data(
                json!({
                    "identity_id": identity_id, "kind": address.kind, "value": address.value,
                    "shown": sender.shown.as_deref().unwrap_or(&address.value), "proof": proof,
                }),
            ),
        );
    }

    /// What the sender says of other addresses of his: proved ones join, others are suggested.
    fn claims(&mut self, contact_id: Uuid, sender: &'m Sender, at: Timestamp) {
        for claim in &sender.claims {
            let known = self.context.identities.get(&claim.address).copied();
            match (claim.proof, known) {
                (Some(proof), None) => {
                    let id = (self.new_id)();
                    self.plan.identities.push(NewIdentity {
                        id,
                        contact_id,
                        address: &claim.address,
                        shown: &claim.address.value,
                        proof: Some(proof),
                        channel_id: None,
                        at,
                    });
                    self.know(&claim.address, id, contact_id, true);
                }
                (Some(proof), Some(known)) if known.contact_id != contact_id => {
                    // The one with the longer history stays: the claimed address was known before, but for a
                    // visitor's browser, which is the one that joins.
                    let browser = claim.address.kind == sender.address.kind;
                    if browser && !known.alone {
                        continue;
                    }
                    let (kept_id, gone_id) = if browser {
                        (contact_id, known.contact_id)
                    } else {
                        (known.contact_id, contact_id)
                    };
                    let merge = Merge { kept_id, gone_id, proof, address: claim.address.clone() };
                    if !self
                        .plan
                        .merges
                        .iter()
                        .any(|m| (m.kept_id, m.gone_id) == (kept_id, gone_id))
                    {
                        self.plan.merges.push(merge);
                    }
                }
                (None, Some(known)) if known.contact_id != contact_id => {
                    self.plan.suggestions.push(Suggestion {
                        one_id: contact_id,
                        other_id: known.contact_id,
                        address: claim.address.clone(),
                    });
                }
                (_, Some(_)) | (None, None) => {}
            }
        }
    }

    /// Picks or opens the conversation.
    fn which(
        &mut self,
        fresh: Fresh<'m>,
        message: &'m Message,
        contact_id: Uuid,
        identity: Uuid,
        answered: Option<KnownMessage>,
        actor: &Actor,
    ) -> KnownConversation {
        let at = fresh.arrival.received_at;
        let parent =
            message.thread.answers.iter().find_map(|id| self.context.messages.get(id).copied());
        // R9: a token, or a known participant; a stranger who copies the headers starts beside it.
        let own_parent = parent.filter(|parent| {
            parent.contact_id == contact_id || parent.identity_id == Some(identity)
        });
        let related_id =
            parent.filter(|_| own_parent.is_none()).map(|parent| parent.conversation_id);
        let joined =
            answered.or(own_parent).and_then(|message| self.conversation(message.conversation_id));
        let mailed = if joined.is_some() {
            None
        } else {
            self.context.answered_mailing(message, contact_id, identity)
        };
        let joined = joined.or_else(|| match mailed {
            Some(mailed) => self.context.about_mailing(mailed, self.policy, at),
            None if related_id.is_some() => None,
            None => self.same_matter(message, contact_id, at),
        });
        // Who writes without a subject and answers nothing says something of the last that he got.
        let mailed = mailed.or_else(|| {
            let here = (contact_id, fresh.arrival.channel);
            if joined.is_some() { None } else { self.context.mailed.get(&here).copied() }
        });
        if let Some(mailed) = mailed.filter(|_| !message.automatic) {
            self.plan.answered.push(mailed);
        }

        let Some(found) = joined else {
            let mailing_id = mailed.map(|mailed| mailed.mailing_id);
            return self.open(fresh, message, contact_id, related_id, mailing_id, actor);
        };
        // What a program wrote joins without waking anything.
        let wakes = !message.automatic;
        if !found.open && wakes {
            self.plan.events.push(
                NewEvent::new("conversation.reopened", at, actor.clone())
                    .conversation(found.id, found.contact_id)
                    .in_history(),
            );
        }
        if found.channel_id != fresh.arrival.channel {
            self.plan.events.push(
                NewEvent::new("conversation.channel_changed", at, actor.clone())
                    .conversation(found.id, found.contact_id)
                    .in_history()
                    .data(json!({ "from": found.channel_id, "to": fresh.arrival.channel })),
            );
        }
        let now = KnownConversation {
            open: found.open || wakes,
            awake: found.awake || wakes,
            channel_id: fresh.arrival.channel,
            last_message_at: at.max(found.last_message_at),
            ..found
        };
        self.remember(now.clone());
        now
    }

    fn conversation(&self, id: Uuid) -> Option<KnownConversation> {
        self.context
            .conversations
            .values()
            .flatten()
            .find(|conversation| conversation.id == id)
            .or_else(|| self.context.answered.get(&id))
            .cloned()
    }

    /// The contact's conversation that this message goes on with, if there is one.
    fn same_matter(
        &self,
        message: &Message,
        contact_id: Uuid,
        at: Timestamp,
    ) -> Option<KnownConversation> {
        let recent = self.context.conversations.get(&contact_id)?;
        let fits = |found: &&KnownConversation| {
            let silent = at.since(found.last_message_at);
            let within =
                if found.open { self.policy.join_within } else { self.policy.reopen_within };
            // A letter with a subject of its own is a matter of its own.
            let subject = match (&message.subject, &found.subject) {
                (Some(new), Some(old)) => base_subject(new) == base_subject(old),
                (Some(_), None) => found.open,
                (None, _) => true,
            };
            silent <= within && subject
        };
        let open = recent.iter().rev().filter(|found| found.open).find(fits);
        open.or_else(|| recent.iter().rev().filter(|found| !found.open).find(fits)).cloned()
    }

    fn open(
        &mut self,
        fresh: Fresh<'m>,
        message: &'m Message,
        contact_id: Uuid,
        related_id: Option<Uuid>,
        mailing_id: Option<Uuid>,
        actor: &Actor,
    ) -> KnownConversation {
        let at = fresh.arrival.received_at;
        let id = (self.new_id)();
        let subject = message.subject.as_deref().filter(|subject| !subject.trim().is_empty());
        self.opened.push(NewConversation { id, contact_id, subject, related_id, mailing_id, at });
        let mut opened = NewEvent::new("conversation.opened", at, actor.clone())
            .conversation(id, contact_id)
            .in_history();
        if let Some(mailing_id) = mailing_id {
            opened = opened.data(json!({ "mailing_id": mailing_id }));
        }
        self.plan.events.push(opened);
        let opened = KnownConversation {
            id,
            contact_id,
            open: true,
            awake: true,
            subject: subject.map(str::to_owned),
            channel_id: fresh.arrival.channel,
            mailing_id,
            last_message_at: at,
        };
        self.remember(opened.clone());
        opened
    }

    fn remember(&mut self, now: KnownConversation) {
        let recent = self.context.conversations.entry(now.contact_id).or_default();
        recent.retain(|conversation| conversation.id != now.id);
        recent.push(now);
    }
}
