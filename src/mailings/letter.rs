//! What one recipient gets: the frozen content with his values, ready for the adapter.

use sapa_channel::{Bulk, Mailbox, Outbound, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::model::{Frozen, number};
use crate::{
    app::App,
    templates::{
        engine::{Compiled, Fault, Rendered},
        values::{self, Links, Person},
    },
};

/// What every recipient of a mailing gets, and how.
#[derive(Debug)]
pub struct Letter {
    /// The mailing.
    pub mailing: Uuid,
    /// The kind of its channel.
    pub kind: String,
    compiled: Compiled,
    frozen: Frozen,
    list: String,
    domain: String,
    public_url: String,
}

impl Letter {
    /// Compiles what was frozen. An error is in words for an officer.
    pub fn new(
        app: &App,
        mailing: Uuid,
        mailing_number: i64,
        kind: &str,
        address: &str,
        frozen: Frozen,
    ) -> Result<Self, String> {
        let compiled = Compiled::new(&frozen.content).map_err(|faults| {
            faults
                .into_iter()
                .map(|(part, why)| format!("{part} {why}"))
                .collect::<Vec<_>>()
                .join("; ")
        })?;
        let domain = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        Ok(Self {
            mailing,
            kind: kind.to_owned(),
            compiled,
            frozen,
            list: number(mailing_number).to_lowercase(),
            domain: domain.to_owned(),
            public_url: app.config().server.public_url.clone(),
        })
    }

    /// What is put in for a customer, of all that is known of him only what is used. It goes into the ledger.
    #[must_use]
    pub fn vars(&self, person: &Person, address: &str) -> Map<String, Value> {
        let mut vars =
            self.compiled.used(&values::of(person, &self.kind, address, &self.frozen.house));
        // These come from the row.
        vars.remove("unsubscribe_url");
        vars.remove("preferences_url");
        vars
    }

    /// Renders for a row of the ledger.
    pub fn render(
        &self,
        app: &App,
        recipient: Uuid,
        vars: &Map<String, Value>,
    ) -> Result<(Rendered, Links), Fault> {
        let links = Links::of(app.keys(), &self.public_url, recipient);
        let mut values = vars.clone();
        values::add_links(&mut values, &links);
        Ok((self.compiled.render(&values)?, links))
    }

    /// The whole message for a row of the ledger. Its ids are made of the row's, so they stay over all tries.
    #[expect(clippy::too_many_arguments, reason = "what a row and its customer say")]
    pub fn outbound(
        &self,
        app: &App,
        recipient: Uuid,
        attempt: i64,
        address: &str,
        name: Option<String>,
        language: &str,
        vars: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Outbound, Fault> {
        let (rendered, links) = self.render(app, recipient, vars)?;
        Ok(Outbound {
            message_id: recipient,
            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
            external_id: external_id(recipient, &self.domain),
            to: Mailbox { address: address.to_owned(), name },
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            files: Vec::new(),
            buttons: Vec::new(),
            parent: None,
            reply_token: Some(app.keys().reply_token(recipient)),
            author: String::new(),
            language: language.to_owned(),
            automatic: false,
            written_at: now,
            bulk: Some(Bulk {
                unsubscribe_url: links.unsubscribe_url,
                unsubscribe_token: links.unsubscribe_token,
                list: self.list.clone(),
            }),
        })
    }
}

/// What the Message-ID of a mailing begins with.
const MARK: &str = "m.";

/// The Message-ID of a row of the ledger.
fn external_id(recipient: Uuid, domain: &str) -> String {
    format!("{MARK}{}@{domain}", recipient.simple())
}

/// The row of the ledger that a Message-ID may be of.
#[must_use]
pub fn recipient_of(external_id: &str) -> Option<Uuid> {
    let (id, _) = external_id.strip_prefix(MARK)?.split_once('@')?;
    (id.len() == 32).then(|| Uuid::try_parse(id).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_3_the_id_of_a_mail_leads_back_to_its_row() {
        let id = Uuid::from_u128(7);
        assert_eq!(recipient_of(&external_id(id, "toko.example")), Some(id));
        for other in [
            "x@toko.example",
            "m.x@toko.example",
            "m.7",
            "m.00000000-0000-0000-0000-000000000007@x",
        ] {
            assert_eq!(recipient_of(other), None, "{other}");
        }
    }
}
