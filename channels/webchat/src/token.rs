//! A shop's signed word on who its customer is.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sapa_channel::Timestamp;
use serde::Deserialize;

use crate::Site;

/// How far ahead a token may end.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// By how much the shop's clock may be ahead of ours.
const SKEW: Duration = Duration::from_secs(60);
const MAX_TOKEN: usize = 4 * 1024;

/// A customer as the shop describes him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The shop's own id of him.
    pub id: String,
    /// His e-mail address, in lower case.
    pub email: Option<String>,
    /// His name.
    pub name: Option<String>,
    /// His telephone number, as digits with a `+` if the shop gave it so.
    pub phone: Option<String>,
    /// Until when the shop says so.
    pub until: Timestamp,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It is not two parts of base64url, or what is signed is not what a token says.
    #[error("the token is not well formed")]
    Malformed,
    /// Somebody else signed it, or it was changed.
    #[error("the token's signature is wrong")]
    Signature,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It ends more than a day ahead.
    #[error("the token ends more than 24 hours ahead")]
    TooLong,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    sub: String,
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    exp: i64,
}

impl Site {
    /// Reads a token of this site's shop. Only what was signed is looked at (`R8`).
    pub fn customer(&self, token: &str, now: Timestamp) -> Result<Customer, BadToken> {
        if token.len() > MAX_TOKEN {
            return Err(BadToken::Malformed);
        }
        let (signed, mac) = token.split_once('.').ok_or(BadToken::Malformed)?;
        let mac = BASE64.decode(mac).map_err(|_| BadToken::Malformed)?;
        if !self.signing_key.signed(&[signed.as_bytes()], &mac) {
            return Err(BadToken::Signature);
        }
        let payload = BASE64.decode(signed).map_err(|_| BadToken::Malformed)?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| BadToken::Malformed)?;
        let until = Timestamp::from_seconds(payload.exp);
        if until <= now {
            return Err(BadToken::Expired);
        }
        if until > now.after(LONGEST + SKEW) {
            return Err(BadToken::TooLong);
        }
        let id = label(&payload.sub, 128).ok_or(BadToken::Malformed)?;
        Ok(Customer {
            id,
            email: payload.email.as_deref().and_then(email),
            name: payload.name.as_deref().and_then(|name| label(name.trim(), 200)),
            phone: payload.phone.as_deref().and_then(phone),
            until,
        })
    }

    /// Signs a token as the shop does it: for demonstrations, and to show how.
    #[must_use]
    pub fn sign_token(&self, payload: &str) -> String {
        let signed = BASE64.encode(payload);
        let mac = BASE64.encode(self.signing_key.sign(&[signed.as_bytes()]));
        format!("{signed}.{mac}")
    }
}

/// A text of one line that says something and is not too long.
fn label(text: &str, most: usize) -> Option<String> {
    let good = !text.trim().is_empty() && text.len() <= most && !text.chars().any(char::is_control);
    good.then(|| text.to_owned())
}

fn email(text: &str) -> Option<String> {
    let address = label(text.trim(), 254)?;
    let (local, domain) = address.rsplit_once('@')?;
    let odd = |c: char| c.is_whitespace() || "<>,;:\"()[]\\@".contains(c);
    let good =
        !local.is_empty() && domain.contains('.') && !local.contains(odd) && !domain.contains(odd);
    good.then(|| address.to_lowercase())
}

fn phone(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !" -./()\u{a0}".contains(*c)).collect();
    let bare = bare.strip_prefix("00").map_or(bare.clone(), |rest| format!("+{rest}"));
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    let good = (6..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    good.then_some(bare)
}

#[cfg(test)]
mod tests;
