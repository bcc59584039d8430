//! Who wrote, and whose telephone number was shared.

use sapa_channel::{Address, Claim, Kind, Proof, Sender};
use teloxide::types::{Chat, Contact, Message, MessageOrigin, User};

use super::{address, clean};

/// The author of a message in a private chat.
pub(super) fn author(message: &Message) -> Sender {
    match &message.from {
        Some(user) => sender(user),
        // In a private chat, the chat has the customer's id.
        None => of_chat(&message.chat),
    }
}

/// Telegram vouches for the user id, and for nothing else.
pub(super) fn sender(user: &User) -> Sender {
    let name = clean(&user.full_name());
    Sender {
        address: address(user.id.0),
        shown: user.mention().map(|mention| clean(&mention)).or_else(|| Some(name.clone())),
        name: Some(name),
        language: user.language_code.as_deref().and_then(language),
        proof: Some(Proof::Channel),
        claims: Vec::new(),
    }
}

fn of_chat(chat: &Chat) -> Sender {
    let names = [chat.first_name(), chat.last_name()];
    let name = clean(&names.into_iter().flatten().collect::<Vec<_>>().join(" "));
    Sender {
        address: address(chat.id.0.unsigned_abs()),
        shown: chat.username().map(|name| clean(&format!("@{name}"))).or(Some(name.clone())),
        name: Some(name),
        language: None,
        proof: Some(Proof::Channel),
        claims: Vec::new(),
    }
}

/// The languages that the hub speaks; `in` is the old code of Indonesian.
fn language(code: &str) -> Option<String> {
    let code = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match code.as_str() {
        "id" | "in" => Some("id".to_owned()),
        "en" => Some(code),
        _ => None,
    }
}

/// The number of a shared contact, if it is the sender's own card. Telegram finds the owner by the
/// number itself, so the card proves it. Somebody else's number is no address of the sender's (`R8`).
pub(super) fn own_phone(message: &Message, contact: &Contact) -> Option<Claim> {
    let sender = message.from.as_ref()?;
    if contact.user_id != Some(sender.id) {
        return None;
    }
    let digits: String = contact.phone_number.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| Claim {
        address: Address { kind: Kind::new("phone"), value: format!("+{digits}") },
        proof: Some(Proof::Channel),
    })
}

/// Whose words a forwarded message has.
pub(super) fn first_author(origin: &MessageOrigin) -> String {
    let name = match origin {
        MessageOrigin::User { sender_user, .. } => sender_user.full_name(),
        MessageOrigin::HiddenUser { sender_user_name, .. } => sender_user_name.clone(),
        MessageOrigin::Chat { sender_chat: chat, .. } | MessageOrigin::Channel { chat, .. } => {
            chat.title().unwrap_or("a group").to_owned()
        }
    };
    clean(&name)
}
