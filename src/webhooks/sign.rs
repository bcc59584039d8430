//! The signatures of the Standard Webhooks specification: `v1,` and the HMAC-SHA256 of id, time and body.

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use sapa_channel::Timestamp;
use sha2::Sha256;
use uuid::Uuid;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A new secret of 256 bits.
#[must_use]
pub fn new_secret() -> String {
    format!("{PREFIX}{}", BASE64.encode(&rand::rng().random::<[u8; 32]>()))
}

/// The signature of a body.
#[must_use]
pub fn signature(secret: &str, id: &str, seconds: i64, body: &str) -> String {
    let encoded = secret.strip_prefix(PREFIX).unwrap_or(secret);
    let key = BASE64.decode(encoded.as_bytes()).unwrap_or_else(|_| encoded.as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

/// The headers of a try.
#[must_use]
pub fn headers(secret: &str, id: Uuid, now: Timestamp, body: &str) -> HeaderMap {
    let id = id.to_string();
    let value = |text: &str| {
        HeaderValue::try_from(text).expect("ids, numbers and Base64 are plain letters")
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("webhook-id", value(&id));
    headers.insert("webhook-timestamp", value(&now.seconds().to_string()));
    headers.insert("webhook-signature", value(&signature(secret, &id, now.seconds(), body)));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the libraries at github.com/standard-webhooks.
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn secrets_differ_and_sign_differently() {
        let (one, other) = (new_secret(), new_secret());
        assert_ne!(one, other);
        assert_eq!(BASE64.decode(one.strip_prefix(PREFIX).unwrap().as_bytes()).unwrap().len(), 32);
        assert_ne!(signature(&one, "a", 1, "{}"), signature(&other, "a", 1, "{}"));
    }

    #[test]
    fn the_headers_carry_id_time_and_signature() {
        let (secret, id) = (new_secret(), sapa_channel::new_id());
        let headers = headers(&secret, id, Timestamp::from_seconds(1_800_000_000), "{}");
        assert_eq!(headers["webhook-id"], id.to_string());
        assert_eq!(headers["webhook-timestamp"], "1800000000");
        assert_eq!(
            headers["webhook-signature"],
            signature(&secret, &id.to_string(), 1_800_000_000, "{}")
        );
    }
}
