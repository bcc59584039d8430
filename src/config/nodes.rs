//! Settings of many nodes: the bus, and the bucket that they share.

use secrecy::SecretString;

use super::{mail::is_loopback, reader::Reader, section::Section};
use crate::bus;

/// The bus between nodes.
#[derive(Clone, Debug, Default)]
pub struct Bus {
    /// The NATS servers, with commas between them; none on a node that is alone.
    pub url: Option<SecretString>,
}

impl Bus {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let url = section.secret("url");
        if url.as_ref().is_some_and(|url| bus::Servers::read(url).is_none()) {
            section.problem(
                "url",
                "it is no address of a NATS server",
                "write \"nats://user:password@host:4222\", or tls:// with encryption; several with commas between them",
            );
        }
        Self { url }
    }
}

/// A bucket of an S3-compatible store, in place of the folder.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Where the store is; Amazon's own if none is named.
    pub endpoint: Option<String>,
    /// The store's region.
    pub region: String,
    /// Who asks.
    pub access_key: String,
    /// What proves it.
    pub secret_key: SecretString,
}

impl Bucket {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let mut section = reader.section("files.s3");
        if !section.is_given() {
            // All keys are known, given or not.
            for key in [
                "bucket",
                "endpoint",
                "region",
                "access_key",
                "secret_key",
                "secret_key_file",
                "allow_unprotected",
            ] {
                section.optional::<String>(key);
            }
            return None;
        }
        let name = section.required::<String>("bucket", "\"sapa-files\"");
        let endpoint = section.optional::<String>("endpoint");
        let region = section.read("region", "us-east-1".to_owned());
        let access_key = section.required::<String>("access_key", "\"…\"");
        let secret_key = section.secret("secret_key");
        let unprotected = section.read("allow_unprotected", false);
        if secret_key.is_none() {
            section.problem(
                "secret_key_file",
                "the key's secret is missing",
                "name the file that holds it",
            );
        }
        if let Some(endpoint) = &endpoint {
            match reqwest::Url::parse(endpoint) {
                Ok(url) if matches!(url.scheme(), "https" | "http") && url.path() == "/" => {
                    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
                    if url.scheme() == "http" && !is_loopback(host) && !unprotected {
                        section.problem(
                            "endpoint",
                            "files would cross the network in the clear",
                            "write https://; if the way to it is safe, write allow_unprotected = true beside it",
                        );
                    }
                }
                _ => section.problem(
                    "endpoint",
                    "it is no address of a store",
                    "write \"https://s3.example.com\"",
                ),
            }
        }
        Some(Self {
            name: name?,
            endpoint,
            region,
            access_key: access_key?,
            secret_key: secret_key?,
        })
    }
}
