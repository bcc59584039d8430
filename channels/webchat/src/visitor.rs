//! Who is at the other end of a socket: a browser by its secret, and a customer if the shop says so.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sapa_channel::{Address, ChannelId, Claim, Kind, Proof, Sender, Timestamp, new_id};
use uuid::Uuid;

use crate::{BadToken, Customer, KIND, Site};

const VERSION: &str = "v1";

/// The one who sits at a browser, as far as it was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The site's channel.
    pub channel: ChannelId,
    /// The browser.
    pub visitor: Uuid,
    /// `v:<uuid>` for a browser, `c:<customer>` for a customer whom the shop vouches for.
    pub address: Address,
    /// What the shop signed, if it did.
    pub customer: Option<Customer>,
}

/// The secret is not one that this hub made for this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the visitor is not known")]
pub struct BadVisitor;

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAdmitted {
    #[error(transparent)]
    Visitor(#[from] BadVisitor),
    #[error(transparent)]
    Token(#[from] BadToken),
}

impl Site {
    /// Makes a secret for a browser that has none. Nothing of it has to be stored.
    #[must_use]
    pub fn new_visitor(&self) -> String {
        let id = new_id();
        let mac = self.visitor_key.sign(&[self.channel.0.as_bytes(), id.as_bytes()]);
        format!("{VERSION}.{id}.{}", BASE64.encode(mac))
    }

    /// Reads a browser's secret.
    pub fn visitor(&self, secret: &str) -> Result<Uuid, BadVisitor> {
        let (id, mac) = secret
            .strip_prefix(VERSION)
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.split_once('.'))
            .filter(|(id, _)| id.len() == 36)
            .ok_or(BadVisitor)?;
        let id: Uuid = id.parse().map_err(|_| BadVisitor)?;
        let mac = BASE64.decode(mac).map_err(|_| BadVisitor)?;
        let genuine = self.visitor_key.signed(&[self.channel.0.as_bytes(), id.as_bytes()], &mac);
        if genuine { Ok(id) } else { Err(BadVisitor) }
    }

    /// The caller with this secret and, if there is one, this token of the shop's.
    pub(crate) fn admit(
        &self,
        secret: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Caller, NotAdmitted> {
        let visitor = self.visitor(secret)?;
        let customer = token.map(|token| self.customer(token, now)).transpose()?;
        let address = match &customer {
            Some(customer) => self.customer_address(&customer.id),
            None => Caller::address_of(visitor),
        };
        Ok(Caller { channel: self.channel, visitor, address, customer })
    }

    fn customer_address(&self, id: &str) -> Address {
        let value = match &self.customers {
            Some(numbering) => format!("c:{numbering}/{id}"),
            None => format!("c:{id}"),
        };
        Address { kind: KIND, value }
    }
}

impl Caller {
    /// The address of a browser as such. Uploads belong to it.
    #[must_use]
    pub fn address_of(visitor: Uuid) -> Address {
        Address { kind: KIND, value: format!("v:{visitor}") }
    }

    /// The addresses that he proved: his own and, if that is a customer's, also his browser's, for what he
    /// began there before he signed in. What is shown to a caller belongs to these, and nothing more (`R8`).
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        let mut addresses = vec![self.address.clone()];
        if self.identified() {
            addresses.push(Self::address_of(self.visitor));
        }
        addresses
    }

    /// Whether the shop vouches for him.
    #[must_use]
    pub fn identified(&self) -> bool {
        self.customer.is_some()
    }

    /// What officers call a browser of which nothing is known: always the same for the same one.
    fn nickname(&self, language: Option<&str>) -> String {
        let digits = self.visitor.simple().to_string().to_uppercase();
        let word = if language == Some("en") { "Visitor" } else { "Pengunjung" };
        format!("{word} {}", &digits[digits.len() - 4..])
    }

    /// Who says what comes from here. A customer of the shop's brings what the shop signed, and the
    /// browser in which he is signed in; a browser alone brings nothing but itself.
    #[must_use]
    pub fn sender(&self, language: Option<&str>) -> Sender {
        let Some(customer) = &self.customer else {
            return Sender {
                address: self.address.clone(),
                shown: Some(self.nickname(language)),
                proof: Some(Proof::Channel),
                language: language.map(str::to_owned),
                ..Sender::default()
            };
        };
        let claim = |kind: &'static str, value: &str| Claim {
            address: Address { kind: Kind::new(kind), value: value.to_owned() },
            proof: Some(Proof::ShopSignature),
        };
        let mut claims = vec![Claim {
            address: Self::address_of(self.visitor),
            proof: Some(Proof::ShopSignature),
        }];
        claims.extend(customer.email.as_deref().map(|email| claim("email", email)));
        claims.extend(customer.phone.as_deref().map(|phone| claim("phone", phone)));
        Sender {
            address: self.address.clone(),
            name: customer.name.clone(),
            shown: Some(customer.id.clone()),
            language: language.map(str::to_owned),
            proof: Some(Proof::ShopSignature),
            claims,
        }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::site as tests_site;
