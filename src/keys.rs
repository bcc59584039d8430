//! The hub's own secret and what is signed with it.
//!
//! One random secret lies in the database; each purpose has a key derived from it, so that a token made for
//! one purpose is worth nothing for another.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    db::{Db, DbResult},
    on_db,
};

/// How many bytes of a reply token's signature are kept: it stands in an address of at most 64 characters.
const SHORT_MAC: usize = 10;

/// Signs and checks the tokens that the hub gives out.
#[derive(Debug)]
pub struct Keys(SecretBox<[u8; 32]>);

impl Keys {
    /// The keys of this installation; made at the first start.
    pub async fn load(db: &Db) -> DbResult<Self> {
        let mut tx = db.write().await?;
        let fresh = random_token();
        on_db!(&mut tx, |conn| sqlx::query(
            "INSERT INTO settings (name, value) VALUES ('secret', $1) ON CONFLICT DO NOTHING"
        )
        .bind(fresh)
        .execute(conn)
        .await
        .map(drop)?);
        let secret: String = on_db!(&mut tx, |conn| sqlx::query_scalar(
            "SELECT value FROM settings WHERE name = 'secret'"
        )
        .fetch_one(conn)
        .await?);
        tx.commit().await?;
        Ok(Self(SecretBox::new(Box::new(Sha256::digest(secret.as_bytes()).into()))))
    }

    /// The key for one purpose.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.mac(purpose, &[])
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// A token for one thing and one purpose: lower-case letters and digits, fit for an address of mail.
    fn token(&self, purpose: &str, id: Uuid) -> String {
        let mac = self.mac(purpose, id.as_bytes());
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&mac[..SHORT_MAC]);
        BASE32_NOPAD.encode(&bytes).to_lowercase()
    }

    /// The thing whose token for a purpose this is, if we signed it.
    fn opened(&self, purpose: &str, token: &str) -> Option<Uuid> {
        let bytes = BASE32_NOPAD.decode(token.to_uppercase().as_bytes()).ok()?;
        let (id, mac) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        let expected = self.mac(purpose, id.as_bytes());
        same(mac, &expected[..SHORT_MAC]).then_some(id)
    }

    /// The token that brings the answer to a message, or to a mailing's recipient, back.
    #[must_use]
    pub fn reply_token(&self, message_id: Uuid) -> String {
        self.token("reply", message_id)
    }

    /// The message or the recipient whose reply token this is, if we signed it.
    #[must_use]
    pub fn replied_message(&self, token: &str) -> Option<Uuid> {
        self.opened("reply", token)
    }

    /// The token by which a mailing's recipient ends mailings.
    #[must_use]
    pub fn way_out_token(&self, recipient: Uuid) -> String {
        self.token("unsubscribe", recipient)
    }

    /// The recipient whose token to end mailings this is, if we signed it.
    #[must_use]
    pub fn leaving_recipient(&self, token: &str) -> Option<Uuid> {
        self.opened("unsubscribe", token)
    }

    /// The token by which a mailing's recipient chooses what comes.
    #[must_use]
    pub fn preferences_token(&self, recipient: Uuid) -> String {
        self.token("preferences", recipient)
    }

    /// The recipient whose token to choose this is, if we signed it.
    #[must_use]
    pub fn choosing_recipient(&self, token: &str) -> Option<Uuid> {
        self.opened("preferences", token)
    }

    /// A signature for a link to `what`, good until `expires` (seconds since 1970).
    #[must_use]
    pub fn sign_link(&self, what: Uuid, expires: i64) -> String {
        let mut message = what.as_bytes().to_vec();
        message.extend_from_slice(&expires.to_be_bytes());
        BASE64URL_NOPAD.encode(&self.mac("link", &message)[..16])
    }

    /// Whether we signed this link.
    #[must_use]
    pub fn link_is_signed(&self, what: Uuid, expires: i64, signature: &str) -> bool {
        same(self.sign_link(what, expires).as_bytes(), signature.as_bytes())
    }
}

/// Compares in a time that tells nothing of where they differ.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(a, b).into()
}

/// A token that nobody can guess: 256 bits, in letters that stand in an address.
#[must_use]
pub fn random_token() -> String {
    BASE64URL_NOPAD.encode(&rand::rng().random::<[u8; 32]>())
}

/// What is stored of a token, so that a stolen database opens nothing.
#[must_use]
pub fn token_hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: u8) -> Keys {
        Keys(SecretBox::new(Box::new([secret; 32])))
    }

    #[test]
    fn r9_a_reply_token_is_known_again_in_any_case_and_only_by_its_maker() {
        let id = sapa_channel::new_id();
        let token = keys(1).reply_token(id);
        assert!(
            token.len() <= 48
                && token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        );
        assert_eq!(keys(1).replied_message(&token), Some(id));
        assert_eq!(keys(1).replied_message(&token.to_uppercase()), Some(id));
        assert_eq!(keys(2).replied_message(&token), None);
    }

    #[test]
    fn r9_an_altered_or_cut_token_is_refused() {
        let token = keys(1).reply_token(sapa_channel::new_id());
        for place in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[place] = if altered[place] == b'a' { b'b' } else { b'a' };
            assert_eq!(
                keys(1).replied_message(std::str::from_utf8(&altered).unwrap()),
                None,
                "{place}"
            );
            assert_eq!(keys(1).replied_message(&token[..place]), None);
        }
        assert_eq!(keys(1).replied_message("ä"), None);
    }

    #[test]
    fn r26_a_token_to_leave_is_worth_nothing_for_another_purpose() {
        let id = sapa_channel::new_id();
        let leave = keys(1).way_out_token(id);
        assert_eq!(keys(1).leaving_recipient(&leave), Some(id));
        assert_eq!(keys(1).choosing_recipient(&leave), None);
        assert_eq!(keys(1).replied_message(&leave), None);
        assert_eq!(keys(2).leaving_recipient(&leave), None);
        let choose = keys(1).preferences_token(id);
        assert_eq!(keys(1).choosing_recipient(&choose), Some(id));
        assert_eq!(keys(1).leaving_recipient(&choose), None);
    }

    #[test]
    fn r3_a_signed_link_is_bound_to_its_file_and_its_end() {
        let (one, other) = (sapa_channel::new_id(), sapa_channel::new_id());
        let signature = keys(1).sign_link(one, 1000);
        assert!(keys(1).link_is_signed(one, 1000, &signature));
        assert!(!keys(1).link_is_signed(other, 1000, &signature));
        assert!(!keys(1).link_is_signed(one, 1001, &signature));
    }
}
