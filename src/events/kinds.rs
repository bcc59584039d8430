//! The kinds of events, and who may hear of each (R6).

use crate::officers::policy::Permission;

/// Every kind that is logged, and what one must be permitted to be told of it. What is not in this list is
/// logged by nothing and told to nobody.
pub const KINDS: &[(&str, Permission)] = &[
    ("address.released", Permission::ConversationsRead),
    ("address.suppressed", Permission::ConversationsRead),
    ("channel.changed", Permission::ConversationsRead),
    ("consent.changed", Permission::ConversationsRead),
    ("contact.changed", Permission::ConversationsRead),
    ("contact.imported", Permission::ConversationsRead),
    ("contact.merged", Permission::ConversationsRead),
    ("contact.unmerged", Permission::ConversationsRead),
    ("conversation.assigned", Permission::ConversationsRead),
    ("conversation.changed", Permission::ConversationsRead),
    ("conversation.channel_changed", Permission::ConversationsRead),
    ("conversation.given_to_bot", Permission::ConversationsRead),
    ("conversation.handed_over", Permission::ConversationsRead),
    ("conversation.opened", Permission::ConversationsRead),
    ("conversation.reopened", Permission::ConversationsRead),
    ("conversation.snoozed", Permission::ConversationsRead),
    ("conversation.solved", Permission::ConversationsRead),
    ("conversation.taken_over", Permission::ConversationsRead),
    ("delivery.changed", Permission::ConversationsRead),
    ("identity.verified", Permission::ConversationsRead),
    ("import.begun", Permission::ContactsImport),
    ("import.finished", Permission::ContactsImport),
    ("mailing.cancelled", Permission::MailingsRead),
    ("mailing.paused", Permission::MailingsRead),
    ("mailing.progressed", Permission::MailingsRead),
    ("mailing.resumed", Permission::MailingsRead),
    ("mailing.started", Permission::MailingsRead),
    ("message.edited", Permission::ConversationsRead),
    ("message.note", Permission::ConversationsRead),
    ("message.received", Permission::ConversationsRead),
    ("message.retracted", Permission::ConversationsRead),
    ("message.sent", Permission::ConversationsRead),
    ("quarantine.added", Permission::QuarantineManage),
    ("suggestion.made", Permission::ConversationsRead),
    ("ticket.attached", Permission::ConversationsRead),
    ("ticket.changed", Permission::ConversationsRead),
    ("ticket.detached", Permission::ConversationsRead),
    ("ticket.offered", Permission::ConversationsRead),
    ("ticket.opened", Permission::ConversationsRead),
    ("ticket.refused", Permission::ConversationsRead),
    ("ticket.reopened", Permission::ConversationsRead),
    ("ticket.solved", Permission::ConversationsRead),
];

/// What one must be permitted to hear of events of a kind; none if nothing logs it.
#[must_use]
pub fn heard_by(kind: &str) -> Option<Permission> {
    let place = KINDS.binary_search_by_key(&kind, |(kind, _)| kind).ok()?;
    Some(KINDS[place].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_in_order_so_that_each_is_found() {
        assert!(KINDS.is_sorted_by_key(|(kind, _)| kind));
        for (kind, permission) in KINDS {
            assert_eq!(heard_by(kind), Some(*permission));
        }
        assert_eq!(heard_by("officer.changed"), None);
        for kind in crate::webhooks::EVENTS {
            assert!(heard_by(kind).is_some(), "{kind}");
        }
    }
}
