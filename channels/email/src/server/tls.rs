//! The certificate by which the listener offers STARTTLS (RFC 3207).

use std::{fmt, sync::Arc};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

/// A certificate with its key.
#[derive(Clone)]
pub struct Certificate(Arc<rustls::ServerConfig>);

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate")
    }
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// There is none in it.
    #[error("there is no certificate as PEM in it")]
    NoCertificate,
    /// There is no key in it.
    #[error("there is no private key as PEM in it")]
    NoKey,
    /// They do not fit each other, or are of a kind that is not known.
    #[error("the certificate and the key do not go together: {0}")]
    Unusable(#[from] rustls::Error),
}

impl Certificate {
    /// Reads the chain, the host's own certificate first, and its private key.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::NoCertificate)?;
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CertificateError::NoKey)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn config(&self) -> Arc<rustls::ServerConfig> {
        self.0.clone()
    }
}
