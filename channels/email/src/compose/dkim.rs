//! Signs mails for their domain (RFC 6376; Ed25519 by RFC 8463).
//!
//! It is done here because a signature has to come out the same for the same message: signers that put the
//! time of signing into it make another mail of a repeated one.

use std::{fmt, sync::Arc};

use data_encoding::BASE64;
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use sapa_channel::Timestamp;
use sha2::{Digest, Sha256};

use crate::address::normalise_domain;

/// The headers that are signed. Those named twice are signed as not being there a second time, so that nobody
/// can add another (mail 15).
const SIGNED: [&str; 16] = [
    "From",
    "From",
    "To",
    "Cc",
    "Subject",
    "Subject",
    "Date",
    "Date",
    "Message-ID",
    "Reply-To",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
    "Feedback-ID",
];

/// A key that signs for a domain. Its public half is in the DNS under the selector.
#[derive(Clone)]
pub struct DkimKey {
    selector: String,
    domain: String,
    pair: Arc<Pair>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimKey")
            .field("selector", &self.selector)
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

/// Why a key is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// It is no private key in PEM form.
    #[error("the key is not a private key in PEM form")]
    NotPem,
    /// It is neither RSA of 2048 bits or more nor Ed25519.
    #[error("the key is neither RSA with at least 2048 bits nor Ed25519")]
    NotUsable,
    /// The selector or the domain is not a name of the DNS.
    #[error("the selector or the domain is not a name")]
    Name,
    /// The signature could not be made.
    #[error("signing failed")]
    Sign,
}

impl DkimKey {
    /// Takes a key in PEM form: PKCS#1 or PKCS#8, RSA (2048 bits or more) or Ed25519.
    pub fn new(selector: &str, domain: &str, pem: &str) -> Result<Self, DkimError> {
        let selector = normalise_domain(selector).ok_or(DkimError::Name)?;
        let domain = normalise_domain(domain).ok_or(DkimError::Name)?;
        let pair =
            match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| DkimError::NotPem)? {
                PrivateKeyDer::Pkcs1(der) => {
                    RsaKeyPair::from_der(der.secret_pkcs1_der()).ok().map(Pair::Rsa)
                }
                PrivateKeyDer::Pkcs8(der) => {
                    let der = der.secret_pkcs8_der();
                    let rsa = RsaKeyPair::from_pkcs8(der).ok().map(Pair::Rsa);
                    let ed25519 =
                        || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Pair::Ed25519);
                    rsa.or_else(ed25519)
                }
                _ => None,
            };
        Ok(Self { selector, domain, pair: Arc::new(pair.ok_or(DkimError::NotUsable)?) })
    }

    /// The header that signs these headers and this body, with its line end.
    pub(super) fn sign(
        &self,
        headers: &[(&'static str, String)],
        body: &[u8],
        at: Timestamp,
    ) -> Result<String, DkimError> {
        let present =
            |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let names: Vec<_> = SIGNED.into_iter().filter(|name| present(name)).collect();
        self.sign_named(headers, &names, body, at.seconds())
    }

    fn sign_named(
        &self,
        headers: &[(&'static str, String)],
        names: &[&str],
        body: &[u8],
        at: i64,
    ) -> Result<String, DkimError> {
        let algorithm = match &*self.pair {
            Pair::Rsa(_) => "rsa-sha256",
            Pair::Ed25519(_) => "ed25519-sha256",
        };
        let body_hash = BASE64.encode(&Sha256::digest(relaxed_body(body)));
        let value = format!(
            "v=1; a={algorithm}; d={}; s={}; c=relaxed/relaxed; q=dns/txt; t={at}; h={}; bh={body_hash}; b=",
            self.domain,
            self.selector,
            names.join(":").to_ascii_lowercase(),
        );
        let mut signed = String::new();
        let mut used: Vec<&str> = Vec::new();
        for name in names {
            // Signed once for each that is there, from the last; the rest is signed as empty.
            let before = used.iter().filter(|known| known.eq_ignore_ascii_case(name)).count();
            let mut there =
                headers.iter().rev().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            if let Some((name, value)) = there.nth(before) {
                signed.push_str(&relaxed_header(name, value));
                signed.push_str("\r\n");
            }
            used.push(name);
        }
        signed.push_str(&relaxed_header("DKIM-Signature", &value));
        let signature = BASE64.encode(&self.signature(signed.as_bytes())?);
        Ok(folded(&value, &signature))
    }

    fn signature(&self, bytes: &[u8]) -> Result<Vec<u8>, DkimError> {
        match &*self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature)
                    .map_err(|_| DkimError::Sign)?;
                Ok(signature)
            }
            // RFC 8463, 3: the hash is signed, and Ed25519 hashes it again.
            Pair::Ed25519(pair) => Ok(pair.sign(&Sha256::digest(bytes)).as_ref().to_vec()),
        }
    }
}

/// Broken where a signature may be: after its parts, and in the signature itself.
fn folded(value: &str, signature: &str) -> String {
    let mut out = String::from("DKIM-Signature:");
    for part in value.split_inclusive("; ") {
        out.push(' ');
        out.push_str(part.trim_end());
        if part.ends_with(' ')
            && (part.starts_with("h=") || part.starts_with("bh=") || part.starts_with("c="))
        {
            out.push_str("\r\n");
        }
    }
    for (number, piece) in signature.as_bytes().chunks(70).enumerate() {
        if number > 0 {
            out.push_str("\r\n ");
        }
        out.push_str(&String::from_utf8_lossy(piece));
    }
    out.push_str("\r\n");
    out
}

/// RFC 6376, 3.4.2.
fn relaxed_header(name: &str, value: &str) -> String {
    let words: Vec<_> =
        value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}", name.to_ascii_lowercase(), words.join(" "))
}

/// RFC 6376, 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut space = false;
    let mut rest = body;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            b' ' | b'\t' => space = true,
            b'\r' if tail.first() == Some(&b'\n') => {
                space = false;
                out.extend_from_slice(b"\r\n");
                rest = &tail[1..];
                continue;
            }
            _ => {
                if std::mem::take(&mut space) {
                    out.push(b' ');
                }
                out.push(byte);
            }
        }
        rest = tail;
    }
    while out.ends_with(b"\r\n") {
        out.truncate(out.len() - 2);
    }
    if !out.is_empty() {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests;
