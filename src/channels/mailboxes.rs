//! Which channel a mail is for.

use sapa_channel::ChannelId;
use sapa_email::Mailboxes;

use crate::app::App;

/// The mailboxes in operation.
#[derive(Clone, Debug)]
pub struct OperatedMailboxes(pub App);

impl Mailboxes for OperatedMailboxes {
    fn resolve(&self, address: &str) -> Option<ChannelId> {
        Some(self.0.registry().by_address(sapa_email::KIND.as_str(), address)?.id)
    }

    fn is_away(&self, address: &str) -> bool {
        self.0.registry().is_missed(sapa_email::KIND.as_str(), address)
    }
}
