//! How words look on the line: a signature, and JSON.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Word;

/// The most bytes of a word. A longer one is none of ours.
const MOST: usize = 4096;

/// How many bytes of the signature are kept.
const SEAL: usize = 16;

/// Signs words, and knows those that were signed.
pub(super) struct Seal([u8; 32]);

impl Seal {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Where this hub's nodes speak.
    pub(super) fn subject(&self) -> String {
        let mac = self.mac(b"subject").finalize().into_bytes();
        format!("sapa.{}", data_encoding::HEXLOWER.encode(&mac[..SEAL]))
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(bytes);
        mac
    }

    pub(super) fn close(&self, word: &Word) -> Vec<u8> {
        let text = serde_json::to_vec(word).expect("ids, names and flags become JSON");
        let mut sealed = self.mac(&text).finalize().into_bytes()[..SEAL].to_vec();
        sealed.extend(text);
        sealed
    }

    /// The word, if it was signed with our key and this program knows it.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<Word> {
        if sealed.len() > SEAL + MOST {
            return None;
        }
        let (seal, text) = sealed.split_at_checked(SEAL)?;
        self.mac(text).verify_truncated_left(seal).ok()?;
        serde_json::from_slice(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn seal() -> Seal {
        Seal::new([7; 32])
    }

    #[test]
    fn a_word_comes_back_and_a_changed_one_does_not() {
        let word = Word::OfficerTyping {
            conversation_id: Uuid::from_u128(5),
            on: true,
            name: "Ayu".to_owned(),
        };
        let sealed = seal().close(&word);
        assert_eq!(seal().open(&sealed), Some(word));
        assert_eq!(Seal::new([8; 32]).open(&sealed), None, "another hub's key");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(seal().open(&changed), None, "byte {place}");
        }
    }

    #[test]
    fn a_word_of_a_newer_sapa_is_passed_over() {
        let text = br#"{"word":"sing","song":"x"}"#;
        let mut sealed = seal().mac(text).finalize().into_bytes()[..SEAL].to_vec();
        sealed.extend(text);
        assert_eq!(seal().open(&sealed), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_no_word(bytes in prop::collection::vec(any::<u8>(), 0..6000)) {
            prop_assert_eq!(seal().open(&bytes), None);
        }
    }
}
