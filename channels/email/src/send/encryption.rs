//! How the connection to a relay is encrypted: what is trusted, and that nothing goes out in the clear.

use std::{fmt::Display, sync::Arc};

use lettre::transport::smtp::client::{Certificate, TlsParameters};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio_rustls::TlsConnector;

use super::{Relay, SetUpError, Tls};

/// What is needed for each way of encrypting.
pub(super) enum Encryption {
    None,
    StartTls(TlsParameters),
    Implicit(TlsConnector, ServerName<'static>),
}

impl Encryption {
    pub(super) fn new(relay: &Relay) -> Result<Self, SetUpError> {
        let name = ServerName::try_from(relay.host.clone());
        let name = name.map_err(|_| SetUpError::Host(relay.host.clone()))?;
        let own = relay.certificate.as_deref().map(str::as_bytes);
        let root = own.map(CertificateDer::from_pem_slice).transpose();
        let root = root.map_err(|error| unusable(&error))?;
        Ok(match relay.tls {
            Tls::None => Self::None,
            Tls::StartTls => {
                let mut builder = TlsParameters::builder(relay.host.clone());
                if let Some(root) = root {
                    let root = Certificate::from_der(root.to_vec());
                    builder = builder.add_root_certificate(root.map_err(|error| unusable(&error))?);
                }
                Self::StartTls(builder.build_rustls().map_err(|error| unusable(&error))?)
            }
            Tls::Implicit => {
                let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
                if let Some(root) = root {
                    roots.add(root).map_err(|error| unusable(&error))?;
                }
                let provider = Arc::new(rustls::crypto::ring::default_provider());
                let config = ClientConfig::builder_with_provider(provider)
                    .with_safe_default_protocol_versions()
                    .map_err(|error| unusable(&error))?
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                Self::Implicit(TlsConnector::from(Arc::new(config)), name)
            }
        })
    }
}

fn unusable(error: &dyn Display) -> SetUpError {
    SetUpError::Certificate(error.to_string())
}
