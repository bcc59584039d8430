//! The contacts and their addresses.

use std::collections::HashSet;

use sapa_channel::{Proof, new_id};

use super::{Channel, Contact, Identity, Keyed};
use crate::demo::{
    content::{self, Firm},
    lines::Hearing,
    moments::Moments,
};

/// The contacts in the order in which they were first seen, in which their ids sort too.
pub(super) fn gather<'f>(
    firms: &'f [Firm],
    hearing: &Hearing<'f>,
    moments: &Moments,
    channels: &Keyed<'f, Channel<'f>>,
) -> anyhow::Result<Vec<Contact<'f>>> {
    let all = firms.iter().flat_map(|firm| firm.contacts.iter().map(move |told| (firm, told)));
    let mut all: Vec<_> = all
        .map(|(firm, told)| (hearing.first(&told.key).unwrap_or(moments.now), firm, told))
        .collect();
    all.sort_by_key(|(first, ..)| *first);
    let mut taken = HashSet::new();
    let mut contacts = Vec::with_capacity(all.len());
    for (first_seen_at, firm, told) in all {
        let mut identities = Vec::with_capacity(told.identities.len());
        let mut shared_phone = None;
        for address in &told.identities {
            let value = value(firm, told, address);
            let shown = address.shown.as_deref().unwrap_or(&address.value);
            if !taken.insert((address.kind.as_str(), value.clone())) {
                shared_phone = Some(shown);
                continue;
            }
            let heard = hearing.heard(&told.key, &address.kind);
            let first = heard.map_or(first_seen_at, |heard| heard.first);
            let verified = address.proof.map(|proof| match (proof, heard) {
                (Proof::MailReply, Some(heard)) => {
                    (heard.answered.unwrap_or(first), heard.answered.is_some())
                }
                (Proof::DeepLink | Proof::ShopSignature, Some(_)) => (first, first > first_seen_at),
                _ => (first, false),
            });
            identities.push(Identity {
                id: new_id(),
                kind: &address.kind,
                value,
                shown,
                proof: address.proof,
                first_seen_at: first,
                last_seen_at: heard.map_or(first, |heard| heard.last),
                last_channel_id: heard
                    .map(|heard| channels.get(heard.channel))
                    .transpose()?
                    .map(|row| row.id),
                verified,
            });
        }
        contacts.push(Contact {
            id: new_id(),
            told,
            firm,
            first_seen_at,
            identities,
            shared_phone,
        });
    }
    Ok(contacts)
}

/// An address as its channel spells it: web chat tells browsers from customers whom the shop vouches for.
fn value(firm: &Firm, told: &content::Contact, address: &content::Identity) -> String {
    match (address.kind.as_str(), address.proof) {
        ("webchat", Some(Proof::ShopSignature)) => customer_address(&firm.site_key, &told.key),
        ("webchat", _) => format!("v:{}", address.value),
        _ => address.value.clone(),
    }
}

/// The web chat's address of a customer of a shop.
pub fn customer_address(site_key: &str, customer: &str) -> String {
    format!("c:{site_key}/{customer}")
}
